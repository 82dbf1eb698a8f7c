"""Beside the limits in the editor: what the trial proposes and lacks, and what the saved limits would have given."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.http import QueryDict
from django.utils import timezone

from careplans.forms.sections import sections_of, with_proposal
from careplans.models import Threshold
from careplans.queries.limit_help import limit_help
from careplans.queries.subjects import Subjects
from careplans.services import PlanContent, revise
from patients.models import Enrolment
from tests.careplans.test_editor_page import address, stored, typed
from tests.factories.careplans import make_draft
from tests.factories.clock import NOW
from tests.factories.measurements import make_reading
from tests.factories.patients import make_enrolment, make_patient

DAY = timedelta(days=1)


@pytest.fixture
def draft(world):
    """Per began two weeks ago and has measured 93 most days; his draft has version 1's limits."""
    Enrolment.objects.filter(patient=world.per).update(allocated_on=date(2026, 11, 4), started_on=date(2026, 11, 4))
    for number in range(12):
        make_reading(world.per_tablet, "spo2", 93 if number % 3 else 91, at=NOW - (number + 1) * DAY)
    return revise(version=world.per_plan, by=world.actor(world.kari), now=NOW)


def offer_of(draft, quantity):
    return next(each for each in limit_help(draft, now=NOW).offers if each.proposal.quantity == quantity)


def test_the_trial_s_proposal_is_shown_with_its_method_and_is_not_active(as_kari, draft):
    page = as_kari.get(address(draft)).text
    assert "Forslag fra utprøvingen – må vurderes" in page
    assert offer_of(draft, "spo2").words in page
    assert offer_of(draft, "spo2").proposal.explanation in page
    assert "forslag – må vurderes" in page
    assert list(draft.thresholds.filter(quantity="spo2").values_list("red_low", "yellow_low")) == [(86, 88)]


def test_taken_it_stands_in_the_row_of_the_same_thing_and_is_saved_only_by_the_nurse(as_kari, draft):
    offer = offer_of(draft, "spo2")
    changed = {"use": offer.key, "vanlig-habitual_state": "Skrev dette først."}
    page = as_kari.post(address(draft), typed(draft, **changed))
    assert page.status_code == 200
    fields = {
        name: next(each for each in page.context["sections"] if each.key == "grenser").rows.forms[0][name].value()
        for name in ("quantity", "red_low", "yellow_low")
    }
    low = {name: str(offer.proposal.values[name]) for name in ("red_low", "yellow_low")}
    assert fields == {"quantity": "spo2", **low}
    assert "Skrev dette først." in page.text
    assert list(draft.thresholds.filter(quantity="spo2").values_list("red_low", "yellow_low")) == [(86, 88)]
    rows = {f"grenser-rad-0-{name}": value for name, value in low.items()}
    assert as_kari.post(address(draft), typed(draft, save="grenser", **rows)).status_code == 302
    saved = stored(draft).thresholds.filter(quantity="spo2").values_list("red_low", "yellow_low")
    assert [tuple(f"{value:.0f}" for value in row) for row in saved] == [(low["red_low"], low["yellow_low"])]


def test_what_is_not_in_the_plan_gets_a_row_of_its_own(as_kari, draft):
    Threshold.objects.filter(version=draft, quantity="spo2").delete()
    page = as_kari.post(address(draft), typed(draft, use=offer_of(draft, "spo2").key))
    rows = next(each for each in page.context["sections"] if each.key == "grenser").rows.forms
    assert (len(rows), rows[-1]["quantity"].value()) == (7, "spo2")
    assert not draft.thresholds.filter(quantity="spo2").exists()


@pytest.mark.parametrize(("window", "row"), [("72", 0), (" 72 ", 0), ("168", 1), ("", 1)])
def test_a_rule_in_another_window_is_another_rule(draft, window, row):
    change = {"kind": "CHANGE", "quantity": "weight", "item": ""}
    assert taken(change, change | {"window_hours": window}, {"window_hours": 72}) == row


