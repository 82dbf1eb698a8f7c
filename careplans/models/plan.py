"""The self-care plan and its versions (R-029, R-044): what is frozen when, and what may follow what."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from pgtrigger import Before, Insert, Trigger, Update
from pgtrigger import Q as RowQ
from uuid_utils.compat import uuid7

from accounts.models import User
from audit.history import never_deleted, record_changes
from careplans.enums import GuidanceForm, Initiator, VersionStatus
from careplans.models.template import PlanTemplateVersion
from dho.lib.numbers import OSLO
from organisations.models import Municipality
from patients.models import Patient

if TYPE_CHECKING:
    from careplans.models.approval import Approval

OPEN_STATUSES = [VersionStatus.DRAFT, VersionStatus.PROPOSED]


class Plan(models.Model):
    """The one self-care plan of a patient (R-029); everything in it lives in versions."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    patient = models.OneToOneField(Patient, on_delete=models.PROTECT, related_name="plan")

    class Meta:
        triggers = [never_deleted()]
        constraints = [models.UniqueConstraint(fields=["id", "municipality"], name="plan_id_municipality")]

    def __str__(self) -> str:
        return str(self.id)


def carries_equal_approval() -> Trigger:
    """A version carries a doctor's approval only with the very limits and medical measures that were approved (P2).

    What the doctor decides about is compared column by column, so a column that is added later counts by itself.
    """
    decided = """
        SELECT jsonb_agg(said ORDER BY said::text) FROM (
            SELECT to_jsonb(t) - '{{id,municipality_id,version_id}}'::text[] AS said
            FROM careplans_threshold t WHERE t.version_id = {version}
            UNION ALL
            SELECT to_jsonb(m) - '{{id,municipality_id,version_id,position}}'::text[]
            FROM careplans_measure m
            WHERE m.version_id = {version} AND (m.kind = 'MEDICAL' OR m.category = 'MEDICATION')
        ) AS everything
    """
    return Trigger(
        name="carries_equal_approval",
        when=Before,
        operation=Update,
        condition=RowQ(new__approved_from__isnull=False, new__status=VersionStatus.APPROVED),
        declare=[("root", "careplans_planversion%ROWTYPE")],
        func=f"""
            SELECT * INTO root FROM careplans_planversion WHERE id = NEW.approved_from_id;
            IF root.plan_id IS DISTINCT FROM NEW.plan_id OR root.approved_from_id IS NOT NULL
                OR root.approved_by_id IS DISTINCT FROM NEW.approved_by_id
                OR root.valid_until IS DISTINCT FROM NEW.valid_until
                OR NOT EXISTS (
                    SELECT FROM careplans_approval WHERE version_id = root.id AND decision = 'APPROVED'
                )
            THEN RAISE EXCEPTION 'pgtrigger: there is no such approval to carry'; END IF;
            IF EXISTS (
                SELECT FROM careplans_planversion
                WHERE plan_id = NEW.plan_id AND approved_from_id IS NULL AND approved_at > root.approved_at
            ) THEN RAISE EXCEPTION 'pgtrigger: the doctor has decided again since'; END IF;
            IF ({decided.format(version="NEW.id")}) IS DISTINCT FROM ({decided.format(version="root.id")})
            THEN RAISE EXCEPTION 'pgtrigger: limits or medical measures differ from what the doctor approved'; END IF;
            RETURN NEW;
        """,  # noqa: S608 - no outside value in it
    )


class PlanVersionQuerySet(models.QuerySet["PlanVersion"]):
    """Look-ups by time."""

    def in_force(self, at: datetime) -> "PlanVersionQuerySet":
        """Approved by the doctor and not yet superseded or expired at that moment."""
        return self.filter(approved_at__lte=at, valid_until__gt=at).exclude(superseded_at__lte=at)


