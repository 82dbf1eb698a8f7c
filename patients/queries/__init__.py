"""What is read about patients and about who sees them. Everything public is named here."""

from patients.queries.emergencies import emergencies_of, find_for_emergency, looks_during, reviewable, unreviewed
from patients.queries.following import (
    TO_READ,
    can_follow_up,
    incoming_handovers,
    open_handovers,
    possible_receivers,
    reaches,
    reaching_services,
)
from patients.queries.insight import (
    Responsibility,
    Seer,
    deciding_doctor,
    has_deciding_doctor,
    in_hospitals_phase,
    responsibility,
    who_sees,
)
from patients.queries.lists import SHOWN_AT_MOST, credentials_of, find_patients

__all__ = [
    "SHOWN_AT_MOST",
    "TO_READ",
    "Responsibility",
    "Seer",
    "can_follow_up",
    "credentials_of",
    "deciding_doctor",
    "emergencies_of",
    "find_for_emergency",
    "find_patients",
    "has_deciding_doctor",
    "in_hospitals_phase",
    "incoming_handovers",
    "looks_during",
    "open_handovers",
    "possible_receivers",
    "reaches",
    "reaching_services",
    "responsibility",
    "reviewable",
    "unreviewed",
    "who_sees",
]
