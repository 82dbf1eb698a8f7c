"""Facts and what they are facts of: the catalogue, readings, questionnaires and what was refused."""

from measurements.models.facts import (
    SUBMITTERS,
    MeasurementType,
    Quantity,
    Reading,
    ReadingStatement,
    RefusedSubmission,
    UnitSynonym,
    immutable_fact,
    on_behalf,
    one_of,
)
from measurements.models.questionnaires import Questionnaire, QuestionnaireItem, QuestionnaireResponse

__all__ = [
    "SUBMITTERS",
    "MeasurementType",
    "Quantity",
    "Questionnaire",
    "QuestionnaireItem",
    "QuestionnaireResponse",
    "Reading",
    "ReadingStatement",
    "RefusedSubmission",
    "UnitSynonym",
    "immutable_fact",
    "on_behalf",
    "one_of",
]
