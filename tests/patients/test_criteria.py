"""AT-34 over all 128 ways to answer the seven criteria, in the rule, in the service and in the database."""

from datetime import timedelta
from itertools import product

import pytest
from django.db import InternalError, transaction

from patients.criteria import advice_for, needs_reason, unmet
from patients.enums import Criterion, DecisionForm, Obstacle
from patients.models import Allocation, CriterionAnswer
from patients.services import NotPossible, allocate
from tests.factories.clock import NOW
from tests.factories.intake import actor, assessed, decided, make_candidate, make_handler

WAYS = [dict(zip(Criterion, ways, strict=True)) for ways in product([True, False], repeat=7)]


def should_be_free(met) -> bool:
    """AT-34 in its own words: every «no» but that to the effect on service use."""
    return all(yes for criterion, yes in met.items() if criterion != "SERVICE_USE")


def test_the_rule_over_all_answers():
    assert len(WAYS) == 128
    for met in WAYS:
        assert needs_reason(met, insecurity=False) == (not should_be_free(met))
        assert needs_reason(met, insecurity=True)
        assert unmet(met) == [each for each in Criterion if not met[each] and each != Criterion.SERVICE_USE]


def insert(referral, assessment, by, reason=""):
    return Allocation.objects.create(
        municipality_id=referral.municipality_id, patient=referral.patient, referral=referral, assessment=assessment,
        allocated_at=NOW, allocated_by=by, role="CASE_HANDLER", override_reason=reason, decision=DecisionForm.NONE,
    )  # fmt: skip


def allowed(step) -> bool:
    """Whether it stands; it is taken back either way."""
    try:
        with transaction.atomic():
            step()
            transaction.set_rollback(True)
    except (InternalError, NotPossible):
        return False
    return True


def test_service_and_database_over_all_answers(world):
    hege = make_handler(world.a.pk)
    referral = make_candidate(world.a.pk, hege)
    told = {}
    for number, met in enumerate(WAYS):
        no = [each for each in Criterion if not met[each]]
        found = assessed(referral, hege, *no, now=NOW + timedelta(seconds=number))
        plain = decided(world.joint)
        why = decided(world.joint, override_reason="Vi følger tett.")
        told[tuple(met.values())] = (
            allowed(lambda p=plain: allocate(referral_id=referral.pk, decided=p, by=actor(hege), now=NOW)),
            allowed(lambda w=why: allocate(referral_id=referral.pk, decided=w, by=actor(hege), now=NOW)),
            allowed(lambda f=found: insert(referral, f, hege)),
            allowed(lambda f=found: insert(referral, f, hege, "Vi følger tett.")),
        )
    assert told == {tuple(met.values()): (should_be_free(met), True, should_be_free(met), True) for met in WAYS}


def test_what_may_make_the_person_insecure_is_not_given_without_a_reason(world):
    """R-018."""
    hege = make_handler(world.a.pk)
    referral = make_candidate(world.a.pk, hege)
    found = assessed(referral, hege, insecurity=True)
    with pytest.raises(NotPossible) as stopped:
        allocate(referral_id=referral.pk, decided=decided(world.joint), by=actor(hege), now=NOW)
    assert stopped.value.obstacle == Obstacle.CONDITIONS_UNMET
    with pytest.raises(InternalError, match="a condition is not met"), transaction.atomic():
        insert(referral, found, hege)


def test_the_database_asks_for_the_newest_assessment_and_a_whole_one(world):
    hege = make_handler(world.a.pk)
    referral = make_candidate(world.a.pk, hege)
    first = assessed(referral, hege)
    assessed(referral, hege, Criterion.MOTIVATED, now=NOW + timedelta(minutes=1))
    with pytest.raises(InternalError, match="no whole and newest assessment"), transaction.atomic():
        insert(referral, first, hege)
    half = type(first).objects.get(pk=first.pk)
    half.pk, half.assessed_at = None, NOW + timedelta(minutes=2)
    half.save(force_insert=True)
    assert CriterionAnswer.objects.filter(assessment=half).count() == 0
    with pytest.raises(InternalError, match="no whole and newest assessment"), transaction.atomic():
        insert(referral, half, hege)


def test_advice_is_only_advice():
    """R-025."""
    assert [str(each) for each in advice_for(["COPD", "MENTAL_ILLNESS"])] == [
        "Asker fant ikke nytte for personer med ADHD."
    ]
