"""Everything behind one assessment, so that it can be explained afterwards (R-087)."""

from dataclasses import dataclass
from uuid import UUID

from alerts.enums import AlertState
from alerts.models import Assessment, Handling
from alerts.queries.patient import Answer, answers_in_words
from alerts.trends import number
from careplans.queries.in_force import measurement_types
from dho.lib.numbers import NBSP
from measurements.models import Reading, ReadingStatement


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier reading that a rule compared with."""

    reading: Reading
    value: str


def assessment_of(assessment_id: UUID) -> Assessment | None:
    """The assessment with its fact, its plan version and its alert; None also where row-level security hides it."""
    return (
        Assessment.objects.select_related(
            "reading__type",
            "reading__submitted_by_device",
            "reading__submitted_by_user",
            "reading__submitted_by_system",
            "response__questionnaire",
            "response__submitted_by_device",
            "response__submitted_by_user",
            "response__submitted_by_system",
            "plan_version__decision",
            "plan_version__approved_from__decision",
            "alert__handling__by",
        )
        .filter(pk=assessment_id)
        .first()
    )


def chain_of(assessment: Assessment) -> list[Assessment]:
    """Every assessment of the same fact, first to last: each supersedes the one before it."""
    fact = {"reading": assessment.reading_id} if assessment.reading_id else {"response": assessment.response_id}
    return list(Assessment.objects.filter(**fact).select_related("plan_version").order_by("assessed_at", "id"))


def has_open_alert(assessment: Assessment) -> bool:
    """Whether the fact, as it was judged last, stands in a case that is open."""
    alert = chain_of(assessment)[-1].alert
    return alert is not None and alert.state == AlertState.OPEN


def earlier_readings(assessment: Assessment) -> list[Earlier]:
    """The readings the rules looked back at, oldest first."""
    used = {pk for reason in assessment.reasons for pk in reason.get("used", [])}
    if not used:
        return []
    readings = Reading.objects.filter(patient=assessment.patient_id, pk__in=used).select_related("type")
    return [Earlier(reading, canonical(reading)) for reading in readings.order_by("taken_at", "id")]


def canonical(reading: Reading) -> str:
    """The value in the unit that the limits are in; empty when what was sent is no number."""
    _, quantities = measurement_types()[reading.type_id]
    values = (reading.value, reading.value2)[: len(quantities)]
    shown = [number(value, quantity) for value, quantity in zip(values, quantities, strict=True) if value is not None]
    return f"{'/'.join(shown)}{NBSP}{quantities[0].unit_label}" if len(shown) == len(quantities) else ""


def answers_of(assessment: Assessment) -> list[Answer]:
    """Questions and answers of the form that was assessed."""
    response = assessment.response
    return answers_in_words(response.answers, list(response.questionnaire.items.all())) if response else []


def handling_of(assessment: Assessment) -> Handling | None:
    """What closed the alert, if a person did."""
    return assessment.alert.handling if assessment.alert else None


def statements_of(assessment: Assessment) -> list[ReadingStatement]:
    """What people have stated about the reading since, first to last; the last word counts (R-070)."""
    if assessment.reading_id is None:
        return []
    said = ReadingStatement.objects.filter(reading=assessment.reading_id).select_related("stated_by")
    return list(said.order_by("stated_at", "id"))
