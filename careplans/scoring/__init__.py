"""Judges one fact about a patient by the limits a doctor approved. Pure: no Django, no database, no clock.

The decision table and the meaning of every rule stand in `docs/scoring.md` (R-082 to R-084, R-087, R-091).
"""

from careplans.scoring.checks import Problem
from careplans.scoring.colours import SCORER_VERSION, Cause, Colour, worst
from careplans.scoring.engine import score
from careplans.scoring.facts import Answered, Fact, Measured
from careplans.scoring.outcomes import Outcome, Part
from careplans.scoring.replay import Known, Replay, Verdict
from careplans.scoring.rules import Quantity, Rule, RuleKind
from careplans.scoring.rulesets import RuleSet, horizon, needs_history, problems

__all__ = [
    "SCORER_VERSION",
    "Answered",
    "Cause",
    "Colour",
    "Fact",
    "Known",
    "Measured",
    "Outcome",
    "Part",
    "Problem",
    "Quantity",
    "Replay",
    "Rule",
    "RuleKind",
    "RuleSet",
    "Verdict",
    "horizon",
    "needs_history",
    "problems",
    "score",
    "worst",
]
