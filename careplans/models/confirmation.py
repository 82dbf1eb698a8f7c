"""That somebody has looked at a part which still says what the template proposed, and means it for this patient."""

from django.db import models
from uuid_utils.compat import uuid7

from accounts.models import User
from audit.history import append_only
from careplans.models.plan import PlanVersion
from organisations.models import Municipality


class TemplateConfirmation(models.Model):
    """One part of a draft from a template, confirmed for this patient: who, when (R-045). Append-only."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="confirmations")
    # «limit:BAND:spo2», «measures:RED»: see careplans.services.individual.
    part = models.CharField(max_length=120)
    confirmed_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = append_only()
        constraints = [models.UniqueConstraint(fields=["version", "part"], name="part_confirmed_once")]

    def __str__(self) -> str:
        return str(self.id)
