"""Fast outpatient follow-up, and what the hospital does in a course (R-142, R-146, R-208)."""

from django.db import models
from django.db.models import Q
from pgtrigger import Protect, ReadOnly, Update
from pgtrigger import Q as TriggerQ
from uuid_utils.compat import uuid7

from accounts.models import User
from alerts.enums import ActivityKind, OutpatientAnswer, OutpatientOutcome
from alerts.models.meetings import AgendaItem
from audit.history import append_only, never_deleted, record_changes
from organisations.models import FollowUpService, Municipality
from patients.models import Patient


class OutpatientRequest(models.Model):
    """An urgent slot (hastetime) asked of a department from a red case: asked, answered, and whether it happened."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="outpatient_requests")
    department = models.ForeignKey(FollowUpService, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=1000)
    wanted_by = models.DateField()
    requested_at = models.DateTimeField()
    requested_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    answer = models.CharField(max_length=8, choices=OutpatientAnswer, blank=True)
    slot_at = models.DateTimeField(null=True)
    advice = models.CharField(max_length=1000, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=8, choices=OutpatientOutcome, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = [
            never_deleted(),
            record_changes(),
            ReadOnly(
                name="as_requested",
                fields=["municipality", "patient", "department", "reason", "wanted_by", "requested_at", "requested_by"],
            ),
            Protect(
                name="answer_is_final",
                operation=Update,
                condition=TriggerQ(old__closed_at__isnull=False)
                | TriggerQ(old__answer=OutpatientAnswer.DECLINED)
                | TriggerQ(old__answer=OutpatientAnswer.GIVEN, new__outcome=""),
            ),
        ]
        indexes = [models.Index(fields=["department", "closed_at"], name="outpatient_by_department")]
        constraints = [
            models.UniqueConstraint(fields=["id", "municipality"], name="outpatient_id_municipality"),
            models.UniqueConstraint(
                fields=["patient", "department"], condition=Q(answer=""), name="outpatient_one_unanswered"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="outpatient_has_reason"),
            models.CheckConstraint(
                name="outpatient_answered_completely",
                condition=Q(answer="", slot_at__isnull=True, advice="", answered_at=None, answered_by=None)
                | Q(answer=OutpatientAnswer.GIVEN, slot_at__isnull=False, answered_at__isnull=False)
                & Q(answered_by__isnull=False)
                | Q(answer=OutpatientAnswer.DECLINED, slot_at=None, answered_at__isnull=False)
                & Q(answered_by__isnull=False)
                & ~Q(advice=""),
            ),
            models.CheckConstraint(
                name="outpatient_closed_completely",
                condition=Q(outcome="", closed_at=None, closed_by=None)
                | Q(answer=OutpatientAnswer.GIVEN, closed_at__isnull=False, closed_by__isnull=False) & ~Q(outcome=""),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class HospitalActivity(models.Model):
    """Something the department did in a patient's course. Append-only; a correction is a new row in its place.

    Only the kind is stored: which code it has, and for how long, is the tariff tables' (R-207).
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="hospital_activities")
    department = models.ForeignKey(FollowUpService, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=ActivityKind)
    on = models.DateField()
    minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    persons = models.CharField(max_length=300, blank=True)
    note = models.CharField(max_length=500, blank=True)
    item = models.ForeignKey(AgendaItem, null=True, on_delete=models.PROTECT, related_name="+")
    outpatient = models.ForeignKey(OutpatientRequest, null=True, on_delete=models.PROTECT, related_name="+")
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="replaced_by")
    # The row it replaces never happened.
    withdrawn = models.BooleanField(default=False)

    class Meta:
        triggers = append_only()
        indexes = [models.Index(fields=["department", "on"], name="activity_by_department")]
        constraints = [
            models.UniqueConstraint(fields=["item"], condition=Q(replaces__isnull=True), name="activity_once_per_item"),
            models.UniqueConstraint(
                fields=["outpatient"], condition=Q(replaces__isnull=True), name="activity_once_per_outpatient"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn=False) | Q(replaces__isnull=False) & ~Q(note=""),
                name="activity_withdrawn_says_why",
            ),
            models.CheckConstraint(condition=Q(minutes__isnull=True) | Q(minutes__gte=1), name="activity_minutes"),
        ]

    def __str__(self) -> str:
        return str(self.id)
