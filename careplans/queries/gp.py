"""What the GP's two pages show: the list of plans that wait, and one plan with its evidence (R-125, ux.md 4.3)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from accounts.actor import Actor
from accounts.roles import Permission
from careplans.enums import VersionStatus
from careplans.models import Approval, PlanVersion, Schedule
from careplans.queries import backtest
from careplans.queries.backtest import Alarms, Usual
from careplans.queries.band import Band, band_of
from careplans.queries.catalogue import ruleset_of
from careplans.queries.changes import Change, ZoneMeasures, limit_changes, schedule_changes, zone_measures
from careplans.queries.wording import Names
from careplans.scoring import Rule, RuleKind, RuleSet
from dho.lib.numbers import OSLO
from measurements.models import Quantity as CatalogueQuantity
from patients.access import patients_to_decide_for
from patients.models import Enrolment

RECENT: Final = timedelta(days=30)


def waiting_for(by: Actor, *, now: datetime) -> list[PlanVersion]:
    """Proposals for the doctor's own patients, the longest wait first. Nobody else has any (R-125)."""
    own = patients_to_decide_for(by, now=now).values("pk")
    return list(
        PlanVersion.objects.filter(patient__in=own, status=VersionStatus.PROPOSED)
        .select_related("patient", "municipality", "sent_by")
        .order_by("sent_at", "pk")
    )


def lately_decided(by: Actor, *, now: datetime) -> list[Approval]:
    """What was decided about the doctor's own patients the last 30 days, newest first."""
    own = patients_to_decide_for(by, now=now).values("pk")
    return list(
        Approval.objects.filter(version__patient__in=own, decided_at__gte=now - RECENT)
        .select_related("version__patient", "version__municipality")
        .order_by("-decided_at", "-pk")
    )


def find_version(version_id: UUID, *, by: Actor | None) -> PlanVersion | None:
    """The version, if lock two lets it be seen. A draft is the paper of those who write it until it is sent."""
    found = PlanVersion.objects.select_related("municipality", "created_by", "sent_by", "approved_by").filter(
        pk=version_id
    )
    if by is None or by.service_id is None or not by.may(Permission.DRAFT_PLAN):
        found = found.exclude(status=VersionStatus.DRAFT)
    return found.first()


@dataclass(frozen=True, slots=True)
class LimitRow:
    """One rule on the doctor's page: what changes, the patient's usual values, and the alarms each version gives."""

    change: Change[Rule]
    usual: Usual | None
    proposed_alarms: Alarms | None
    present_alarms: Alarms | None
    band: Band | None

    @property
    def has_value(self) -> bool:
        """Whether the rule is about one number that the patient could have a usual value of."""
        return self.change.either.kind not in (RuleKind.ANSWER, RuleKind.NEWS2)


@dataclass(frozen=True, slots=True)
class PlanPage:
    """Everything about one version, compared with the version it would replace."""

    now: datetime
    version: PlanVersion
    present: PlanVersion | None
    newer: PlanVersion | None
    enrolment: Enrolment | None
    decision: Approval | None
    limits: list[LimitRow]
    schedules: list[Change[Schedule]]
    zones: list[ZoneMeasures]

    @property
    def changed_first(self) -> list[LimitRow]:
        """The limits with those that change on top: what the doctor has come to read."""
        return sorted(self.limits, key=lambda row: row.change.same)

    @property
    def in_force(self) -> bool:
        """Whether this version judges what is measured now."""
        until = self.version.valid_until
        return self.version.status == VersionStatus.APPROVED and until is not None and until > self.now

    @property
    def present_has_expired(self) -> bool:
        """The version that is compared with no longer judges anything, so nothing does (P2)."""
        return self.present is None or self.present.valid_until is None or self.present.valid_until <= self.now

    @property
    def changes(self) -> int:
        """How many limits, measuring times and measures differ."""
        rows = sum(not row.change.same for row in self.limits) + sum(not row.same for row in self.schedules)
        return rows + sum(len(zone.removed) + sum(line.new for line in zone.lines) for zone in self.zones)


def plan_page(version: PlanVersion, *, now: datetime) -> PlanPage:
    """The version beside the approved one it would replace, or replaced, and its newer sisters."""
    present = version_before(version, now=now)
    enrolment = latest_enrolment(version.patient_id, now=now)
    names = Names.current()
    schedules = schedule_changes(version, present, names)
    return PlanPage(
        now=now,
        version=version,
        present=present,
        newer=PlanVersion.objects.filter(plan_id=version.plan_id, number__gt=version.number)
        .exclude(status=VersionStatus.DRAFT)
        .order_by("number")
        .last(),
        enrolment=enrolment,
        # What carries an approval on is decided where the doctor decided (ADR 24).
        decision=Approval.objects.filter(version=version.approved_from_id or version.pk).first(),
        limits=_limit_rows(version, present, names, schedules, enrolment, now=now),
        schedules=schedules,
        zones=zone_measures(version, present),
    )


def version_before(version: PlanVersion, *, now: datetime) -> PlanVersion | None:
    """The last version that a doctor approved before this one; it may have run out (`valid_until`)."""
    return (
        PlanVersion.objects.filter(
            plan_id=version.plan_id, number__lt=version.number, approved_at__lte=version.approved_at or now
        )
        .order_by("-approved_at")
        .first()
    )


def latest_enrolment(patient_id: UUID, *, now: datetime) -> Enrolment | None:
    """The patient's newest course, whose service follows the patient up."""
    started = Enrolment.objects.filter(patient_id=patient_id, allocated_on__lte=now.astimezone(OSLO).date())
    # The service's secret is not needed, so it is not even decrypted.
    return started.select_related("service").defer("service__webhook_secret").order_by("-allocated_on", "-pk").first()


def _limit_rows(
    version: PlanVersion,
    present: PlanVersion | None,
    names: Names,
    schedules: list[Change[Schedule]],
    enrolment: Enrolment | None,
    *,
    now: datetime,
) -> list[LimitRow]:
    """Each rule with the patient's own values beside it, and what both versions would have said about them (R-036)."""
    proposed, old = ruleset_of(version), ruleset_of(present) if present else None
    found = backtest.evidence(version.patient_id, [proposed, *([old] if old else [])], now=now)
    alarms, old_alarms = backtest.alarms(proposed, found), backtest.alarms(old, found) if old else {}
    # What was asked for in the period is the old plan's schedule; a patient without one is on trial by the new.
    asked = [row for change in schedules if (row := change.present or change.proposed)]
    subjects = dict(CatalogueQuantity.objects.values_list("code", "type_id"))
    rows = []
    for change in limit_changes(proposed, old, names):
        about = change.either
        days = backtest.planned_days(
            asked,
            subject=subjects.get(about.quantity, about.quantity),
            found=found,
            since=enrolment.started_on if enrolment else None,
        )
        usual = backtest.usual(about, proposed.quantities, found, days)
        rows.append(
            LimitRow(
                change=change,
                usual=usual,
                proposed_alarms=alarms.get(change.proposed.id) if change.proposed else None,
                present_alarms=old_alarms.get(change.present.id) if change.present else None,
                band=_band(change.proposed, proposed, usual),
            )
        )
    return rows


def _band(rule: Rule | None, ruleset: RuleSet, usual: Usual | None) -> Band | None:
    if rule is None or rule.quantity not in ruleset.quantities:
        return None
    seen = (usual.lowest, usual.middle, usual.highest) if usual else None
    return band_of(rule, decimals=ruleset.quantities[rule.quantity].decimals, seen=seen)
