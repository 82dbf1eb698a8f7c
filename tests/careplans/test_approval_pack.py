"""The doctor's page as a pack: evidence, sliders with and without JavaScript, approve with change, and two minutes."""

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from careplans.enums import MeasureKind, Zone
from careplans.models import Approval, Measure, PlanVersion
from careplans.services import return_with_question, withdraw
from patients.models import Patient
from tests.factories.accounts import let_in
from tests.factories.careplans import add_schedule, approve, make_draft, propose
from tests.factories.clock import NOW
from tests.factories.measurements import make_reading
from tests.factories.organisations import make_agreement

DAY = timedelta(days=1)
LIMITS = [
    {"kind": "BAND", "quantity": "spo2", "red_low": Decimal(85), "yellow_low": Decimal(89)},
    {"kind": "CHANGE", "quantity": "weight", "yellow_low": Decimal(-2), "red_low": Decimal(-4), "window_hours": 72},
    {"kind": "SCORE", "quantity": "symptoms_copd", "yellow_high": Decimal(5), "red_high": Decimal(10)},
]
NOBODY = "ingen mulig verdi er på den andre siden"
APPROVES = {"valid_until": "18.05.2027", "confirmed": "on"}


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def proposal(world) -> PlanVersion:
    """Per's version 2, sent to GP Dahl, beside four days of readings."""
    for days, value in ((1, 84), (2, 86), (3, 88), (4, 92)):
        make_reading(world.per_tablet, "spo2", value, at=NOW - days * DAY)
    draft = make_draft(world.per, world.kari, limits=LIMITS)
    add_schedule(draft)
    Measure.objects.create(
        version=draft, municipality_id=draft.municipality_id, zone=Zone.YELLOW, kind=MeasureKind.MEDICAL, position=8,
        text="Start prednisolon 20 mg i 5 dager", start_alone=False,
    )  # fmt: skip
    return propose(draft)


def url(version, name="plan-decide") -> str:
    return reverse(name, args=[version.pk])


def browser_of(user) -> Client:
    browser = Client()
    let_in(browser, user)
    return browser


def plain(page) -> str:
    """The page's words, without mark-up."""
    return " ".join(re.sub(r"<[^>]*>", " ", page.text).replace("\u00a0", " ").split())


def field(version, side, quantity="spo2") -> str:
    return f"limit-{version.thresholds.get(quantity=quantity).pk}-{side}"


def mark_of(page) -> str:
    return re.search(r'name="opened" value="([^"]+)"', page.text)[1]


def errors_of(page) -> list[str]:
    return re.findall(r'<p class="ds-validation-message" id="[^"]+" data-error>([^<]+?) *</p>', page.text)


