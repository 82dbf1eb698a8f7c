"""Guidance cards: the same advice to every nurse for the same problem (R-089). About nobody; no patient data."""

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from pgtrigger import Before, Protect, Trigger, Update
from pgtrigger import Q as TriggerQ
from uuid_utils.compat import uuid7

from accounts.models import User
from alerts.enums import AlertKind, Level, Side
from audit.history import never_deleted
from organisations.models import FollowUpService, Municipality
from patients.enums import TargetGroup


class GuidanceCard(models.Model):
    """One problem, as its owner advises: a service, a municipality, or with none of them the product."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    # An owner's own card takes the place of a more general one with the same code.
    code = models.SlugField(max_length=60)
    service = models.ForeignKey(FollowUpService, null=True, on_delete=models.PROTECT, related_name="guidance_cards")
    owner_municipality = models.ForeignKey(Municipality, null=True, on_delete=models.PROTECT, related_name="+")
    retired_at = models.DateTimeField(null=True)
    retired_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = [
            never_deleted(),
            Protect(name="retired_is_final", operation=Update, condition=TriggerQ(old__retired_at__isnull=False)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(service__isnull=True) | Q(owner_municipality__isnull=True), name="guidance_one_owner"
            ),
            models.CheckConstraint(
                condition=Q(retired_at__isnull=True, retired_by__isnull=True)
                | Q(retired_at__isnull=False, retired_by__isnull=False),
                name="guidance_retired_pair",
            ),
            models.UniqueConstraint(
                fields=["service", "owner_municipality", "code"],
                condition=Q(retired_at__isnull=True),
                nulls_distinct=False,
                name="guidance_code_once_per_owner",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def owner_name(self) -> str:
        """Who answers for what it says; empty for the product's own."""
        owner = self.service or self.owner_municipality
        return owner.name if owner else ""


class GuidanceVersion(models.Model):
    """What a card says and when it fits. A draft can be rewritten; once active it never changes, only gives way."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    card = models.ForeignKey(GuidanceCard, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(_("Tittel"), max_length=120)
    # When it fits: every one of these that is filled in must hold, and at least one is.
    kind = models.CharField(max_length=12, choices=AlertKind, blank=True)
    subject = models.CharField(max_length=64, blank=True)
    side = models.CharField(max_length=4, choices=Side, blank=True)
    level = models.PositiveSmallIntegerField(choices=Level, null=True, blank=True)
    target_group = models.CharField(max_length=20, choices=TargetGroup, blank=True)
    # One step on each line.
    steps = models.TextField()
    doctor = models.TextField()
    responsible = models.CharField(max_length=120)
    review_on = models.DateField()
    created_at = models.DateTimeField()
    # Nobody for what the product brings along.
    created_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    activated_at = models.DateTimeField(null=True)
    activated_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        triggers = [
            never_deleted(),
            Trigger(
                name="active_never_changes",
                when=Before,
                operation=Update,
                func="""
                    IF OLD.activated_at IS NOT NULL AND (
                        OLD.superseded_at IS NOT NULL
                        OR to_jsonb(NEW) - 'superseded_at' IS DISTINCT FROM to_jsonb(OLD) - 'superseded_at'
                    ) THEN RAISE EXCEPTION 'pgtrigger: an active guidance version never changes'; END IF;
                    RETURN NEW;
                """,
            ),
        ]
        constraints = [
            models.UniqueConstraint(fields=["card", "number"], name="guidance_number_once"),
            models.UniqueConstraint(fields=["card"], condition=Q(activated_at__isnull=True), name="guidance_one_draft"),
            models.UniqueConstraint(
                fields=["card"],
                condition=Q(activated_at__isnull=False, superseded_at__isnull=True),
                name="guidance_one_active",
            ),
            models.CheckConstraint(
                condition=Q(superseded_at__isnull=True) | Q(activated_at__isnull=False),
                name="guidance_superseded_was_active",
            ),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(steps="") & ~Q(doctor="") & ~Q(responsible=""),
                name="guidance_says_something",
            ),
            models.CheckConstraint(
                condition=~Q(kind="") | ~Q(subject="") | Q(level__isnull=False) | ~Q(target_group=""),
                name="guidance_says_when",
            ),
            models.CheckConstraint(condition=Q(side="") | ~Q(subject=""), name="guidance_side_of_something"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def step_lines(self) -> list[str]:
        """The steps, one by one."""
        return [line.strip() for line in self.steps.splitlines() if line.strip()]

    @property
    def conditions(self) -> int:
        """How many things must hold for it to fit: the more, the more specific."""
        return sum(map(bool, (self.kind, self.subject, self.side, self.level, self.target_group)))

    def overdue(self, on: date) -> bool:
        """Whether the day for looking through it has passed."""
        return self.review_on < on
