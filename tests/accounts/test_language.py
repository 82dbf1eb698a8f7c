"""Bokmål or nynorsk: the person's own choice, before signing in the browser's, and never that of the one before."""

import threading

import pytest
import time_machine
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation

from accounts.adapters import FROM_ALLAUTH
from accounts.enums import Language
from accounts.language_middleware import LanguageMiddleware
from accounts.models import User
from audit.models import AccessEntry
from dho.lib.numbers import weekday_nb
from tests.accounts.signing_in import send_password
from tests.database import see_everything
from tests.factories.accounts import let_in, token_of
from tests.factories.care import block, open_in_emergency
from tests.factories.clock import NOW


@pytest.fixture
def in_nynorsk(world):
    """Kari has chosen nynorsk."""
    User.objects.filter(pk=world.kari.pk).update(language=Language.NN)


def test_a_new_person_gets_bokmaal(as_kari, world):
    assert User.objects.get(pk=world.kari.pk).language == "nb"
    page = as_kari.get(reverse("profile"))
    assert '<html lang="nb"' in page.text
    assert "Hvilket språk" not in page.text
    assert 'name="language" value="nb"' in page.text


def test_the_choice_is_saved_and_the_next_page_is_in_it(as_kari, world):
    page = as_kari.post(reverse("profile"), {"language": "nn", "shortcuts_enabled": "on"}, follow=True)
    kari = User.objects.get(pk=world.kari.pk)
    assert (kari.language, kari.shortcuts_enabled) == ("nn", True)
    assert '<html lang="nn"' in page.text
    assert "Lagre innstillingane" in page.text
    assert "Innstillingane er lagra." in page.text
    as_kari.post(reverse("profile"), {"language": "nb"})
    assert User.objects.get(pk=world.kari.pk).language == "nb"


def test_a_form_without_the_choice_leaves_the_language_as_it_is(as_kari, world, in_nynorsk):
    as_kari.post(reverse("profile"), {})
    assert User.objects.get(pk=world.kari.pk).language == "nn"


def test_an_unknown_language_is_refused_by_the_form_and_by_the_database(as_kari, world):
    page = as_kari.post(reverse("profile"), {"language": "se"})
    assert "Språk: velg bokmål eller nynorsk." in page.text
    assert User.objects.get(pk=world.kari.pk).language == "nb"
    with pytest.raises(IntegrityError, match="user_language_known"), transaction.atomic():
        User.objects.filter(pk=world.kari.pk).update(language="se")


def test_the_login_page_is_in_the_language_that_the_browser_has_chosen(client, db):
    assert '<html lang="nb"' in client.get(reverse("login")).text
    answer = client.post(reverse("language"), {"language": "nn", "next": reverse("login")})
    assert (answer.status_code, answer["Location"]) == (302, reverse("login"))
    cookie = answer.cookies["django_language"]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("nn", True, "Lax")
    page = client.get(reverse("login"))
    assert '<html lang="nn"' in page.text
    assert "Tenesta er for tilsette." in page.text


@pytest.mark.parametrize("value", ["se", "en", "../nn", ""])
def test_a_cookie_that_is_no_language_of_ours_means_bokmaal(client, db, value):
    client.cookies["django_language"] = value
    assert '<html lang="nb"' in client.get(reverse("login")).text


def test_the_choice_leads_nowhere_else(client, db):
    answer = client.post(reverse("language"), {"language": "nn", "next": "https://example.org/"})
    assert answer["Location"] == "/"


def test_the_own_choice_goes_before_the_browsers(as_kari, in_nynorsk):
    as_kari.cookies["django_language"] = "nb"
    assert '<html lang="nn"' in as_kari.get(reverse("profile")).text


def test_two_people_in_turn_on_the_same_thread_each_get_their_own(world, in_nynorsk):
    kari, berit, nobody = let_in(Client(), world.kari), let_in(Client(), world.berit), Client()
    for _ in range(2):
        assert "Språk og hurtigtastar" in kari.get(reverse("profile")).text
        assert "Språk og hurtigtaster" in berit.get(reverse("profile")).text
        assert '<html lang="nb"' in nobody.get(reverse("login")).text
    assert translation.get_language() == "nb"


