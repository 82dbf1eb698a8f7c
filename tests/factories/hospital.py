"""A hospital department beside the personas: who works there, meetings, urgent slots and activities, as they stand."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from accounts.enums import Role
from accounts.models import User
from alerts.enums import ActivityKind, AgendaReason, AlertKind
from alerts.models import AgendaItem, Alert, Assessment, HospitalActivity, OutpatientRequest, RedZoneMeeting
from careplans.scoring import SCORER_VERSION
from organisations.models import FollowUpService
from patients.models import Patient
from tests.factories.accounts import make_membership, make_user
from tests.factories.care import make_hospital, share
from tests.factories.clock import NOW
from tests.factories.measurements import make_reading
from tests.factories.organisations import make_agreement


@dataclass
class Hospital:
    """A department that reads along in A, with a specialist and a nurse; Per is shared with it."""

    department: FollowUpService
    ravn: User
    line: User


def make_cooperation(world, *, name: str = "Lungeavdelingen, Sykehuset Innlandet") -> Hospital:
    """The department with its agreement with A, and Per shared with it."""
    department = make_hospital(name, contact_point="Lungevakten", urgent_route="Ring vakten, som tar imot direkte.")
    make_agreement(department, world.a.pk)
    share(world.per, department, world.kari)
    ravn, line = make_user("ravn", "Sigrid", "Ravn", hpr_number="2345678"), make_user("line", "Line", "Ek")
    make_membership(ravn, Role.SPECIALIST, service=department)
    make_membership(line, Role.HOSPITAL_NURSE, service=department)
    return Hospital(department, ravn, line)


def make_meeting(
    service: FollowUpService, department: FollowUpService, by: User, *, now: datetime = NOW, **fields
) -> RedZoneMeeting:
    """A planned meeting with an empty agenda."""
    fields.setdefault("planned_on", NOW.date())
    return RedZoneMeeting.objects.create(
        service=service, department=department, created_at=now, created_by=by, **fields
    )


def make_item(meeting: RedZoneMeeting, patient: Patient, by: User, **fields) -> AgendaItem:
    """The patient on the agenda, red twice and yellow once."""
    fields = {"why": AgendaReason.RED, "reds": 2, "yellows": 1, "since": NOW - timedelta(days=7)} | fields
    return AgendaItem.objects.create(
        municipality_id=patient.municipality_id, meeting=meeting, patient=patient, added_at=NOW, added_by=by, **fields
    )


def make_slot(patient: Patient, department: FollowUpService, by: User, **fields) -> OutpatientRequest:
    """An urgent slot that nobody has answered."""
    fields = {"reason": "Faller i metning.", "wanted_by": NOW.date() + timedelta(days=1)} | fields
    return OutpatientRequest.objects.create(
        municipality_id=patient.municipality_id, patient=patient, department=department, requested_at=NOW,
        requested_by=by, **fields,
    )  # fmt: skip


def make_activity(patient: Patient, department: FollowUpService, by: User, **fields) -> HospitalActivity:
    """A transfer talk today."""
    fields = {"kind": ActivityKind.TRANSFER, "on": NOW.date(), "persons": "Ravn og Nordmann"} | fields
    return HospitalActivity.objects.create(
        municipality_id=patient.municipality_id, patient=patient, department=department, registered_at=NOW,
        registered_by=by, **fields,
    )  # fmt: skip


def judged(world, tablet, colour: str, *, at: datetime, level: int = 2) -> Assessment:
    """A reading of the moment with that judgement, and the closed or open alert behind it."""
    patient = Patient.objects.get(pk=tablet.patient_id)
    shared = {"patient": patient, "municipality_id": patient.municipality_id}
    alert = Alert.objects.filter(**shared, kind=AlertKind.ASSESSMENT, subject="spo2", state="OPEN").first()
    alert = alert or Alert.objects.create(
        **shared, service=world.joint, kind=AlertKind.ASSESSMENT, subject="spo2", level=level, headline="SpO₂",
        detail="", opened_at=at, waiting_since=at, deadline=at,
    )  # fmt: skip
    return Assessment.objects.create(
        **shared,
        reading=make_reading(tablet, "spo2", 84, at=at),
        plan_version=patient.plan_versions.get(status="APPROVED"),
        colour=colour,
        reasons=[],
        scorer_version=SCORER_VERSION,
        assessed_at=at,
        alert=alert,
    )
