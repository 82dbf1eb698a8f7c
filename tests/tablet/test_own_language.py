"""Bokmål, nynorsk or English on the patient's own pages: chosen at the foot of every page, and it holds."""

import re
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import User
from patients.citizens import Citizen
from tablet import access
from tests.database import see_everything
from tests.factories.accounts import let_in
from tests.factories.citizens import give_authority, let_in_citizen, own_citizen, relative_citizen
from tests.factories.clock import NOW
from tests.nynorsk import said, stored


@pytest.fixture(autouse=True)
def at_ten():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def per(world):
    return own_citizen(world.per)


@pytest.fixture
def as_per(per):
    return let_in_citizen(Client(), per)


def choose(browser, language, door="citizen-home"):
    """Press the button at the foot of that page; the page that comes."""
    page = browser.get(reverse(door))
    assert f'name="language" value="{language}" lang="{language}"' in page.text
    assert f'name="next" value="{reverse(door)}"' in page.text
    return browser.post(reverse("language"), {"language": language, "next": reverse(door)}, follow=True)


def language_of(user):
    return User.objects.get(pk=user.pk).language


def test_the_patient_chooses_nynorsk_and_stays_on_the_page(as_per, per):
    page = choose(as_per, "nn", "citizen-readings")
    assert page.redirect_chain == [(reverse("citizen-readings"), 302)]
    assert '<html lang="nn"' in page.text
    assert "Målingane mine" in page.text
    assert 'value="nn" lang="nn" aria-current="true"' in page.text
    assert language_of(per.user) == "nn"


def test_the_choice_holds_in_every_browser_whatever_was_chosen_there_before(as_per, per):
    choose(as_per, "nn")
    other = let_in_citizen(Client(), per)
    other.cookies["django_language"] = "nb"
    assert '<html lang="nn"' in other.get(reverse("citizen-home")).text
    assert '<html lang="nb"' in choose(other, "nb").text
    assert '<html lang="nb"' in as_per.get(reverse("citizen-home")).text


def test_the_sign_in_that_comes_after_is_in_the_same_language(as_per):
    choose(as_per, "nn")
    page = as_per.post(reverse("logout"), {"next": reverse("citizen-login")}, follow=True)
    assert "Logg inn på sidene dine" in page.text
    assert '<html lang="nn"' in page.text


def test_a_relative_chooses_for_oneself_only(world, per):
    tone = relative_citizen(give_authority(world.per))
    assert "Målingar for Per Aasen" in choose(let_in_citizen(Client(), tone), "nn").text
    assert (language_of(tone.user), language_of(per.user)) == ("nn", "nb")


@pytest.mark.parametrize("language", ["se", "de", ""])
def test_another_language_changes_nothing(as_per, per, language):
    as_per.post(reverse("language"), {"language": language, "next": reverse("citizen-home")})
    assert language_of(per.user) == "nb"
    assert '<html lang="nb"' in as_per.get(reverse("citizen-home")).text


def test_it_is_chosen_by_a_button_and_not_by_a_link(as_per, per):
    assert as_per.get(reverse("language"), {"language": "nn"}).status_code == 405
    assert language_of(per.user) == "nb"


def test_a_form_that_must_be_corrected_offers_no_way_to_lose_it(as_per):
    page = as_per.post(reverse("citizen-authority-give"), {"name": "Tone Aasen"})
    assert page.status_code == 422
    assert "Tone Aasen" in page.text
    assert f'action="{reverse("language")}"' not in page.text


def test_a_tablet_without_a_person_keeps_the_choice_itself(world, client, monkeypatch):
    """As a paired tablet is found: the session names the patient, and nobody is signed in."""
    see_everything()

    def opened(request, now):
        access.admit(request, world.per.municipality_id, actor=f"device:{world.per_tablet.pk}")
        return Citizen(world.per, device=world.per_tablet)

    monkeypatch.setattr(access, "FINDERS", [opened])
    before = list(User.objects.order_by("pk").values_list("pk", "language"))
    page = choose(client, "nn")
    assert "Nettbrettet til <strong>Per Aasen</strong>" in page.text
    assert '<html lang="nn"' in page.text
    assert client.cookies["django_language"].value == "nn"
    assert '<html lang="nn"' in client.get(reverse("citizen-plan")).text
    assert list(User.objects.order_by("pk").values_list("pk", "language")) == before


@pytest.mark.parametrize("door", ["citizen-home", "citizen-plan", "citizen-readings", "citizen-measure"])
def test_in_english_a_page_that_is_translated_says_no_word_of_norwegian(as_per, door):
    page = choose(as_per, "en", door)
    assert '<html lang="en"' in page.text
    assert 'value="en" lang="en" aria-current="true"' in page.text
    assert norwegian_on(page.text) == []


def test_the_form_in_english_takes_a_decimal_point_and_speaks_of_what_is_wrong(as_per):
    choose(as_per, "en")
    address = reverse("citizen-measure-type", args=["spo2"])
    form = as_per.get(address)
    assert norwegian_on(form.text) == []
    wrong = as_per.post(address, {"client_id": uuid4(), "spo2": "a lot"})
    assert (wrong.status_code, norwegian_on(wrong.text)) == (422, [])
    assert "Oxygen saturation: Write a number, for example 37.5." in wrong.text
    sent = as_per.post(address, {"client_id": uuid4(), "spo2": "93"}, follow=True)
    assert "The measurement has been sent" in sent.text
    assert norwegian_on(sent.text) == []


@pytest.mark.parametrize("door", ["citizen-log", "citizen-relatives", "accessibility"])
def test_a_page_that_is_not_translated_is_in_bokmaal_and_says_so(as_per, door):
    choose(as_per, "en")
    page = as_per.get(reverse(door))
    assert '<html lang="nb"' in page.text
    if door != "accessibility":
        assert '<p lang="en">This page is in Norwegian only.</p>' in page.text


def test_the_page_that_says_what_went_wrong_is_in_norwegian(as_per):
    choose(as_per, "en")
    page = as_per.get(reverse("citizen-measure-type", args=["nothing"]))
    assert (page.status_code, '<html lang="nb"' in page.text) == (404, True)


def test_the_pages_of_staff_are_in_norwegian_whatever_was_chosen(world, client):
    let_in(client, world.kari)
    client.post(reverse("language"), {"language": "en", "next": reverse("profile")})
    assert language_of(world.kari) == "en"
    for door in ("queue", "profile"):
        page = client.get(reverse(door))
        assert '<html lang="nb"' in page.text
        assert "This page is in Norwegian only." not in page.text
    assert 'value="en"' not in client.get(reverse("profile")).text
    assert client.post(reverse("profile"), {"language": "nn"}).status_code == 302
    assert language_of(world.kari) == "nn"


def norwegian_on(page: str) -> list[str]:
    """Each Norwegian word on the page that nobody wrote or stored, with what stands around it."""
    see_everything()
    page = re.sub(
        r'<(\w+)[^>]* lang="no">.*?</\1>|<button[^>]* lang="n[bn]"[^>]*>.*?</button>', " ", page, flags=re.DOTALL
    )
    text = said(page)
    for each in stored():
        text = text.replace(each, " ")
    return re.findall(r".{0,30}[æøåÆØÅ].{0,30}|.{0,30}\b(?:og|ikke|til|fra|kl|du|hva|som|er|har|ring)\b.{0,30}", text)
