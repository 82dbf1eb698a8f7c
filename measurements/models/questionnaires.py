"""Questionnaires: versions of forms with their questions, and the answers to one version."""

from datetime import datetime
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Any, Final
from uuid import UUID

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, RangeOperators
from django.db import models
from django.db.models import Deferrable, F, Q, Value
from django.db.models.functions import Cast, Coalesce
from django.utils.translation import gettext
from pgtrigger import AnyChange, Before, Delete, Insert, Protect, Trigger, Update
from pgtrigger import F as Column
from pgtrigger import Q as Rows
from uuid_utils.compat import uuid7

from accounts.models import DeviceCredential, SystemClient, User
from audit.history import record_changes
from dho.lib.numbers import WEEKDAYS
from measurements.enums import FormStatus, HigherIs, ItemKind, ItemType, Timing
from measurements.models.facts import SUBMITTERS, immutable_fact, one_of
from organisations.models import FollowUpService, Municipality
from patients.models import Patient

# What the reader of an answer must find as it was when it was given.
_FROZEN: Final = [
    "title", "bands", "higher_is", "weekdays", "times", "grace_minutes", "texts", "activated_at", "activated_by",
]  # fmt: skip
_IDENTITY: Final = ["id", "code", "version", "service", "authority", "created_at", "created_by"]


def _changed(column: str) -> Rows:
    return Rows(**{f"old__{column}__df": Column(f"new__{column}")})


def _life_of_a_version() -> list[Protect | Trigger]:
    """Content is written in a draft only; draft, in use, retired, and no step back; what was in use never disappears.

    The generated column `current` is left out: it is not known yet when these triggers run.
    """
    left_draft = ~Rows(old__status=FormStatus.DRAFT)
    wrong_way = (
        Rows(old__status=FormStatus.RETIRED)
        | Rows(old__status=FormStatus.ACTIVE, new__status=FormStatus.DRAFT)
        | Rows(old__status=FormStatus.DRAFT, new__status=FormStatus.RETIRED)
    )
    return [
        Protect(name="identity", operation=Update, condition=AnyChange(*_IDENTITY)),
        Protect(name="immutable", operation=Update, condition=left_draft & reduce(or_, map(_changed, _FROZEN))),
        Protect(name="one_way", operation=Update, condition=wrong_way),
        Protect(name="never_deleted", operation=Delete, condition=left_draft),
    ]


