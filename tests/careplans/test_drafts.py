"""A draft is the paper of those who write it: nobody else reads it before it is sent."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories.accounts import let_in
from tests.factories.careplans import make_draft, propose
from tests.factories.clock import NOW


@pytest.fixture
def draft(world):
    """Solveig's next version, not sent yet."""
    return make_draft(world.solveig, world.kari, now=NOW)


def opened(user, draft) -> dict[str, int]:
    browser = Client()
    let_in(browser, user)
    return {name: browser.get(reverse(name, args=[draft.pk])).status_code for name in ("plan-decide", "plan-print")}


@pytest.mark.parametrize(("person", "status"), [("kari", 200), ("dahl", 404), ("siri", 404), ("ola", 404)])
def test_only_those_who_write_it_read_a_draft(world, draft, person, status):
    assert opened(getattr(world, person), draft) == {"plan-decide": status, "plan-print": status}


@pytest.mark.parametrize("person", ["kari", "dahl", "siri"])
def test_once_sent_it_is_read_by_those_who_treat_and_coordinate(world, draft, person):
    assert opened(getattr(world, person), propose(draft)) == {"plan-decide": 200, "plan-print": 200}
