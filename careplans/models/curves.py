"""Curves that were sent to the GP: what they showed, that they were sent, and that they were opened (R-127; ADR 27)."""

from django.db import models
from django.db.models import Q
from pgtrigger import Before, Trigger, Update
from uuid_utils.compat import uuid7

from accounts.models import User
from audit.history import never_deleted
from careplans.enums import CurveWay
from careplans.models.plan import PlanVersion
from organisations.models import Municipality
from patients.models import Patient


class CurveReport(models.Model):
    """One page of development and trends, as it was when sent. Only that it was opened is written later, once."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="curve_reports")
    version = models.ForeignKey(PlanVersion, null=True, on_delete=models.PROTECT, related_name="+")
    first_day = models.DateField()
    last_day = models.DateField()
    content = models.JSONField()
    checksum = models.CharField(max_length=64)
    way = models.CharField(max_length=8, choices=CurveWay)
    sent_at = models.DateTimeField()
    # Nobody: sent by the agreed rhythm, for this day of it.
    sent_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField(null=True)
    opened_at = models.DateTimeField(null=True)
    opened_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = [
            never_deleted(),
            Trigger(
                name="opened_once",
                when=Before,
                operation=Update,
                func="""
                    IF OLD.opened_at IS NOT NULL OR to_jsonb(NEW) - '{opened_at,opened_by_id}'::text[]
                        IS DISTINCT FROM to_jsonb(OLD) - '{opened_at,opened_by_id}'::text[]
                    THEN RAISE EXCEPTION 'pgtrigger: sent curves never change'; END IF;
                    RETURN NEW;
                """,
            ),
        ]
        indexes = [models.Index(fields=["patient", "sent_at"], name="curves_by_patient")]
        constraints = [
            models.UniqueConstraint(fields=["patient", "due_on"], name="curves_once_per_rhythm"),
            # Two clicks, or two nurses, are one sending.
            models.UniqueConstraint(fields=["patient", "way", "checksum"], name="curves_once_as_they_are"),
            models.CheckConstraint(
                condition=Q(opened_at__isnull=True, opened_by__isnull=True)
                | Q(opened_at__isnull=False, opened_by__isnull=False),
                name="curves_opened_pair",
            ),
            models.CheckConstraint(
                condition=Q(sent_by__isnull=False) | Q(due_on__isnull=False), name="curves_sent_by_somebody_or_rhythm"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
