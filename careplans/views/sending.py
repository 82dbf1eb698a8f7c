"""The last look before a draft leaves the nurse: to whom it goes, what needs approval, and what does not."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actor import ActorRequest
from audit.enums import Action
from audit.logged import logs
from careplans.enums import VersionStatus
from careplans.forms.sending import ReasonForm
from careplans.models import PlanVersion
from careplans.models.content import NEEDS_DOCTOR
from careplans.queries.carried import approval_to_carry
from careplans.queries.changes import differences
from careplans.queries.faces import own_words
from careplans.queries.gp import latest_enrolment, version_before
from careplans.queries.minimum import little_data
from careplans.queries.wording import Names
from careplans.services import (
    LittleData,
    NeedsDoctor,
    PlanProblems,
    WrongStep,
    hindrances,
    problems_of,
    put_in_force,
    send_to_gp,
    warnings_of,
)
from careplans.views.opening import acting, open_written
from patients.queries import deciding_doctor, in_hospitals_phase


@logs(Action.OPEN_PLAN, Action.WRITE_PLAN)
@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def send(request: ActorRequest, version_id: UUID) -> HttpResponse:
    """The review, and then the step: to the doctor, or in force on the approval that stands (R-044)."""
    now = timezone.now()
    action = Action.WRITE_PLAN if request.method == "POST" else Action.OPEN_PLAN
    version = open_written(request, version_id, action, now)
    if request.method == "POST":
        return _step(request, version, now)
    if version.status != VersionStatus.DRAFT:
        return redirect("plan-patient", version.patient_id)
    return render(request, "careplans/send.html", _review(version, now))


def _step(request: ActorRequest, version: PlanVersion, now: datetime) -> HttpResponse:
    by, forced = acting(request), request.POST.get("step") == "force"
    reason = ReasonForm(request.POST)
    try:
        if forced:
            put_in_force(version=version, by=by, now=now)
        else:
            send_to_gp(version=version, by=by, now=now, reason=reason.given)
    except LittleData:
        reason.demand()
        return render(request, "careplans/send.html", _review(version, now) | {"reason": reason}, status=422)
    except PlanProblems:
        return render(request, "careplans/send.html", _review(version, now) | {"refused": True}, status=422)
    except NeedsDoctor:
        return render(request, "careplans/send.html", _review(version, now) | {"needs_doctor": True}, status=409)
    except WrongStep:
        messages.error(request, gettext("Versjonen er ikke lenger et utkast, så den ble ikke sendt."))
    else:
        doctor = deciding_doctor(latest_enrolment(version.patient_id, now=now))
        sent = gettext("Planen er sendt til %(doctor)s. Ingenting nytt gjelder før den er godkjent.")
        put = gettext("Den nye versjonen gjelder fra nå. Grenser og medisinske tiltak er de samme som før.")
        messages.success(request, put if forced else sent % {"doctor": doctor})
    return redirect("plan-patient", version.patient_id)


def _review(version: PlanVersion, now: datetime) -> dict[str, Any]:
    course, carried = latest_enrolment(version.patient_id, now=now), approval_to_carry(version, now=now)
    found = hindrances(version, now=now)
    inside = {each.text for each in found}
    before, names = version_before(version, now=now), Names.current()
    return {
        "version": version,
        "patient": version.patient,
        "hindrances": found,
        "outside": [text for text in problems_of(version, now=now) if text not in inside],
        "warnings": warnings_of(version),
        "little": little_data(version, now=now),
        "reason": ReasonForm(),
        "doctor": deciding_doctor(course),
        # By name where there is one: the hospital's doctors share what waits.
        "doctor_name": ""
        if in_hospitals_phase(course) or not version.patient.gp
        else version.patient.gp.get_full_name(),
        "carried": carried,
        "before": before,
        "changes": differences(before, version) if before else [],
        "limits": [names.rule(row.rule()) for row in version.thresholds.order_by("pk")],
        "medical": version.measures.filter(NEEDS_DOCTOR),
    }


@logs(Action.OPEN_PLAN)
@login_required
@never_cache
@require_safe
def preview(request: ActorRequest, version_id: UUID) -> HttpResponse:
    """What the patient will read, as wide as a tablet: no limits, no words for staff (R-034)."""
    version = open_written(request, version_id, Action.OPEN_PLAN, timezone.now())
    context = {"version": version, "patient": version.patient, "plan": own_words(version)}
    return render(request, "careplans/preview.html", context)
