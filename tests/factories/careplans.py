"""Plans, written row by row so that tests of the services do not depend on the services."""

from datetime import datetime, time, timedelta
from decimal import Decimal

from accounts.models import User
from careplans.data.templates import TEMPLATES
from careplans.enums import CurveWay, Decision, MeasureKind, TemplateStatus, VersionStatus, Zone
from careplans.models import (
    Approval,
    CurveReport,
    Measure,
    Plan,
    PlanTemplate,
    PlanTemplateVersion,
    PlanVersion,
    Schedule,
    Threshold,
    ZoneText,
)
from careplans.services.proof import content_hash
from patients.models import Patient
from tests.factories.clock import NOW

COPD_LIMITS = [
    {
        "kind": "BAND",
        "quantity": "spo2",
        "red_low": Decimal(86),
        "yellow_low": Decimal(88),
    },
    {
        "kind": "BAND",
        "quantity": "pulse",
        "yellow_low": Decimal(50),
        "yellow_high": Decimal(100),
        "red_high": Decimal(120),
    },
    {
        "kind": "BAND",
        "quantity": "systolic",
        "yellow_high": Decimal(150),
        "red_high": Decimal(180),
    },
    {
        "kind": "BAND",
        "quantity": "diastolic",
        "yellow_high": Decimal(95),
        "red_high": Decimal(110),
    },
    {
        "kind": "BAND",
        "quantity": "weight",
        "yellow_low": Decimal(40),
        "yellow_high": Decimal(120),
    },
    {
        "kind": "CHANGE",
        "quantity": "weight",
        "yellow_high": Decimal("1.5"),
        "red_high": Decimal(2),
        "window_hours": 72,
    },
    {
        "kind": "SCORE",
        "quantity": "symptoms_copd",
        "yellow_high": Decimal(5),
        "red_high": Decimal(10),
    },
]
MEASURES = {
    Zone.GREEN: ["Faste medisiner. Gå tur hver dag."],
    Zone.YELLOW: ["Mål to ganger om dagen.", "Bruk leppepust og hvil."],
    Zone.RED: [
        "Ring pasienten innen 30 min",
        "Mål på nytt etter 15 min hvile",
        "Fortsatt under grensen: ring legevakt 116 117",
    ],
}


SIGNS = {
    Zone.GREEN: "Pusten er som vanlig.",
    Zone.YELLOW: "Tyngre å puste enn vanlig.",
    Zone.RED: "Tungpustet i ro.",
}
CONTACT = "Ring oppfølgingstjenesten i åpningstiden, ellers legevakt 116 117."


def make_draft(patient: Patient, by: User, *, limits=COPD_LIMITS, now: datetime = NOW, **fields) -> PlanVersion:
    """A draft with limits, and signs, measures and contact in every zone: complete enough to be sent."""
    plan, _ = Plan.objects.get_or_create(patient=patient, municipality_id=patient.municipality_id)
    number = plan.versions.count() + 1
    fields.setdefault("review_on", (now + timedelta(days=365)).date())
    version = PlanVersion.objects.create(
        plan=plan,
        patient=patient,
        municipality_id=patient.municipality_id,
        number=number,
        what_matters="Å kunne gå tur med hunden hver dag.",
        created_at=now,
        created_by=by,
        **fields,
    )
    for limit in limits:
        Threshold.objects.create(version=version, municipality_id=version.municipality_id, **limit)
    for zone, texts in MEASURES.items():
        for position, text in enumerate(texts):
            Measure.objects.create(
                version=version,
                municipality_id=version.municipality_id,
                zone=zone,
                kind=MeasureKind.OWN,
                position=position,
                text=text,
            )
    for zone, signs in SIGNS.items():
        ZoneText.objects.create(
            version=version, municipality_id=version.municipality_id, zone=zone, signs=signs, contact=CONTACT
        )
    return version


def add_schedule(version: PlanVersion, type_id: str | None = "spo2", **fields) -> Schedule:
    """Every day at 08.00 Oslo time with two hours' grace."""
    fields.setdefault("weekdays", [0, 1, 2, 3, 4, 5, 6])
    fields.setdefault("times", [time(8)])
    return Schedule.objects.create(
        version=version,
        municipality_id=version.municipality_id,
        type_id=type_id,
        **fields,
    )


def propose(version: PlanVersion, *, now: datetime = NOW) -> PlanVersion:
    """Sent to the doctor."""
    version.status, version.sent_at, version.sent_by = (
        VersionStatus.PROPOSED,
        now,
        version.created_by,
    )
    version.save()
    return version


def approve(version: PlanVersion, gp: User, *, now: datetime = NOW) -> PlanVersion:
    """Approved by the doctor, for ten years; the version before it is superseded."""
    if version.status == VersionStatus.DRAFT:
        propose(version, now=now)
    version.plan.versions.filter(status=VersionStatus.APPROVED).update(
        status=VersionStatus.SUPERSEDED, superseded_at=now
    )
    version.status, version.approved_at, version.approved_by = (
        VersionStatus.APPROVED,
        now,
        gp,
    )
    version.valid_until = now + timedelta(days=3650)
    version.save()
    Approval.objects.create(
        version=version,
        municipality_id=version.municipality_id,
        decision=Decision.APPROVED,
        decided_at=now,
        decided_by=gp,
        hpr_number=gp.hpr_number,
        name=gp.get_full_name(),
        content_sha256=content_hash(version),
    )
    return version


def make_curves(patient: Patient, by: User, *, now: datetime = NOW, **fields) -> CurveReport:
    """Curves of the last four weeks, sent to the GP on the platform."""
    content = {"plan": 1, "usual": "", "curves": [], "yellow": 0, "red": 0, "measures": [], "until": str(now.date())}
    row = {"way": CurveWay.PLATFORM, "sent_at": now, "sent_by": by, "checksum": "0" * 64}
    return CurveReport.objects.create(
        municipality_id=patient.municipality_id,
        patient=patient,
        first_day=now.date() - timedelta(days=27),
        last_day=now.date(),
        content=content,
        **row | fields,
    )


def make_template(service, by: User, *, content=None, name: str = "Kols hos oss") -> PlanTemplateVersion:
    """A template of the service's own, in use."""
    template = PlanTemplate.objects.create(service=service, name=name)
    version = PlanTemplateVersion.objects.create(
        template=template, number=1, content=content or TEMPLATES["Kols"], created_at=NOW, created_by=by
    )
    PlanTemplateVersion.objects.filter(pk=version.pk).update(
        status=TemplateStatus.ACTIVE, activated_at=NOW, activated_by=by
    )
    version.refresh_from_db()
    return version
