"""What is judged: one measurement or one answered questionnaire."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Measured:
    """One measurement: values by quantity code in the quantity's canonical unit; None could not be represented."""

    id: str
    at: datetime
    values: Mapping[str, Decimal | None]


@dataclass(frozen=True, slots=True)
class Answered:
    """One answered questionnaire (R-084): answers by item code, and the sum if the questionnaire has one.

    `hidden` are the items that the person was not asked, because of the answers to others.
    """

    id: str
    at: datetime
    questionnaire: str
    answers: Mapping[str, str | Decimal | bool | None]
    score: Decimal | None
    hidden: frozenset[str] = frozenset()


Fact = Measured | Answered
