"""The course ends: why, the last day, and what becomes of the equipment (R-017)."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.actor import ActorRequest
from alerts.enums import AlertState
from alerts.forms import EndCourseForm
from alerts.models import Alert
from alerts.queries.hospital import has_unanswered_slot
from alerts.services import NotEnded, end_course
from audit.enums import Action
from audit.logged import logs
from audit.services import Refused
from careplans.access import open_course
from patients.queries import credentials_of
from patients.services import NotPossible, NotYours


@logs(Action.OPEN_COURSE, Action.END_COURSE)
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: ActorRequest, enrolment_id: UUID) -> HttpResponse:
    """The form; what stops it stands on the page, and what was written is kept."""
    by, now = request.actor, timezone.now()
    action = Action.END_COURSE if request.method == "POST" else Action.OPEN_COURSE
    course = open_course(enrolment_id, by=by, now=now, action=action)
    assert by is not None  # noqa: S101 - nobody was refused in the line above
    devices = credentials_of(course.patient).filter(revoked_at__isnull=True)
    data = request.POST if request.method == "POST" else None
    form = EndCourseForm(data, devices=list(devices), today=timezone.localdate(now))
    status = 422 if form.errors else 200
    if form.is_valid():
        try:
            end_course(enrolment=course, ending=form.ending, by=by, now=now)
        except NotEnded as stopped:
            form.add_error(stopped.field, stopped.problem.label)
            status = 422 if stopped.field else 409
        except NotPossible as stopped:
            form.add_error(None, stopped.obstacle.label)
            status = 409
        except NotYours as foreign:
            raise Refused(action, patient_id=course.patient_id, object_id=str(course.pk)) from foreign
        else:
            messages.success(request, gettext("Forløpet er avsluttet."))
            return redirect("courses")
    open_alerts = Alert.objects.filter(patient_id=course.patient_id, state=AlertState.OPEN).exists()
    context = {"course": course, "patient": course.patient, "form": form, "open_alerts": open_alerts}
    context["waiting_slot"] = has_unanswered_slot(course.patient_id)
    return render(request, "alerts/course_end.html", context, status=status)
