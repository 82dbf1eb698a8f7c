"""«Nødtilgang» from the number to the patient's page, and the privacy officer's list and review."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from audit.models import AccessEntry
from patients.models import EmergencyAccess, Patient
from tests.alerts.rows import put_in_queue
from tests.alerts.test_concurrency import at_once
from tests.database import see_everything
from tests.factories.accounts import let_in, make_membership, make_user
from tests.factories.care import block, open_in_emergency
from tests.factories.clock import NOW
from tests.factories.organisations import make_service

REASON = "Bevisstløs på legevakten, ingen pårørende."


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[None]:
    """The pages take their own time; the personas live on one fixed day."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def lind(world):
    """A nurse of another service in Per's municipality."""
    user = make_user("lind", "Liv", "Lind")
    make_membership(user, Role.NURSE, service=make_service("Legevakten i Kongsvinger", owner=world.a.pk))
    return user


@pytest.fixture
def officer(world):
    """The privacy officer of Per's municipality."""
    user = make_user("ruud", "Rolf", "Ruud")
    make_membership(user, Role.PRIVACY_OFFICER, authority=world.a)
    return user


def browser_of(user) -> Client:
    """A browser where this person is signed in."""
    browser = Client()
    let_in(browser, user)
    return browser


def ask(browser, national_id, *, reason=REASON, **more):
    return browser.post(reverse("emergency"), {"national_id": national_id, "reason": reason, **more})


def plain(page) -> str:
    """The page's text with runs of white space as one space."""
    return " ".join(page.text.split())


def without_token_and_number(page) -> str:
    """What is left when two answers should be the same."""
    text = page.text
    for found in page.context["form"].data.get("national_id"), page.context["csrf_token"]:
        text = text.replace(str(found), "")
    return text


