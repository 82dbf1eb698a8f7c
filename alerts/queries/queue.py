"""The rows of a service's queue, and the numbers behind the small charts."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.functions import JSONObject

from accounts.actor import Actor
from accounts.roles import Permission
from alerts.enums import AlertKind, Level
from alerts.models import Assessment, Expectation, QueueEntry
from alerts.sparkline import DAYS, Point
from careplans.enums import VersionStatus
from careplans.models import Threshold
from careplans.scoring import RuleKind
from dho.lib.numbers import OSLO
from measurements.models import Quantity, QuestionnaireResponse, Reading
from patients.access import blocks_of, visible_patients
from patients.models import Enrolment, Patient


def entries_of(by: Actor) -> QuerySet[QueueEntry]:
    """The service's own rows where readings are shared, but for patients who have blocked this person or service."""
    if by.service_id is None:
        return QueueEntry.objects.none()
    rows = QueueEntry.objects.filter(service_id=by.service_id, municipality_id__in=by.reaches(Permission.SEE_QUEUE))
    return rows.exclude(Exists(blocks_of(by, patient="patient_id")))


def queue_rows(by: Actor, *, now: datetime) -> list[Any]:
    """All rows, worst first; inside a level unclaimed, then nearest or most overdue deadline, then oldest (R-097).

    Each entry has its patient, alert, owner and municipality loaded, `target_groups` of the open enrolment, and
    `limits`: the numbers of the rule in force for what the alert is about.
    """
    claimed = ExpressionWrapper(Q(owner__isnull=False), output_field=BooleanField())
    enrolment = Enrolment.objects.filter(patient=OuterRef("patient"), ended_on__isnull=True)
    rows = (
        entries_of(by)
        .select_related("patient", "alert", "owner", "municipality")
        # Not needed in a list, so it is not even decrypted.
        .defer("patient__national_id")
        .annotate(
            claimed=claimed,
            target_groups=Subquery(enrolment.values("target_groups")[:1]),
            limits=Subquery(_limits_in_force(now).values(found=JSONObject(**{name: F(name) for name in LIMITS}))[:1]),
        )
        .order_by("level", "claimed", "deadline", "waiting_since", "patient_id")
    )
    return list(rows)


LIMITS = ("red_low", "yellow_low", "yellow_high", "red_high")


def _limits_in_force(now: datetime) -> QuerySet[Threshold]:
    """The band of the first quantity, or the score limits, of what the outer row's alert is about."""
    first_quantity = Quantity.objects.filter(type=OuterRef(OuterRef("alert__subject")), position=1).values("code")
    return Threshold.objects.filter(
        Q(kind=RuleKind.BAND.value, quantity__in=first_quantity)
        | Q(kind=RuleKind.SCORE.value, quantity=OuterRef("alert__subject")),
        version__patient=OuterRef("patient"),
        version__status=VersionStatus.APPROVED,
        version__valid_until__gt=now,
    )


def recent_values(entries: Sequence[QueueEntry], *, now: datetime) -> dict[UUID, list[Point]]:
    """Per patient the last seven days of what the row's alert is about, oldest first. One query for all rows.

    It names patients, types and times, so it reads through `reading_by_patient` however large the table is.
    """
    shown = [entry for entry in entries if entry.alert.kind in (AlertKind.ASSESSMENT, AlertKind.MISSING)]
    wanted = {entry.patient_id: entry.alert.subject for entry in shown}
    since = {"patient_id__in": list(wanted), "taken_at__gt": now - timedelta(days=DAYS), "taken_at__lte": now}
    subjects = sorted(set(wanted.values()))
    readings = Reading.objects.filter(**since, type_id__in=subjects, value__isnull=False).values_list(
        "patient_id", "type_id", "taken_at", "value"
    )
    answers = QuestionnaireResponse.objects.filter(
        **since, questionnaire__code__in=subjects, score__isnull=False
    ).values_list("patient_id", "questionnaire__code", "taken_at", "score")
    points: dict[UUID, list[Point]] = defaultdict(list)
    for patient_id, subject, taken_at, value in readings.union(answers, all=True):
        if wanted[patient_id] == subject and value is not None:
            points[patient_id].append(Point(taken_at, value))
    for series in points.values():
        series.sort(key=lambda point: point.at)
    return dict(points)


def limit_beside(limits: dict[str, float] | None, *, level: int, latest: Decimal | None) -> Decimal | None:
    """The one limit worth drawing: of the row's colour (red only for red), on the side where the latest value lies."""
    if not limits or latest is None or level not in (Level.RED, Level.YELLOW):
        return None
    names = ("red_low", "red_high") if level == Level.RED else ("yellow_low", "yellow_high")
    given = [Decimal(str(limits[name])) for name in names if limits[name] is not None]
    return min(given, key=lambda limit: abs(limit - latest), default=None)


@dataclass(frozen=True, slots=True)
class QuietDay:
    """What an empty queue can say: how many have sent in something today, and who is still expected when."""

    sent_in: int
    still_expected: int
    latest: datetime | None


def quiet_day(by: Actor, *, now: datetime) -> QuietDay:
    """For the service's own patients: assessed since midnight in Oslo, and expected before the day ends."""
    midnight = now.astimezone(OSLO).replace(hour=0, minute=0, second=0, microsecond=0)
    followed = visible_patients(by, now=now, permission=Permission.TRIAGE).values("pk")
    today = Assessment.objects.filter(patient=OuterRef("pk"), assessed_at__gte=midnight)
    sent_in = Patient.objects.filter(pk__in=followed).filter(Exists(today)).count()
    left = Expectation.objects.filter(
        patient_id__in=followed, deadline__gt=now, deadline__lt=midnight + timedelta(days=1)
    ).aggregate(patients=Count("patient_id", distinct=True), latest=Max("deadline"))
    return QuietDay(sent_in=sent_in, still_expected=left["patients"], latest=left["latest"])


def municipalities_of(rows: Iterable[Any]) -> dict[int, str]:
    """The municipalities that have rows now, by name, for the filter."""
    found = {row.municipality_id: row.municipality.name for row in rows}
    return dict(sorted(found.items(), key=lambda pair: pair[1]))