class TestThePage:
    def test_it_says_what_both_versions_would_have_given_as_a_whole(self, as_dahl, proposal):
        text = plain(as_dahl.get(url(proposal)))
        # New: 84 red, 86 and 88 yellow. In force: yellow under 88, red under 86.
        assert "Med disse grensene ville de siste 21 dagene gitt 2 gule · 1 rød ." in text
        assert "Grensene i versjon 1: 1 gul · 1 rød ." in text

    def test_the_days_are_listed_on_demand_with_why(self, as_dahl, proposal):
        text = plain(as_dahl.get(url(proposal)))
        assert "17.11.2026 kl. 10.00: rød. Oksygenmetning 84 % er under rød grense 85 %" in text
        assert "15.11.2026 kl. 10.00: gul. Oksygenmetning 88 % er under gul grense 89 %" in text

    def test_each_limit_stands_over_the_patients_own_values_and_the_same_in_words(self, as_dahl, proposal):
        page = as_dahl.get(url(proposal))
        curve = next(row.curve for row in page.context["page"].limits if row.change.label == "Oksygenmetning")
        assert curve.label == (
            "Oksygenmetning: 4 verdier fra 14.11.2026 til 17.11.2026, fra 84 til 92 %. 2 i gult og 1 i rødt."
        )
        assert [(line.label, line.red) for line in curve.lines] == [("gul 89", False), ("rød 85", True)]
        assert curve.rows == [
            "14.11. kl. 10.00: 92", "15.11. kl. 10.00: 88 (gul)",
            "16.11. kl. 10.00: 86 (gul)", "17.11. kl. 10.00: 84 (rød)",
        ]  # fmt: skip
        numbers = re.findall(r"-?[0-9.]+", f"{curve.polyline} {curve.rings} {curve.triangles}")
        assert all(float(number) < 310 for number in numbers)

    def test_a_rule_of_change_draws_the_change(self, as_dahl, world, proposal):
        for days, kilograms in ((3, "84"), (2, "83"), (1, "81.5")):
            make_reading(world.per_tablet, "weight", kilograms, at=NOW - days * DAY)
        rows = as_dahl.get(url(proposal)).context["page"].limits
        curve = next(row.curve for row in rows if row.change.either.kind == "CHANGE" and row.change.proposed)
        assert curve.rows == ["16.11. kl. 10.00: −1,0", "17.11. kl. 10.00: −2,5 (gul)"]

    def test_what_the_doctor_asked_last_time_stands_beside_what_has_changed_since(self, as_dahl, world, proposal):
        return_with_question(version=proposal, question="Hvorfor 89?", by=world.actor(world.dahl), now=NOW)
        third = propose(make_draft(world.per, world.kari))
        text = plain(as_dahl.get(url(third)))
        assert "Endret siden du sist tok stilling (versjon 2, sendt tilbake 18.11.2026)" in text
        assert "Hvorfor 89?" in text
        assert "Før: Oksygenmetning: gul under 89 · rød under 85 %" in text
        assert "Nå: Oksygenmetning: gul under 88 · rød under" in text
        assert "Endret siden du sist" not in plain(browser_of(world.kari).get(url(third)))

    def test_little_data_and_its_reason_are_said(self, as_dahl, world):
        draft = make_draft(world.per, world.kari, little_data_reason="Cellegift i morgen.")
        text = plain(as_dahl.get(url(propose(draft))))
        assert "Lite data fra prøveperioden. Oppfølgingstjenestens begrunnelse: Cellegift i morgen." in text

    def test_a_decision_shows_its_hash_on_page_and_paper(self, as_dahl, world, proposal):
        approve(proposal, world.dahl)
        told = f"Kontrollsum for innholdet (SHA-256): {Approval.objects.get(version=proposal).content_sha256}"
        for name in ("plan-decide", "plan-print"):
            assert told in plain(as_dahl.get(url(proposal, name)))

    def test_who_only_reads_gets_no_sliders(self, world, proposal):
        text = browser_of(world.kari).get(url(proposal)).text
        assert ("limit__number" in text, 'name="strike"' in text, "plan.js" in text) == (False, False, False)


