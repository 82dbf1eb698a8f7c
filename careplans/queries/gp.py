"""What the GP's two pages show: the list of plans that wait, and one plan with its evidence (R-125, ux.md 4.3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q

from accounts.actor import Actor
from accounts.roles import Permission
from careplans.enums import VersionStatus
from careplans.models import Approval, PlanVersion, Schedule
from careplans.queries.backtest import Alarms, Result, backtest
from careplans.queries.band import Band, band_of
from careplans.queries.baseline import Usual, planned, usual_values, values_of
from careplans.queries.catalogue import judged_quantities, ruleset_of
from careplans.queries.changes import Change, ZoneMeasures, limit_changes, rest_of, schedule_changes, zone_measures
from careplans.queries.curves import Curve, curve_of
from careplans.queries.evidence import Evidence, Period, evidence
from careplans.queries.in_force import measurement_types
from careplans.queries.wording import Names
from careplans.scoring import Quantity, Rule, RuleKind, RuleSet, horizon
from dho.lib.numbers import OSLO
from patients.access import own_patients, patients_to_decide_for
from patients.models import Enrolment, Pause

RECENT: Final = timedelta(days=30)


def waiting_for(by: Actor, *, now: datetime) -> list[PlanVersion]:
    """Proposals for the doctor's own patients in a course, the longest wait first. Nobody else has any (R-125)."""
    followed = Enrolment.objects.filter(ended_on__isnull=True).values("patient")
    own = patients_to_decide_for(by, now=now).filter(pk__in=followed).values("pk")
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


def readable(by: Actor | None, *, now: datetime) -> Q:
    """A draft is the paper of whoever began it, and of the service's people who may write this patient's plan."""
    if by is None:
        return Q(pk__in=[])
    sent_or_own = ~Q(status=VersionStatus.DRAFT) | Q(created_by=by.user)
    if by.service_id is None:
        return sent_or_own
    return sent_or_own | Q(patient__in=own_patients(by, now=now, permission=Permission.DRAFT_PLAN).values("pk"))


def find_version(version_id: UUID, *, by: Actor | None, now: datetime) -> PlanVersion | None:
    """The version, if lock two lets it be seen and it is no draft of somebody else's."""
    found = PlanVersion.objects.select_related("municipality", "created_by", "sent_by", "approved_by")
    return found.filter(readable(by, now=now), pk=version_id).first()


@dataclass(frozen=True, slots=True)
class LimitRow:
    """One rule on the doctor's page: what changes, the patient's own values, and the alarms each version gives."""

    change: Change[Rule]
    usual: Usual | None
    proposed_alarms: Alarms | None
    present_alarms: Alarms | None
    band: Band | None
    curve: Curve | None

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
    rest: list[tuple[str, list[str]]]
    result: Result
    present_result: Result | None
    period: Period

    @property
    def changed_first(self) -> list[LimitRow]:
        """The limits with those that change on top: what the doctor has come to read."""
        return sorted(self.limits, key=lambda row: row.change.same)

    @property
    def in_force(self) -> bool:
        """Whether this version judges what is measured now."""
        return self.version.in_force_at(self.now)

    @property
    def present_has_expired(self) -> bool:
        """The version that is compared with no longer judges anything, so nothing does (P2)."""
        return self.present is None or self.present.valid_until is None or self.present.valid_until <= self.now

    @property
    def changes(self) -> int:
        """How many limits, measuring times and measures differ."""
        rows = sum(not row.change.same for row in self.limits) + sum(not row.same for row in self.schedules)
        return rows + sum(len(zone.removed) + sum(line.new for line in zone.lines) for zone in self.zones)


