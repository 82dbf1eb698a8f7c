"""Storing answered questionnaires: checked against the version that was answered, each client id once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from dho.lib.doorbell import ring_after_commit
from measurements.branching import asked_by, is_shown, score_of
from measurements.enums import ItemKind
from measurements.models import QuestionnaireItem, QuestionnaireResponse
from measurements.queries import KnownForm, find_form
from measurements.refusals import FieldError, Refused, field_error
from measurements.services.machine import Machine, sent_by
from measurements.services.readings import Stored, timing_of

LONGEST_TEXT: Final = 2000
# A number of an answer is kept as a JSON number; up to here a float returns exactly the digits that were sent.
_EXACT_DIGITS: Final = 15

Answer = str | bool | int | float


@dataclass(frozen=True, slots=True)
class SubmittedNumber:
    """A number as it was written, told apart from text that looks like one."""

    text: str


@dataclass(frozen=True, slots=True)
class SubmittedResponse:
    """Answers as sent, well-formed but not yet held against the form. None is an item left open."""

    client_id: UUID
    questionnaire: str
    version: int
    taken_at: datetime
    answers: Mapping[str, str | bool | SubmittedNumber | None]


@transaction.atomic(savepoint=False)
def store_response(*, credential: Machine, submitted: SubmittedResponse, now: datetime) -> Stored | Refused:
    """Store the answers of the device's patient, with the sum of their points (R-084). Judged later, by the worker.

    Resending gives the first answer again. Refused are an unknown form, item or option, a required item that was shown
    and left open, an answer to one that was hidden, and other content under the same id. Returned, not raised: an
    exception would undo the caller's transaction.
    """
    form = find_form(submitted.questionnaire, submitted.version)
    if form is None:
        return Refused(field_error("questionnaire", "unknown_questionnaire"))
    answers, errors = _checked(form, submitted.answers)
    if errors:
        return Refused(*errors)
    device, system = sent_by(credential)
    response = QuestionnaireResponse(
        municipality_id=credential.municipality_id,
        patient_id=credential.patient_id,
        questionnaire_id=form.id,
        client_id=submitted.client_id,
        answers=answers,
        score=score_of(form.items.values(), answers),
        taken_at=submitted.taken_at,
        received_at=now,
        timing=timing_of(submitted.taken_at, now),
        submitted_by_device_id=device,
        submitted_by_system_id=system,
    )
    # The unique key decides between two of the same id that arrive together; the loser then finds the winner.
    QuestionnaireResponse.objects.bulk_create([response], ignore_conflicts=True)
    standing = QuestionnaireResponse.objects.get(patient_id=credential.patient_id, client_id=submitted.client_id)
    if _content(standing) != _content(response):
        return Refused(field_error("id", "id_reused"))
    created = standing.pk == response.pk
    if created:
        ring_after_commit("alerts.assess", f"{credential.municipality_id}:{credential.patient_id}")
    return Stored(standing.client_id, standing.received_at, standing.timing, created)


def _content(response: QuestionnaireResponse) -> tuple[object, ...]:
    return response.questionnaire_id, response.taken_at, response.answers


def _checked(form: KnownForm, answers: Mapping[str, Any]) -> tuple[dict[str, Answer], list[FieldError]]:
    """The answers as they are stored, in the form's order, and every error at once.

    Whether a question is shown is not known while the answer that decides it must be put right; then nothing is said
    of it but what is wrong in any case.
    """
    errors = [field_error(f"answers.{code}", "unknown_item") for code in answers if code not in form.items]
    checked: dict[str, Answer] = {}
    undecided: set[str] = set()
    for code, item in form.items.items():
        open_question = asked_by(item) in undecided
        found = _judged(item, answers.get(code), checked, undecided=open_question)
        if isinstance(found, FieldError):
            errors.append(found)
        elif found is not None:
            checked[code] = found
        if open_question or (isinstance(found, FieldError) and found.code != "hidden_item"):
            undecided.add(code)
    return checked, errors


def _judged(
    item: QuestionnaireItem, answer: Any, checked: Mapping[str, Answer], *, undecided: bool
) -> Answer | FieldError | None:
    """The answer as it is stored, what is wrong with it, or None for what may stand open."""
    field = f"answers.{item.code}"
    shown = undecided or is_shown(item, checked)
    if answer is None:
        return field_error(field, "required") if item.required and shown and not undecided else None
    if not shown:
        return field_error(field, "hidden_item", item=asked_by(item))
    return _CHECKS[ItemKind(item.kind)](item, answer, field)


def _choice(item: QuestionnaireItem, answer: Any, field: str) -> Answer | FieldError:
    accepted = [option["value"] for option in item.options]
    if isinstance(answer, str) and answer in accepted:
        return answer
    return field_error(field, "unknown_option", accepted=", ".join(accepted))


def _boolean(item: QuestionnaireItem, answer: Any, field: str) -> Answer | FieldError:
    return answer if isinstance(answer, bool) else field_error(field, "not_a_boolean")


def _number(item: QuestionnaireItem, answer: Any, field: str) -> Answer | FieldError:
    if not isinstance(answer, SubmittedNumber):
        return field_error(field, "not_a_number")
    low, high = (f"{limit:f}".rstrip("0").rstrip(".") if limit else "0" for limit in (item.minimum, item.maximum))
    refused = field_error(field, "out_of_range", low=low, high=high)
    try:
        number = Decimal(answer.text)
    except InvalidOperation:
        return refused
    if item.minimum is None or item.maximum is None or not item.minimum <= number <= item.maximum:
        return refused
    if item.decimals is not None and number != round(number, item.decimals):
        code = "too_many_decimals" if item.decimals else "not_an_integer"
        return field_error(field, code, decimals=str(item.decimals))
    if len(number.as_tuple().digits) > _EXACT_DIGITS:
        return field_error(field, "too_long")
    return int(number) if number == int(number) else float(number)


def _text(item: QuestionnaireItem, answer: Any, field: str) -> Answer | FieldError:
    if not isinstance(answer, str):
        return field_error(field, "not_text")
    return answer if len(answer) <= LONGEST_TEXT else field_error(field, "too_long")


_CHECKS: Final = {
    ItemKind.CHOICE: _choice,
    ItemKind.BOOLEAN: _boolean,
    ItemKind.NUMBER: _number,
    ItemKind.TEXT: _text,
}
