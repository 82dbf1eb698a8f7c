"""The four colours, their order, and the causes of not being able to judge."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Final

# Any change of a rule's meaning, a table or a sentence raises this, so that an old assessment can be explained by the
# scorer that made it.
SCORER_VERSION: Final = "1"


class Colour(StrEnum):
    """The traffic light (R-082), and the answer when there is none."""

    GREEN = "GREEN"
    YELLOW = "YELLOW"
    RED = "RED"
    NOT_ASSESSED = "NOT_ASSESSED"

    @property
    def word(self) -> str:
        """The colour as it stands inside a Norwegian sentence."""
        return _WORDS[self]


class Cause(StrEnum):
    """Why something is NOT_ASSESSED."""

    NO_APPROVED_PLAN = "NO_APPROVED_PLAN"
    NO_RULE = "NO_RULE"
    IMPOSSIBLE_VALUE = "IMPOSSIBLE_VALUE"
    NOT_A_NUMBER = "NOT_A_NUMBER"
    INVALID_RULE = "INVALID_RULE"
    NOT_ENOUGH_HISTORY = "NOT_ENOUGH_HISTORY"
    MISSING_PART = "MISSING_PART"
    UNKNOWN_ANSWER = "UNKNOWN_ANSWER"
    SCORER_ERROR = "SCORER_ERROR"


_WORDS: Final = {
    Colour.GREEN: "grønn",
    Colour.YELLOW: "gul",
    Colour.RED: "rød",
    Colour.NOT_ASSESSED: "ikke vurdert",
}
SEVERITY: Final = {Colour.RED: 0, Colour.YELLOW: 1, Colour.NOT_ASSESSED: 2, Colour.GREEN: 3}


def worst(colours: Iterable[Colour]) -> Colour:
    """The worst of the colours: RED, YELLOW, NOT_ASSESSED, GREEN. Of none at all: NOT_ASSESSED, never green."""
    return min(colours, key=SEVERITY.__getitem__, default=Colour.NOT_ASSESSED)
