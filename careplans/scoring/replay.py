"""Judges facts again by other rules, each as it was judged when it came: the back-test of a version (R-036, R-087).

The very same `score`. What is done here is only to give it the facts that were known and not called faulty when the
fact was last judged, and to judge once what two versions say alike.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from operator import attrgetter

from careplans.scoring import news2
from careplans.scoring.engine import score
from careplans.scoring.facts import Fact, Measured
from careplans.scoring.outcomes import Outcome
from careplans.scoring.rules import Rule
from careplans.scoring.rulesets import RuleSet, horizon, needs_history

# The quantities of a measurement, or the code of a questionnaire with its items.
Subject = tuple[bool, frozenset[str], str]


@dataclass(frozen=True, slots=True)
class Known:
    """A fact with what decides who may look back at it: when it came, when it was judged, and when it was called what.

    `called` are the statements in the order they were made: the time, and whether the reading was then faulty.
    """

    fact: Fact
    received_at: datetime
    assessed_at: datetime | None = None
    called: tuple[tuple[datetime, bool], ...] = ()

    def faulty(self, at: datetime) -> bool:
        """Whether the latest statement by then says mis-measured (R-070)."""
        return next((faulty for said, faulty in reversed(self.called) if said <= at), False)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a version would have said about one fact. `rules` translates rule ids of the outcome to the version's."""

    fact: Fact
    outcome: Outcome
    rules: dict[str, str]


class Replay:
    """One patient's facts of a period, and older ones to look back at, to be judged by one version after another."""

    def __init__(self, known: Iterable[Known], *, since: datetime, until: datetime, now: datetime) -> None:
        self.known = sorted(known, key=lambda each: (each.fact.at, each.fact.id))
        self.since, self.until, self.now = since, until, now
        self._judged: dict[object, tuple[tuple[str, ...], list[tuple[Fact, Outcome]]]] = {}

    @cached_property
    def within(self) -> list[Known]:
        """The facts of the period itself that nobody calls faulty today."""
        return [each for each in self.known if self.since <= each.fact.at < self.until and not each.faulty(self.now)]

    def judge(self, ruleset: RuleSet) -> Iterator[Verdict]:
        """Every fact of the period with its outcome, subject by subject."""
        for subject, facts in self._by_subject.items():
            rules = _concerning(subject, facts[0].fact, ruleset)
            ids = tuple(rule.id for rule in rules)
            key = (
                subject,
                horizon(ruleset),
                tuple((replace(each, id=""), each.id in ruleset.refused) for each in rules),
            )
            if key not in self._judged:
                self._judged[key] = ids, list(self._outcomes(subject, facts, rules, ruleset))
            first, outcomes = self._judged[key]
            names = dict(zip(first, ids, strict=True))
            for fact, outcome in outcomes:
                yield Verdict(fact, outcome, names)

    @cached_property
    def _by_subject(self) -> dict[Subject, list[Known]]:
        found: dict[Subject, list[Known]] = {}
        for each in self.within:
            found.setdefault(_subject(each.fact), []).append(each)
        return found

    @cached_property
    def _unsteady(self) -> bool:
        """Whether somebody has called a reading something: only then does it matter when a fact was judged."""
        return any(each.called for each in self.known)

    def _outcomes(
        self, subject: Subject, facts: Sequence[Known], rules: Sequence[Rule], ruleset: RuleSet
    ) -> Iterator[tuple[Fact, Outcome]]:
        looks_back = any(rule in ruleset.composites for rule in rules)
        # A rule on a quantity looks at that quantity only; given everything, the work would grow with its square.
        pool = self.known if looks_back else [each for each in self.known if _alike(each.fact, subject)]
        times = [each.fact.at for each in pool]
        reach = timedelta(hours=max((rule.look_back_hours for rule in rules), default=0))
        for each in facts:
            past = pool[bisect_left(times, each.fact.at - reach) : bisect_right(times, each.fact.at)] if reach else []
            if self._unsteady and past:
                judged = self._last_judged(each, ruleset)
                past = [one for one in past if one.received_at <= judged and not one.faulty(judged)]
            yield each.fact, score(each.fact, ruleset, [one.fact for one in past])

    def _last_judged(self, each: Known, ruleset: RuleSet) -> datetime:
        """When it was judged the last time: when it came, or when an earlier fact came late (docs/scoring.md)."""
        if each.assessed_at is None:
            return self.now
        times = [each.assessed_at]
        if needs_history(ruleset):
            start = bisect_left(self.known, each.fact.at - horizon(ruleset), key=attrgetter("fact.at"))
            end = bisect_right(self.known, each.fact.at, key=attrgetter("fact.at"))
            late = (one.assessed_at or self.now for one in self.known[start:end])
            times += [at for at in late if at > each.assessed_at and not each.faulty(at)]
        return max(times)


def _subject(fact: Fact) -> Subject:
    if isinstance(fact, Measured):
        return True, frozenset(fact.values), ""
    # Whether a composite rule concerns the answers depends on which items there are.
    return False, frozenset(fact.answers) & frozenset(news2.ITEMS), fact.questionnaire


def _alike(fact: Fact, subject: Subject) -> bool:
    return isinstance(fact, Measured) and subject[0] and not subject[1].isdisjoint(fact.values)


def _concerning(subject: Subject, fact: Fact, ruleset: RuleSet) -> tuple[Rule, ...]:
    measured, codes, questionnaire = subject
    if measured:
        own = [rule for code in sorted(codes) for rule in ruleset.by_quantity.get(code, ())]
    else:
        own = list(ruleset.by_questionnaire.get(questionnaire, ()))
    return (*own, *(ruleset.composites if news2.concerns(fact) else ()))
