"""The agreement with the GP on its page, and the GP's own list of tasks."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts.enums import Role
from careplans.models import GpLook, GpRoutine
from tests.careplans.gp import browser_of, plain
from tests.careplans.test_routine import agree_now
from tests.factories.accounts import make_membership, make_user
from tests.factories.careplans import make_draft, propose
from tests.factories.clock import NOW

DAY = timedelta(days=1)
TASKS = reverse("gp-tasks")
SENT = {
    "mode": "AT_INTERVALS", "interval_days": "14", "tasks": "Justerer vanndrivende medisin\n\n Måler blodprøver ",
    "agreed_with": "Anne Dahl", "agreed_on": "18.11.2026", "valid_from": "18.11.2026",
}  # fmt: skip
PROMISE = "Du er ikke ansvarlig for å følge målingene mellom avtalte tidspunkter. Oppfølgingstjenesten gjør det."


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def page_of_per(world) -> str:
    return reverse("gp-routine", args=[world.per.pk])


def long_ago(world, days: int) -> None:
    day = NOW.date() - days * DAY
    agree_now(world, now=NOW - days * DAY, agreed_on=day, valid_from=day)


class TestTheAgreement:
    def test_it_says_that_nothing_is_agreed(self, as_kari, page_of_per):
        text = plain(as_kari.get(page_of_per))
        assert (
            "Ingenting er avtalt med fastlegen. Da ser fastlegen på målingene bare når tjenesten sender melding."
            in text
        )

    def test_it_is_saved_and_shown_also_on_the_patients_page(self, as_kari, world, page_of_per):
        page = as_kari.post(page_of_per, SENT, follow=True)
        assert "Avtalen med fastlegen er lagret." in page.text
        row = GpRoutine.objects.get()
        assert (row.mode, row.interval_days, row.tasks, row.agreed_with, row.registered_by) == (
            "AT_INTERVALS", 14, ["Justerer vanndrivende medisin", "Måler blodprøver"], "Anne Dahl", world.kari,
        )  # fmt: skip
        told = "Fastlegen ser på målingene når tjenesten sender melding, og hver 14. dag."
        assert told in plain(page)
        assert told in plain(as_kari.get(reverse("patient", args=[world.per.pk])))

    @pytest.mark.parametrize(
        ("field", "value", "said"),
        [
            ("mode", "", "Når: velg når fastlegen ser på målingene."),
            ("interval_days", "0", "Antall dager: skriv et tall fra 1 til 365."),
            ("interval_days", "366", "Antall dager: skriv et tall fra 1 til 365."),
            ("interval_days", "", "Antall dager: skriv et tall fra 1 til 365."),
            ("interval_days", "to uker", "Antall dager: skriv et helt tall, for eksempel 14."),
            ("agreed_on", "19.11.2026", "Avtalt dato: velg 18.11.2026 eller tidligere."),
            ("agreed_on", "i går", "Avtalt dato: skriv datoen som dag, måned og år"),
            ("valid_from", "17.11.2026", "Gjelder fra: velg datoen for avtalen eller senere."),
            ("agreed_with", " ", "Avtalt med: skriv hvem avtalen er gjort med."),
            ("tasks", "x" * 201, "Oppgaver: skriv høyst 20 linjer med høyst 200 tegn."),
            ("mode", "ON_MESSAGE", "Antall dager: la feltet stå tomt når fastlegen bare ser ved melding."),
        ],
    )
    def test_what_is_wrong_is_named_and_the_text_kept(self, as_kari, page_of_per, field, value, said):
        page = as_kari.post(page_of_per, SENT | {field: value})
        assert page.status_code == 422
        assert said in page.text
        if field != "tasks":
            assert "Justerer vanndrivende medisin" in page.text
        assert not GpRoutine.objects.exists()

    def test_the_gp_agrees_for_the_own_patient(self, as_dahl, world, page_of_per):
        assert as_dahl.post(page_of_per, SENT).status_code == 302
        assert GpRoutine.objects.get().registered_by == world.dahl

    def test_who_may_only_read_sees_it_without_a_form(self, world, page_of_per):
        agree_now(world)
        reader = make_user("mona", "Mona", "Vik")
        make_membership(reader, Role.GP_OFFICE_NURSE, practice=world.dahl.memberships.get().practice)
        page = browser_of(reader).get(page_of_per)
        assert (page.status_code, "Lagre avtalen" in page.text, "hver 14. dag" in plain(page)) == (200, False, True)
        assert browser_of(reader).post(page_of_per, SENT).status_code == 404

    def test_others_do_not_find_it(self, as_ola, page_of_per):
        assert [as_ola.get(page_of_per).status_code, as_ola.post(page_of_per, SENT).status_code] == [404, 404]


class TestTheTasks:
    def test_it_says_that_nothing_waits_and_who_watches(self, as_dahl, world):
        text = plain(as_dahl.get(TASKS))
        for expected in (PROMISE, "Ingen planer venter på deg.", "Ingen gjennomsyn er avtalt nå."):
            assert expected in text

    def test_it_shows_plans_and_agreed_looks_and_nothing_else(self, as_dahl, world):
        propose(make_draft(world.solveig, world.kari))
        long_ago(world, 30)
        page = as_dahl.get(TASKS)
        text = plain(page)
        for expected in (
            "Eide, Solveig", "plan versjon 2, sendt 18.11.2026", "Se målingene for Aasen, Per",
            "Avtalt hver 14. dag, avtalt uke 45.", "Du har påtatt deg: Justerer vanndrivende medisin.",
        ):  # fmt: skip
            assert expected in text
        # Nobody is late: between the days nobody has asked the GP to look.
        assert [word for word in ("frist", "forsinket", "danger", "level--") if word in page.text] == []

    def test_opening_the_curves_is_the_look(self, as_dahl, world):
        long_ago(world, 14)
        page = as_dahl.post(reverse("gp-look", args=[world.per.pk]))
        assert (page.status_code, page.url) == (302, reverse("patient", args=[world.per.pk]))
        assert GpLook.objects.get().by == world.dahl
        assert "Ingen gjennomsyn er avtalt nå." in plain(as_dahl.get(TASKS))

    def test_another_patients_gp_and_the_nurse_are_refused(self, as_kari, world):
        agree_now(world)
        address = reverse("gp-look", args=[world.per.pk])
        browsers = [as_kari, browser_of(world.nils.gp)]
        assert [browser.post(address).status_code for browser in browsers] == [404, 404]
        assert not GpLook.objects.exists()

    def test_only_doctors_have_tasks(self, as_kari):
        assert as_kari.get(TASKS).status_code == 403

    def test_looking_is_a_post(self, as_dahl, world):
        assert as_dahl.get(reverse("gp-look", args=[world.per.pk])).status_code == 405