class TestRecountWithoutJavaScript:
    def test_the_typed_limits_are_counted_and_nothing_is_decided(self, as_dahl, proposal):
        page = as_dahl.post(url(proposal), {"step": "recount", field(proposal, "yellow_low"): "87"})
        text = plain(page)
        assert (page.status_code, "siste 21 dagene gitt 1 gul · 1 rød ." in text) == (200, True)
        assert "Oksygenmetning: gul under 89 blir 87" in text
        assert 'value="87"' in page.text
        proposal.refresh_from_db()
        assert proposal.status == "PROPOSED"

    @pytest.mark.parametrize(
        ("side", "typed", "error"),
        [
            ("yellow_low", "80", "Oksygenmetning: Gul nedre grense må være høyere enn rød nedre grense."),
            ("yellow_low", "åtti", "Gul under: Skriv et tall, for eksempel 37,5."),
            ("yellow_low", "88,5", "Oksygenmetning: Gul nedre grense kan ikke ha desimaler."),
            ("red_low", "40", f"Oksygenmetning: Rød nedre grense 40 % kan ikke brukes: {NOBODY}."),
        ],
    )  # fmt: skip
    @pytest.mark.parametrize("step", ["recount", "change"])
    def test_a_limit_that_could_never_be_judged_is_told_at_its_field_and_kept(
        self, as_dahl, proposal, side, typed, error, step
    ):
        page = as_dahl.post(url(proposal), APPROVES | {"step": step, field(proposal, side): typed})
        assert page.status_code == 422
        assert f'value="{typed}"' in page.text
        assert errors_of(page) == [error]
        assert page.text.count('id="feil"') == 1
        proposal.refresh_from_db()
        assert proposal.status == "PROPOSED"

    def test_a_fall_is_typed_as_people_say_it(self, as_dahl, proposal):
        page = as_dahl.get(url(proposal))
        assert f'name="{field(proposal, "yellow_low", "weight")}" value="2"' in page.text
        typed = {"step": "recount", field(proposal, "yellow_low", "weight"): "2,5"}
        form = as_dahl.post(url(proposal), typed).context["changes_form"]
        assert next(rule for rule in form.rules if rule.quantity == "weight").yellow_low == Decimal("-2.5")


