"""Writing the self-care plan: draft, proposal, and the doctor's decision (R-029 to R-048, R-083).

A proposal is frozen from the moment it is sent, so a version id always names the same content: what the doctor read is
what the doctor approves. To change a proposal the nurse withdraws it, or the doctor returns it; then a new version is
written. Everything here locks the patient's one Plan row first, so that two steps never cross.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from accounts.actor import Actor
from accounts.roles import Permission
from careplans.enums import Decision, VersionStatus, Zone
from careplans.models import OPEN_STATUSES, Approval, Measure, Plan, PlanVersion, Schedule, Threshold
from careplans.queries.catalogue import ruleset_of
from careplans.queries.gp import latest_enrolment
from careplans.scoring import RuleSet, problems
from patients.access import own_patients, patients_to_decide_for
from patients.models import Patient
from patients.queries import has_deciding_doctor, in_hospitals_phase


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanContent:
    """What a version says; the three lists hold field values of Threshold, Schedule and Measure."""

    what_matters: str
    habitual_state: str = ""
    thresholds: Sequence[dict[str, Any]] = ()
    schedules: Sequence[dict[str, Any]] = ()
    measures: Sequence[dict[str, Any]] = ()


class PlanProblems(Exception):
    """The plan cannot be written or sent like this; `problems` says why, in sentences for the screen."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(f"{len(problems)} problems")
        self.problems = problems


class VersionIsOpen(Exception):
    """Another draft or proposal of the same plan is open; at most one can be (`number`, `status`)."""

    def __init__(self, version: PlanVersion) -> None:
        super().__init__(str(version.status))
        self.number, self.status = version.number, version.status


class WrongStep(Exception):
    """The version's `status` does not allow this step."""

    def __init__(self, status: str) -> None:
        super().__init__(status)
        self.status = status


class AlreadyDecided(Exception):
    """The version no longer waits: `by` (a name, empty when withdrawn) decided it `at` that time; see `status`."""

    def __init__(self, version: PlanVersion) -> None:
        super().__init__(str(version.status))
        decision = Approval.objects.filter(version=version).first()
        self.status = version.status
        self.by = decision.name if decision else ""
        self.at = decision.decided_at if decision else None


class NotYours(Exception):
    """This person may not do this with this patient's plan."""


@transaction.atomic
def create_draft(*, patient: Patient, content: PlanContent, by: Actor, now: datetime) -> PlanVersion:
    """A new version with exactly this content; opens the plan when the patient has none (R-029, R-037).

    Raises NotYours, PlanProblems for limits that could never be judged, VersionIsOpen while another version is open.
    """
    _require_writer(patient, by=by, now=now)
    plan, _ = Plan.objects.get_or_create(patient=patient, defaults={"municipality_id": patient.municipality_id})
    _lock(plan.pk)
    if standing := plan.versions.filter(status__in=OPEN_STATUSES).first():
        raise VersionIsOpen(standing)
    version = PlanVersion(
        plan=plan,
        patient=patient,
        municipality_id=patient.municipality_id,
        number=(plan.versions.aggregate(last=Max("number"))["last"] or 0) + 1,
        what_matters=content.what_matters.strip(),
        habitual_state=content.habitual_state.strip(),
        created_at=now,
        created_by=by.user,
    )
    _write(version, content)
    return version


@transaction.atomic
def revise(*, version: PlanVersion, by: Actor, now: datetime) -> PlanVersion:
    """A new draft with the content of this version, to be changed; what is in force stays in force (AT-30, R-044)."""
    return create_draft(patient=version.patient, content=content_of(version), by=by, now=now)


@transaction.atomic
def send_to_gp(*, version: PlanVersion, by: Actor, now: datetime) -> PlanVersion:
    """Send the draft to the doctor who decides, the GP or in its phase the hospital's, and freeze it (R-041, C3).

    Raises NotYours, PlanProblems with everything that is missing or cannot be judged, WrongStep unless it is a draft.
    """
    _require_writer(version.patient, by=by, now=now)
    version = _locked(version)
    if version.status != VersionStatus.DRAFT:
        raise WrongStep(version.status)
    if found := problems_of(version, now=now):
        raise PlanProblems(found)
    version.status, version.sent_at, version.sent_by = VersionStatus.PROPOSED, now, by.user
    version.save(update_fields=["status", "sent_at", "sent_by"])
    return version


@transaction.atomic
def withdraw(*, version: PlanVersion, by: Actor, now: datetime) -> PlanVersion:
    """Take a proposal back before the doctor has decided, to write a new one.

    Raises NotYours, WrongStep when nothing waits.
    """
    _require_writer(version.patient, by=by, now=now)
    version = _locked(version)
    if version.status != VersionStatus.PROPOSED:
        raise WrongStep(version.status)
    version.status = VersionStatus.WITHDRAWN
    version.save(update_fields=["status"])
    return version


@transaction.atomic
def approve(*, version: PlanVersion, valid_until: datetime, by: Actor, now: datetime) -> Approval:
    """The patient's own GP approves; the version scores from this instant, and the one before it stops (R-040, R-041).

    Raises NotYours, AlreadyDecided, or ValueError for a validity that is already over.
    """
    version = _waiting_for(version, by=by, now=now)
    if valid_until <= now:
        raise ValueError("An approval must be valid for some time.")
    # First out with the old: the database never holds two approved versions, and the two meet at the same instant.
    PlanVersion.objects.filter(plan_id=version.plan_id, status=VersionStatus.APPROVED).update(
        status=VersionStatus.SUPERSEDED, superseded_at=now
    )
    version.status, version.approved_at, version.approved_by = VersionStatus.APPROVED, now, by.user
    version.valid_until = valid_until
    version.save(update_fields=["status", "approved_at", "approved_by", "valid_until"])
    return _decide(version, Decision.APPROVED, by=by, now=now)


