"""The rules of one plan version together, checked and sorted once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property

from careplans.scoring.checks import Problem, find_problems
from careplans.scoring.rules import ANSWERED_KINDS, LOOKING_BACK, MEASURED_KINDS, Quantity, Rule, RuleKind


@dataclass(frozen=True)
class RuleSet:
    """The rules of one approved plan version and the catalogue of quantities they speak of.

    Keep one and score many facts with it: checking and sorting happen at the first use and are kept.
    """

    version_id: str
    rules: tuple[Rule, ...]
    quantities: Mapping[str, Quantity]

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that is wrong with the rules."""
        return find_problems(self.rules, self.quantities)

    @cached_property
    def refused(self) -> Mapping[str, str]:
        """Ids of rules with a problem, and their first problem."""
        return {problem.rule_id: problem.message_nb for problem in reversed(self.problems)}

    @cached_property
    def by_quantity(self) -> Mapping[str, tuple[Rule, ...]]:
        """The rules for one measured value, by quantity code."""
        return _grouped(rule for rule in self.rules if rule.kind in MEASURED_KINDS)

    @cached_property
    def by_questionnaire(self) -> Mapping[str, tuple[Rule, ...]]:
        """The rules for one answered questionnaire, by its code."""
        return _grouped(rule for rule in self.rules if rule.kind in ANSWERED_KINDS)

    @cached_property
    def composites(self) -> tuple[Rule, ...]:
        """The rules that join several facts."""
        return tuple(rule for rule in self.rules if rule.kind == RuleKind.NEWS2)

    @cached_property
    def look_back(self) -> timedelta:
        """How far back any usable rule looks."""
        hours = (rule.look_back_hours for rule in self.rules if rule.id not in self.refused)
        return timedelta(hours=max(hours, default=0))


def _grouped(rules: Iterable[Rule]) -> Mapping[str, tuple[Rule, ...]]:
    groups: dict[str, tuple[Rule, ...]] = {}
    for rule in rules:
        groups[rule.quantity] = (*groups.get(rule.quantity, ()), rule)
    return groups


def problems(ruleset: RuleSet) -> tuple[Problem, ...]:
    """Everything for which a plan is refused when it is written: an empty tuple means it may go to the doctor."""
    return ruleset.problems


def horizon(ruleset: RuleSet) -> timedelta:
    """The longest look-back of any usable rule: how old history has to be fetched, and how long a late fact matters."""
    return ruleset.look_back


def needs_history(ruleset: RuleSet) -> bool:
    """Whether any rule looks at more than the fact itself."""
    return any(rule.kind in LOOKING_BACK for rule in ruleset.rules)