@pytest.mark.parametrize("door", ["queue", "home", "plans", "session"])
def test_nothing_is_left_behind_by_a_page_that_is_refused(as_kari, in_nynorsk, door):
    as_kari.get(reverse(door))
    assert translation.get_language() == "nb"


def test_nothing_is_left_behind_when_the_page_fails():
    def fail(request):
        translation.activate("nn")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        LanguageMiddleware(fail)(RequestFactory().get("/"))
    assert translation.get_language() == "nb"


def test_threads_at_the_same_moment_do_not_hear_each_other():
    together = threading.Barrier(8)
    said: dict[int, set[str]] = {}

    def serve(number: int) -> None:
        wanted = "nn" if number % 2 else "nb"

        def page(request):
            middleware.process_view(request, page, (), {})
            together.wait(timeout=10)
            return HttpResponse(translation.gettext("Lagre innstillingene"))

        middleware = LanguageMiddleware(page)
        request = RequestFactory().get("/profil/")
        request.user = AnonymousUser() if number % 4 < 2 else User(language=wanted)
        request.COOKIES["django_language"] = wanted
        said[number] = {middleware(request).content.decode(), translation.get_language()}

    threads = [threading.Thread(target=serve, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    words = {0: {"Lagre innstillingene", "nb"}, 1: {"Lagre innstillingane", "nb"}}
    assert said == {number: words[number % 2] for number in range(8)}


def test_the_errors_of_the_forms_are_in_nynorsk(client, db):
    client.cookies["django_language"] = "nn"
    assert "Brukarnamn manglar. Fyll inn feltet." in client.post(reverse("login"), {}).text
    wrong = send_password(client, "kari", "feil")
    assert "Brukarnamnet eller passordet er feil. Sjekk begge, og prøv igjen." in wrong.text


def test_the_errors_of_our_fields_follow_the_reader_and_not_the_start_of_the_server(world):
    browser = let_in(Client(), world.ness)
    for language, error in (("nb", "Første dag: skriv datoen."), ("nn", "Første dag: skriv datoen.")):
        User.objects.filter(pk=world.ness.pk).update(language=language)
        assert error in browser.post(reverse("agreement-new"), {}).text
    page = browser.post(reverse("agreement-new"), {"valid_from": "i morgon"})
    assert "Første dag: skriv datoen som dag, månad og år, for eksempel 01.01.2027." in page.text


def test_djangos_and_allauths_own_words_are_in_nynorsk():
    with pytest.raises(forms.ValidationError) as error:
        forms.DateField().clean("i går")
    with translation.override("nn"):
        assert error.value.messages == ["Oppgje ein gyldig dato."]
        told = [translation.gettext(text) for text in FROM_ALLAUTH]
    assert [text for text in told if text in FROM_ALLAUTH] == []
    assert not any("ikke" in text for text in told)


def test_the_days_of_the_week_are_in_nynorsk():
    days = [NOW.replace(day=day) for day in range(16, 23)]
    with translation.override("nn"):
        assert [weekday_nb(day) for day in days] == [
            "måndag",
            "tysdag",
            "onsdag",
            "torsdag",
            "fredag",
            "laurdag",
            "søndag",
        ]
    assert weekday_nb(days[0]) == "mandag"


def test_the_rest_interface_speaks_bokmaal_to_everyone(world, client):
    client.cookies["django_language"] = "nn"
    answer = client.post(
        reverse("api-readings"),
        {},
        content_type="application/json",
        headers={"Authorization": f"Bearer {token_of(world.per_tablet)}"},
    )
    assert answer.status_code == 400
    assert "Feltet mangler. Send det." in answer.text
    assert '<html lang="nb"' in client.get(reverse("api")).text


def test_what_is_stored_is_stored_in_bokmaal_whoever_does_it(world, as_kari, in_nynorsk):
    open_in_emergency(world.per, world.kari)
    block(world.per, world.berit, user=world.kari)
    with time_machine.travel(NOW, tick=False):
        let_in(as_kari, world.kari)
        assert "Nødtilgang til" in as_kari.get(reverse("patient", args=[world.per.pk])).text
    see_everything()
    purposes = set(AccessEntry.objects.filter(patient_id=world.per.pk, allowed=True).values_list("purpose", flat=True))
    assert purposes == {"Nødtilgang, selv om pasienten har sperret for innsyn"}
