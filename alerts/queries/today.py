"""Today's colour, as the patient is told it (R-085)."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import OuterRef, Prefetch
from django.db.models.functions import Least

from alerts.models import Assessment
from careplans.scoring import Colour
from dho.lib.numbers import OSLO
from measurements.enums import StatementKind
from measurements.models import QuestionnaireResponse, Reading, ReadingStatement

# Worst last. What nobody has judged outranks green: the day is not said to be as usual before all of it is known.
_WORST: Final = (Colour.GREEN, Colour.NOT_ASSESSED, Colour.YELLOW, Colour.RED)


def colour_today(patient_id: UUID, *, now: datetime) -> Colour | None:
    """The worst among the newest of each thing measured or answered since midnight in Oslo; None when nothing was.

    The newest of each, so that a new measurement replaces the one before; the worst of them, so that a green pulse
    never hides a red oxygen saturation. A mis-measurement does not count. A fact from a clock that is ahead belongs to
    the moment it was received (`judged_at`), so that it is not the newest for days on end (P2).
    """
    midnight = now.astimezone(OSLO).replace(hour=0, minute=0, second=0, microsecond=0)
    judged_at = Least("taken_at", "received_at")
    standing = Prefetch("assessments", Assessment.objects.filter(superseded_by__isnull=True), to_attr="standing")
    today = {"patient_id": patient_id, "at__gte": midnight, "at__lt": midnight + timedelta(days=1)}
    last_word = ReadingStatement.objects.filter(reading=OuterRef("pk")).order_by("-stated_at", "-id")
    readings = (
        Reading.objects.alias(at=judged_at)
        .filter(**today)
        .alias(said=last_word.values("kind")[:1])
        .exclude(said__isnull=False, said=StatementKind.FAULTY)
        .order_by("type_id", "-at", "-pk")
        .distinct("type_id")
    )
    answers = (
        QuestionnaireResponse.objects.alias(at=judged_at)
        .filter(**today)
        .order_by("questionnaire__code", "-at", "-pk")
        .distinct("questionnaire__code")
    )
    facts: list[Reading | QuestionnaireResponse] = [*readings.prefetch_related(standing)]
    facts += answers.prefetch_related(standing)
    return max((_colour_of(fact) for fact in facts), key=_WORST.index, default=None)


def _colour_of(fact: Reading | QuestionnaireResponse) -> Colour:
    found: list[Assessment] = fact.standing  # type: ignore[union-attr] # set by the prefetch above
    return Colour(found[0].colour) if found else Colour.NOT_ASSESSED
