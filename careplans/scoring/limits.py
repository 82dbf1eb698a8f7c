"""One number against a rule's four limits."""

from dataclasses import dataclass
from decimal import Decimal

from careplans.scoring.colours import Colour
from careplans.scoring.rules import Rule


@dataclass(frozen=True, slots=True)
class Breach:
    """The limit that was passed."""

    colour: Colour
    comparison: str
    limit: Decimal

    @property
    def words(self) -> str:
        """For example "under rød grense"."""
        return f"{'under' if self.comparison == '<' else 'over'} {self.colour.word} grense"


def below(value: Decimal, rule: Rule) -> Breach | None:
    """The worst low limit the value is under. Equal is not under."""
    if rule.red_low is not None and value < rule.red_low:
        return Breach(Colour.RED, "<", rule.red_low)
    if rule.yellow_low is not None and value < rule.yellow_low:
        return Breach(Colour.YELLOW, "<", rule.yellow_low)
    return None


def above(value: Decimal, rule: Rule) -> Breach | None:
    """The worst high limit the value is over. Equal is not over."""
    if rule.red_high is not None and value > rule.red_high:
        return Breach(Colour.RED, ">", rule.red_high)
    if rule.yellow_high is not None and value > rule.yellow_high:
        return Breach(Colour.YELLOW, ">", rule.yellow_high)
    return None


def given(rule: Rule) -> tuple[Decimal, ...]:
    """The limits that are set, lowest first in a valid rule."""
    limits = (rule.red_low, rule.yellow_low, rule.yellow_high, rule.red_high)
    return tuple(limit for limit in limits if limit is not None)
