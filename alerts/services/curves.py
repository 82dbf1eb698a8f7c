"""Curves to the GP: made from what the patient page shows, frozen, and sent by hand or by the agreed rhythm (R-127)."""

import hashlib
import json
from datetime import date, datetime, time, timedelta
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext, override

from accounts.actor import Actor
from accounts.roles import Permission
from alerts.enums import HandlingAction
from alerts.models import Assessment, Handling
from alerts.queries.patient import open_enrolment, version_in_force, versions_of
from alerts.queries.trends import trends_of
from alerts.queries.work import everywhere
from alerts.services.desk import lock_patients
from alerts.services.refusals import NotNow
from alerts.services.rounds import patient_by_patient
from alerts.trends import Trend
from careplans.enums import CurveWay, NoticeKind
from careplans.models import CurveReport, DoctorNotice, GpRoutine, Measure, PlanVersion
from careplans.scoring import Colour
from careplans.services import NotYours
from dho.lib import rls
from dho.lib.numbers import OSLO
from patients.access import own_patients
from patients.models import Enrolment, Patient
from patients.queries import has_deciding_doctor

DAYS: Final = 28


@transaction.atomic
def send_curves(*, patient: Patient, way: CurveWay, by: Actor, now: datetime) -> CurveReport:
    """Send the last four weeks now. The same curves sent twice are sent once.

    Raises NotYours, and NotNow where no doctor would find them on the platform (P5).
    """
    if not own_patients(by, now=now, permission=Permission.TRIAGE).filter(pk=patient.pk).exists():
        raise NotYours
    if way == CurveWay.PLATFORM and not _has_doctor(patient, now):
        raise NotNow(gettext("Pasienten har ingen lege på plattformen som kan få kurvene. Send dem på papir."))
    return _send(patient, way, by=by, due_on=None, now=now)


def send_agreed_curves(*, now: datetime) -> int:
    """What the rhythms call for by today; how many were sent. After an outage the newest day only."""
    today = timezone.localdate(now)
    with everywhere():
        open_now = Enrolment.objects.filter(ended_on__isnull=True).values("patient")
        holding = list(GpRoutine.objects.filter(patient__in=open_now).holding(now))
        due = {routine: day for routine in holding if (day := _due(routine, today))}
        sent = set(CurveReport.objects.filter(due_on__in=due.values()).values_list("patient_id", "due_on"))
    waiting = [
        (routine.municipality_id, routine.patient_id, day)
        for routine, day in due.items()
        if (routine.patient_id, day) not in sent
    ]
    return patient_by_patient(_send_agreed, waiting, now=now)


def _due(routine: GpRoutine, today: date) -> date | None:
    """The last day of the rhythm up to today; the first is one stretch after the agreement began."""
    if not routine.curves_every_days:
        return None
    stretches = (today - routine.valid_from).days // routine.curves_every_days
    return routine.valid_from + timedelta(days=stretches * routine.curves_every_days) if stretches > 0 else None


def _send_agreed(municipality_id: int, patient_id: UUID, day: date, *, now: datetime) -> int:
    with rls.acting_for([municipality_id], actor="worker"):
        if not lock_patients([patient_id], wait=False):
            return 0
        if CurveReport.objects.filter(patient=patient_id, due_on=day).exists():
            return 0
        patient = Patient.objects.get(pk=patient_id)
        if not _has_doctor(patient, now):
            return 0
        _send(patient, CurveWay.PLATFORM, by=None, due_on=day, now=now)
        return 1


def _has_doctor(patient: Patient, now: datetime) -> bool:
    return has_deciding_doctor(patient, open_enrolment(patient), on=timezone.localdate(now))


def _send(patient: Patient, way: CurveWay, *, by: Actor | None, due_on: date | None, now: datetime) -> CurveReport:
    lock_patients([patient.pk], wait=True)
    versions = versions_of(patient)
    version, today = version_in_force(versions, now), timezone.localdate(now)
    content = _content(patient, versions, version, now=now) | ({"due_on": str(due_on)} if due_on else {})
    digest = hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
    if standing := CurveReport.objects.filter(patient=patient, way=way, checksum=digest).first():
        return standing
    if way == CurveWay.PLATFORM:
        DoctorNotice.objects.get_or_create(
            patient=patient,
            kind=NoticeKind.CURVES,
            on=today,
            defaults={
                "municipality_id": patient.municipality_id,
                "created_at": now,
                "created_by": by.user if by else None,
                "next_try_at": now,
            },
        )
    return CurveReport.objects.create(
        municipality_id=patient.municipality_id,
        patient=patient,
        version=version,
        first_day=today - timedelta(days=DAYS - 1),
        last_day=today,
        content=content,
        checksum=digest,
        way=way,
        sent_at=now,
        sent_by=by.user if by else None,
        due_on=due_on,
    )


def _content(
    patient: Patient, versions: list[PlanVersion], version: PlanVersion | None, *, now: datetime
) -> dict[str, Any]:
    """One page for the consultation (R-134). Stored, so in bokmål whoever sends it (ADR 21)."""
    since = datetime.combine(timezone.localdate(now) - timedelta(days=DAYS - 1), time(0), OSLO)
    with override("nb"):
        curves = [_curve(trend) for trend in trends_of(patient, versions, days=DAYS, now=now)]
    return {
        "until": str(timezone.localdate(now)),
        "plan": version.number if version else None,
        "usual": version.habitual_state if version else "",
        "curves": curves,
        "yellow": _judged(patient, Colour.YELLOW, since),
        "red": _judged(patient, Colour.RED, since),
        "measures": _measures(patient, since),
    }


def _curve(trend: Trend) -> dict[str, Any]:
    stretch = trend.stretch_at(trend.now)
    bands = [band for each in trend.quantities if stretch and (band := stretch.band(each.code))]
    start = datetime.combine(trend.first_day, time(0), OSLO)
    return {
        "label": trend.type.label,
        "unit": trend.unit,
        "summary": trend.summary,
        "limits_text": trend.limits_text,
        "latest": trend.shown(trend.good[-1]) if trend.good else "",
        "days": trend.days,
        "limits": sorted({float(limit) for band in bands for limit in band.given.values()}),
        "points": [
            [round((point.at - start) / timedelta(days=1), 3), [float(value or 0) for value in point.values]]
            for point in trend.good
        ],
    }


def _judged(patient: Patient, colour: Colour, since: datetime) -> int:
    taken = Q(reading__taken_at__gte=since) | Q(response__taken_at__gte=since)
    return Assessment.objects.filter(taken, patient=patient, superseded_by__isnull=True, colour=colour.value).count()


def _measures(patient: Patient, since: datetime) -> list[list[str]]:
    """What was started, with its day: what the doctor asks about first."""
    done = Handling.objects.filter(patient=patient, action=HandlingAction.DONE, at__gte=since).order_by("at", "pk")
    texts = dict(Measure.objects.filter(version__patient=patient).values_list("pk", "text"))
    return [
        [str(timezone.localdate(handling.at)), texts[pk]]
        for handling in done
        for pk in handling.measure_ids
        if pk in texts
    ]
