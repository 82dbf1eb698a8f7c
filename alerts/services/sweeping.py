"""The sweep: whatever no ring has reached is found here, so a lost broker costs seconds and never a reading."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Final

from alerts.queries.work import WaitingPatient, still_waiting, waiting_patients
from alerts.services.assess import MOST_IN_ONE, Key, assess_patients

# A ring normally takes milliseconds; what has waited longer than this has been missed.
PATIENCE: Final = timedelta(seconds=3)
MOST_PATIENTS: Final = 2000
MOST_FACTS: Final = 6000
# One piece is a few tenths of a second of work, so that fresh readings come in between.
PIECE_FACTS: Final = 250
PIECE_PATIENTS: Final = 50


def sweep(*, now: datetime, hand_out: Callable[[list[Key]], object] | None = None) -> int:
    """Work through what has waited more than three seconds, likely red first; how many patients were found.

    With `hand_out` the pieces go there, to be worked on side by side. One round is bounded, and two that overlap do no
    harm: patients that somebody works on are left out.
    """
    found = waiting_patients(MOST_PATIENTS, before=now - PATIENCE)
    for piece in _pieces(found):
        if hand_out is not None:
            hand_out(piece)
        else:
            assess_until_done(piece, now=now, wait=False)
    return len(found)


def assess_until_done(keys: Sequence[Key], *, now: datetime, wait: bool) -> int:
    """Assess everything that waits for these patients, transaction by transaction; how many facts there were."""
    total = 0
    while True:
        done = assess_patients(keys, now=now, wait=wait)
        total += done
        if done < MOST_IN_ONE:
            return total


def assess_fresh(keys: Sequence[Key], *, now: datetime) -> int:
    """What a ring asks for: at once for the patients that are free, then in turn for those that somebody works on."""
    done = assess_until_done(keys, now=now, wait=False)
    return done + sum(assess_until_done([key], now=now, wait=True) for key in still_waiting(keys))


def _pieces(found: Sequence[WaitingPatient]) -> Iterator[list[Key]]:
    piece: list[Key] = []
    facts = total = 0
    for patient in found:
        if piece and (facts + patient.facts > PIECE_FACTS or len(piece) == PIECE_PATIENTS):
            yield piece
            piece, facts = [], 0
        if total >= MOST_FACTS:
            return
        piece.append((patient.municipality_id, patient.patient_id))
        facts, total = facts + patient.facts, total + patient.facts
    if piece:
        yield piece