class PlanVersion(models.Model):
    """One version of the plan. Once sent it only moves on; once approved it never changes (P2)."""

    id = models.UUIDField(primary_key=True, default=uuid7)
    municipality = models.ForeignKey(Municipality, on_delete=models.PROTECT, related_name="+")
    plan = models.ForeignKey(Plan, on_delete=models.PROTECT, related_name="versions")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="plan_versions")
    number = models.PositiveIntegerField()
    status = models.CharField(max_length=10, choices=VersionStatus, default=VersionStatus.DRAFT)
    what_matters = models.TextField(_("Hva er viktig for deg?"))
    habitual_state = models.TextField(_("Vanlig tilstand"), blank=True)
    initiator = models.CharField(max_length=8, choices=Initiator, default=Initiator.SERVICE, db_default="SERVICE")
    # How a plan that the hospital began is anchored with the GP.
    anchoring = models.CharField(max_length=300, blank=True, default="", db_default="")
    relatives_part = models.TextField(_("Pårørendes del"), blank=True, default="", db_default="")
    outside_hours = models.TextField(_("Når tjenesten er stengt"), blank=True, default="", db_default="")
    guidance_every_weeks = models.PositiveSmallIntegerField(null=True, blank=True)
    guidance_form = models.CharField(max_length=5, choices=GuidanceForm, blank=True, default="", db_default="")
    # When the nurse goes through the plan with the patient again; the doctor sets how long it is valid.
    review_on = models.DateField(null=True, blank=True)
    # Which template it began from; each part of it must then be edited or confirmed.
    began_from = models.ForeignKey(PlanTemplateVersion, null=True, on_delete=models.PROTECT, related_name="+")
    # Where the content came from, when another municipality's or hospital's plan was taken over.
    taken_over_from = models.CharField(max_length=200, blank=True, default="", db_default="")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    edited_at = models.DateTimeField(null=True)
    edited_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(null=True)
    sent_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    # Why it was sent although the trial holds less than the service's minimum; empty when it holds enough.
    little_data_reason = models.TextField(_("Hvorfor planen sendes med lite data"), blank=True, default="")
    # The proposal that the doctor approved with changes, which are this version.
    changed_from = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="changed_to")
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")
    valid_until = models.DateTimeField(null=True)
    superseded_at = models.DateTimeField(null=True)
    # The version that the doctor decided about, when the limits and medical measures here are the very same (ADR 24).
    approved_from = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="carried_by")

    objects = PlanVersionQuerySet.as_manager()

    class Meta:
        triggers = [
            never_deleted(),
            record_changes(),
            Trigger(
                name="only_moves_on",
                when=Before,
                operation=Update,
                # Content is frozen from the moment the doctor may be reading it; an approval can only be superseded.
                func="""
                    IF OLD.status <> 'DRAFT' AND (
                        to_jsonb(NEW) - '{status,approved_at,approved_by_id,valid_until,superseded_at}'::text[]
                        IS DISTINCT FROM
                        to_jsonb(OLD) - '{status,approved_at,approved_by_id,valid_until,superseded_at}'::text[]
                    ) THEN RAISE EXCEPTION 'pgtrigger: a sent plan version cannot be changed'; END IF;
                    IF OLD.status IN ('APPROVED', 'SUPERSEDED') AND (
                        NEW.status <> 'SUPERSEDED' OR OLD.status = 'SUPERSEDED'
                        OR to_jsonb(NEW) - '{status,superseded_at}'::text[]
                        IS DISTINCT FROM to_jsonb(OLD) - '{status,superseded_at}'::text[]
                    ) THEN RAISE EXCEPTION 'pgtrigger: an approved plan version never changes'; END IF;
                    IF (OLD.status, NEW.status) NOT IN (
                        ('DRAFT', 'DRAFT'), ('DRAFT', 'PROPOSED'), ('PROPOSED', 'APPROVED'),
                        ('PROPOSED', 'RETURNED'), ('PROPOSED', 'WITHDRAWN'), ('PROPOSED', 'CHANGED'),
                        ('APPROVED', 'SUPERSEDED')
                    ) AND NOT (
                        -- Past the doctor only with the doctor's own approval: carries_equal_approval looks at it.
                        OLD.status = 'DRAFT' AND NEW.status = 'APPROVED' AND NEW.approved_from_id IS NOT NULL
                    ) THEN RAISE EXCEPTION 'pgtrigger: no step from % to %', OLD.status, NEW.status; END IF;
                    RETURN NEW;
                """,
            ),
            carries_equal_approval(),
            Trigger(
                name="starts_as_draft",
                when=Before,
                operation=Insert,
                func="""
                    IF NEW.status <> 'DRAFT' THEN RAISE EXCEPTION 'pgtrigger: a version starts as a draft'; END IF;
                    RETURN NEW;
                """,
            ),
        ]
        indexes = [models.Index(fields=["patient", "approved_at"], name="version_by_patient")]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="version_number_unique"),
            models.UniqueConstraint(fields=["id", "municipality"], name="version_id_municipality"),
            models.UniqueConstraint(
                fields=["plan"],
                condition=Q(status=VersionStatus.APPROVED),
                name="version_one_approved",
            ),
            models.UniqueConstraint(
                fields=["plan"],
                condition=Q(status__in=OPEN_STATUSES),
                name="version_one_open_proposal",
            ),
            models.CheckConstraint(
                name="version_approval_complete",
                condition=Q(
                    status__in=[VersionStatus.APPROVED, VersionStatus.SUPERSEDED],
                    approved_at__isnull=False,
                    approved_by__isnull=False,
                    # Said apart: a comparison with NULL is not false, and a check lets it pass.
                    valid_until__isnull=False,
                    valid_until__gt=F("approved_at"),
                )
                | Q(
                    status__in=[
                        *OPEN_STATUSES,
                        VersionStatus.RETURNED,
                        VersionStatus.WITHDRAWN,
                        VersionStatus.CHANGED,
                    ],
                    approved_at__isnull=True,
                    approved_by__isnull=True,
                    valid_until__isnull=True,
                ),
            ),
            models.CheckConstraint(
                condition=Q(status=VersionStatus.SUPERSEDED, superseded_at__isnull=False)
                | ~Q(status=VersionStatus.SUPERSEDED) & Q(superseded_at__isnull=True),
                name="version_superseded_pair",
            ),
            models.CheckConstraint(
                condition=Q(
                    status=VersionStatus.DRAFT,
                    sent_at__isnull=True,
                    sent_by__isnull=True,
                )
                | ~Q(status=VersionStatus.DRAFT) & Q(sent_at__isnull=False, sent_by__isnull=False),
                name="version_sent_pair",
            ),
            models.CheckConstraint(
                condition=Q(approved_from__isnull=True)
                | Q(status__in=[VersionStatus.APPROVED, VersionStatus.SUPERSEDED]),
                name="version_carries_only_approved",
            ),
            models.CheckConstraint(
                condition=Q(edited_at__isnull=True, edited_by__isnull=True)
                | Q(edited_at__isnull=False, edited_by__isnull=False),
                name="version_edited_pair",
            ),
            models.CheckConstraint(condition=~Q(what_matters=""), name="version_says_what_matters"),
            models.CheckConstraint(
                condition=Q(guidance_every_weeks__isnull=True, guidance_form="")
                | Q(guidance_every_weeks__gte=1) & ~Q(guidance_form=""),
                name="version_guidance_pair",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def doctors_decision(self) -> "Approval":
        """The decision it stands on, its own or the one it carries (ADR 24). Raises Approval.DoesNotExist."""
        return (self.approved_from or self).decision

    @property
    def span(self) -> tuple[datetime, datetime] | None:
        """When it judges, end not included; None for one that was never approved. The same rule as `in_force()`."""
        if self.approved_at is None or self.valid_until is None:
            return None
        return self.approved_at, min(self.valid_until, self.superseded_at or self.valid_until)

    def in_force_at(self, at: datetime) -> bool:
        """Whether it judges what is measured at that moment."""
        return self.span is not None and self.span[0] <= at < self.span[1]

    @property
    def last_day(self) -> date | None:
        """The last day of validity as people say it: validity ends at an instant, usually the midnight after."""
        return (self.valid_until - timedelta(microseconds=1)).astimezone(OSLO).date() if self.valid_until else None