@transaction.atomic
def return_with_question(*, version: PlanVersion, question: str, by: Actor, now: datetime) -> Approval:
    """The GP sends the proposal back. Raises NotYours, AlreadyDecided, or ValueError without a question."""
    version = _waiting_for(version, by=by, now=now)
    if not question.strip():
        raise ValueError("A returned plan needs a question.")
    version.status = VersionStatus.RETURNED
    version.save(update_fields=["status"])
    return _decide(version, Decision.RETURNED, by=by, now=now, question=question.strip())


def decides_for(patient: Patient, *, by: Actor, now: datetime) -> bool:
    """Whether this is the doctor who decides about the patient's plan (C3)."""
    return patients_to_decide_for(by, now=now).filter(pk=patient.pk).exists()


def has_hpr_number(by: Actor) -> bool:
    """An approval names the doctor's HPR number (R-041), so there is none without."""
    return re.fullmatch(r"[0-9]{1,9}", by.user.hpr_number) is not None


def problems_of(version: PlanVersion, *, now: datetime) -> list[str]:
    """Why the draft cannot be sent yet, in sentences for the nurse; empty when it can."""
    found = _sentences(ruleset_of(version))
    if not version.thresholds.exists():
        found.append(gettext("Planen har ingen grenseverdier."))
    zones = set(version.measures.values_list("zone", flat=True))
    found += [
        gettext("Skriv minst ett tiltak for «%(zone)s».") % {"zone": zone.label} for zone in Zone if zone not in zones
    ]
    return found + _nobody_decides(version.patient, now=now)


def _nobody_decides(patient: Patient, *, now: datetime) -> list[str]:
    """A proposal that no doctor is shown would wait for ever (C3)."""
    course = latest_enrolment(patient.pk, now=now)
    if has_deciding_doctor(patient, course, on=timezone.localdate(now)):
        return []
    if in_hospitals_phase(course):
        return [gettext("Ingen sykehuslege i tjenesten kan godkjenne planen. Be lederen gi en lege rollen først.")]
    return [gettext("Pasienten har ingen fastlege her. Registrer fastlegen først.")]


def content_of(version: PlanVersion) -> PlanContent:
    """Everything the version says, ready to be written into another."""
    return PlanContent(
        what_matters=version.what_matters,
        habitual_state=version.habitual_state,
        thresholds=_values(version.thresholds.all()),
        schedules=_values(version.schedules.all()),
        measures=_values(version.measures.all()),
    )


def _values(rows: QuerySet[Any]) -> list[dict[str, Any]]:
    own = {"id", "municipality_id", "version_id"}
    return [{name: row[name] for name in row if name not in own} for row in rows.order_by("pk").values()]


def _write(version: PlanVersion, content: PlanContent) -> None:
    """Refuses what the database would refuse, but in words: inverted, overlapping or missing limits (R-083)."""
    if not version.what_matters:
        raise PlanProblems([gettext("Skriv hva som er viktig for pasienten.")])
    keys: dict[str, Any] = {"version": version, "municipality_id": version.municipality_id}
    thresholds = [Threshold(**keys, **values) for values in content.thresholds]
    if found := _sentences(ruleset_of(version, thresholds)):
        raise PlanProblems(found)
    version.save(force_insert=True)
    Threshold.objects.bulk_create(thresholds)
    Schedule.objects.bulk_create([Schedule(**keys, **values) for values in content.schedules])
    Measure.objects.bulk_create([Measure(**keys, **values) for values in content.measures])


def _sentences(ruleset: RuleSet) -> list[str]:
    """The scorer's objections to the limits, each with the name of what it is about."""
    subjects = {rule.id: rule.quantity or str(rule.kind) for rule in ruleset.rules}
    labels = {code: quantity.label for code, quantity in ruleset.quantities.items()}
    return [
        f"{labels.get(subjects[problem.rule_id], subjects[problem.rule_id])}: {problem.message_nb}"
        for problem in problems(ruleset)
    ]


def _lock(plan_id: Any) -> None:
    Plan.objects.select_for_update().get(pk=plan_id)


def _require_writer(patient: Patient, *, by: Actor, now: datetime) -> None:
    """Raises NotYours unless the ordinary rules let this person write this patient's plan (docs/rights.md)."""
    if not own_patients(by, now=now, permission=Permission.DRAFT_PLAN).filter(pk=patient.pk).exists():
        raise NotYours


def _locked(version: PlanVersion) -> PlanVersion:
    """The version as it is now, with nobody else able to change it until the transaction ends."""
    _lock(version.plan_id)
    return PlanVersion.objects.select_related("patient").get(pk=version.pk)


def _waiting_for(version: PlanVersion, *, by: Actor, now: datetime) -> PlanVersion:
    """Only the patient's own doctor, with an HPR number, decides, and only what still waits (R-040, R-041, C3)."""
    if not decides_for(version.patient, by=by, now=now) or not has_hpr_number(by):
        raise NotYours
    version = _locked(version)
    if version.status == VersionStatus.DRAFT:
        raise WrongStep(version.status)
    if version.status != VersionStatus.PROPOSED:
        raise AlreadyDecided(version)
    return version


def _decide(version: PlanVersion, decision: Decision, *, by: Actor, now: datetime, question: str = "") -> Approval:
    return Approval.objects.create(
        version=version,
        municipality_id=version.municipality_id,
        decision=decision,
        decided_at=now,
        decided_by=by.user,
        hpr_number=by.user.hpr_number,
        name=by.user.get_full_name(),
        question=question,
    )
