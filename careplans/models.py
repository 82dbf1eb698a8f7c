"""The self-care plan: versions, limits, schedules, measures per zone, and the doctor's decision."""

from datetime import date, datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from pgtrigger import Before, Delete, Insert, Trigger, Update
from uuid_utils.compat import uuid7

from accounts.models import User
from audit.history import append_only, never_deleted, record_changes
from careplans.enums import Decision, MeasureKind, VersionStatus, Zone
from careplans.scoring import Rule, RuleKind
from dho.lib.numbers import OSLO
from measurements.models import MeasurementType
from organisations.models import Municipality
from patients.models import Patient

OPEN_STATUSES = [VersionStatus.DRAFT, VersionStatus.PROPOSED]


def frozen_with_version() -> Trigger:
    """Limits, schedules and measures can only be written while their version is a draft."""
    return Trigger(
        name="frozen_with_version",
        when=Before,
        operation=Insert | Update | Delete,
        declare=[("state", "text")],
        # Both ends of an update are looked at: a limit may not be moved out of an approved version either.
        func="""
            IF TG_OP <> 'INSERT' THEN
                SELECT status INTO state FROM careplans_planversion WHERE id = OLD.version_id;
                IF state IS DISTINCT FROM 'DRAFT' THEN
                    RAISE EXCEPTION 'pgtrigger: the plan version is % and can no longer be changed', state;
                END IF;
            END IF;
            IF TG_OP <> 'DELETE' THEN
                SELECT status INTO state FROM careplans_planversion WHERE id = NEW.version_id;
                IF state IS DISTINCT FROM 'DRAFT' THEN
                    RAISE EXCEPTION 'pgtrigger: the plan version is % and can no longer be changed', state;
                END IF;
            END IF;
            IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
            RETURN NEW;
        """,
    )


