"""The weekly red-zone meeting of a follow-up service and a hospital department (R-052, R-141)."""

from django.db import models
from django.db.models import F, Q
from pgtrigger import Before, Insert, Protect, ReadOnly, Trigger, Update
from pgtrigger import Q as TriggerQ
from uuid_utils.compat import uuid7

from accounts.enums import Role
from accounts.models import User
from alerts.enums import AgendaReason, MeetingDecision
from audit.history import append_only, never_deleted
from careplans.models import PlanVersion
from organisations.models import FollowUpService, Municipality
from patients.models import Patient


class RedZoneMeeting(models.Model):
    """One meeting: planned, then held with minutes. Whom it is about stands in the items; itself it is about nobody."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    service = models.ForeignKey(FollowUpService, on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey(FollowUpService, on_delete=models.PROTECT, related_name="+")
    planned_on = models.DateField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    # The last time the agenda was filled from the queue: from here the next meeting looks back.
    filled_at = models.DateTimeField(null=True)
    held_on = models.DateField(null=True)
    participants = models.TextField(blank=True)
    duration_minutes = models.PositiveSmallIntegerField(null=True)
    note = models.TextField(blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = [
            never_deleted(),
            Protect(name="held_is_frozen", operation=Update, condition=TriggerQ(old__closed_at__isnull=False)),
        ]
        indexes = [models.Index(fields=["service", "department", "closed_at"], name="meeting_by_pair")]
        constraints = [
            models.UniqueConstraint(
                fields=["service", "department"], condition=Q(closed_at__isnull=True), name="meeting_one_planned"
            ),
            models.CheckConstraint(condition=~Q(service=F("department")), name="meeting_of_two"),
            models.CheckConstraint(
                name="meeting_held_completely",
                condition=Q(
                    closed_at__isnull=True,
                    closed_by__isnull=True,
                    held_on__isnull=True,
                    participants="",
                    duration_minutes__isnull=True,
                )
                | Q(closed_at__isnull=False, closed_by__isnull=False, held_on__isnull=False, duration_minutes__gte=1)
                & ~Q(participants=""),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class AgendaItem(models.Model):
    """A patient on the agenda: why, and how often red and yellow since the meeting before. Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    meeting = models.ForeignKey(RedZoneMeeting, on_delete=models.PROTECT, related_name="items")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="agenda_items")
    why = models.CharField(max_length=12, choices=AgendaReason)
    reason = models.CharField(max_length=300, blank=True)
    reds = models.PositiveIntegerField()
    yellows = models.PositiveIntegerField()
    since = models.DateTimeField()
    added_at = models.DateTimeField()
    added_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = [
            *append_only(),
            Trigger(
                name="before_it_is_held",
                when=Before,
                operation=Insert,
                declare=[("closed", "timestamptz")],
                # The lock waits for whoever is writing the minutes this moment.
                func="""
                    SELECT closed_at INTO closed FROM alerts_redzonemeeting WHERE id = NEW.meeting_id FOR SHARE;
                    IF closed IS NOT NULL THEN RAISE EXCEPTION 'pgtrigger: the meeting has been held'; END IF;
                    RETURN NEW;
                """,
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "patient"], name="agenda_patient_once"),
            models.UniqueConstraint(fields=["id", "municipality"], name="agenda_id_municipality"),
            models.CheckConstraint(
                condition=~Q(why=AgendaReason.BY_HAND) | ~Q(reason=""), name="agenda_by_hand_says_why"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class AgendaDecision(models.Model):
    """What was decided about the patient, by whom. The newest holds; an earlier one is never changed (R-052)."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    item = models.ForeignKey(AgendaItem, on_delete=models.PROTECT, related_name="decisions")
    decision = models.CharField(max_length=12, choices=MeetingDecision)
    text = models.CharField(max_length=1000, blank=True)
    responsible = models.CharField(max_length=120, blank=True)
    due_on = models.DateField(null=True, blank=True)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=30, choices=Role)
    # The draft that the follow-up service made of it: a proposal like any other.
    draft = models.OneToOneField(PlanVersion, null=True, on_delete=models.PROTECT, related_name="meeting_decision")

    class Meta:
        ordering = ["decided_at", "id"]
        triggers = [
            never_deleted(),
            ReadOnly(name="only_draft_added", exclude=["draft"]),
            Protect(name="draft_is_final", operation=Update, condition=TriggerQ(old__draft__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(decision=MeetingDecision.NONE) | ~Q(text="") & ~Q(responsible=""),
                name="agenda_decision_says_what_and_who",
            ),
            models.CheckConstraint(
                condition=Q(draft__isnull=True) | Q(decision=MeetingDecision.PLAN_CHANGE),
                name="agenda_draft_of_plan_change",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
