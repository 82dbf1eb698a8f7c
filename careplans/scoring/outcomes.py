"""The answer of the scorer: a colour, and the parts that explain it (R-087)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from careplans.scoring.colours import SCORER_VERSION, SEVERITY, Cause, Colour, worst
from careplans.scoring.rules import Rule, RuleKind


@dataclass(frozen=True, slots=True)
class Part:
    """What one rule, or the lack of one, said.

    `comparison` between observed and limit is "<", ">", "≥", "=", "innenfor" or empty; both are written with a decimal
    comma. `used` names the earlier facts the part rests on; `error` the class of an unexpected exception.
    """

    rule_id: str
    kind: RuleKind | None
    colour: Colour
    quantity: str
    observed: str
    limit: str
    comparison: str
    sentence: str
    cause: Cause | None = None
    used: tuple[str, ...] = ()
    error: str = ""

    def reason(self) -> dict[str, Any]:
        """The part as plain JSON values."""
        return {
            "rule_id": self.rule_id,
            "kind": str(self.kind) if self.kind else "",
            "colour": str(self.colour),
            "quantity": self.quantity,
            "observed": self.observed,
            "limit": self.limit,
            "comparison": self.comparison,
            "sentence": self.sentence,
            "cause": str(self.cause) if self.cause else "",
            "used": list(self.used),
            "error": self.error,
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """The whole: the worst colour of the parts, which stand worst first and else in the plan's order.

    `cause` is set exactly when the whole is NOT_ASSESSED.
    """

    colour: Colour
    parts: tuple[Part, ...]
    cause: Cause | None
    scorer_version: str = SCORER_VERSION

    @classmethod
    def of(cls, parts: Iterable[Part]) -> "Outcome":
        """Puts the parts together; the worst colour wins, the parts are kept."""
        ordered = tuple(sorted(parts, key=lambda part: SEVERITY[part.colour]))
        colour = worst(part.colour for part in ordered)
        return cls(colour, ordered, ordered[0].cause if colour == Colour.NOT_ASSESSED else None)

    def reasons(self) -> list[dict[str, Any]]:
        """The parts as JSON values. With the fact, the plan version and the scorer version they allow a replay."""
        return [part.reason() for part in self.parts]


def not_assessed(cause: Cause, sentence: str, *, rule: Rule | None = None, **details: Any) -> Part:
    """A part that could not be judged: the sentence tells the nurse why."""
    fields = {"quantity": rule.quantity if rule else "", "observed": "", "limit": "", "comparison": ""}
    return Part(
        rule_id=rule.id if rule else "",
        kind=rule.kind if rule else None,
        colour=Colour.NOT_ASSESSED,
        sentence=sentence,
        cause=cause,
        **{**fields, **details},
    )
