"""Urgent slots, asked for and answered, and the register of what the hospital did (R-142, R-146, R-153)."""

from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from accounts.actor import Actor
from accounts.roles import Permission
from alerts.enums import ActivityKind, OutpatientAnswer, OutpatientOutcome
from alerts.models import HospitalActivity, OutpatientRequest
from alerts.queries.hospital import LETTING_GO, had_between, hospital_of, is_red, patients_of_register
from alerts.queries.meetings import shared_with, takes_part
from alerts.services.refusals import NotNow, NotYours
from organisations.models import FollowUpService
from patients.access import own_patients
from patients.models import Patient
from patients.services.rights import lock_patient

# «Half-acute outpatient assessment within 1–2 days».
WITHIN_DAYS: Final = (1, 2)


@transaction.atomic
def request_slot(
    *, patient: Patient, department: FollowUpService, reason: str, within_days: int, by: Actor, now: datetime
) -> OutpatientRequest:
    """Ask a department that sees the patient for an urgent slot, from a red case. Raises NotYours, NotNow."""
    lock_patient(patient.pk)
    if not by.may(Permission.TRIAGE) or not shared_with(department.pk, by=by, now=now).filter(pk=patient.pk).exists():
        raise NotYours
    if not is_red(patient):
        raise NotNow(gettext("Pasienten har ikke noe åpent rødt varsel. Ring avdelingen om vanlige avtaler."))
    asked = OutpatientRequest.objects.filter(patient=patient, department=department)
    if asked.filter(answer="").exists():
        raise NotNow(gettext("Dere har allerede bedt om en hastetime her, og venter på svar."))
    if within_days not in WITHIN_DAYS:
        raise ValueError("An urgent slot is wanted within one or two days.")
    return OutpatientRequest.objects.create(
        municipality_id=patient.municipality_id,
        patient=patient,
        department=department,
        reason=reason.strip(),
        wanted_by=timezone.localdate(now) + timedelta(days=within_days),
        requested_at=now,
        requested_by=by.user,
    )


@transaction.atomic
def answer_slot(
    *,
    slot: OutpatientRequest,
    answer: OutpatientAnswer,
    slot_at: datetime | None = None,
    advice: str = "",
    by: Actor,
    now: datetime,
) -> OutpatientRequest:
    """The department's answer; the follow-up service writes it down when it came by phone. Raises NotYours, NotNow."""
    slot = _locked(slot, by, now)
    if slot.answer:
        raise NotNow(gettext("Forespørselen er allerede besvart."))
    slot.answer, slot.advice, slot.answered_at, slot.answered_by = answer, advice.strip(), now, by.user
    slot.slot_at = slot_at if answer == OutpatientAnswer.GIVEN else None
    slot.save(update_fields=["answer", "advice", "slot_at", "answered_at", "answered_by"])
    return slot


@transaction.atomic
def close_slot(*, slot: OutpatientRequest, outcome: OutpatientOutcome, by: Actor, now: datetime) -> OutpatientRequest:
    """Whether the patient came; if so it is an activity of the department. Raises NotYours, NotNow.

    The row is marked as made from the slot and by whom that was closed, also where it was the follow-up service: the
    department's own staff put it right (ADR 29).
    """
    slot = _locked(slot, by, now)
    if slot.answer != OutpatientAnswer.GIVEN or slot.closed_at or slot.slot_at is None or slot.slot_at > now:
        raise NotNow(gettext("Timen har ikke vært ennå, eller er allerede avsluttet."))
    slot.outcome, slot.closed_at, slot.closed_by = outcome, now, by.user
    slot.save(update_fields=["outcome", "closed_at", "closed_by"])
    if outcome == OutpatientOutcome.ATTENDED:
        HospitalActivity.objects.create(
            municipality_id=slot.municipality_id,
            patient_id=slot.patient_id,
            department_id=slot.department_id,
            kind=ActivityKind.OUTPATIENT,
            on=timezone.localdate(slot.slot_at),
            outpatient=slot,
            note="Hastetime",
            registered_at=now,
            registered_by=by.user,
        )
    return slot


@transaction.atomic
def log_activity(
    *,
    patient: Patient,
    kind: ActivityKind,
    on: date,
    minutes: int | None,
    persons: str,
    note: str,
    by: Actor,
    now: datetime,
    replaces: HospitalActivity | None = None,
    withdrawn: bool = False,
) -> HospitalActivity:
    """Something the actor's own department did for a patient, or a new row in place of a wrong one.

    About whom it no longer has: only what belongs to letting go, on a day when it had her, and corrections of its own
    rows (R-208). Raises NotYours, NotNow when that is not so or somebody else has corrected the same row.
    """
    lock_patient(patient.pk)
    department_id = hospital_of(by)
    if department_id is None or (replaces and replaces.department_id != department_id):
        raise NotYours
    _require_patient(patient, kind, on, bool(replaces), by, now)
    if replaces and HospitalActivity.objects.filter(replaces=replaces).exists():
        raise NotNow(gettext("Raden er allerede rettet. Se den nye raden i listen."))
    return HospitalActivity.objects.create(
        municipality_id=patient.municipality_id,
        patient=patient,
        department_id=department_id,
        kind=kind,
        on=on,
        minutes=minutes,
        persons=persons.strip(),
        note=note.strip(),
        item=replaces.item if replaces else None,
        outpatient=replaces.outpatient if replaces else None,
        registered_at=now,
        registered_by=by.user,
        replaces=replaces,
        withdrawn=withdrawn,
    )


def _require_patient(patient: Patient, kind: ActivityKind, on: date, corrects: bool, by: Actor, now: datetime) -> None:
    if own_patients(by, now=now).filter(pk=patient.pk).exists():
        return
    known = patients_of_register(by, now=now).filter(pk=patient.pk)
    if not known.exists():
        raise NotYours
    if not corrects and (kind not in LETTING_GO or not known.filter(had_between(by.service_id, on, on)).exists()):
        raise NotNow(
            gettext(
                "Avdelingen har ikke pasienten lenger. Du kan bare registrere overføringssamtale og del i å avslutte "
                "forløpet, på en dag dere hadde pasienten."
            )
        )


def _locked(slot: OutpatientRequest, by: Actor, now: datetime) -> OutpatientRequest:
    """The request as it is now, for whoever answers: the department, and the service that follows the patient up."""
    found = OutpatientRequest.objects.select_for_update(of=("self",)).get(pk=slot.pk)
    if not may_answer(found, by=by, now=now):
        raise NotYours
    return found


def may_answer(slot: OutpatientRequest, *, by: Actor, now: datetime) -> bool:
    """The department's own staff, and those who follow the patient up now: after a handover the new service (R-144)."""
    if not takes_part(by):
        return False
    permission = Permission.SEE_PATIENT if by.service_id == slot.department_id else Permission.TRIAGE
    return own_patients(by, now=now, permission=permission).filter(pk=slot.patient_id).exists()


@transaction.atomic
def save_contact_point(*, contact_point: str, phone: str, urgent_route: str, by: Actor) -> None:
    """How others reach the actor's own department (R-145, R-153). Raises NotYours."""
    department_id = hospital_of(by)
    if department_id is None:
        raise NotYours
    FollowUpService.objects.filter(pk=department_id).update(
        contact_point=contact_point.strip(), phone=phone.strip(), urgent_route=urgent_route.strip()
    )
