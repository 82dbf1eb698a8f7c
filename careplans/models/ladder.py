"""What happens between a plan that is sent and the doctor's answer (R-125, R-130; ADR 27): facts beside the version."""

from django.db import models
from django.db.models import Q
from pgtrigger import Protect, Update
from pgtrigger import Q as TriggerQ
from uuid_utils.compat import uuid7

from accounts.models import User
from audit.history import append_only, never_deleted
from careplans.enums import ContactWay, DeliveryState, NoticeKind
from careplans.models.plan import PlanVersion
from organisations.models import Municipality
from patients.models import Patient


class PlanOpening(models.Model):
    """The first time that a doctor who decides opened the proposal. The access log is not read for this."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    version = models.OneToOneField(PlanVersion, on_delete=models.PROTECT, related_name="opening")
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = append_only()

    def __str__(self) -> str:
        return str(self.id)


class DoctorNotice(models.Model):
    """A notice to the doctor that something waits, with its attempts. It carries no health data and no name.

    The row is the order; `alerts.services.doctor_notices` sends it, with lease and key as every other notice.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=NoticeKind)
    version = models.ForeignKey(PlanVersion, null=True, on_delete=models.PROTECT, related_name="notices")
    # The day in Oslo: two nurses who remind in the same second have reminded once.
    on = models.DateField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=DeliveryState, default=DeliveryState.QUEUED)
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
                condition=Q(state__in=[DeliveryState.QUEUED, DeliveryState.SENDING, DeliveryState.WAITING]),
                name="doctor_notice_waiting",
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["version"], condition=Q(kind=NoticeKind.PLAN), name="doctor_notice_once_per_plan"
            ),
            models.UniqueConstraint(
                fields=["version", "on"], condition=Q(kind=NoticeKind.REMINDER), name="doctor_notice_once_a_day"
            ),
            models.UniqueConstraint(
                fields=["patient", "on"], condition=Q(kind=NoticeKind.CURVES), name="doctor_notice_once_for_curves"
            ),
            models.CheckConstraint(
                condition=Q(kind=NoticeKind.CURVES, version__isnull=True)
                | ~Q(kind=NoticeKind.CURVES) & Q(version__isnull=False),
                name="doctor_notice_about_plan_or_curves",
            ),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.DELIVERED, delivered_at__isnull=False)
                | ~Q(state=DeliveryState.DELIVERED) & Q(delivered_at__isnull=True),
                name="doctor_notice_delivered_pair",
            ),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.SENDING, lease_until__isnull=False)
                | ~Q(state=DeliveryState.SENDING) & Q(lease_until__isnull=True),
                name="doctor_notice_sending_has_lease",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class DoctorContact(models.Model):
    """An attempt to reach the doctor, and what came of it (R-088, R-130); always about one patient (R-136)."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="doctor_contacts")
    # The plan that waited, where that was what the call was about.
    version = models.ForeignKey(PlanVersion, null=True, on_delete=models.PROTECT, related_name="contacts")
    how = models.CharField(max_length=10, choices=ContactWay)
    reached = models.BooleanField()
    outcome = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = append_only()
        indexes = [models.Index(fields=["patient", "at"], name="contact_by_patient")]
        constraints = [models.CheckConstraint(condition=~Q(outcome=""), name="contact_says_outcome")]

    def __str__(self) -> str:
        return str(self.id)
