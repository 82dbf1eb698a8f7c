"""What a version says: limits, schedules and measures per zone. Frozen with their version."""

from typing import Final
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from pgtrigger import Before, Delete, Insert, Trigger, Update
from uuid_utils.compat import uuid7

from careplans.enums import MeasureCategory, MeasureKind, Zone
from careplans.models.plan import PlanVersion
from careplans.scoring import Rule, RuleKind
from measurements.models import MeasurementType
from organisations.models import Municipality
from patients.models import Enrolment


def frozen_with_version() -> Trigger:
    """What a version says can only be written while it is a draft. The schedule of a trial belongs to no version."""
    return Trigger(
        name="frozen_with_version",
        when=Before,
        operation=Insert | Update | Delete,
        declare=[("state", "text")],
        # Both ends of an update are looked at: a limit may not be moved out of an approved version either.
        func="""
            IF TG_OP <> 'INSERT' THEN
                SELECT status INTO state FROM careplans_planversion WHERE id = OLD.version_id;
                IF OLD.version_id IS NOT NULL AND state IS DISTINCT FROM 'DRAFT' THEN
                    RAISE EXCEPTION 'pgtrigger: the plan version is % and can no longer be changed', state;
                END IF;
            END IF;
            IF TG_OP <> 'DELETE' THEN
                SELECT status INTO state FROM careplans_planversion WHERE id = NEW.version_id;
                IF NEW.version_id IS NOT NULL AND state IS DISTINCT FROM 'DRAFT' THEN
                    RAISE EXCEPTION 'pgtrigger: the plan version is % and can no longer be changed', state;
                END IF;
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,
    )


class Threshold(models.Model):
    """One rule of a version. Which fields count depends on the kind; see docs/scoring.md."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="thresholds")
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in RuleKind])
    # A quantity code, or a questionnaire code for SCORE and ANSWER.
    quantity = models.CharField(max_length=40, blank=True)
    red_low = models.DecimalField(max_digits=10, decimal_places=3, null=True, blank=True)
    yellow_low = models.DecimalField(max_digits=10, decimal_places=3, null=True, blank=True)
    yellow_high = models.DecimalField(max_digits=10, decimal_places=3, null=True, blank=True)
    red_high = models.DecimalField(max_digits=10, decimal_places=3, null=True, blank=True)
    window_hours = models.PositiveIntegerField(null=True, blank=True)
    n = models.PositiveSmallIntegerField(null=True, blank=True)
    m = models.PositiveSmallIntegerField(null=True, blank=True)
    baseline = models.DecimalField(max_digits=10, decimal_places=3, null=True, blank=True)
    item = models.CharField(max_length=40, blank=True)
    yellow_answers = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    red_answers = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    green_answers = ArrayField(models.CharField(max_length=40), default=list, blank=True)
    scale = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        triggers = [frozen_with_version()]
        constraints = [
            # The same order that careplans.scoring.problems() explains in words; here as the last line of defence.
            models.CheckConstraint(
                name="threshold_limits_ordered",
                condition=(Q(red_low__isnull=True) | Q(yellow_low__isnull=False, red_low__lt=F("yellow_low")))
                & (Q(red_high__isnull=True) | Q(yellow_high__isnull=False, red_high__gt=F("yellow_high")))
                & (Q(yellow_low__isnull=True) | Q(yellow_high__isnull=True) | Q(yellow_low__lt=F("yellow_high"))),
            ),
            models.CheckConstraint(
                condition=Q(n__isnull=True, m__isnull=True)
                | Q(n__isnull=False, m__isnull=False, n__gte=1, m__gte=F("n")),
                name="threshold_n_of_m",
            ),
            models.CheckConstraint(
                condition=Q(scale__isnull=True) | Q(scale__in=[1, 2]),
                name="threshold_scale",
            ),
            models.UniqueConstraint(
                fields=["version", "quantity"],
                condition=Q(kind=RuleKind.BAND.value),
                name="threshold_one_band",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    def rule(self) -> Rule:
        """The same limits as the pure scorer takes them."""
        return Rule(
            id=str(self.id),
            kind=RuleKind(self.kind),
            quantity=self.quantity,
            red_low=self.red_low,
            yellow_low=self.yellow_low,
            yellow_high=self.yellow_high,
            red_high=self.red_high,
            window_hours=self.window_hours,
            n=self.n,
            m=self.m,
            baseline=self.baseline,
            item=self.item,
            yellow_answers=frozenset(self.yellow_answers),
            red_answers=frozenset(self.red_answers),
            green_answers=frozenset(self.green_answers),
            scale=self.scale,
        )


class Schedule(models.Model):
    """When something is expected: weekdays (0 = Monday), times of day in Oslo time, and the grace after each.

    It belongs to a version of the plan, or to the trial of a course, which has no approved plan yet (AT-27).
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(PlanVersion, null=True, on_delete=models.PROTECT, related_name="schedules")
    trial = models.ForeignKey(Enrolment, null=True, on_delete=models.PROTECT, related_name="trial_schedules")
    type = models.ForeignKey(MeasurementType, null=True, on_delete=models.PROTECT, related_name="+")
    questionnaire_code = models.CharField(max_length=40, blank=True)
    weekdays = ArrayField(models.PositiveSmallIntegerField())
    times = ArrayField(models.TimeField())
    grace_minutes = models.PositiveIntegerField(default=120)

    class Meta:
        triggers = [frozen_with_version()]
        constraints = [
            models.CheckConstraint(
                condition=Q(version__isnull=False, trial__isnull=True) | Q(version__isnull=True, trial__isnull=False),
                name="schedule_of_plan_or_trial",
            ),
            models.CheckConstraint(
                condition=Q(type__isnull=False, questionnaire_code="")
                | Q(type__isnull=True) & ~Q(questionnaire_code=""),
                name="schedule_of_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(
                    weekdays__len__gt=0,
                    times__len__gt=0,
                    weekdays__contained_by=[0, 1, 2, 3, 4, 5, 6],
                ),
                name="schedule_says_when",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def patient_id(self) -> UUID:
        """Whose it is."""
        owner = self.version or self.trial
        assert owner is not None  # noqa: S101 - a check constraint holds it
        return owner.patient_id

    @property
    def subject(self) -> str:
        """The measurement type's or questionnaire's code."""
        return self.type_id or self.questionnaire_code


# What the doctor answers for: what is called medical, and every measure about medicines, whatever it is called.
NEEDS_DOCTOR: Final = Q(kind=MeasureKind.MEDICAL) | Q(category=MeasureCategory.MEDICATION)


class Measure(models.Model):
    """An agreed measure (tiltak) of a zone: own, or medical, started alone or only together with staff (R-032)."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="measures")
    zone = models.CharField(max_length=6, choices=Zone)
    kind = models.CharField(max_length=8, choices=MeasureKind)
    position = models.PositiveSmallIntegerField()
    category = models.CharField(max_length=10, choices=MeasureCategory, blank=True, default="", db_default="")
    text = models.CharField(max_length=300)
    # «to ganger om dagen»; who is responsible, where that is not the patient.
    frequency = models.CharField(max_length=100, blank=True, default="", db_default="")
    responsible = models.CharField(max_length=100, blank=True, default="", db_default="")
    start_alone = models.BooleanField(default=True)

    class Meta:
        ordering = ["position"]
        triggers = [frozen_with_version()]
        constraints = [
            models.UniqueConstraint(fields=["version", "zone", "position"], name="measure_position_unique"),
            models.CheckConstraint(condition=~Q(text=""), name="measure_has_text"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def needs_doctor(self) -> bool:
        """Whether it is the doctor's to approve: the same as NEEDS_DOCTOR, for one that is read already."""
        return self.kind == MeasureKind.MEDICAL or self.category == MeasureCategory.MEDICATION


class Goal(models.Model):
    """What the patient wants to reach, in the patient's own words (R-029, R-030)."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="goals")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=300)

    class Meta:
        ordering = ["position"]
        triggers = [frozen_with_version()]
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="goal_position_unique"),
            models.CheckConstraint(condition=~Q(text=""), name="goal_has_text"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class ZoneText(models.Model):
    """How the patient knows the zone, and whom to contact then (R-033)."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="zone_texts")
    zone = models.CharField(max_length=6, choices=Zone)
    signs = models.TextField(blank=True)
    contact = models.TextField(blank=True)

    class Meta:
        triggers = [frozen_with_version()]
        constraints = [models.UniqueConstraint(fields=["version", "zone"], name="zone_text_once")]

    def __str__(self) -> str:
        return str(self.id)


class Responsibility(models.Model):
    """Who does what in the follow-up, as agreed by those who made the plan (R-038, R-060)."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="responsibilities")
    position = models.PositiveSmallIntegerField()
    task = models.CharField(max_length=200)
    who = models.CharField(max_length=200)

    class Meta:
        ordering = ["position"]
        triggers = [frozen_with_version()]
        constraints = [
            models.UniqueConstraint(fields=["version", "position"], name="responsibility_position_unique"),
            models.CheckConstraint(condition=~Q(task="") & ~Q(who=""), name="responsibility_says_both"),
        ]

    def __str__(self) -> str:
        return str(self.id)
