"""The life of a questionnaire: written as a draft, taken into use, followed by a new version, retired."""

import re
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Final

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.db.models import Case, Max, PositiveSmallIntegerField, Value, When

from accounts.actor import Actor
from measurements.content import Problem, problems_of
from measurements.enums import FormStatus
from measurements.models import Questionnaire, QuestionnaireItem
from measurements.queries import may_write

_HEAD: Final = ["title", "bands", "higher_is", "weekdays", "times", "grace_minutes"]
# What a new version takes along of each question.
_COPIED: Final = [
    "position", "code", "kind", "text", "help_text", "required", "options", "minimum", "maximum", "unit", "decimals",
    "scale", "counts", "shown_if", "texts",
]  # fmt: skip


class WrongStep(Exception):
    """The version is no longer in the state that the step starts from."""


class NotReady(Exception):
    """The draft cannot be taken into use yet; `problems` say why."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        super().__init__(len(self.problems))


class InUse(Exception):
    """Plans in force ask for the form, and it has no newer version to answer instead."""


def code_from(text: str, taken: Sequence[str] = (), *, longest: int = 32) -> str:
    """A code made of the words: «Pust og søvn» is pust_og_sovn; with a number where that is taken."""
    letters = re.sub("æ", "ae", re.sub("ø", "o", re.sub("å", "a", text.lower())))
    plain = re.sub(r"[^a-z0-9]+", "_", letters).strip("_")[:longest].strip("_")
    base = plain if plain[:1].isalpha() else f"s_{plain}".strip("_")
    return next(code for code in (base, *(f"{base}_{n}" for n in range(2, len(taken) + 3))) if code not in taken)


@transaction.atomic
def draft(*, title: str, by: Actor, now: datetime) -> Questionnaire:
    """The first version of a form of the own organisation, still empty. Raises PermissionDenied."""
    owner = {"service_id": by.service_id} if by.service_id else {"authority_id": by.employer_id}
    # Codes are one owner's (the database holds it), so those of everybody are asked for, one draft at a time.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('questionnaire code'))")
    taken = list(Questionnaire.objects.values_list("code", flat=True).distinct())
    form = Questionnaire(
        code=code_from(title, taken), version=1, title=title, created_at=now, created_by=by.user, **owner
    )
    _assert_own(form, by)
    form.save()
    return form


@transaction.atomic
def save_head(*, form: Questionnaire, by: Actor) -> None:
    """Title, what sums are called, and when it proposes to be answered. Raises WrongStep, PermissionDenied."""
    _locked(form, by, FormStatus.DRAFT)
    form.save(update_fields=_HEAD)


@transaction.atomic
def save_item(*, item: QuestionnaireItem, by: Actor) -> None:
    """A question of a draft; a new one comes last. Raises WrongStep, PermissionDenied."""
    form = _locked(item.questionnaire, by, FormStatus.DRAFT)
    if not item.pk:
        item.position = (form.items.aggregate(last=Max("position"))["last"] or 0) + 1
    item.save()


@transaction.atomic
def move_item(*, item: QuestionnaireItem, up: bool, by: Actor) -> bool:
    """Let the question change places with the one above or below; False when there is none."""
    form = _locked(item.questionnaire, by, FormStatus.DRAFT)
    item.refresh_from_db(fields=["position"])
    others = form.items.filter(position__lt=item.position) if up else form.items.filter(position__gt=item.position)
    other = others.order_by("-position" if up else "position").first()
    if other is None:
        return False
    places = Case(
        When(pk=item.pk, then=Value(other.position)),
        When(pk=other.pk, then=Value(item.position)),
        output_field=PositiveSmallIntegerField(),
    )
    form.items.filter(pk__in=[item.pk, other.pk]).update(position=places)
    return True


@transaction.atomic
def remove_item(*, item: QuestionnaireItem, by: Actor) -> None:
    """Take the question out of the draft. What depended on it is told as a problem. Raises WrongStep."""
    _locked(item.questionnaire, by, FormStatus.DRAFT)
    item.delete()


@transaction.atomic
def discard(*, form: Questionnaire, by: Actor) -> None:
    """Throw away a draft that was never in use. Raises WrongStep, PermissionDenied."""
    found = _locked(form, by, FormStatus.DRAFT)
    found.items.all().delete()
    found.delete()


@transaction.atomic
def new_version(*, form: Questionnaire, by: Actor, now: datetime) -> Questionnaire:
    """A draft with the same content, one version on, or the draft that already is. Raises WrongStep."""
    _locked(form, by, FormStatus.ACTIVE, FormStatus.RETIRED)
    versions = Questionnaire.objects.filter(code=form.code)
    standing = versions.filter(status=FormStatus.DRAFT).first()
    if standing:
        return standing
    made = Questionnaire.objects.create(
        code=form.code,
        version=(versions.aggregate(last=Max("version"))["last"] or 0) + 1,
        service_id=form.service_id,
        authority_id=form.authority_id,
        texts=form.texts,
        created_at=now,
        created_by=by.user,
        **{name: getattr(form, name) for name in _HEAD},
    )
    for item in form.items.all():
        QuestionnaireItem.objects.create(questionnaire=made, **{name: getattr(item, name) for name in _COPIED})
    return made


@transaction.atomic
def activate(*, form: Questionnaire, by: Actor, now: datetime, also: Callable[[], Sequence[Problem]] = list) -> None:
    """Take the draft into use; the version that was in use is retired at the same moment.

    `also` are problems that the form itself does not show: what plans hold against it (`careplans.queries.form_use`),
    looked for when the form is held, so that no plan is sent in between.
    Raises NotReady, WrongStep when somebody else was first, and PermissionDenied.
    """
    found = _locked(form, by, FormStatus.DRAFT)
    problems = [*problems_of(found, list(found.items.all())), *also()]
    if problems:
        raise NotReady(problems)
    standing = Questionnaire.objects.filter(code=found.code, status=FormStatus.ACTIVE)
    standing.update(status=FormStatus.RETIRED, retired_at=now, retired_by=by.user)
    Questionnaire.objects.filter(pk=found.pk).update(status=FormStatus.ACTIVE, activated_at=now, activated_by=by.user)


@transaction.atomic
def retire(*, form: Questionnaire, asked_for: Callable[[], bool], by: Actor, now: datetime) -> None:
    """Take the version out of use for good. `asked_for`: whether a plan schedules the form, looked for when it is held.

    Raises InUse, WrongStep and PermissionDenied.
    """
    found = _locked(form, by, FormStatus.ACTIVE)
    if asked_for():
        raise InUse
    Questionnaire.objects.filter(pk=found.pk).update(status=FormStatus.RETIRED, retired_at=now, retired_by=by.user)


def hold(codes: Collection[str]) -> None:
    """Keep every version of these forms as they are until the transaction ends: a plan that asks for them is sent."""
    list(Questionnaire.objects.select_for_update().filter(code__in=codes).order_by("pk").values_list("pk"))


def _locked(form: Questionnaire, by: Actor, *states: FormStatus) -> Questionnaire:
    """The form as it stands, in all its versions kept from others until the step is done."""
    versions = Questionnaire.objects.select_for_update().filter(code=form.code).order_by("pk")
    found = next((each for each in versions if each.pk == form.pk), None)
    if found is None:
        raise WrongStep
    _assert_own(found, by)
    if found.status not in states:
        raise WrongStep(found.status)
    return found


def _assert_own(form: Questionnaire, by: Actor) -> None:
    if not may_write(form, by):
        raise PermissionDenied
