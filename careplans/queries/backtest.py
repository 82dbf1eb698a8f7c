"""What a version would have said about the patient's own facts: the evidence beside each limit (R-036, ADR 26).

Judged by the same scorer as real readings, with what was known when each was judged, so that the back-test of the
version in force says what was said.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import ngettext

from careplans.queries.evidence import Evidence
from careplans.scoring import Colour, RuleSet


@dataclass(frozen=True, slots=True)
class Alarms:
    """How many facts became yellow and red, and how many nobody could judge."""

    yellow: int
    red: int
    not_assessed: int = 0

    @property
    def text(self) -> str:
        """«2 gule · 1 rød»."""
        yellow = ngettext("%(n)s gul", "%(n)s gule", self.yellow) % {"n": self.yellow}
        return f"{yellow} · {ngettext('%(n)s rød', '%(n)s røde', self.red) % {'n': self.red}}"

    @classmethod
    def of(cls, counts: Mapping[Colour, int]) -> "Alarms":
        """From colours counted."""
        return cls(counts[Colour.YELLOW], counts[Colour.RED], counts[Colour.NOT_ASSESSED])


@dataclass(frozen=True, slots=True)
class Alarm:
    """One fact that the version would have made yellow or red, with why."""

    at: datetime
    colour: Colour
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """A version's back-test: the facts as wholes, the worst rule of each deciding, and rule by rule."""

    whole: Alarms
    by_rule: Mapping[str, Alarms]
    alarms: tuple[Alarm, ...]


def backtest(ruleset: RuleSet, found: Evidence) -> Result:
    """The facts of the period judged by this version. Judging several versions of one `found` shares the work."""
    whole: Counter[Colour] = Counter()
    by_rule: dict[str, Counter[Colour]] = {rule.id: Counter() for rule in ruleset.rules}
    alarms = []
    for verdict in found.replay.judge(ruleset):
        colour = verdict.outcome.colour
        whole[colour] += 1
        for part in verdict.outcome.parts:
            if rule_id := verdict.rules.get(part.rule_id):
                by_rule[rule_id][part.colour] += 1
        if colour in (Colour.YELLOW, Colour.RED):
            why = tuple(part.sentence for part in verdict.outcome.parts if part.colour == colour)
            alarms.append(Alarm(verdict.fact.at, colour, why))
    counted = {rule_id: Alarms.of(counts) for rule_id, counts in by_rule.items()}
    return Result(Alarms.of(whole), counted, tuple(sorted(alarms, key=lambda alarm: alarm.at)))