class TestOpening:
    def test_the_review_step_says_whose_and_what_it_means_and_opens_nothing(self, world, lind):
        text = plain(ask(browser_of(lind), world.per.national_id))
        for words in (
            "Du er i ferd med å åpne journalen til Per Aasen",
            "Født 14.03.1948 (78 år), Kongsvinger",
            "Du kan lese til kl. 14.00. Du kan ikke endre noe.",
            "Tilgangen står på listen over nødtilganger i Kongsvinger til personvernombudet har vurdert den.",
            f"Begrunnelse: {REASON}",
        ):
            assert words in text
        assert not EmergencyAccess.objects.exists()
        assert AccessEntry.objects.values_list("action", "allowed", "patient_id").get() == (
            "LOOK_UP",
            True,
            world.per.pk,
        )

    def test_confirmed_it_opens_the_patient_for_reading_with_a_notice(self, world, lind):
        browser = browser_of(lind)
        put_in_queue(world.per)
        answer = ask(browser, world.per.national_id, confirmed="1")
        assert answer.url == reverse("patient", args=[world.per.pk])
        text = plain(browser.get(answer.url))
        assert f"<strong>Nødtilgang til kl. 14.00.</strong> Begrunnelse: {REASON}" in text
        assert "Ta saken" not in text
        assert browser.post(answer.url, {"step": "claim"}).status_code == 404

    def test_pressed_twice_it_opens_once_and_leads_to_the_patient(self, world, lind, monkeypatch):
        browser = browser_of(lind)
        ask(browser, world.per.national_id, confirmed="1")
        # What the second press saw while the first had not committed.
        monkeypatch.setattr("patients.views.emergency.visible_patients", lambda by, now: Patient.objects.none())
        assert ask(browser, world.per.national_id, confirmed="1").url == reverse("patient", args=[world.per.pk])
        see_everything()
        assert EmergencyAccess.objects.count() == 1

    def test_a_blocked_nurse_of_the_service_reads_and_does_not_handle(self, world):
        put_in_queue(world.per)
        block(world.per, world.kari, user=world.berit)
        browser = browser_of(world.berit)
        address = ask(browser, world.per.national_id, confirmed="1").url
        text = plain(browser.get(address))
        assert ("Nødtilgang til kl. 14.00." in text, "Ta saken" in text) == (True, False)
        assert browser.post(address, {"step": "claim"}).status_code == 404
        assert AccessEntry.objects.filter(action="OPEN_PATIENT").values_list("purpose", flat=True).get() == (
            "Nødtilgang, selv om pasienten har sperret for innsyn"
        )

    def test_it_closes_after_four_hours(self, world, lind):
        browser = browser_of(lind)
        address = ask(browser, world.per.national_id, confirmed="1").url
        with time_machine.travel(NOW + timedelta(hours=4), tick=False):
            browser = browser_of(lind)
            assert browser.get(address).status_code == 404

    def test_who_sees_the_patient_anyway_goes_straight_there(self, as_kari, world):
        answer = ask(as_kari, world.per.national_id)
        assert answer.url == reverse("patient", args=[world.per.pk])
        assert not EmergencyAccess.objects.exists()
        assert "Nødtilgang til" not in as_kari.get(answer.url).text

    def test_unknown_and_out_of_reach_answer_the_same_and_both_are_logged(self, world, lind):
        browser = browser_of(lind)
        unknown, foreign = ask(browser, "01010112345"), ask(browser, world.nils.national_id)
        assert (unknown.status_code, foreign.status_code) == (422, 422)
        assert without_token_and_number(unknown) == without_token_and_number(foreign)
        assert "Fødselsnummer: vi fant ingen pasient du kan åpne. Se over tallene." in plain(foreign)
        assert REASON in foreign.text
        see_everything()
        refused = AccessEntry.objects.filter(allowed=False).values_list("action", "actor_id", "patient_id")
        assert list(refused) == [("EMERGENCY_ACCESS", lind.pk, None)] * 2

    def test_five_wrong_numbers_close_the_form_for_that_person_for_a_while(self, world, lind):
        browser = browser_of(lind)
        assert [ask(browser, "01010112345").status_code for _ in range(6)] == [422] * 5 + [429]
        locked = ask(browser, world.per.national_id)
        assert (locked.status_code, "Vent i 15 minutter" in plain(locked)) == (429, True)
        # What the lock stops is a refused attempt too, and stands in the log.
        see_everything()
        refused = AccessEntry.objects.filter(allowed=False).values_list("action", "actor_id", "patient_id")
        assert list(refused) == [("EMERGENCY_ACCESS", lind.pk, None)] * 7
        assert ask(browser_of(world.berit), world.per.national_id).status_code == 302
        cache.delete(f"emergency-misses:{lind.pk}")
        assert ask(browser, world.per.national_id).status_code == 200

    @pytest.mark.parametrize(
        ("number", "reason", "message"),
        [
            ("", REASON, "Fødselsnummer: skriv de 11 sifrene."),
            ("1234", REASON, "Fødselsnummer: skriv de 11 sifrene. Se over tallene."),
            ("per", "", "Begrunnelse: skriv minst 20 tegn om hvorfor du trenger innsyn nå."),
            ("per", "for kort", "Begrunnelse: skriv minst 20 tegn om hvorfor du trenger innsyn nå."),
        ],
    )
    def test_it_explains_what_is_wrong(self, world, lind, number, reason, message):
        page = ask(browser_of(lind), world.per.national_id if number == "per" else number, reason=reason)
        assert (page.status_code, message in plain(page), "Aasen" in page.text) == (422, True, False)

    def test_the_number_stands_in_no_address_or_title(self, world, lind):
        page = ask(browser_of(lind), world.per.national_id)
        assert "<title>Nødtilgang – DHO</title>" in page.text
        assert "no-store" in page["Cache-Control"]

    @pytest.mark.parametrize("person", ["siri", "ness", "eva"])
    def test_roles_without_it_are_refused(self, world, person):
        browser = browser_of(getattr(world, person))
        assert [browser.get(reverse("emergency")).status_code, ask(browser, "01010112345").status_code] == [403, 403]