class TestApproveWithChange:
    def test_the_new_version_judges_and_the_nurse_reads_what_the_doctor_changed(self, as_dahl, world, proposal):
        strike = {"strike": str(proposal.measures.get(kind="MEDICAL").pk)}
        data = APPROVES | {"step": "change", field(proposal, "yellow_low"): "88", "message": "Kulde."} | strike
        page = as_dahl.post(url(proposal), data, follow=True)
        made = PlanVersion.objects.get(patient=world.per, status="APPROVED")
        assert (page.redirect_chain, made.number) == ([(url(made), 302)], 3)
        assert "Planen er godkjent med endringene dine" in plain(page)
        kari = browser_of(world.kari)
        text = plain(kari.get(url(made)))
        assert "Anne Dahl endret forslaget i versjon 2 før godkjenning" in text
        assert "Før: Oksygenmetning: gul under 89 · rød under 85 %" in text
        assert "Nå: Oksygenmetning: gul under 88 · rød under" in text
        assert "Gul – begynnende forverring: tiltak Før: Start prednisolon 20 mg i 5 dager" in text
        assert "Kulde." in text
        old = kari.get(url(proposal))
        assert "Anne Dahl (HPR 1234567) endret forslaget og godkjente det som en ny versjon 18.11.2026" in plain(old)
        assert url(made) in old.text

    def test_an_ordinary_approval_never_drops_a_change_that_was_typed(self, as_dahl, proposal):
        page = as_dahl.post(url(proposal), APPROVES | {"step": "approve", field(proposal, "yellow_low"): "88"})
        assert page.status_code == 422
        assert "Du har endret forslaget. Velg «Godkjenn med endring», eller sett grensene tilbake." in plain(page)
        assert 'value="88"' in page.text

    def test_without_a_change_it_is_no_change(self, as_dahl, proposal):
        page = as_dahl.post(url(proposal), APPROVES | {"step": "change"})
        assert page.status_code == 422
        assert "Du har ikke endret noe." in plain(page)

    def test_it_needs_date_and_confirmation_like_any_approval(self, as_dahl, proposal):
        page = as_dahl.post(url(proposal), {"step": "change", field(proposal, "yellow_low"): "88"})
        assert page.status_code == 422
        assert "Gyldighetsdato: skriv siste dag planen gjelder." in plain(page)

    def test_a_zone_left_without_a_measure_is_told(self, as_dahl, world, proposal):
        withdraw(version=proposal, by=world.actor(world.kari), now=NOW)
        draft = make_draft(world.per, world.kari, limits=LIMITS)
        draft.measures.filter(zone=Zone.RED).delete()
        only = Measure.objects.create(
            version=draft, municipality_id=draft.municipality_id, zone=Zone.RED, kind=MeasureKind.MEDICAL, position=0,
            text="Ring legevakt",
        )  # fmt: skip
        propose(draft)
        page = as_dahl.post(url(draft), APPROVES | {"step": "change", "strike": str(only.pk)})
        assert page.status_code == 422
        assert "Skriv minst ett tiltak for «Rød – akutt forverring»." in plain(page)
        assert "checked" in page.text

    def test_the_own_measure_of_the_patient_cannot_be_struck(self, as_dahl, proposal):
        own = proposal.measures.filter(kind="OWN").first()
        page = as_dahl.post(url(proposal), APPROVES | {"step": "change", "strike": str(own.pk)})
        assert page.status_code == 422
        assert "du kan bare stryke medisinske tiltak" in plain(page)

    def test_a_change_of_a_withdrawn_proposal_is_kept_and_the_newest_is_compared(self, as_dahl, world, proposal):
        """The nurse edits while the doctor decides: nothing is stored, and nothing typed is lost."""
        withdraw(version=proposal, by=world.actor(world.kari), now=NOW)
        newer = propose(make_draft(world.per, world.kari))
        data = APPROVES | {"step": "change", field(proposal, "yellow_low"): "90", "message": "Hun er frisk ellers."}
        page = as_dahl.post(url(proposal), data)
        text = plain(page)
        assert page.status_code == 409
        assert "Endringene dine (ikke lagret): Oksygenmetning: gul under 89 blir 90" in text
        assert "Hun er frisk ellers." in page.text
        assert "Slik skiller den nyeste versjonen (3) seg fra den du leste" in text
        assert "Før: Oksygenmetning: gul under 89 · rød under 85 %" in text
        assert "Nå: Oksygenmetning: gul under 88 · rød under" in text
        assert url(newer) in page.text

    def test_a_count_of_a_withdrawn_proposal_keeps_what_was_typed_too(self, as_dahl, world, proposal):
        withdraw(version=proposal, by=world.actor(world.kari), now=NOW)
        page = as_dahl.post(url(proposal), {"step": "recount", field(proposal, "yellow_low"): "90"})
        assert page.status_code == 409
        assert "Endringene dine (ikke lagret): Oksygenmetning: gul under 89 blir 90" in plain(page)

    def test_another_patients_doctor_gets_404(self, world, proposal):
        lie = world.nils.gp
        make_agreement(None, world.a.pk, practice=lie.memberships.get().practice)
        data = APPROVES | {"step": "change", field(proposal, "yellow_low"): "88"}
        browser = browser_of(lie)
        assert browser.post(url(proposal), data).status_code == 404
        assert browser.post(url(proposal), data | {"step": "recount"}).status_code == 404
        proposal.refresh_from_db()
        assert proposal.status == "PROPOSED"


