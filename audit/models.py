"""Who looked and what changed. No foreign keys: the log never blocks, follows or disappears with the live data."""

import hashlib
import json
from datetime import UTC
from typing import Any, Final

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from uuid_utils.compat import uuid7

from audit.enums import Action, Basis, ReviewOutcome
from audit.history import append_only
from dho.lib.rls import Setting

# What the seal covers, in this order. Changing it breaks every seal made before: add another list under a new number.
SEALED_FIELDS: Final = (
    "id", "at", "actor_id", "actor_name", "role", "organisation", "hpr_number", "municipality_id", "patient_id",
    "action", "basis", "purpose", "allowed", "object_id", "request_id", "address",
)  # fmt: skip


class AccessEntry(models.Model):
    """One look, or one refused look, at a patient's record (R-300, R-305; Normen fact sheet 15)."""

    # Made here, not by the database: INSERT … RETURNING would demand the right to read the row back.
    id = models.UUIDField(primary_key=True, default=uuid7)
    at = models.DateTimeField()
    # A person, or a device: then the role is DEVICE.
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
    basis = models.CharField(max_length=20, choices=Basis)
    # The reason in own words where one is asked for; `basis` is what the code path says.
    purpose = models.CharField(max_length=200, blank=True)
    allowed = models.BooleanField()
    object_id = models.CharField(max_length=64, blank=True)
    request_id = models.CharField(max_length=32, blank=True)
    address = models.CharField(max_length=45, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["patient_id", "at"], name="access_by_patient"),
            models.Index(fields=["municipality_id", "at", "id"], name="access_by_municipality"),
            models.Index(fields=["municipality_id", "actor_id", "at"], name="access_by_person"),
        ]
        triggers = [
            *append_only(),
            pgtrigger.Trigger(
                name="await_seal",
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func="INSERT INTO audit_unsealedentry (entry_id, at) VALUES (NEW.id, clock_timestamp()); RETURN NULL;",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(allowed=False) | models.Q(municipality_id__isnull=False),
                name="access_allowed_names_municipality",
            ),
            models.CheckConstraint(condition=models.Q(basis__in=Basis.values), name="access_basis_known"),
        ]

    def __str__(self) -> str:
        return f"{self.action} {self.at:%Y-%m-%d %H:%M}"

    @property
    def digest(self) -> str:
        """SHA-256 over the sealed fields in one written form: what the seal holds of this row."""
        values = [_written(getattr(self, name)) for name in SEALED_FIELDS]
        return hashlib.sha256(json.dumps(values, ensure_ascii=True, separators=(",", ":")).encode()).hexdigest()


def _written(value: Any) -> Any:
    if hasattr(value, "astimezone"):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value if value is None or isinstance(value, bool | int) else str(value)


class UnsealedEntry(models.Model):
    """Worklist of the sealing: an entry that stands in no seal yet. The insert trigger of AccessEntry adds it."""

    entry_id = models.UUIDField(primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.entry_id)


class AuditSeal(models.Model):
    """Some entries of the access log, closed: no row is added, changed or removed unseen (`manage.py verify_audit`).

    Each seal holds the hash of the one before, so they form one chain; the sequence starts anew every day.
    """

    # Without gaps, because only one process seals at a time.
    number = models.BigIntegerField(primary_key=True)
    day = models.DateField()
    sequence = models.PositiveIntegerField()
    sealed_at = models.DateTimeField()
    entry_ids = ArrayField(models.UUIDField())
    digests = ArrayField(models.CharField(max_length=64))
    previous = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        triggers = append_only()
        constraints = [
            models.UniqueConstraint(fields=["day", "sequence"], name="seal_in_order_of_the_day"),
            models.UniqueConstraint(fields=["previous"], name="seal_chain_never_forks"),
            models.CheckConstraint(
                condition=models.Q(entry_ids__len=models.F("digests__len")), name="seal_digest_of_each_entry"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.sequence}"

    @property
    def proper_hash(self) -> str:
        """What the hash must be, given everything else in the seal."""
        content = [
            self.previous,
            self.number,
            self.day.isoformat(),
            self.sequence,
            _written(self.sealed_at),
            [str(pk) for pk in self.entry_ids],
            self.digests,
        ]
        return hashlib.sha256(json.dumps(content, separators=(",", ":")).encode()).hexdigest()


class AuditReview(models.Model):
    """What the privacy officer found out about one unusual look. Written once; a second review is a second row."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality_id = models.IntegerField()
    entry_id = models.UUIDField()
    pattern = models.CharField(max_length=30)
    outcome = models.CharField(max_length=10, choices=ReviewOutcome)
    note = models.CharField(max_length=1000)
    reviewed_at = models.DateTimeField()
    reviewed_by = models.UUIDField()
    reviewer_name = models.CharField(max_length=200)

    class Meta:
        indexes = [models.Index(fields=["municipality_id", "entry_id"], name="review_by_entry")]
        triggers = append_only()
        constraints = [
            models.CheckConstraint(condition=~models.Q(note=""), name="review_has_note"),
            models.CheckConstraint(condition=models.Q(outcome__in=ReviewOutcome.values), name="review_outcome_known"),
        ]

    def __str__(self) -> str:
        return f"{self.pattern} {self.outcome}"


class ChangeEntry(models.Model):
    """One changed row, before and after, written by a trigger (`audit.history.record_changes`).

    Request and purpose fill themselves from the transaction's settings, whatever made the change: a page, a bulk
    update or a worker.
    """

    at = models.DateTimeField()
    actor = models.CharField(max_length=64)
    request_id = models.CharField(max_length=32, db_default=Setting(models.Value("dho.request")))
    purpose = models.CharField(max_length=20, db_default=Setting(models.Value("dho.purpose")))
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
