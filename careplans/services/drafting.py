"""The nurse's steps: draft, send, withdraw (R-035, R-044)."""

from datetime import datetime

from django.db import transaction
from django.db.models import Max

from accounts.actor import Actor
from careplans.enums import VersionStatus
from careplans.models import OPEN_STATUSES, Plan, PlanTemplateVersion, PlanVersion
from careplans.queries.minimum import little_data
from careplans.services.content import PlanContent, columns_of, content_of, write_content
from careplans.services.locks import hold_forms, lock, locked, require_writer
from careplans.services.problems import problems_of
from careplans.services.refusals import LittleData, PlanProblems, VersionIsOpen, WrongStep
from patients.models import Patient


@transaction.atomic
def create_draft(
    *,
    patient: Patient,
    content: PlanContent,
    by: Actor,
    now: datetime,
    began_from: PlanTemplateVersion | None = None,
    taken_over_from: str = "",
) -> PlanVersion:
    """A new version with exactly this content; opens the plan when the patient has none (R-029, R-037).

    `began_from` is the template whose parts must be edited or confirmed, `taken_over_from` whose plan it was.
    Raises NotYours, PlanProblems for limits that could never be judged, VersionIsOpen while another version is open.
    """
    require_writer(patient, by=by, now=now)
    plan, _ = Plan.objects.get_or_create(patient=patient, defaults={"municipality_id": patient.municipality_id})
    lock(plan.pk)
    if standing := plan.versions.filter(status__in=OPEN_STATUSES).first():
        raise VersionIsOpen(standing)
    version = PlanVersion(
        plan=plan,
        patient=patient,
        municipality_id=patient.municipality_id,
        number=(plan.versions.aggregate(last=Max("number"))["last"] or 0) + 1,
        **columns_of(content),
        began_from=began_from,
        taken_over_from=taken_over_from,
        created_at=now,
        created_by=by.user,
    )
    write_content(version, content)
    return version


@transaction.atomic
def revise(*, version: PlanVersion, by: Actor, now: datetime) -> PlanVersion:
    """A new draft with the content of this version, to be changed; what is in force stays in force (AT-30, R-044)."""
    return create_draft(patient=version.patient, content=content_of(version), by=by, now=now)


@transaction.atomic
def send_to_gp(*, version: PlanVersion, by: Actor, now: datetime, reason: str = "") -> PlanVersion:
    """Send the draft to the doctor who decides, the GP or in its phase the hospital's, and freeze it (R-041, C3).

    `reason` is why it is sent although the trial holds too little; the doctor reads it, and it is kept only then.
    Raises NotYours, PlanProblems with everything that is missing or cannot be judged, LittleData for too little data
    without a reason, WrongStep unless it is a draft.
    """
    version = locked(version)
    # Asked once the plan is held: while this waited, the course may have ended and closed the plan with it.
    require_writer(version.patient, by=by, now=now)
    if version.status != VersionStatus.DRAFT:
        raise WrongStep(version.status)
    hold_forms(version)
    if found := problems_of(version, now=now):
        raise PlanProblems(found)
    little = little_data(version, now=now)
    if little and not reason.strip():
        raise LittleData(little)
    return freeze(version, reason=reason.strip() if little else "", by=by, now=now)


def freeze(version: PlanVersion, *, reason: str, by: Actor, now: datetime) -> PlanVersion:
    """The draft becomes a proposal. Whoever calls holds the plan's lock and has looked for what is missing."""
    version.little_data_reason = reason
    version.status, version.sent_at, version.sent_by = VersionStatus.PROPOSED, now, by.user
    version.save(update_fields=["status", "sent_at", "sent_by", "little_data_reason"])
    return version


@transaction.atomic
def withdraw(*, version: PlanVersion, by: Actor, now: datetime) -> PlanVersion:
    """Take a proposal back before the doctor has decided, to write a new one.

    Raises NotYours, WrongStep when nothing waits.
    """
    require_writer(version.patient, by=by, now=now)
    version = locked(version)
    if version.status != VersionStatus.PROPOSED:
        raise WrongStep(version.status)
    version.status = VersionStatus.WITHDRAWN
    version.save(update_fields=["status"])
    return version
