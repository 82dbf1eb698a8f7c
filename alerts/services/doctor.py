"""When measures do not help, the doctor is to be contacted, and that is not silenced before it is done (R-088, AT-33).

Measures were started on yellow. If neither of the next two judged readings of the same thing is better, an alert of
its own asks for the doctor. Finishing the case leaves it open; a contact that reached the doctor closes it.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import OuterRef, Subquery

from accounts.actor import Actor
from accounts.roles import Permission
from alerts.access import patients_with_case
from alerts.enums import AlertKind, CloseReason, HandlingAction, Level, Outcome
from alerts.models import Alert, Assessment, Handling
from alerts.services.desk import Desk, lock_patients
from alerts.services.texts import not_helped
from careplans.enums import ContactWay
from careplans.models import DoctorContact
from careplans.scoring import Colour
from careplans.services import NotYours, record_contact
from measurements.enums import StatementKind
from measurements.models import ReadingStatement
from patients.models import Patient

# How many readings the measures are given (number ours, AT-33).
READINGS: Final = 2
NOT_BETTER: Final = frozenset({Colour.YELLOW, Colour.RED})


def ask_for_doctor(subjects: Collection[tuple[UUID, str]], desk: Desk) -> None:
    """For each patient and measurement type that was just judged not green: has what was started helped?"""
    if not subjects:
        return
    started = _started(subjects)
    for patient_id, subject in sorted(subjects, key=str):
        since = started.get((patient_id, subject))
        if since is None or _asked_since(patient_id, subject, desk, since=since):
            continue
        if _neither_better(patient_id, subject, since=since):
            headline, detail = not_helped(subject, readings=READINGS)
            desk.open(
                patient_id,
                AlertKind.DOCTOR,
                subject,
                level=Level.YELLOW,
                headline=headline,
                detail=detail,
                waiting_since=desk.now,
                deadline=desk.deadline(patient_id, Level.YELLOW, desk.now),
            )
    desk.save()


@transaction.atomic
def contact_doctor(
    *, patient: Patient, how: ContactWay, reached: bool, outcome: str, by: Actor, now: datetime
) -> DoctorContact:
    """Register the contact, and close what asked for it when the doctor was reached.

    Also of a patient whose course has ended with a case still open. Raises NotYours, or as `record_contact`.
    """
    if not patients_with_case(by, now=now, permission=Permission.TRIAGE).filter(pk=patient.pk).exists():
        raise NotYours
    municipalities = lock_patients([patient.pk], wait=True)
    contact = record_contact(patient=patient, version=None, how=how, reached=reached, outcome=outcome, by=by, now=now)
    desk = Desk(municipalities, now=now)
    asking = [alert for alert in desk.alerts(patient.pk) if alert.kind == AlertKind.DOCTOR]
    if asking and contact.reached:
        handling = Handling.objects.create(
            municipality_id=patient.municipality_id,
            patient=patient,
            action=HandlingAction.DONE,
            level=min(alert.level for alert in asking),
            alert_ids=sorted((alert.pk for alert in asking), key=str),
            outcomes=[Outcome.GP],
            note=contact.outcome,
            at=now,
            by=by.user,
            role=by.role,
        )
        for alert in asking:
            desk.close(alert, CloseReason.HANDLED, handling=handling)
        desk.save()
    return contact


def _started(subjects: Collection[tuple[UUID, str]]) -> dict[tuple[UUID, str], datetime]:
    """When measures were last started for a yellow alert about it, of each patient and measurement type."""
    rows = Handling.objects.filter(
        patient__in={patient_id for patient_id, _ in subjects},
        action=HandlingAction.DONE,
        measure_ids__len__gt=0,
        alerts__kind=AlertKind.ASSESSMENT,
        alerts__level=Level.YELLOW,
        alerts__subject__in={subject for _, subject in subjects},
    )
    newest = rows.order_by("patient", "alerts__subject", "-at", "-pk").distinct("patient", "alerts__subject")
    return {
        (patient_id, subject): at for patient_id, subject, at in newest.values_list("patient", "alerts__subject", "at")
    }


def _asked_since(patient_id: UUID, subject: str, desk: Desk, *, since: datetime) -> bool:
    """Once for each time that measures were started."""
    asked = Alert.objects.filter(patient_id=patient_id, kind=AlertKind.DOCTOR, subject=subject, opened_at__gt=since)
    return desk.find(patient_id, AlertKind.DOCTOR, subject) is not None or asked.exists()


def _neither_better(patient_id: UUID, subject: str, *, since: datetime) -> bool:
    """Whether the first two readings taken since then, called faulty by nobody, are both still yellow or red."""
    said = ReadingStatement.objects.filter(reading=OuterRef("reading")).order_by("-stated_at", "-pk").values("kind")[:1]
    judged = (
        Assessment.objects.filter(
            patient_id=patient_id,
            reading__type_id=subject,
            reading__taken_at__gt=since,
            superseded_by__isnull=True,
        )
        .exclude(colour=Colour.NOT_ASSESSED.value)
        .annotate(said=Subquery(said))
        .order_by("reading__taken_at", "reading_id")
        .values_list("colour", "said")
    )
    colours = [colour for colour, word in judged if word != StatementKind.FAULTY][:READINGS]
    return len(colours) == READINGS and {Colour(colour) for colour in colours} <= NOT_BETTER
