"""«Planer hos legen»: what waits for a doctor, reminders, and calls to the practice (ux.md 4.3, R-130)."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actor import ActorRequest
from accounts.roles import Permission
from audit.enums import Action
from audit.logged import logs
from audit.services import record_list_access
from careplans.forms.ladder import CallForm
from careplans.queries.gp import latest_enrolment
from careplans.queries.ladder import hours_for, ladder_of, waiting_plans
from careplans.services import AlreadyReminded, NotDue, WrongStep, record_contact, remind
from careplans.views.opening import acting, open_version
from dho.lib.numbers import date_nb, time_nb
from patients.queries import deciding_doctor


@logs(Action.LIST_WAITING_PLANS)
@login_required
@never_cache
@require_safe
def waiting(request: ActorRequest) -> HttpResponse:
    """The service's plans that wait for a doctor, what is due longest first."""
    by, now = request.actor, timezone.now()
    if by is None or by.service_id is None or not by.may(Permission.TRIAGE):
        raise PermissionDenied
    record_list_access(Action.LIST_WAITING_PLANS, municipality_ids=by.municipality_ids, by=by, now=now)
    return render(request, "careplans/waiting.html", {"ladders": waiting_plans(by, now=now)})


@logs(Action.CONTACT_DOCTOR)
@login_required
@never_cache
@require_POST
def reminder(request: ActorRequest, version_id: UUID) -> HttpResponse:
    """Order one reminder; a colleague's of today counts."""
    now = timezone.now()
    version = open_version(request, version_id, Action.CONTACT_DOCTOR, now, Permission.TRIAGE)
    try:
        remind(version=version, by=acting(request), now=now)
        messages.success(request, gettext("Påminnelsen er lagt i kø. Du ser her når legen har fått den."))
    except AlreadyReminded as done:
        name, clock = done.notice.created_by, time_nb(done.notice.created_at)
        said = gettext("%(name)s sendte en påminnelse i dag %(clock)s. Det ble ikke sendt en til.")
        messages.warning(request, said % {"name": name.get_full_name() if name else "", "clock": clock})
    except NotDue as early:
        said = gettext("Det er for tidlig å minne om planen. Neste steg er %(day)s.") % {"day": date_nb(early.on)}
        messages.warning(request, said)
    except WrongStep:
        messages.warning(request, gettext("Planen venter ikke på legen lenger, så det ble ikke sendt noen påminnelse."))
    return redirect("plans-waiting")


@logs(Action.CONTACT_DOCTOR)
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def call(request: ActorRequest, version_id: UUID) -> HttpResponse:
    """Register a call to the practice about the plan: who, when and what came of it."""
    now = timezone.now()
    version = open_version(request, version_id, Action.CONTACT_DOCTOR, now, Permission.TRIAGE)
    form = CallForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        record_contact(patient=version.patient, version=version, by=acting(request), now=now, **form.said)
        messages.success(request, gettext("Telefonsamtalen er registrert."))
        return redirect("plans-waiting")
    course = latest_enrolment(version.patient_id, now=now)
    context = {
        "version": version,
        "patient": version.patient,
        "doctor": deciding_doctor(course),
        "ladder": ladder_of(version, hours=hours_for(course), now=now) if version.sent_at else None,
        "form": form,
    }
    return render(request, "careplans/waiting_call.html", context, status=422 if form.errors else 200)
