"""What stands beside the limits while a nurse writes: the proposals of the trial, and what the limits give (R-036)."""

from dataclasses import dataclass
from datetime import datetime

from careplans.models import PlanVersion, Threshold
from careplans.queries.evidence import Period
from careplans.queries.gp import PlanPage, latest_enrolment, plan_page
from careplans.queries.minimum import missing_data, trial_period
from careplans.queries.proposing import Proposal, proposed_limits
from careplans.queries.wording import Names, rule_words


@dataclass(frozen=True, slots=True)
class Offer:
    """One proposal as the editor shows it: the limits on one line, and a key to ask for it by."""

    proposal: Proposal
    words: str

    @property
    def key(self) -> str:
        """Kind, quantity and window: no two proposals share them."""
        values = self.proposal.values or {}
        return f"{values.get('kind', '')}-{self.proposal.quantity}-{values.get('window_hours', '')}"


@dataclass(frozen=True, slots=True)
class LimitHelp:
    """Proposals from the trial, what the trial lacks, and the saved limits with what they would have given."""

    period: Period
    offers: list[Offer]
    missing: list[str]
    page: PlanPage

    @property
    def has_days(self) -> bool:
        """Whether a whole day has gone: on the first there is nothing to count from."""
        return self.period.first <= self.period.last


def limit_help(version: PlanVersion, *, now: datetime) -> LimitHelp:
    """By the patient's target groups and own values. A proposal is only text until the nurse takes it and saves."""
    patient, names = version.patient, Names.current()
    period, course = trial_period(patient, now=now), latest_enrolment(patient.pk, now=now)
    groups = course.target_groups if course else []
    found = proposed_limits(patient, groups, period=period, now=now)
    return LimitHelp(
        period=period,
        offers=[Offer(each, _words(each, names)) for each in found],
        missing=missing_data(patient, period, now=now, quantities=[each.quantity for each in found]),
        page=plan_page(version, now=now),
    )


def _words(proposal: Proposal, names: Names) -> str:
    if proposal.values is None:
        return ""
    return " ".join(text for _, text in rule_words(Threshold(**proposal.values).rule(), names))
