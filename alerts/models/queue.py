"""Judgements and the work they make: assessments, alerts, the queue, what people did, and what was sent."""

from datetime import datetime

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from pgtrigger import Before, Insert, Protect, Trigger, Update
from pgtrigger import Q as TriggerQ
from uuid_utils.compat import uuid7

from accounts.enums import Role
from accounts.models import User
from alerts.enums import (
    AlertKind,
    AlertState,
    Channel,
    CloseReason,
    HandlingAction,
    Level,
    Outcome,
)
from audit.history import append_only, never_deleted
from careplans.enums import DeliveryState
from careplans.models import PlanVersion, Schedule
from careplans.scoring import Cause, Colour
from measurements.models import QuestionnaireResponse, Reading
from organisations.models import FollowUpService, Municipality
from patients.models import Patient


class Handling(models.Model):
    """What a person did with a patient's case, append-only: who, in which role, when, outcome and note (R-100)."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="handlings")
    action = models.CharField(max_length=10, choices=HandlingAction)
    # The worst level of the case when it was done.
    level = models.PositiveSmallIntegerField(choices=Level)
    alert_ids = ArrayField(models.UUIDField())
    outcomes = ArrayField(models.CharField(max_length=20, choices=Outcome), default=list, blank=True)
    measure_ids = ArrayField(models.UUIDField(), default=list, blank=True)
    note = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=30, choices=Role)

    class Meta:
        indexes = [models.Index(fields=["patient", "at"], name="handling_by_patient")]
        triggers = append_only()
        constraints = [
            models.UniqueConstraint(fields=["id", "municipality"], name="handling_id_municipality"),
            # AT-32: red and yellow are never closed without an outcome and a note.
            models.CheckConstraint(
                name="handling_documented",
                condition=~Q(action=HandlingAction.DONE, level__in=[Level.RED, Level.YELLOW])
                | Q(outcomes__len__gt=0) & ~Q(note=""),
            ),
            # only a nurse closes red, the hospital's own in the hospital's phase.
            models.CheckConstraint(
                name="handling_red_closed_by_nurse",
                condition=~Q(action=HandlingAction.DONE, level=Level.RED)
                | Q(role__in=[Role.NURSE, Role.HOSPITAL_NURSE]),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Alert(models.Model):
    """Something a person must handle. At most one is open per patient, kind and subject; news raise it."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="alerts")
    service = models.ForeignKey(FollowUpService, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=AlertKind)
    # The measurement type's or questionnaire's code, the device's or the delivery's id.
    subject = models.CharField(max_length=64)
    level = models.PositiveSmallIntegerField(choices=Level)
    headline = models.CharField(max_length=120)
    detail = models.CharField(max_length=200)
    count = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField()
    # Arrival of the oldest unhandled fact: what "ventet" counts from, whatever happens to the alert since.
    waiting_since = models.DateTimeField()
    deadline = models.DateTimeField()
    state = models.CharField(max_length=6, choices=AlertState, default=AlertState.OPEN)
    closed_at = models.DateTimeField(null=True)
    close_reason = models.CharField(max_length=12, choices=CloseReason, blank=True)
    handling = models.ForeignKey(Handling, null=True, on_delete=models.PROTECT, related_name="alerts")

    class Meta:
        triggers = [never_deleted()]
        indexes = [models.Index(fields=["patient", "opened_at"], name="alert_by_patient")]
        constraints = [
            models.UniqueConstraint(fields=["id", "municipality"], name="alert_id_municipality"),
            models.UniqueConstraint(
                fields=["patient", "kind", "subject"],
                condition=Q(state=AlertState.OPEN),
                name="alert_one_open",
            ),
            models.CheckConstraint(
                name="alert_closed_completely",
                condition=Q(
                    state=AlertState.OPEN,
                    closed_at__isnull=True,
                    close_reason="",
                    handling__isnull=True,
                )
                | Q(
                    state=AlertState.CLOSED,
                    closed_at__isnull=False,
                    close_reason=CloseReason.HANDLED,
                    handling__isnull=False,
                )
                | Q(
                    state=AlertState.CLOSED,
                    closed_at__isnull=False,
                    close_reason__in=[CloseReason.ARRIVED, CloseReason.REASSESSED],
                    handling__isnull=True,
                ),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Assessment(models.Model):
    """The outcome of judging one reading or response by one plan version. Immutable; a later one supersedes it (P4)."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+", db_index=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+", db_index=False)
    reading = models.ForeignKey(Reading, null=True, on_delete=models.PROTECT, related_name="assessments")
    response = models.ForeignKey(
        QuestionnaireResponse,
        null=True,
        on_delete=models.PROTECT,
        related_name="assessments",
    )
    plan_version = models.ForeignKey(
        PlanVersion,
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    colour = models.CharField(max_length=12, choices=[(c.value, c.value) for c in Colour])
    cause = models.CharField(max_length=20, blank=True, choices=[(c.value, c.value) for c in Cause])
    reasons = models.JSONField()
    scorer_version = models.CharField(max_length=20)
    assessed_at = models.DateTimeField()
    supersedes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="superseded_by")
    alert = models.ForeignKey(Alert, null=True, on_delete=models.PROTECT, related_name="assessments")

    class Meta:
        triggers = append_only()
        indexes = [models.Index(fields=["patient", "assessed_at"], name="assessment_by_patient")]
        constraints = [
            models.UniqueConstraint(fields=["id", "municipality"], name="assessment_id_municipality"),
            models.UniqueConstraint(
                fields=["reading"],
                condition=Q(supersedes__isnull=True),
                name="assessment_first_of_reading",
            ),
            models.UniqueConstraint(
                fields=["response"],
                condition=Q(supersedes__isnull=True),
                name="assessment_first_of_response",
            ),
            models.CheckConstraint(
                condition=Q(reading__isnull=False, response__isnull=True)
                | Q(reading__isnull=True, response__isnull=False),
                name="assessment_of_one_fact",
            ),
            # P1: whatever is not green has an alert. P2: without an approved plan nothing is green.
            models.CheckConstraint(
                condition=Q(colour=Colour.GREEN.value) | Q(alert__isnull=False),
                name="assessment_not_green_has_alert",
            ),
            models.CheckConstraint(
                condition=Q(colour=Colour.NOT_ASSESSED.value) | Q(plan_version__isnull=False),
                name="assessment_judged_by_a_plan",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class QueueEntry(models.Model):
    """One row per patient with open alerts, kept in the same transaction as the alerts; not a second truth.

    `change` comes from a sequence and rises with every write: it is what a nurse saw, and what the poll compares.
    """

    patient = models.OneToOneField(Patient, primary_key=True, on_delete=models.PROTECT, related_name="queue_entry")
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+", db_index=False)
    service = models.ForeignKey(FollowUpService, on_delete=models.PROTECT, related_name="+", db_index=False)
    level = models.PositiveSmallIntegerField(choices=Level)
    # The alert that gives the row its level, and how many more there are.
    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="+", db_index=False)
    alert_count = models.PositiveIntegerField()
    waiting_since = models.DateTimeField()
    deadline = models.DateTimeField()
    owner = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    claimed_at = models.DateTimeField(null=True)
    change = models.BigIntegerField(default=0)

    class Meta:
        triggers = [
            Trigger(
                name="count_changes",
                when=Before,
                operation=Insert | Update,
                func="NEW.change := nextval('alerts_queueentry_change'); RETURN NEW;",
            )
        ]
        indexes = [
            models.Index(fields=["service", "level", "deadline"], name="queue_order"),
            models.Index(fields=["service", "change"], name="queue_change"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(owner__isnull=True, claimed_at__isnull=True)
                | Q(owner__isnull=False, claimed_at__isnull=False),
                name="queue_claimed_pair",
            ),
            models.CheckConstraint(condition=Q(alert_count__gte=1), name="queue_row_has_alerts"),
        ]

    def __str__(self) -> str:
        return str(self.patient_id)


class Delivery(models.Model):
    """One outbound notice about an alert, with its attempts. It carries no health data and no name."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+", db_index=False)
    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="deliveries")
    service = models.ForeignKey(FollowUpService, on_delete=models.PROTECT, related_name="+", db_index=False)
    channel = models.CharField(max_length=8, choices=Channel)
    # The level it tells of: an alert raised from yellow to red is told again, once.
    level = models.PositiveSmallIntegerField(choices=Level)
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.QUEUED)
    created_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=120, blank=True)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        triggers = [
            never_deleted(),
            Protect(
                name="delivered_is_final",
                operation=Update,
                condition=TriggerQ(old__state=DeliveryState.DELIVERED),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(
                    state__in=[
                        DeliveryState.QUEUED,
                        DeliveryState.SENDING,
                        DeliveryState.WAITING,
                    ]
                ),
                name="delivery_waiting",
            )
        ]
        constraints = [
            # A service that takes over the case is told as well.
            models.UniqueConstraint(fields=["alert", "service", "channel", "level"], name="delivery_once"),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.DELIVERED, delivered_at__isnull=False)
                | ~Q(state=DeliveryState.DELIVERED) & Q(delivered_at__isnull=True),
                name="delivery_delivered_pair",
            ),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.SENDING, lease_until__isnull=False)
                | ~Q(state=DeliveryState.SENDING) & Q(lease_until__isnull=True),
                name="delivery_sending_has_lease",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Expectation(models.Model):
    """The next thing a schedule in force expects. Passed without a reading it becomes an alert (R-071)."""

    schedule = models.OneToOneField(Schedule, primary_key=True, on_delete=models.PROTECT, related_name="expectation")
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+", db_index=False)
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    # A reading taken after the previous due time counts; the deadline is the due time plus grace.
    window_start = models.DateTimeField()
    due_at = models.DateTimeField()
    deadline = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["deadline"], name="expectation_deadline")]
        constraints = [
            models.CheckConstraint(
                condition=Q(window_start__lt=F("due_at"), due_at__lte=F("deadline")),
                name="expectation_ordered",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)


class Heartbeat(models.Model):
    """When each standing job last finished a round: «sist vurdert kl.» in the queue, and the alarm when it stops."""

    name = models.CharField(max_length=30, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name

    @classmethod
    def beat(cls, name: str, *, now: datetime) -> None:
        """Record that the job has come this far."""
        cls.objects.update_or_create(name=name, defaults={"at": now})
