"""The doctor's decision."""

from django.db import models
from django.db.models import Q
from uuid_utils.compat import uuid7

from accounts.models import User
from audit.history import append_only
from careplans.enums import Decision
from careplans.models.plan import PlanVersion
from organisations.models import Municipality


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
