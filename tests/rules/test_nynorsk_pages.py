"""Every page of the product, opened by everybody who may, in nynorsk: no word of bokmål but in what is stored.

The pages come from the URL resolver, as in `test_doors`, so a new page is looked at too.
"""

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.database import see_everything
from tests.factories.citizens import let_in_citizen
from tests.factories.clock import NOW
from tests.nynorsk import left_over
from tests.rules.test_citizen_doors import OWN, citizen
from tests.rules.test_doors import DOORS, IN, PEOPLE, browser_of, doors, red_per  # noqa: F401 - a fixture


@pytest.mark.parametrize("person", PEOPLE)
def test_no_page_says_a_word_of_bokmaal_to_whoever_reads_nynorsk(world, red_per, person):  # noqa: F811
    see_everything()
    User.objects.update(language="nn")
    found = {}
    with time_machine.travel(NOW, tick=False):
        for name, arguments in doors():
            method, expected = DOORS[name]
            address = reverse(name, kwargs={argument: red_per[argument] for argument in arguments})
            if method != "get" or name.startswith("api") or (expected and expected[person] != IN):
                continue
            browser = browser_of(world, person)
            browser.cookies["django_language"] = "nn"
            answer = browser.get(address)
            if answer.status_code != IN or not answer["Content-Type"].startswith("text/"):
                continue
            see_everything()
            if words := left_over(answer.text):
                found[name] = words
            if answer["Content-Type"].startswith("text/html") and "<html" in answer.text:
                assert '<html lang="nn"' in answer.text
    assert found == {}


@pytest.mark.parametrize("person", ["patient", "relative"])
def test_no_own_page_says_a_word_of_bokmaal_to_a_citizen_who_reads_nynorsk(world, red_per, person):  # noqa: F811
    acting = citizen(world, person)
    User.objects.filter(pk=acting.user.pk).update(language="nn")
    acting.user.refresh_from_db()
    found = {}
    with time_machine.travel(NOW, tick=False):
        browser = let_in_citizen(Client(), acting)
        for name, arguments in doors():
            if name not in OWN or OWN[name][0] != "get" or OWN[name][1][person] != IN:
                continue
            answer = browser.get(reverse(name, kwargs={argument: red_per[argument] for argument in arguments}))
            if answer["Content-Type"].startswith("text/html"):
                see_everything()
                assert '<html lang="nn"' in answer.text
                found[name] = left_over(answer.text)
    assert {name: words for name, words in found.items() if words} == {}
    assert {"citizen-home", "citizen-log", "citizen-measure"} <= set(found)
