"""The doctor and the record read the whole plan, also of a first version, which is compared with nothing (R-041)."""

import pytest
from django.urls import reverse

from tests.factories.careplans import propose
from tests.factories.faces import WRITTEN, full_draft
from tests.factories.patients import make_enrolment, make_patient


@pytest.fixture
def first(world):
    """A first plan that says something everywhere, sent to the doctor."""
    patient = make_patient(world.a.pk, "Tora", "Vik", gp=world.dahl)
    make_enrolment(patient, world.joint)
    return propose(full_draft(patient, world.kari))


@pytest.mark.parametrize("door", ["plan-decide", "plan-print"])
@pytest.mark.parametrize("text", WRITTEN)
def test_everything_that_is_written_stands_there(as_dahl, first, door, text):
    assert text in as_dahl.get(reverse(door, args=[first.pk])).text


def test_what_the_plan_is_silent_about_has_no_heading(as_dahl, world):
    page = as_dahl.get(reverse("plan-decide", args=[world.per_plan.pk])).text
    assert "Pårørendes del" not in page
    assert "tegn, hvem pasienten kontakter" in page
