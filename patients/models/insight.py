"""What patients ask for: to see what is stored about them, and to have it corrected (GDPR articles 15 and 16)."""

from datetime import datetime, timedelta
from typing import Final

from django.db import models
from django.utils.translation import override
from pgtrigger import Protect, Update
from pgtrigger import Q as TriggerQ
from uuid_utils.compat import uuid7

from accounts.models import User
from audit.history import append_only, never_deleted, record_changes
from dho.lib.numbers import date_nb
from organisations.models import (
    Municipality,
)
from patients.enums import (
    Decision,
    InsightChannel,
)
from patients.models.person import Patient

# GDPR article 12: within one month.
ANSWERED_WITHIN: Final = timedelta(days=30)


class InsightRequest(models.Model):
    """The patient has asked for what is stored: the only reason to take everything out (R-301; GDPR article 15).

    It opens the export for as long as the law gives to answer in; after that the patient asks anew.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="insight_requests")
    asked_on = models.DateField()
    channel = models.CharField(max_length=10, choices=InsightChannel)
    registered_at = models.DateTimeField()
    registered_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = [*append_only(), record_changes()]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(channel__in=InsightChannel.values), name="insight_request_channel_known"
            ),
            models.CheckConstraint(
                # Midnight in Oslo is at most two hours before the database's.
                condition=models.Q(asked_on__lte=models.F("registered_at") + timedelta(hours=2)),
                name="insight_request_not_ahead",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def open_until(self) -> datetime:
        """When the export closes again."""
        return self.registered_at + ANSWERED_WITHIN

    @property
    def as_purpose(self) -> str:
        """What the log says beside the export. Stored, so in bokmål whoever looks (ADR 21)."""
        with override("nb"):
            return f"Krav om innsyn {date_nb(self.asked_on)}, {self.get_channel_display()}"


class CorrectionRequest(models.Model):
    """The patient says that something in the record is wrong: what, and what was decided and why (GDPR article 16).

    Once decided it stands; a new request is a new row.
    """

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="correction_requests")
    what = models.TextField()
    received_at = models.DateTimeField()
    received_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decision = models.CharField(max_length=10, choices=Decision, blank=True, default=Decision.WAITING)
    reason = models.TextField(blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = [
            never_deleted(),
            record_changes(),
            Protect(name="decision_is_final", operation=Update, condition=TriggerQ(old__decided_at__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(what=""), name="correction_says_what"),
            models.CheckConstraint(
                condition=models.Q(decision="", reason="", decided_at__isnull=True, decided_by__isnull=True)
                | models.Q(
                    decision__in=[Decision.ACCEPTED, Decision.REFUSED],
                    decided_at__isnull=False,
                    decided_by__isnull=False,
                )
                & ~models.Q(reason=""),
                name="correction_decided_completely",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)
