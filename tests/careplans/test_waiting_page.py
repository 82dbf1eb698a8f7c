"""«Planer hos legen», the call form, and the ladder on the plan's own page."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from careplans.models import DoctorContact, DoctorNotice, PlanOpening
from tests.careplans.gp import plain
from tests.factories.careplans import approve, make_draft, propose
from tests.factories.clock import NOW

DAY = timedelta(days=1)
LIST = reverse("plans-waiting")


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """The pages take their own time. A signed-in person is soon signed out, so it is the plan that is sent earlier."""
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def plan(world):
    return propose(make_draft(world.per, world.kari))


@pytest.fixture
def old_plan(world):
    """Sent seven days ago, on Wednesday 11 November."""
    return propose(make_draft(world.per, world.kari), now=NOW - 7 * DAY)


def at(name: str, plan) -> str:
    return reverse(name, args=[plan.pk])


class TestTheList:
    def test_it_shows_who_waits_and_since_when(self, as_kari, plan):
        text = plain(as_kari.get(LIST))
        for expected in (
            "Aasen, Per", "født 14.03.1948, Kongsvinger, plan versjon 2", "18.11.2026 kl. 10.00 av Kari Nordmann.",
            "Legen har ikke åpnet planen.", "Vent på svar. Neste steg 25.11.2026.", "Ventet 0 dager",
            "Registrer telefonsamtale",
        ):  # fmt: skip
            assert expected in text
        assert "Send påminnelse</button>" not in text

    def test_what_is_due_has_shape_and_word(self, as_kari, old_plan):
        page = as_kari.get(LIST)
        assert "I dag:</span> <strong>Send påminnelse</strong>" in plain(page)
        assert '<svg class="flag"' in page.text

    def test_what_is_overdue_says_so(self, as_kari, world):
        propose(make_draft(world.per, world.kari), now=NOW - 8 * DAY)
        text = plain(as_kari.get(LIST))
        assert "Over frist:</span> <strong>Send påminnelse</strong> (skulle vært gjort 17.11.2026)" in text
        assert "Ventet 8 dager" in text

    def test_it_says_that_nothing_waits(self, as_kari, world):
        assert "Ingen planer venter på lege." in plain(as_kari.get(LIST))

    def test_it_hides_another_services_plans(self, as_ola, plan):
        page = as_ola.get(LIST)
        assert (page.status_code, "Aasen" in page.text) == (200, False)

    @pytest.mark.parametrize("state", ["DELIVERED", "FAILED", "QUEUED"])
    def test_it_says_how_the_doctor_was_told(self, as_kari, world, plan, state):
        DoctorNotice.objects.create(
            municipality_id=world.a.pk, patient=world.per, kind="PLAN", version=plan, on=NOW.date(), created_at=NOW,
            created_by=world.kari, next_try_at=NOW, state=state, delivered_at=NOW if state == "DELIVERED" else None,
        )  # fmt: skip
        said = {
            "DELIVERED": "E-post til legen gikk 18.11.2026 kl. 10.00.",
            "FAILED": "E-posten til legen kom ikke fram. Ring legekontoret.",
            "QUEUED": "E-posten til legen er på vei.",
        }
        assert said[state] in plain(as_kari.get(LIST))

    def test_it_refuses_a_post(self, as_kari, plan):
        assert as_kari.post(LIST).status_code == 405


class TestReminding:
    def test_it_orders_the_notice_and_says_so(self, as_kari, old_plan):
        page = as_kari.post(at("plan-remind", old_plan), follow=True)
        assert "Påminnelsen er lagt i kø." in page.text
        assert "Påminnelse</strong> 18.11.2026 kl. 10.00 av Kari Nordmann." in plain(page)
        assert DoctorNotice.objects.count() == 1

    def test_the_second_nurse_is_told_who_was_first(self, as_kari, old_plan):
        for _ in range(2):
            page = as_kari.post(at("plan-remind", old_plan), follow=True)
        assert "Kari Nordmann sendte en påminnelse i dag kl. 10.00. Det ble ikke sendt en til." in page.text
        assert DoctorNotice.objects.count() == 1

    def test_too_early_is_said_with_the_day(self, as_kari, plan):
        page = as_kari.post(at("plan-remind", plan), follow=True)
        assert "Det er for tidlig å minne om planen. Neste steg er 25.11.2026." in page.text

    def test_a_plan_that_was_answered_meanwhile(self, as_kari, world, old_plan):
        approve(old_plan, world.dahl)
        page = as_kari.post(at("plan-remind", old_plan), follow=True)
        assert "Planen venter ikke på legen lenger" in page.text
        assert not DoctorNotice.objects.exists()

    def test_only_by_post(self, as_kari, plan):
        assert as_kari.get(at("plan-remind", plan)).status_code == 405

    @pytest.mark.parametrize("name", ["plan-remind", "plan-call"])
    def test_another_services_nurse_and_the_doctor_are_refused(self, as_ola, as_dahl, plan, name):
        assert [browser.post(at(name, plan)).status_code for browser in (as_ola, as_dahl)] == [404, 404]


class TestCalling:
    def test_it_keeps_who_when_and_what(self, as_kari, world, plan):
        page = as_kari.post(at("plan-call", plan), {"reached": "yes", "outcome": "Ser på den i dag."}, follow=True)
        assert "Telefonsamtalen er registrert." in page.text
        row = DoctorContact.objects.get()
        assert (row.version, row.by, row.at, row.how, row.reached, row.outcome) == (
            plan, world.kari, NOW, "PHONE", True, "Ser på den i dag.",
        )  # fmt: skip

    def test_it_never_says_that_a_decided_plan_waits(self, as_kari, world, plan):
        assert "Plan versjon 2 venter på fastlegen." in plain(as_kari.get(at("plan-call", plan)))
        approve(plan, world.dahl)
        text = plain(as_kari.get(at("plan-call", plan)))
        assert "Plan versjon 2 venter ikke på svar fra legen." in text
        assert "venter på fastlegen" not in text

    def test_what_is_missing_is_named_and_the_text_kept(self, as_kari, plan):
        page = as_kari.post(at("plan-call", plan), {"outcome": "Snakket med Mona."})
        assert page.status_code == 422
        assert "Kontakt: svar ja eller nei." in page.text
        assert "Snakket med Mona." in page.text
        page = as_kari.post(at("plan-call", plan), {"reached": "no", "outcome": " "})
        assert (page.status_code, "Resultat: skriv hva dere kom fram til." in page.text) == (422, True)
        assert not DoctorContact.objects.exists()


class TestOnThePlan:
    def test_the_nurse_sees_the_ladder(self, as_kari, plan):
        assert "Hvor langt planen er kommet" in as_kari.get(at("plan-decide", plan)).text

    def test_the_doctor_does_not(self, as_dahl, plan):
        assert "Hvor langt planen er kommet" not in as_dahl.get(at("plan-decide", plan)).text

    def test_a_decided_plan_has_none(self, as_kari, world, plan):
        approve(plan, world.dahl)
        assert "Hvor langt planen er kommet" not in as_kari.get(at("plan-decide", plan)).text

    def test_that_the_doctor_opens_it_is_seen_once(self, as_kari, as_dahl, world, plan, clock):
        as_kari.get(at("plan-decide", plan))
        assert not PlanOpening.objects.exists()
        for minutes in (1, 2):
            clock.move_to(NOW + timedelta(minutes=minutes))
            assert as_dahl.get(at("plan-decide", plan)).status_code == 200
        assert list(PlanOpening.objects.values_list("by", "at")) == [(world.dahl.pk, NOW + timedelta(minutes=1))]
        assert "18.11.2026 kl. 10.01 av Anne Dahl." in plain(as_kari.get(LIST))
