"""Assessing: from facts that wait to assessments, alerts, queue rows and notices, in one transaction per few patients.

1. Lock the patients. A ring waits for its turn; the sweep leaves out those that somebody else works on.
2. Take their facts that nobody has assessed, the oldest taken first.
3. Judge them by the version of their own time, and judge again what they change (`judging`).
4. Write assessments, alerts, queue rows and notices (`recording`), and mark the facts as assessed.
Step 4 commits all of it or nothing, so doing it again changes nothing.
"""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from alerts.services.desk import Desk, lock_patients
from alerts.services.doctor import NOT_BETTER, ask_for_doctor
from alerts.services.equipment import report_wrong_clocks
from alerts.services.expecting import close_arrived
from alerts.services.facts import Fact, waiting
from alerts.services.judging import give_up, judge_all
from alerts.services.recording import record
from dho.lib import rls
from dho.lib.outage import is_outage
from measurements.models import QuestionnaireResponse, Reading

log = logging.getLogger(__name__)

# So many facts in one transaction: enough to share the queries, few enough that a nurse's click never waits long.
MOST_IN_ONE: Final = 500
Key = tuple[int, UUID]


def assess_patient(*, patient_id: UUID, municipality_id: int, now: datetime, wait: bool) -> int:
    """Assess what waits for one patient, at most 500 facts; how many there were."""
    return assess_patients([(municipality_id, patient_id)], now=now, wait=wait)


def assess_patients(keys: Sequence[Key], *, now: datetime, wait: bool) -> int:
    """Assess what waits for these patients, at most 500 facts; how many there were.

    When our own code fails on one of them, the others are assessed all the same, and the fact it fails on becomes
    «ikke vurdert» with the cause SCORER_ERROR. A lost database is raised: then the sweep comes round again.
    """
    try:
        return _assess(keys, now=now, wait=wait)
    except Exception as error:
        if is_outage(error):
            raise
        # The worker's outer edge: one patient's data must never stop another's. Ids only; the text may hold a value.
        log.exception("assessing failed, now one by one: %s patients", len(keys))
        return sum(_assess_one_by_one(key, now=now, wait=wait) for key in keys)


def _assess_one_by_one(key: Key, *, now: datetime, wait: bool) -> int:
    """Fact by fact, so that only the one that fails is set aside."""
    total = 0
    while done := _assess_next(key, now=now, wait=wait):
        total += done
    return total


def _assess_next(key: Key, *, now: datetime, wait: bool) -> int:
    """The next fact, without the scorer if that is where it fails, so that it neither spins nor blocks others."""
    try:
        return _assess([key], now=now, wait=wait, limit=1)
    except Exception as error:
        if is_outage(error):
            raise
        log.error("not assessed because of an error of ours: patient %s", key[1])  # noqa: TRY400 - logged above
    try:
        return _assess([key], now=now, wait=wait, limit=1, judges=False)
    except Exception as error:
        if is_outage(error):
            raise
        # It stays unassessed, which the red bar and the nightly check show.
        log.exception("could not even be set aside: patient %s", key[1])
        return 0


def _assess(keys: Sequence[Key], *, now: datetime, wait: bool, limit: int = MOST_IN_ONE, judges: bool = True) -> int:
    with rls.acting_for({municipality_id for municipality_id, _ in keys}, actor="worker"):
        municipalities = lock_patients([patient_id for _, patient_id in keys], wait=wait)
        facts = waiting(municipalities.keys(), limit=limit) if municipalities else []
        if facts:
            judgements = judge_all(facts, now=now) if judges else [give_up(fact) for fact in facts]
            concerned = {fact.patient_id: municipalities[fact.patient_id] for fact in facts}
            desk = Desk(concerned, now=now)
            close_arrived(facts, desk)
            report_wrong_clocks(facts, desk)
            record(judgements, desk)
            ask_for_doctor(
                {
                    (each.fact.patient_id, each.fact.type_id)
                    for each in judgements
                    if isinstance(each.fact, Reading) and each.outcome.colour in NOT_BETTER
                },
                desk,
            )
            _mark_assessed(facts, now)
        return len(facts)


def _mark_assessed(facts: Sequence[Fact], now: datetime) -> None:
    readings = [fact.pk for fact in facts if isinstance(fact, Reading)]
    Reading.objects.filter(pk__in=readings).update(assessed_at=now)
    responses = [fact.pk for fact in facts if isinstance(fact, QuestionnaireResponse)]
    QuestionnaireResponse.objects.filter(pk__in=responses).update(assessed_at=now)