def plan_page(version: PlanVersion, *, now: datetime, rules: Sequence[Rule] | None = None) -> PlanPage:
    """The version beside the approved one it would replace, or replaced, and its newer sisters.

    `rules` are the version's with the doctor's own limits, to see what they would give before anything is decided.
    """
    present = version_before(version, now=now)
    enrolment = latest_enrolment(version.patient_id, now=now)
    names, catalogue = Names.current(), judged_quantities()
    schedules = schedule_changes(version, present, names)
    proposed = ruleset_of(version, catalogue=catalogue)
    if rules is not None:
        proposed = RuleSet(proposed.version_id, tuple(rules), catalogue)
    old = ruleset_of(present, catalogue=catalogue) if present else None
    found = evidence_for(version.patient_id, [proposed, *([old] if old else [])], now=now)
    asked, paused = _asked(present, enrolment), paused_days(version.patient_id, found.period)
    result, old_result = backtest(proposed, found), backtest(old, found) if old else None
    return PlanPage(
        now=now,
        version=version,
        present=present,
        newer=PlanVersion.objects.filter(plan_id=version.plan_id, number__gt=version.number)
        .exclude(status=VersionStatus.DRAFT)
        .order_by("number")
        .last(),
        enrolment=enrolment,
        rest=rest_of(version, names),
        decision=getattr(version, "doctors_decision", None),
        limits=[
            _limit_row(change, asked, paused, enrolment, found, result, old_result, catalogue)
            for change in limit_changes(proposed, old, names)
        ],
        schedules=schedules,
        zones=zone_measures(version, present),
        result=result,
        present_result=old_result,
        period=found.period,
    )


def evidence_for(patient_id: UUID, rulesets: list[RuleSet], *, now: datetime) -> Evidence:
    """The facts of the last 21 whole days, and what these rules may look back at."""
    reach = max((horizon(ruleset) for ruleset in rulesets), default=timedelta())
    return evidence(patient_id, Period.before(now), reach=reach, now=now)


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


def _asked(present: PlanVersion | None, enrolment: Enrolment | None) -> list[Schedule]:
    """What was asked for in the period: by the approved plan, or by the trial until a plan says when (AT-27)."""
    own = list(Schedule.objects.filter(version=present)) if present else []
    return own or (list(Schedule.objects.filter(trial=enrolment)) if enrolment else [])


def paused_days(patient_id: UUID, period: Period) -> set[date]:
    """The days of the period on which nothing was expected (R-015)."""
    pauses = Pause.objects.filter(patient_id=patient_id, first_day__lte=period.last, last_day__gte=period.first)
    return {day for pause in pauses for day in period.days if pause.first_day <= day <= pause.last_day}


def _limit_row(
    change: Change[Rule],
    asked: list[Schedule],
    paused: set[date],
    enrolment: Enrolment | None,
    found: Evidence,
    result: Result,
    old_result: Result | None,
    catalogue: dict[str, Quantity],
) -> LimitRow:
    """The rule with the patient's own values beside it, and what both versions would have said about them (R-036)."""
    about = change.either
    since = enrolment.started_on if enrolment else None
    days = planned(asked, subject=type_of(about.quantity), period=found.period, since=since, paused=paused)
    has_value = about.kind not in (RuleKind.ANSWER, RuleKind.NEWS2)
    usual = usual_values(about.quantity, catalogue, found, days) if has_value else None
    old_alarms = old_result.by_rule if old_result else {}
    return LimitRow(
        change=change,
        usual=usual,
        proposed_alarms=result.by_rule.get(change.proposed.id) if change.proposed else None,
        present_alarms=old_alarms.get(change.present.id) if change.present else None,
        band=_band(change.proposed, catalogue, usual),
        curve=curve_for(change.proposed, change.label, catalogue, found) if has_value else None,
    )


def curve_for(rule: Rule | None, label: str, catalogue: dict[str, Quantity], found: Evidence) -> Curve | None:
    """The rule's limits over the patient's own values of the period."""
    quantity = catalogue.get(rule.quantity) if rule else None
    if rule is None or quantity is None:
        return None
    points = [(each.fact.at, value) for each, value in values_of(quantity.code, quantity, found)]
    percent = rule.kind == RuleKind.SHARE
    unit, decimals = ("%", 0) if percent else (quantity.unit, quantity.decimals)
    return curve_of(rule, label, points, decimals=decimals, unit=unit, period=found.period)


def type_of(code: str) -> str:
    """The measurement type that the quantity belongs to; a form's code stands for itself."""
    types = measurement_types().items()
    return next((type_id for type_id, (_, own) in types if any(each.code == code for each in own)), code)


def _band(rule: Rule | None, catalogue: dict[str, Quantity], usual: Usual | None) -> Band | None:
    if rule is None or rule.quantity not in catalogue:
        return None
    seen = (usual.lowest, usual.middle, usual.highest) if usual else None
    return band_of(rule, decimals=catalogue[rule.quantity].decimals, seen=seen)