class Plan(models.Model):
    """The one self-care plan of a patient (R-029); everything in it lives in versions."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    patient = models.OneToOneField(Patient, on_delete=models.PROTECT, related_name="plan")

    class Meta:
        triggers = [never_deleted()]
        constraints = [models.UniqueConstraint(fields=["id", "municipality"], name="plan_id_municipality")]

    def __str__(self) -> str:
        return str(self.id)


class PlanVersionQuerySet(models.QuerySet["PlanVersion"]):
    """Look-ups by time."""

    def in_force(self, at: datetime) -> "PlanVersionQuerySet":
        """Approved by the doctor and not yet superseded or expired at that moment."""
        return self.filter(approved_at__lte=at, valid_until__gt=at).exclude(superseded_at__lte=at)


class PlanVersion(models.Model):
    """One version of the plan. Once sent it only moves on; once approved it never changes (P2)."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="versions")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="plan_versions")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=VersionStatus, default=VersionStatus.DRAFT)
    what_matters = models.TextField(_("Hva er viktig for deg?"))
    habitual_state = models.TextField(_("Vanlig tilstand"), blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(null=True)
    sent_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    valid_until = models.DateTimeField(null=True)
    superseded_at = models.DateTimeField(null=True)

    objects = PlanVersionQuerySet.as_manager()

    class Meta:
        triggers = [
            never_deleted(),
            record_changes(),
            Trigger(
                name="only_moves_on",
                when=Before,
                operation=Update,
                # Content is frozen from the moment the doctor may be reading it; an approval can only be superseded.
                func="""
                    IF OLD.status <> 'DRAFT' AND (
                        to_jsonb(NEW) - '{status,approved_at,approved_by_id,valid_until,superseded_at}'::text[]
                        IS DISTINCT FROM
                        to_jsonb(OLD) - '{status,approved_at,approved_by_id,valid_until,superseded_at}'::text[]
                    ) THEN RAISE EXCEPTION 'pgtrigger: a sent plan version cannot be changed'; END IF;
                    IF OLD.status IN ('APPROVED', 'SUPERSEDED') AND (
                        NEW.status <> 'SUPERSEDED' OR OLD.status = 'SUPERSEDED'
                        OR to_jsonb(NEW) - '{status,superseded_at}'::text[]
                        IS DISTINCT FROM to_jsonb(OLD) - '{status,superseded_at}'::text[]
                    ) THEN RAISE EXCEPTION 'pgtrigger: an approved plan version never changes'; END IF;
                    IF (OLD.status, NEW.status) NOT IN (
                        ('DRAFT', 'DRAFT'), ('DRAFT', 'PROPOSED'), ('PROPOSED', 'APPROVED'),
                        ('PROPOSED', 'RETURNED'), ('PROPOSED', 'WITHDRAWN'), ('APPROVED', 'SUPERSEDED')
                    ) THEN RAISE EXCEPTION 'pgtrigger: no step from % to %', OLD.status, NEW.status; END IF;
                    RETURN NEW;
                """,
            ),
            Trigger(
                name="starts_as_draft",
                when=Before,
                operation=Insert,
                func="""
                    IF NEW.status <> 'DRAFT' THEN RAISE EXCEPTION 'pgtrigger: a version starts as a draft'; END IF;
                    RETURN NEW;
                """,
            ),
        ]
        indexes = [models.Index(fields=["patient", "approved_at"], name="version_by_patient")]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="version_number_unique"),
            models.UniqueConstraint(fields=["id", "municipality"], name="version_id_municipality"),
            models.UniqueConstraint(
                fields=["plan"],
                condition=Q(status=VersionStatus.APPROVED),
                name="version_one_approved",
            ),
            models.UniqueConstraint(
                fields=["plan"],
                condition=Q(status__in=OPEN_STATUSES),
                name="version_one_open_proposal",
            ),
            models.CheckConstraint(
                name="version_approval_complete",
                condition=Q(
                    status__in=[VersionStatus.APPROVED, VersionStatus.SUPERSEDED],
                    approved_at__isnull=False,
                    approved_by__isnull=False,
                    # Said apart: a comparison with NULL is not false, and a check lets it pass.
                    valid_until__isnull=False,
                    valid_until__gt=F("approved_at"),
                )
                | Q(
                    status__in=[
                        *OPEN_STATUSES,
                        VersionStatus.RETURNED,
                        VersionStatus.WITHDRAWN,
                    ],
                    approved_at__isnull=True,
                    approved_by__isnull=True,
                    valid_until__isnull=True,
                ),
            ),
            models.CheckConstraint(
                condition=Q(status=VersionStatus.SUPERSEDED, superseded_at__isnull=False)
                | ~Q(status=VersionStatus.SUPERSEDED) & Q(superseded_at__isnull=True),
                name="version_superseded_pair",
            ),
            models.CheckConstraint(
                condition=Q(
                    status=VersionStatus.DRAFT,
                    sent_at__isnull=True,
                    sent_by__isnull=True,
                )
                | ~Q(status=VersionStatus.DRAFT) & Q(sent_at__isnull=False, sent_by__isnull=False),
                name="version_sent_pair",
            ),
            models.CheckConstraint(condition=~Q(what_matters=""), name="version_says_what_matters"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def last_day(self) -> date | None:
        """The last day of validity as people say it: validity ends at an instant, usually the midnight after."""
        return (self.valid_until - timedelta(microseconds=1)).astimezone(OSLO).date() if self.valid_until else None


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
    """When something is expected: weekdays (0 = Monday), times of day in Oslo time, and the grace after each."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="schedules")
    type = models.ForeignKey(MeasurementType, null=True, on_delete=models.PROTECT, related_name="+")
    questionnaire_code = models.CharField(max_length=40, blank=True)
    weekdays = ArrayField(models.PositiveSmallIntegerField())
    times = ArrayField(models.TimeField())
    grace_minutes = models.PositiveIntegerField(default=120)

    class Meta:
        triggers = [frozen_with_version()]
        constraints = [
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
    def subject(self) -> str:
        """The measurement type's or questionnaire's code."""
        return self.type_id or self.questionnaire_code


class Measure(models.Model):
    """An agreed measure (tiltak) of a zone: own, or medical, started alone or only together with staff (R-032)."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="measures")
    zone = models.CharField(max_length=6, choices=Zone)
    kind = models.CharField(max_length=8, choices=MeasureKind)
    position = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=300)
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


class Approval(models.Model):
    """What the doctor decided about a version, when, with which HPR number (R-041). Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    version = models.OneToOneField(PlanVersion, on_delete=models.PROTECT, related_name="decision")
    decision = models.CharField(max_length=10, choices=Decision)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    hpr_number = models.CharField(max_length=9)
    name = models.CharField(max_length=200)
    question = models.TextField(blank=True)

    class Meta:
        triggers = append_only()
        constraints = [
            models.CheckConstraint(condition=Q(hpr_number__regex=r"^[0-9]{1,9}$"), name="approval_has_hpr"),
            models.CheckConstraint(
                condition=Q(decision=Decision.APPROVED) | ~Q(question=""),
                name="approval_return_has_question",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
