"""How a version was gone through, and that the patient accepts it: facts beside the frozen content (R-039, R-048)."""

from django.db import models
from django.db.models import Q
from uuid_utils.compat import uuid7

from accounts.models import User
from audit.history import append_only
from careplans.enums import ReviewForm
from careplans.models.plan import PlanVersion
from organisations.models import Municipality


class PlanMeeting(models.Model):
    """The multidisciplinary meeting about a version, or how it was done by agreement instead (R-039, R-135)."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    version = models.ForeignKey(PlanVersion, on_delete=models.PROTECT, related_name="meetings")
    form = models.CharField(max_length=12, choices=ReviewForm)
    held_on = models.DateField()
    participants = models.TextField()
    duration_minutes = models.PositiveSmallIntegerField(null=True, blank=True)
    note = models.TextField(blank=True)
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = append_only()
        constraints = [
            models.CheckConstraint(condition=~Q(participants=""), name="meeting_has_participants"),
            models.CheckConstraint(
                condition=~Q(form=ReviewForm.BY_AGREEMENT) | ~Q(note=""), name="meeting_by_agreement_says_how"
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class PatientAcceptance(models.Model):
    """That the patient accepts a version, when and how it was said (R-048)."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    version = models.OneToOneField(PlanVersion, on_delete=models.PROTECT, related_name="acceptance")
    accepted_on = models.DateField()
    how = models.CharField(max_length=200)
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = append_only()
        constraints = [models.CheckConstraint(condition=~Q(how=""), name="acceptance_says_how")]

    def __str__(self) -> str:
        return str(self.id)
