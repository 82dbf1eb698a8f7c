"""Readings and answered forms, found for some patients."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q

from measurements.enums import StatementKind, Timing
from measurements.models import QuestionnaireResponse, Reading, ReadingStatement

Fact = Reading | QuestionnaireResponse

# A clock may be ahead by up to five minutes without the reading being flagged, so look a little past the end.
_CLOCK_SLACK: Final = timedelta(minutes=10)


def waiting(patient_ids: Collection[UUID], *, limit: int) -> list[Fact]:
    """Facts of these patients that nobody has assessed, the oldest taken first."""
    found: list[Fact] = [
        *Reading.objects.filter(patient_id__in=patient_ids, assessed_at__isnull=True).order_by("taken_at", "id")[
            :limit
        ],
        *QuestionnaireResponse.objects.filter(patient_id__in=patient_ids, assessed_at__isnull=True)
        .select_related("questionnaire")
        .order_by("taken_at", "id")[:limit],
    ]
    return sorted(found, key=lambda fact: (fact.taken_at, str(fact.pk)))[:limit]


def around(spans: Mapping[UUID, tuple[datetime, datetime]]) -> dict[UUID, list[Fact]]:
    """Every fact of each patient that was judged in the patient's span, oldest first, without mis-measurements."""
    if not spans:
        return {}
    where = Q()
    for patient_id, (low, high) in spans.items():
        # A clock that is ahead puts the fact at the time we received it (`judged_at`).
        in_time = Q(taken_at__range=(low, high + _CLOCK_SLACK))
        where |= Q(patient_id=patient_id) & (in_time | Q(timing=Timing.FUTURE, received_at__range=(low, high)))
    readings = list(Reading.objects.filter(where))
    faulty = _faulty([reading.pk for reading in readings])
    kept: list[Fact] = [reading for reading in readings if reading.pk not in faulty]
    kept += QuestionnaireResponse.objects.filter(where).select_related("questionnaire")
    found: dict[UUID, list[Fact]] = {patient_id: [] for patient_id in spans}
    for fact in kept:
        found[fact.patient_id].append(fact)
    for facts in found.values():
        facts.sort(key=lambda fact: (fact.judged_at, str(fact.pk)))
    return found


def _faulty(reading_ids: list[UUID]) -> set[UUID]:
    """The readings whose latest statement says mis-measured (R-070)."""
    latest = dict(
        ReadingStatement.objects.filter(reading_id__in=reading_ids)
        .order_by("stated_at", "id")
        .values_list("reading_id", "kind")
    )
    return {reading_id for reading_id, kind in latest.items() if kind == StatementKind.FAULTY}


def subject_of(fact: Fact) -> str:
    """What the fact is about: the measurement type's or the form's code."""
    return fact.type_id if isinstance(fact, Reading) else fact.questionnaire.code
