"""From facts to judgements: by which version, with which history, and which earlier judgements a late fact changes.

The set of current assessments depends only on which facts exist, never on the order in which they arrived: a fact that
comes late makes the later facts that look back at it be judged again.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q

from alerts.models import Assessment
from alerts.services.facts import Fact, around
from careplans.models import PlanVersion
from careplans.queries.in_force import Versions, rulesets_by_patient, version_at
from careplans.queries.scored import as_scored
from careplans.scoring import (
    Answered,
    Cause,
    Colour,
    Measured,
    Outcome,
    Part,
    RuleSet,
    horizon,
    needs_history,
    score,
)
from measurements.models import Reading


@dataclass(slots=True)
class Judgement:
    """One fact with its outcome; `before` is the assessment that this one replaces."""

    fact: Fact
    version: PlanVersion | None
    ruleset: RuleSet | None
    outcome: Outcome
    before: Assessment | None = None
    reasons: list[dict[str, Any]] = field(init=False)

    def __post_init__(self) -> None:
        self.reasons = self.outcome.reasons()

    @property
    def changes(self) -> bool:
        """Whether this says anything else than the assessment before it."""
        return self.before is None or (self.before.colour, self.before.reasons) != (self.outcome.colour, self.reasons)

    @property
    def green(self) -> bool:
        """All in order: nothing for a person to do."""
        return self.outcome.colour == Colour.GREEN


class _History:
    """One patient's facts in order of time, cut to what a rule may see."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self.facts = [(fact, as_scored(fact)) for fact in facts]
        self.times = [fact.judged_at for fact, _ in self.facts]

    def before(self, at: datetime, reach: timedelta) -> list[Measured | Answered]:
        """Those at most `reach` old; the scorer itself leaves out the fact that is judged and what comes after it."""
        start, end = bisect_right(self.times, at - reach - timedelta.resolution), bisect_right(self.times, at)
        return [scored for _, scored in self.facts[start:end]]


def judge_all(new: Sequence[Fact], *, now: datetime) -> list[Judgement]:
    """Judge new facts of some locked patients, and again those later ones that looked back without them (R-083)."""
    by_patient: dict[UUID, list[Fact]] = defaultdict(list)
    for fact in new:
        by_patient[fact.patient_id].append(fact)
    since = min(fact.judged_at for fact in new)
    # Well past now: facts and versions that came while we waited for the lock count too; `version_at` is exact.
    versions = rulesets_by_patient(by_patient, since=since, until=now + timedelta(days=1))
    histories = _histories(by_patient, versions)
    judged = [_judge(fact, versions.get(fact.patient_id, []), histories.get(fact.patient_id)) for fact in new]
    again = _affected(by_patient, versions, histories)
    current = _current_assessments(again)
    for fact in again:
        judgement = _judge(fact, versions[fact.patient_id], histories[fact.patient_id])
        judgement.before = current.get(fact.pk)
        judged.append(judgement)
    return [judgement for judgement in judged if judgement.changes]


def give_up(fact: Fact) -> Judgement:
    """The judgement of last resort, when our own code fails: it says nothing about the patient, but reaches a nurse."""
    sentence = "Kunne ikke vurderes på grunn av en feil i systemet"
    part = Part(
        rule_id="",
        kind=None,
        colour=Colour.NOT_ASSESSED,
        quantity="",
        observed="",
        limit="",
        comparison="",
        sentence=sentence,
        cause=Cause.SCORER_ERROR,
    )
    return Judgement(fact, None, None, Outcome.of([part]))


def _judge(fact: Fact, versions: Versions, history: _History | None) -> Judgement:
    version, ruleset = version_at(versions, fact.judged_at)
    past = []
    if ruleset is not None and history is not None and needs_history(ruleset):
        past = history.before(fact.judged_at, horizon(ruleset))
    return Judgement(fact, version, ruleset, score(as_scored(fact), ruleset, past))


def _histories(by_patient: dict[UUID, list[Fact]], versions: dict[UUID, Versions]) -> dict[UUID, _History]:
    """What the rules of each patient may look back at, and what may look back at the new facts."""
    spans = {}
    for patient_id, facts in by_patient.items():
        rulesets = [ruleset for _, ruleset in versions.get(patient_id, []) if needs_history(ruleset)]
        if rulesets:
            reach = max(horizon(ruleset) for ruleset in rulesets)
            times = [fact.judged_at for fact in facts]
            spans[patient_id] = (min(times) - reach, max(times) + reach)
    return {patient_id: _History(facts) for patient_id, facts in around(spans).items()}


def _affected(
    by_patient: dict[UUID, list[Fact]], versions: dict[UUID, Versions], histories: dict[UUID, _History]
) -> list[Fact]:
    """Facts assessed earlier whose rules reach back to a new one."""
    found = []
    for patient_id, history in histories.items():
        new_times = sorted(fact.judged_at for fact in by_patient[patient_id])
        for fact, _ in history.facts:
            place = bisect_right(new_times, fact.judged_at)
            if fact.assessed_at is None or place == 0:
                continue
            _, ruleset = version_at(versions[patient_id], fact.judged_at)
            if ruleset and needs_history(ruleset) and fact.judged_at - new_times[place - 1] <= horizon(ruleset):
                found.append(fact)
    return found


def _current_assessments(facts: Sequence[Fact]) -> dict[UUID, Assessment]:
    """The assessment that counts today, by fact."""
    if not facts:
        return {}
    readings = [fact.pk for fact in facts if isinstance(fact, Reading)]
    responses = [fact.pk for fact in facts if not isinstance(fact, Reading)]
    found = Assessment.objects.filter(
        Q(reading_id__in=readings) | Q(response_id__in=responses), superseded_by__isnull=True
    ).select_related("alert")
    return {pk: each for each in found if (pk := each.reading_id or each.response_id)}