def _frozen_with_version() -> Trigger:
    """Questions are written while their version is a draft. The row lock makes whoever activates it wait its turn."""
    look = "SELECT status INTO state FROM measurements_questionnaire WHERE id = {row}.questionnaire_id FOR SHARE;"
    refuse = """
        IF state IS DISTINCT FROM 'DRAFT' THEN
            RAISE EXCEPTION 'pgtrigger: the questionnaire is % and can no longer be changed', state;
        END IF;
    """
    return Trigger(
        name="frozen_with_version",
        when=Before,
        operation=Insert | Update | Delete,
        declare=[("state", "text")],
        # Both ends of an update: a question may not be moved out of a version in use either.
        func=f"""
            IF TG_OP <> 'INSERT' THEN {look.format(row="OLD")} {refuse} END IF;
            IF TG_OP <> 'DELETE' THEN {look.format(row="NEW")} {refuse} END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,
    )


def _with_person(name: str, *, when: Q | None = None) -> models.CheckConstraint:
    """When and by whom stand together; the first forms came with a migration and name nobody."""
    told = Q(**{f"{name}_at__isnull": False, f"{name}_by__isnull": False})
    untold = Q(**{f"{name}_at__isnull": True, f"{name}_by__isnull": True})
    return models.CheckConstraint(
        condition=told & when | untold if when else told | untold, name=f"questionnaire_{name}_by_somebody"
    )


class Questionnaire(models.Model):
    """One version of a form, with own, licence-free content. A version in use never changes.

    Without an owner it is common, for everybody; else it belongs to a follow-up service or a municipality.
    """

    code = models.CharField(max_length=40)
    version = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    service = models.ForeignKey(FollowUpService, null=True, on_delete=models.PROTECT, related_name="+")
    authority = models.ForeignKey(Municipality, null=True, on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=7, choices=FormStatus, default=FormStatus.DRAFT)
    # The version to answer now: the same truth as `status`, for those who only ask that.
    current = models.GeneratedField(
        expression=Q(status=FormStatus.ACTIVE),  # type: ignore[arg-type] # a condition is one, Django says
        output_field=models.BooleanField(),
        db_persist=True,
    )
    # What a sum says, without holes: [{"low": 0, "high": 4, "text": "…"}]. Empty when nothing is said.
    bands = models.JSONField(default=list, blank=True)
    higher_is = models.CharField(max_length=6, choices=HigherIs, default=HigherIs.WORSE)
    # How often the form proposes to be answered: where a plan's schedule starts, and nothing more.
    weekdays = ArrayField(models.PositiveSmallIntegerField(), default=list, blank=True)
    times = ArrayField(models.TimeField(), default=list, blank=True)
    grace_minutes = models.PositiveIntegerField(default=120)
    # {"nn": {"title": "…"}, "en": {…}}; what is not there is told in bokmål.
    texts = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(null=True)
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    activated_at = models.DateTimeField(null=True)
    activated_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    retired_at = models.DateTimeField(null=True)
    retired_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = [*_life_of_a_version(), record_changes(municipality="authority_id")]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="questionnaire_version_unique"),
            models.UniqueConstraint(
                fields=["code"], condition=Q(status=FormStatus.ACTIVE), name="questionnaire_one_active"
            ),
            models.UniqueConstraint(
                fields=["code"], condition=Q(status=FormStatus.DRAFT), name="questionnaire_one_draft"
            ),
            # Plans name a form by its code, so a code is one owner's in all its versions.
            ExclusionConstraint(
                name="questionnaire_code_of_one_owner",
                expressions=[
                    ("code", RangeOperators.EQUAL),
                    (
                        Coalesce(Cast("service", models.TextField()), Cast("authority", models.TextField()), Value("")),
                        RangeOperators.NOT_EQUAL,
                    ),
                ],
            ),
            models.CheckConstraint(
                condition=Q(service__isnull=True) | Q(authority__isnull=True), name="questionnaire_at_most_one_owner"
            ),
            models.CheckConstraint(condition=Q(status__in=FormStatus.values), name="questionnaire_status_known"),
            models.CheckConstraint(condition=~Q(title=""), name="questionnaire_has_title"),
            models.CheckConstraint(
                condition=Q(weekdays__len=0, times__len=0)
                | Q(weekdays__len__gt=0, times__len__gt=0, weekdays__contained_by=[0, 1, 2, 3, 4, 5, 6]),
                name="questionnaire_schedule_whole",
            ),
            _with_person("created"),
            _with_person("activated", when=~Q(status=FormStatus.DRAFT)),
            _with_person("retired", when=Q(status=FormStatus.RETIRED)),
            models.CheckConstraint(
                condition=Q(service__isnull=True, authority__isnull=True)
                | Q(created_at__isnull=False)
                & (Q(status=FormStatus.DRAFT) | Q(activated_at__isnull=False))
                & (~Q(status=FormStatus.RETIRED) | Q(retired_at__isnull=False)),
                name="questionnaire_own_steps_told",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"

    @property
    def is_common(self) -> bool:
        """Whether it is for everybody, and so changed by nobody here."""
        return self.service_id is None and self.authority_id is None

    @property
    def owner(self) -> FollowUpService | Municipality | None:
        """Whose form it is; None for a common one."""
        return self.service or self.authority

    @property
    def owner_id(self) -> UUID | int | None:
        """The owner's id, without asking for the owner."""
        return self.service_id or self.authority_id

    @property
    def day_names(self) -> list[str]:
        """The days it proposes, in words: «hver dag», «hverdager», or each by its name."""
        days = sorted(self.weekdays)
        whole = {tuple(range(7)): gettext("hver dag"), tuple(range(5)): gettext("hverdager")}.get(tuple(days))
        return [whole] if whole else [str(WEEKDAYS[day]) for day in days]

    def band_of(self, score: Decimal | int | None) -> str:
        """What the form says of a sum: «Litt mer plager enn vanlig»; empty when it says nothing."""
        if score is None:
            return ""
        return next((str(band["text"]) for band in self.bands if band["low"] <= score <= band["high"]), "")


class QuestionnaireItem(models.Model):
    """One question. Options of a choice are a list of {value, label, points}; the score is the sum of points.

    `shown_if` {"item": code, "answers": […]} shows it only after one of these answers to an earlier question.
    """

    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="items")
    position = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=40)
    kind = models.CharField(max_length=10, choices=ItemKind)
    text = models.CharField(max_length=300)
    help_text = models.CharField(max_length=300, blank=True)
    required = models.BooleanField(default=True)
    options = models.JSONField(default=list, blank=True)
    minimum = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    maximum = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    unit = models.CharField(max_length=20, blank=True, default="", db_default="")
    # How many decimals a number may have; empty in the first forms, which take any.
    decimals = models.PositiveSmallIntegerField(null=True)
    # Drawn as a scale. To a tablet that knows no scales it is a whole number from 0 to 10.
    scale = models.BooleanField(default=False, db_default=False)
    # Whether the number on the scale is its points.
    counts = models.BooleanField(default=False, db_default=False)
    shown_if = models.JSONField(null=True)
    # {"nn": {"text": "…", "help_text": "…", "options": {"usual": "…"}}, "en": {…}}
    texts = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["position"]
        triggers = [_frozen_with_version()]
        constraints = [
            models.UniqueConstraint(fields=["questionnaire", "code"], name="item_code_unique"),
            # Looked at when the statement is over, so that two questions can change places in one.
            models.UniqueConstraint(
                fields=["questionnaire", "position"], deferrable=Deferrable.IMMEDIATE, name="item_position_unique"
            ),
            models.CheckConstraint(condition=Q(kind__in=ItemKind.values), name="item_kind_known"),
            models.CheckConstraint(condition=~Q(text="") & ~Q(code=""), name="item_has_text_and_code"),
            models.CheckConstraint(
                condition=Q(
                    kind=ItemKind.NUMBER, minimum__isnull=False, maximum__isnull=False, minimum__lt=F("maximum")
                )
                | ~Q(kind=ItemKind.NUMBER) & Q(minimum__isnull=True, maximum__isnull=True),
                name="item_number_has_ordered_limits",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[ItemKind.CHOICE, ItemKind.BOOLEAN]) | Q(options=[]),
                name="item_options_are_of_a_choice",
            ),
            models.CheckConstraint(
                condition=Q(scale=False, counts=False)
                | Q(kind=ItemKind.NUMBER, scale=True, minimum=0, maximum=10, decimals=0),
                name="item_scale_is_0_to_10",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def type(self) -> ItemType:
        """What the editor calls it."""
        if self.kind != ItemKind.NUMBER:
            return ItemType(self.kind)
        if self.scale:
            return ItemType.SCALE
        return ItemType.WHOLE if self.decimals == 0 else ItemType.DECIMAL

    @property
    def answers(self) -> list[Any]:
        """The answers that another question may depend on; none for numbers and text."""
        return list(range(11)) if self.scale else [option["value"] for option in self.options]

    @property
    def points(self) -> list[int]:
        """The points that its answers can give; none for what is not counted."""
        if self.scale:
            return list(range(11)) if self.counts else []
        return [option["points"] for option in self.options]

    def points_of(self, answer: object) -> int:
        """The points of one answer that the item accepts. The types must agree too: True == 1 in Python."""
        if self.scale:
            return int(str(answer))
        chosen = (o for o in self.options if o["value"] == answer and type(o["value"]) is type(answer))
        return int(next(chosen)["points"])


class QuestionnaireResponse(models.Model):
    """The answers to one version of a form, as received. Immutable."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(
        Municipality,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    patient = models.ForeignKey(
        Patient,
        on_delete=models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    questionnaire = models.ForeignKey(Questionnaire, on_delete=models.PROTECT, related_name="+", db_index=False)
    client_id = models.UUIDField()
    answers = models.JSONField()
    score = models.DecimalField(max_digits=8, decimal_places=2, null=True)
    taken_at = models.DateTimeField()
    received_at = models.DateTimeField()
    timing = models.CharField(max_length=8, choices=Timing, default=Timing.ON_TIME)
    submitted_by_device = models.ForeignKey(
        DeviceCredential,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    submitted_by_user = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    submitted_by_system = models.ForeignKey(
        SystemClient, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    assessed_at = models.DateTimeField(null=True)

    class Meta:
        triggers = immutable_fact()
        indexes = [
            models.Index(fields=["patient", "taken_at"], name="response_by_patient"),
            models.Index(
                fields=["patient", "received_at"],
                condition=Q(assessed_at__isnull=True),
                name="response_waiting",
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["patient", "client_id"], name="response_once_per_client_id"),
            models.UniqueConstraint(fields=["id", "municipality"], name="response_id_municipality"),
            models.CheckConstraint(condition=one_of(SUBMITTERS), name="response_has_one_submitter"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def judged_at(self) -> datetime:
        """The time whose plan judges it: when it was answered, but never later than it was received."""
        return min(self.taken_at, self.received_at)

    @property
    def band(self) -> str:
        """What the answered version says of the sum, for staff."""
        return self.questionnaire.band_of(self.score)