class TestRecountOverTheWire:
    def recount(self, browser, version, **data):
        opened = mark_of(browser.get(url(version)))
        return browser.post(url(version, "plan-recount"), {"opened": opened} | data)

    def test_it_answers_with_the_counts_of_the_whole_and_each_rule(self, as_dahl, proposal):
        answer = self.recount(as_dahl, proposal, **{field(proposal, "yellow_low"): "87"})
        spo2 = str(proposal.thresholds.get(quantity="spo2").pk)
        body = answer.json()
        assert (answer.status_code, body["whole"], body["changed"]) == (
            200, "1 gul · 1 rød", ["Oksygenmetning: gul under 89 blir 87"],
        )  # fmt: skip
        assert {rule_id: rule["alarms"] for rule_id, rule in body["rules"].items()} == {
            str(each.pk): "1 gul · 1 rød" if str(each.pk) == spo2 else "0 gule · 0 røde"
            for each in proposal.thresholds.all()
        }
        assert [rule_id for rule_id, rule in body["rules"].items() if "curve" in rule] == [spo2]
        assert "gul 87" in body["rules"][spo2]["curve"]
        assert "no-store" in answer["Cache-Control"]

    def test_an_impossible_order_is_told_at_its_field(self, as_dahl, proposal):
        answer = self.recount(as_dahl, proposal, **{field(proposal, "yellow_low"): "80"})
        assert (answer.status_code, answer.json()) == (
            422,
            {"errors": {field(proposal, "yellow_low"): [
                "Oksygenmetning: Gul nedre grense må være høyere enn rød nedre grense."
            ]}},
        )  # fmt: skip

    @pytest.mark.parametrize("mark", ["", "x", "1:2"])
    def test_it_is_closed_to_whoever_has_not_opened_the_page(self, as_dahl, proposal, mark):
        assert as_dahl.post(url(proposal, "plan-recount"), {"opened": mark}).status_code == 404

    def test_the_mark_is_of_one_person_and_one_version(self, as_dahl, world, proposal):
        opened = mark_of(as_dahl.get(url(proposal)))
        assert browser_of(world.kari).post(url(proposal, "plan-recount"), {"opened": opened}).status_code == 404
        assert as_dahl.post(url(world.per_plan, "plan-recount"), {"opened": opened}).status_code == 404

    def test_the_mark_ends_with_the_right_to_see_the_patient(self, as_dahl, world, proposal):
        opened = mark_of(as_dahl.get(url(proposal)))
        Patient.objects.filter(pk=world.per.pk).update(gp=world.nils.gp)
        assert as_dahl.post(url(proposal, "plan-recount"), {"opened": opened}).status_code == 404

    def test_the_mark_is_too_old_the_next_day(self, as_dahl, proposal):
        opened = mark_of(as_dahl.get(url(proposal)))
        with time_machine.travel(NOW + timedelta(hours=13), tick=False):
            answer = as_dahl.post(url(proposal, "plan-recount"), {"opened": opened})
        assert answer.status_code in (302, 404)  # the session may have ended before

    def test_it_takes_only_posts_and_asks_for_login(self, client, as_dahl, proposal):
        address = url(proposal, "plan-recount")
        assert as_dahl.get(address).status_code == 405
        assert client.post(address).url == f"{reverse('login')}?next={address}"


class TestTwoMinutes:
    """A doctor's two minutes: what the page asks for, counted (R-125)."""

    def test_an_approval_is_two_clicks_and_its_words_are_read_in_two_minutes(self, as_dahl, world):
        """An ordinary revision: seven limits, one of them and one medical measure new. An adult reads 220 a minute."""
        draft = make_draft(world.per, world.kari)
        draft.thresholds.filter(quantity="spo2").update(yellow_low=89)
        add_schedule(draft)
        Measure.objects.create(
            version=draft, municipality_id=draft.municipality_id, zone=Zone.YELLOW, kind=MeasureKind.MEDICAL,
            position=8, text="Start prednisolon 20 mg i 5 dager", start_alone=False,
        )  # fmt: skip
        page = as_dahl.get(url(propose(draft)))
        read = re.search(r"<main.*</main>", page.text, re.DOTALL)[0]
        for unread in (r"<svg.*?</svg>", r"<details.*?</details>", r"<legend.*?</legend>", r"<[^>]*>"):
            read = re.sub(unread, " ", read, flags=re.DOTALL)
        words = re.findall(r"[^\W_]+(?:[.,:–][^\W_]+)*", read)
        assert 300 < len(words) < 440
        # The date is filled in, so what is left is the box and the button.
        answer = re.search(r'<form[^>]*id="svar-skjema".*?</form>', page.text, re.DOTALL)[0]
        assert re.findall(r'<input type="checkbox" name="(\w+)"', answer) == ["confirmed"]
        assert 'value="18.05.2027"' in answer
