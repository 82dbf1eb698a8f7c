"""One rule of an approved plan version, and the quantity it speaks of."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

# How far a REPEATED rule looks back: without an end, one reading a year old could make a new one red.
REPEATED_HOURS: Final = 31 * 24


class RuleKind(StrEnum):
    """The kinds of rule; `docs/scoring.md` says what each one means."""

    BAND = "BAND"
    CHANGE = "CHANGE"
    SHARE = "SHARE"
    REPEATED = "REPEATED"
    SCORE = "SCORE"
    ANSWER = "ANSWER"
    NEWS2 = "NEWS2"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A measured quantity: Norwegian label, canonical unit, decimals shown, and what no living person can have."""

    code: str
    label: str
    unit: str
    decimals: int
    impossible_low: Decimal
    impossible_high: Decimal


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. Limits are strict: a value equal to a limit is on the milder side.

    `quantity` is a quantity code, or a questionnaire code for SCORE and ANSWER; NEWS2 leaves it empty.
    Limits are in the quantity's unit, for SHARE in percent of `baseline`, for SCORE and NEWS2 in points.
    `green_answers` may list the harmless answers of an ANSWER rule; then any answer not listed cannot be judged.
    """

    id: str
    kind: RuleKind
    quantity: str = ""
    red_low: Decimal | None = None
    yellow_low: Decimal | None = None
    yellow_high: Decimal | None = None
    red_high: Decimal | None = None
    window_hours: int | None = None
    n: int | None = None
    m: int | None = None
    baseline: Decimal | None = None
    item: str = ""
    yellow_answers: frozenset[str] = frozenset()
    red_answers: frozenset[str] = frozenset()
    green_answers: frozenset[str] = frozenset()
    scale: int | None = None

    @property
    def look_back_hours(self) -> int:
        """How many hours of history the rule may use; 0 when it judges the fact alone."""
        if self.kind == RuleKind.REPEATED:
            return self.window_hours or REPEATED_HOURS
        if self.kind in LOOKING_BACK:
            return self.window_hours or 0
        return 0


MEASURED_KINDS: Final = frozenset({RuleKind.BAND, RuleKind.CHANGE, RuleKind.SHARE, RuleKind.REPEATED})
ANSWERED_KINDS: Final = frozenset({RuleKind.SCORE, RuleKind.ANSWER})
LOOKING_BACK: Final = frozenset({RuleKind.CHANGE, RuleKind.REPEATED, RuleKind.NEWS2})