class TestReviewing:
    def test_the_officers_first_page_says_how_many_wait(self, world, lind, officer):
        browser = browser_of(officer)
        assert "Ingen nødtilganger venter på vurdering" in plain(browser.get(reverse("home")))
        open_in_emergency(world.per, lind)
        assert "1 nødtilgang venter på vurdering" in plain(browser.get(reverse("home")))

    def test_the_list_has_the_unreviewed_first_and_no_other_municipality(self, world, lind, officer):
        done = {"reviewed_at": NOW, "reviewed_by": officer, "review": "I orden."}
        old = open_in_emergency(world.per, lind, now=NOW - timedelta(days=2))
        open_in_emergency(world.per, world.berit, now=NOW - timedelta(days=1), **done)
        open_in_emergency(world.solveig, lind)
        page = browser_of(officer).get(reverse("emergencies"))
        assert [row.user.get_full_name() for row in page.context["rows"]] == ["Liv Lind", "Berit Lunde"]
        assert page.context["rows"][0] == old
        assert "Vurdert 18.11.2026 av Rolf Ruud" in plain(page)

    def test_it_says_that_there_are_none(self, officer):
        assert "Ingen har brukt nødtilgang" in plain(browser_of(officer).get(reverse("emergencies")))

    def test_one_shows_reason_and_what_was_opened_and_takes_the_review(self, world, lind, officer):
        browser = browser_of(lind)
        browser.get(ask(browser, world.per.national_id, confirmed="1").url)
        see_everything()
        opened = EmergencyAccess.objects.get()
        address, browser = reverse("emergency-review", args=[opened.pk]), browser_of(officer)
        text = plain(browser.get(address))
        for words in ("Liv Lind, sykepleier, Legevakten i Kongsvinger", REASON, "Åpnet pasient (Nødtilgang)"):
            assert words in text
        refused = browser.post(address, {"review": " "})
        assert (refused.status_code, "Vurdering: skriv hva du har kommet fram til." in plain(refused)) == (422, True)
        saved = browser.post(address, {"review": "Legevakten bekrefter."}, follow=True)
        assert "Vurderingen er lagret." in plain(saved)
        assert "Legevakten bekrefter." in plain(browser.get(address))
        again = browser.post(address, {"review": "Om igjen"})
        assert (again.status_code, again.context["emergency"].review) == (409, "Legevakten bekrefter.")

    def test_nobody_reviews_their_own(self, world, officer):
        own = open_in_emergency(world.per, officer)
        address, browser = reverse("emergency-review", args=[own.pk]), browser_of(officer)
        assert "En annen må vurdere den." in plain(browser.get(address))
        assert browser.post(address, {"review": "I orden"}).status_code == 409

    @pytest.mark.parametrize("person", ["kari", "ola", "dahl", "siri", "ness", "eva"])
    def test_others_are_refused(self, world, lind, person):
        address = reverse("emergency-review", args=[open_in_emergency(world.per, lind).pk])
        browser = browser_of(getattr(world, person))
        answers = (
            browser.get(address),
            browser.post(address, {"review": "I orden"}),
            browser.get(reverse("emergencies")),
        )
        assert [answer.status_code for answer in answers] == [404, 404, 403]

    def test_an_officer_of_another_municipality_finds_nothing(self, world, lind):
        other = make_user("skog", "Siv", "Skog")
        make_membership(other, Role.PRIVACY_OFFICER, authority=world.c)
        address = reverse("emergency-review", args=[open_in_emergency(world.per, lind).pk])
        assert browser_of(other).get(address).status_code == 404


def test_ten_tries_at_once_are_counted_as_ten(committed_world):
    browsers = [browser_of(committed_world.berit) for _ in range(10)]
    answers = at_once(*[lambda each=each: ask(each, "01010112345").status_code for each in browsers])
    assert sorted(answers) == [422] * 5 + [429] * 5
