"""Who looked and what changed. No foreign keys: the log never blocks, follows or disappears with the live data."""

from django.db import models
from uuid_utils.compat import uuid7

from audit.enums import Action
from audit.history import append_only


class AccessEntry(models.Model):
    """One look, or one refused look, at a patient's record (R-300, R-305; Normen fact sheet 15)."""

    # Made here, not by the database: INSERT … RETURNING would demand the right to read the row back.
    id = models.UUIDField(primary_key=True, default=uuid7)
    at = models.DateTimeField()
    actor_id = models.UUIDField(null=True)
    actor_name = models.CharField(max_length=200)
    role = models.CharField(max_length=40)
    organisation = models.CharField(max_length=200)
    hpr_number = models.CharField(max_length=9, blank=True)
    # On a refusal the municipality of the one who tried: it answers for its people, and who may not see a patient may
    # not learn which municipality the patient belongs to.
    municipality_id = models.IntegerField(null=True)
    patient_id = models.UUIDField(null=True)
    action = models.CharField(max_length=40, choices=Action)
    purpose = models.CharField(max_length=200, blank=True)
    allowed = models.BooleanField()
    object_id = models.CharField(max_length=64, blank=True)

    class Meta:
        indexes = [models.Index(fields=["patient_id", "at"], name="access_by_patient")]
        triggers = append_only()
        constraints = [
            models.CheckConstraint(
                condition=models.Q(allowed=False) | models.Q(municipality_id__isnull=False),
                name="access_allowed_names_municipality",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.at:%Y-%m-%d %H:%M}"


class ChangeEntry(models.Model):
    """One changed row, before and after, written by a trigger (`audit.history.record_changes`)."""

    at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    table_name = models.CharField(max_length=64)
    row_id = models.CharField(max_length=64, null=True)
    municipality_id = models.IntegerField(null=True)
    operation = models.CharField(max_length=6)
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        indexes = [models.Index(fields=["table_name", "row_id"], name="change_by_row")]
        triggers = append_only()

    def __str__(self) -> str:
        return f"{self.operation} {self.table_name} {self.row_id}"
