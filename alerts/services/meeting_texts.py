"""What a meeting leaves in the plan and in the activities. Stored, so in bokmål whoever writes it (ADR 21)."""

from typing import Final

from alerts.models import AgendaDecision
from dho.lib.numbers import date_nb

_ANCHORING_AT_MOST: Final = 300


def anchoring_of(decision: AgendaDecision) -> str:
    """How the plan is anchored: in which meeting it was decided, and in which words (R-051)."""
    department = decision.item.meeting.department.name
    said = f"Rødsonemøte med {department}, {date_nb(decision.decided_at)}: {decision.text}"
    return said[:_ANCHORING_AT_MOST]


def note_of_meeting(*, minutes: int, patients: int) -> str:
    """How the minutes of the activity came about: the meeting's, shared by the patients that were discussed."""
    about = "én pasient" if patients == 1 else f"{patients} pasienter"
    return f"Rødsonemøte, {minutes} minutter om {about}"
