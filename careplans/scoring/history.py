"""The facts before the one that is judged."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cached_property
from operator import itemgetter

from careplans.scoring.facts import Answered, Fact, Measured
from careplans.scoring.numbers import is_number
from careplans.scoring.rules import Quantity


class Timeline:
    """Strictly earlier facts, newest first, whatever order and surplus they were given in.

    Earlier means smaller (at, id): two facts of the same second have one fixed order, so the answer depends only on
    which facts exist. Nothing is sorted before a rule asks.
    """

    def __init__(self, event: Fact, history: Sequence[Fact]) -> None:
        self._event = event
        self._history = history

    @cached_property
    def now(self) -> datetime:
        """The time of the fact that is judged; the scorer has no other clock."""
        return instant(self._event.at)

    @cached_property
    def earlier(self) -> tuple[tuple[datetime, Fact], ...]:
        """Earlier facts with their time, newest first, each once."""
        own = (self.now, self._event.id)
        keyed = {(instant(fact.at), fact.id): fact for fact in self._history}
        before = sorted(((key, fact) for key, fact in keyed.items() if key < own), key=itemgetter(0), reverse=True)
        return tuple((key[0], fact) for key, fact in before)

    def within(self, hours: int) -> Iterator[Fact]:
        """Earlier facts at most so many hours old, newest first."""
        oldest = self.now - timedelta(hours=hours)
        return (fact for at, fact in self.earlier if at >= oldest)

    def values(self, quantity: Quantity, hours: int) -> Iterator[tuple[str, Decimal]]:
        """Fact id and value, newest first. Values that cannot be judged are as if never measured."""
        for fact in self.within(hours):
            value = fact.values.get(quantity.code) if isinstance(fact, Measured) else None
            if value is not None and is_possible(value, quantity):
                yield fact.id, value

    def answers(self, item: str, hours: int) -> Iterator[tuple[str, str | Decimal | bool]]:
        """Fact id and answer to the item, newest first, unanswered left out."""
        for fact in self.within(hours):
            answer = fact.answers.get(item) if isinstance(fact, Answered) else None
            if answer is not None:
                yield fact.id, answer


def instant(at: datetime) -> datetime:
    """The time in UTC, so that the two 02.30 of the October night keep their order.

    Raises ValueError for a time without offset: guessing one could turn the order of two readings.
    """
    if at.tzinfo is UTC:
        return at
    if at.utcoffset() is None:
        msg = "a time without offset cannot be placed"
        raise ValueError(msg)
    return at.astimezone(UTC)


def is_possible(value: object, quantity: Quantity) -> bool:
    """Whether the value is a number that a living person can have; this is not about being dangerous."""
    return (
        isinstance(value, Decimal) and is_number(value) and quantity.impossible_low <= value <= quantity.impossible_high
    )