def test_a_row_that_is_to_be_removed_is_not_filled_in(draft):
    band = {"kind": "BAND", "quantity": "spo2", "item": ""}
    assert (taken(band, band, {}), taken(band, band | {"remove": "on"}, {})) == (0, 1)


def taken(about, stands, more):
    """The row that a proposal of 2 comes to stand in, when the first says `stands`."""
    data = QueryDict(mutable=True)
    data.update({"grenser-rad-count": "1"} | {f"grenser-rad-0-{name}": value for name, value in stands.items()})
    sections = sections_of(PlanContent(what_matters=""), data, subjects=Subjects.current())
    limits = next(each for each in sections if each.key == "grenser")
    wider = with_proposal(data, limits, about | {"yellow_high": Decimal(2)} | more)
    return next(row for row in (0, 1) if wider.get(f"grenser-rad-{row}-yellow_high") == "2")


@pytest.mark.parametrize("key", ["", "BAND-nothing-", "BAND-spo2-72", "x" * 5000])
def test_a_proposal_that_is_not_one_changes_nothing(as_kari, draft, key):
    page = as_kari.post(address(draft), typed(draft, use=key))
    assert page.status_code == 200
    assert len(next(each for each in page.context["sections"] if each.key == "grenser").rows.forms) == 7


def test_the_saved_limits_say_what_they_would_have_given(as_kari, draft):
    draft.thresholds.filter(quantity="spo2").update(yellow_low=92)
    page = as_kari.get(address(draft)).text
    assert "4 gule · 0 røde" in page
    assert "vanlig 93 % (91–93)" in page


def test_without_measurements_it_says_so_and_proposes_nothing_of_the_own(world):
    draft = revise(version=world.per_plan, by=world.actor(world.kari), now=NOW)
    offer = offer_of(draft, "spo2")
    assert (offer.proposal.values, offer.words) == (None, "")
    assert "Kan ikke foreslås" in offer.proposal.warnings[0]


def test_on_the_first_day_there_is_no_period_to_count_from(as_kari, draft):
    # The page asks the clock itself.
    today = timezone.localdate()
    Enrolment.objects.filter(patient=draft.patient).update(allocated_on=today, started_on=today)
    page = as_kari.get(address(draft)).text
    assert "Oppfølgingen begynte i dag, så det er ingen hele dager å regne ut fra ennå." in page
    assert "Regnet ut fra pasientens egne målinger" not in page


class TestTooLittleData:
    @pytest.fixture
    def first(self, world):
        """A first plan, sent after a trial without measurements."""
        patient = make_patient(world.a.pk, "Tora", "Vik", gp=world.dahl)
        make_enrolment(patient, world.joint)
        return make_draft(patient, world.kari)

    def test_the_review_says_what_is_lacking_and_asks_why(self, as_kari, first):
        page = as_kari.get(address(first, "plan-send")).text
        assert "Prøveperioden holder mindre enn tjenesten krever:" in page
        assert "Hvorfor sendes planen med så lite data?" in page

    def test_without_a_reason_it_is_not_sent(self, as_kari, first):
        answer = as_kari.post(address(first, "plan-send"), {"step": "send", "reason": "  "})
        assert (answer.status_code, stored(first).status) == (422, "DRAFT")
        assert "Begrunnelse: skriv hvorfor planen sendes med så lite data." in answer.text

    def test_a_reason_that_is_too_long_is_kept_and_named(self, as_kari, first):
        answer = as_kari.post(address(first, "plan-send"), {"step": "send", "reason": "æ" * 501})
        assert (answer.status_code, stored(first).status) == (422, "DRAFT")
        assert "Begrunnelse: skriv høyst 500 tegn." in answer.text
        assert "æ" * 501 in answer.text

    def test_with_a_reason_it_is_sent_and_the_doctor_reads_it(self, as_kari, first):
        sent = as_kari.post(address(first, "plan-send"), {"step": "send", "reason": "Skal måle sjelden."})
        assert sent.status_code == 302
        assert (stored(first).status, stored(first).little_data_reason) == ("PROPOSED", "Skal måle sjelden.")
