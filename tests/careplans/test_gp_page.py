"""The doctor's two pages: what waits, and one plan with its evidence, decided or read."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from accounts.models import User
from audit.models import AccessEntry
from careplans.enums import MeasureKind, Zone
from careplans.models import Approval, Measure, PlanVersion, Threshold
from careplans.services import return_with_question, revise, withdraw
from patients.models import Patient
from tests import database
from tests.careplans.gp import browser_of, plain, sent_proposal, url
from tests.factories.accounts import let_in, make_membership, make_user
from tests.factories.care import block, open_in_emergency
from tests.factories.careplans import approve, make_draft, propose
from tests.factories.clock import NOW
from tests.factories.hospital import make_cooperation
from tests.factories.patients import make_enrolment, make_patient

PLANS = reverse("plans")


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[None]:
    """The pages take their own time; the personas live on one fixed day."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def proposal(world) -> PlanVersion:
    """Per's version 2, sent to GP Dahl."""
    return sent_proposal(world)


def unsaved(page) -> str | None:
    """The question that could not be saved, given back."""
    kept = re.search(r'<textarea class="ds-input" id="ulagret" rows="4" readonly>([^<]*)</textarea>', page.text)
    return kept[1] if kept else None


def log_of(version) -> list[tuple[str, bool]]:
    """Action and whether it was allowed, for looks at this version, whoever looked."""
    database.see_everything()
    return list(AccessEntry.objects.filter(object_id=str(version.pk)).order_by("pk").values_list("action", "allowed"))


APPROVES = {"valid_until": "18.05.2027", "confirmed": "on"}


class TestTheList:
    def test_it_shows_what_waits_for_the_own_patients(self, as_dahl, proposal):
        page = as_dahl.get(PLANS)
        assert [version.pk for version in page.context["waiting"]] == [proposal.pk]
        text = plain(page)
        for expected in ("1 plan venter på deg", "Aasen, Per", "Kongsvinger", "Kari Nordmann", "18.11.2026 kl. 10.00"):
            assert expected in text

    def test_the_longest_wait_stands_first(self, as_dahl, world, proposal):
        older = propose(make_draft(world.solveig, world.kari), now=NOW - timedelta(days=2))
        assert [version.pk for version in as_dahl.get(PLANS).context["waiting"]] == [older.pk, proposal.pk]

    def test_it_says_that_nothing_waits(self, as_dahl, world):
        text = plain(as_dahl.get(PLANS))
        assert "Ingen planer venter på deg" in text
        assert "Du skal ikke følge med på målinger fortløpende." in text

    def test_it_leaves_out_drafts_and_other_doctors_patients(self, as_dahl, world):
        make_draft(world.per, world.kari)
        propose(make_draft(world.nils, world.ola))
        elsewhere = make_patient(world.a.pk, "Annen", "Liste", gp=world.nils.gp)
        propose(make_draft(elsewhere, world.kari))
        assert as_dahl.get(PLANS).context["waiting"] == []

    def test_it_shows_what_was_decided_lately(self, as_dahl, world, proposal):
        approve(proposal, world.dahl, now=NOW - timedelta(days=3))
        decided = as_dahl.get(PLANS).context["decided"]
        assert [(row.version_id, row.name) for row in decided] == [(proposal.pk, "Anne Dahl")]

    def test_it_forgets_what_was_decided_long_ago(self, as_dahl, world):
        assert as_dahl.get(PLANS).context["decided"] == []  # version 1 was approved 90 days ago

    @pytest.mark.parametrize("person", ["kari", "siri", "ness", "eva"])
    def test_it_refuses_everyone_else(self, world, proposal, person):
        assert browser_of(getattr(world, person)).get(PLANS).status_code == 403

    def test_it_asks_for_login(self, client, proposal):
        assert client.get(PLANS).url == f"{reverse('login')}?next={PLANS}"

    def test_it_refuses_other_methods(self, as_dahl):
        assert as_dahl.post(PLANS).status_code == 405

    def test_it_asks_the_database_equally_often_for_one_and_three(self, as_dahl, world, proposal):
        with CaptureQueriesContext(
            connection,
        ) as one:
            as_dahl.get(PLANS)
        propose(make_draft(world.solveig, world.kari))
        third = make_patient(world.a.pk, "Tredje", "Pasient", gp=world.dahl)
        propose(make_draft(third, world.kari))
        with CaptureQueriesContext(connection) as three:
            as_dahl.get(PLANS)
        assert len(three) == len(one)


class TestOnePlan:
    def test_it_says_who_does_what(self, as_dahl, proposal):
        text = plain(as_dahl.get(url(proposal)))
        for expected in (
            "AASEN, Per",
            "14.03.1948 (78 år)",
            "Egenbehandlingsplan versjon 2 venter på deg",
            "Kari Nordmann sendte forslaget 18.11.2026 kl. 10.00.",
            "DHO Solør–Odal følger opp målingene hverdager kl. 08.00–15.30, telefon 62 80 00 00.",
            "Du skal ikke følge med på målingene fortløpende.",
            "legevakt 116 117, og 113 ved fare for liv",
        ):
            assert expected in text

    def test_it_shows_the_plan_also_where_the_service_s_hours_cannot_be_read(self, as_dahl, world, proposal):
        world.joint.hours = {"weekly": {"0": [["8.00", "15:30"]]}}
        world.joint.save()
        text = plain(as_dahl.get(url(proposal)))
        assert "følger opp målingene (åpningstiden kan ikke leses), telefon 62 80 00 00." in text

    def test_it_never_shows_the_last_five_digits_or_a_name_in_the_title(self, as_dahl, world, proposal):
        page = as_dahl.get(url(proposal))
        assert world.per.national_id[6:] not in page.text
        assert "<title>Egenbehandlingsplan – DHO</title>" in page.text

    def test_it_shows_old_and_new_limits_in_words(self, as_dahl, proposal):
        page = as_dahl.get(url(proposal))
        rows = {(row.change.label, str(row.change.either.kind)): row.change for row in page.context["page"].limits}
        spo2 = rows["Oksygenmetning", "BAND"]
        assert [(piece.text, piece.changed) for piece in spo2.present_line] == [
            ("gul under", False), ("88", True), ("· rød under", False), ("86", True), ("%", False),
        ]  # fmt: skip
        assert [(piece.text, piece.changed) for piece in spo2.proposed_line] == [
            ("gul under", False), ("87", True), ("· rød under", False), ("85", True), ("%", False),
        ]  # fmt: skip
        assert rows["Vekt", "BAND"].same
        assert rows["Vekt", "CHANGE"].same
        assert (rows["NEWS2", "NEWS2"].present, rows["Puls", "BAND"].proposed) == (None, None)
        assert "<del>88</del>" in page.text
        assert "<mark>87</mark>" in page.text
        text = plain(page)
        assert "gul ved økning over 1,5 · rød ved økning over 2,0 kg på 3 døgn" in text
        assert "Ny: gul over 4 · rød over 6 poeng, SpO₂-skala 2 med verdier fra siste 1 døgn" in text

    def test_it_counts_the_changes(self, as_dahl, proposal):
        """SpO₂ changed, NEWS2 new, four rules and one medical measure: 1 + 1 + 4 + 1."""
        assert "7 endringer fra versjon 1" in plain(as_dahl.get(url(proposal)))

    def test_it_flags_a_new_medical_measure(self, as_dahl, proposal):
        text = plain(as_dahl.get(url(proposal)))
        assert "Start prednisolon 20 mg i 5 dager" in text
        assert "Startes bare sammen med helsepersonell." in text
        assert text.count("Nytt medisinsk tiltak – krever din godkjenning") == 1

    def test_it_proposes_half_a_year(self, as_dahl, proposal):
        assert 'value="18.05.2027"' in as_dahl.get(url(proposal)).text

    def test_a_first_plan_is_compared_with_nothing(self, as_dahl, world):
        patient = make_patient(world.a.pk, "Ny", "Pasient", gp=world.dahl)
        make_enrolment(patient, world.joint)
        page = as_dahl.get(url(propose(make_draft(patient, world.kari))))
        assert "Første plan: ingen grenser gjelder før du har godkjent dem" in plain(page)
        assert page.context["page"].present is None

    def test_it_says_when_the_version_in_force_has_run_out(self, as_dahl, world):
        patient = make_patient(world.a.pk, "Ny", "Pasient", gp=world.dahl)
        old = make_draft(patient, world.kari)
        propose(old, now=NOW - timedelta(days=30))
        PlanVersion.objects.filter(pk=old.pk).update(
            status="APPROVED", approved_at=NOW - timedelta(days=30), approved_by=world.dahl,
            valid_until=NOW - timedelta(days=2),
        )  # fmt: skip
        page = as_dahl.get(url(propose(make_draft(patient, world.kari))))
        assert "Før (versjon 1, gikk ut 16.11.2026)" in plain(page)

    def test_opening_is_logged(self, as_dahl, world, proposal):
        as_dahl.get(url(proposal))
        entry = AccessEntry.objects.get(object_id=str(proposal.pk))
        assert (entry.action, entry.allowed, entry.actor_id, entry.patient_id, entry.municipality_id) == (
            "OPEN_PLAN",
            True,
            world.dahl.pk,
            world.per.pk,
            world.a.pk,
        )

    def test_who_has_died_grows_no_older_and_who_has_moved_is_marked(self, world, proposal):
        kari = browser_of(world.kari)
        Patient.objects.filter(pk=world.per.pk).update(deceased_on=NOW.date().replace(month=3, day=13))
        text = plain(kari.get(url(proposal)))
        assert ("14.03.1948 (77 år)" in text, "<strong>Død 13.03.2026</strong>" in text) == (True, True)
        database.see_everything()
        Patient.objects.filter(pk=world.per.pk).update(deceased_on=None, moved_on=NOW.date())
        assert "<strong>Flyttet fra kommunen 18.11.2026</strong>" in plain(kari.get(url(proposal)))

    def test_opened_by_emergency_access_it_says_so(self, world, proposal):
        assert "Nødtilgang til" not in plain(browser_of(world.berit).get(url(proposal)))
        database.see_everything()
        block(world.per, world.kari, user=world.berit)
        open_in_emergency(world.per, world.berit)
        text = plain(browser_of(world.berit).get(url(proposal)))
        assert "<strong>Nødtilgang til kl. 14.00.</strong> Begrunnelse: Pasienten er bevisstløs" in text

    def test_it_is_never_cached(self, as_dahl, proposal):
        assert "no-store" in as_dahl.get(url(proposal))["Cache-Control"]

    @pytest.mark.parametrize("person", ["kari", "berit"])
    def test_nurses_read_without_buttons(self, world, proposal, person):
        page = browser_of(getattr(world, person)).get(url(proposal))
        text = plain(page)
        assert "Egenbehandlingsplan versjon 2 venter på fastlegen" in text
        assert "IKKE GODKJENT." in text
        assert "Godkjenn plan" not in text
        assert "Send tilbake" not in text

    def test_the_coordinator_reads_the_own_municipality_only(self, world, proposal):
        siri = browser_of(world.siri)
        own = propose(make_draft(world.solveig, world.kari))
        assert (siri.get(url(own)).status_code, siri.get(url(proposal)).status_code) == (200, 404)

    def test_a_nurse_reads_a_draft_and_the_doctor_does_not(self, as_dahl, world):
        draft = make_draft(world.per, world.kari)
        assert browser_of(world.kari).get(url(draft)).status_code == 200
        assert as_dahl.get(url(draft)).status_code == 404

    @pytest.mark.parametrize("name", ["plan-decide", "plan-print", "plan-compare"])
    def test_a_service_that_only_reads_along_does_not_read_a_draft(self, world, name):
        line = make_cooperation(world).line
        draft = make_draft(world.per, world.kari)
        assert browser_of(line).get(url(draft, name)).status_code == 404
        propose(draft)
        assert browser_of(line).get(url(draft)).status_code == 200

    def test_a_doctor_reads_the_draft_that_is_the_doctors_own(self, as_dahl, world):
        assert as_dahl.get(url(make_draft(world.per, world.dahl))).status_code == 200

    @pytest.mark.parametrize("person", ["ola", "ness", "eva"])
    def test_it_is_hidden_from_everyone_else_and_the_try_is_logged(self, world, proposal, person):
        assert browser_of(getattr(world, person)).get(url(proposal)).status_code == 404
        assert log_of(proposal) == [("OPEN_PLAN", False)]

    def test_a_colleague_in_the_same_practice_does_not_see_it(self, world, proposal):
        colleague = make_user("vik", "Ada", "Vik", hpr_number="1112223")
        make_membership(colleague, Role.GP, practice=world.dahl.memberships.get().practice)
        assert browser_of(colleague).get(url(proposal)).status_code == 404

    def test_it_asks_for_login(self, client, proposal):
        assert client.get(url(proposal)).url == f"{reverse('login')}?next={url(proposal)}"

    def test_it_refuses_other_methods(self, as_dahl, proposal):
        assert as_dahl.delete(url(proposal)).status_code == 405


class TestApproving:
    def test_it_approves_until_the_end_of_the_chosen_day(self, as_dahl, world, proposal):
        page = as_dahl.post(url(proposal), APPROVES, follow=True)
        proposal.refresh_from_db()
        assert (proposal.status, proposal.approved_by, proposal.approved_at) == ("APPROVED", world.dahl, NOW)
        assert proposal.valid_until == datetime(2027, 5, 18, 22, tzinfo=UTC)  # midnight in Oslo, summer time
        text = plain(page)
        assert "Planen er godkjent og gjelder fra nå til og med 18.05.2027." in text
        assert "Godkjent av Anne Dahl (HPR 1234567) 18.11.2026 kl. 10.00. Gjelder til og med 18.05.2027." in text
        assert "Godkjenn plan" not in text
        assert log_of(proposal) == [("DECIDE_PLAN", True), ("OPEN_PLAN", True)]

    @pytest.mark.parametrize(
        ("changed", "message"),
        [
            ({"confirmed": ""}, "Kryss av for at du godkjenner planen, eller send den tilbake med spørsmål."),
            ({"valid_until": ""}, "Gyldighetsdato: skriv siste dag planen gjelder."),
            (
                {"valid_until": "i morgen"},
                "Gyldighetsdato: skriv datoen som dag, måned og år, for eksempel 01.01.2027.",
            ),
            ({"valid_until": "31.12.9999"}, "Gyldighetsdato: skriv et år fra 1900 til 2199."),
            ({"valid_until": "18.11.2026"}, "Gyldighetsdato: velg en dag etter 18.11.2026 og senest 18.11.2028."),
            ({"valid_until": "19.11.2028"}, "Gyldighetsdato: velg en dag etter 18.11.2026 og senest 18.11.2028."),
        ],
    )
    def test_it_explains_what_is_missing_and_approves_nothing(self, as_dahl, proposal, changed, message):
        page = as_dahl.post(url(proposal), APPROVES | changed)
        assert page.status_code == 422
        assert message in plain(page)
        proposal.refresh_from_db()
        assert (proposal.status, Approval.objects.filter(version=proposal).count()) == ("PROPOSED", 0)

    def test_it_keeps_the_date_that_was_typed(self, as_dahl, proposal):
        assert 'value="01.02.2027"' in as_dahl.post(url(proposal), {"valid_until": "01.02.2027"}).text

    def test_an_empty_post_never_approves(self, as_dahl, proposal):
        assert as_dahl.post(url(proposal)).status_code == 422

    @pytest.mark.parametrize("person", ["kari", "ola", "siri", "ness", "eva"])
    def test_everyone_else_gets_404_and_a_line_in_the_log(self, world, proposal, person):
        browser = browser_of(getattr(world, person))
        for data in (APPROVES, {"question": "Hvorfor?"}):
            assert browser.post(url(proposal), data).status_code == 404
        assert log_of(proposal) == [("DECIDE_PLAN", False), ("DECIDE_PLAN", False)]
        proposal.refresh_from_db()
        assert proposal.status == "PROPOSED"

    def test_a_colleague_in_the_same_practice_gets_404(self, world, proposal):
        colleague = make_user("vik", "Ada", "Vik", hpr_number="1112223")
        make_membership(colleague, Role.GP, practice=world.dahl.memberships.get().practice)
        assert browser_of(colleague).post(url(proposal), APPROVES).status_code == 404

    def test_a_forged_request_without_token_is_refused(self, world, proposal):
        browser = Client(enforce_csrf_checks=True)
        let_in(browser, world.dahl)
        assert browser.post(url(proposal), APPROVES).status_code == 403


class TestReturning:
    def test_it_sends_back_with_the_question(self, as_dahl, proposal):
        page = as_dahl.post(url(proposal), {"question": "Hvorfor 85 og ikke 86?"}, follow=True)
        proposal.refresh_from_db()
        assert (proposal.status, Approval.objects.get(version=proposal).question) == (
            "RETURNED",
            "Hvorfor 85 og ikke 86?",
        )
        assert "Planen er sendt tilbake til oppfølgingstjenesten med spørsmålet ditt." in plain(page)

    @pytest.mark.parametrize("question", ["", "   "])
    def test_it_needs_a_question(self, as_dahl, proposal, question):
        page = as_dahl.post(url(proposal), {"question": question})
        assert page.status_code == 422
        assert "Spørsmål: skriv hva oppfølgingstjenesten må avklare." in plain(page)
        assert "<details" in page.text
        assert " open>" in page.text

    def test_the_nurse_reads_the_question(self, as_kari, world, proposal):
        return_with_question(version=proposal, question="Hvorfor <85>?", by=world.actor(world.dahl), now=NOW)
        text = plain(as_kari.get(url(proposal)))
        assert "Anne Dahl (HPR 1234567) sendte forslaget tilbake 18.11.2026 kl. 10.00" in text
        assert "Hvorfor &lt;85&gt;?" in text


class TestWithoutHprNumber:
    """An approval must name the number (R-041): the doctor is told, gets no form, and loses nothing."""

    @pytest.fixture(autouse=True)
    def no_number(self, world):
        User.objects.filter(pk=world.dahl.pk).update(hpr_number="")

    def test_it_says_what_is_missing_and_shows_no_form(self, as_dahl, proposal):
        page = as_dahl.get(url(proposal))
        assert "HPR-nummeret ditt ikke er registrert her." in plain(page)
        assert 'name="confirmed"' not in page.text

    @pytest.mark.parametrize("data", [APPROVES, {"question": "Hvorfor 85?"}])
    def test_an_answer_all_the_same_is_refused_with_the_text_kept(self, as_dahl, proposal, data):
        page = as_dahl.post(url(proposal), data)
        assert page.status_code == 403
        assert unsaved(page) == data.get("question")
        proposal.refresh_from_db()
        assert proposal.status == "PROPOSED"


class TestWhenItIsTooLate:
    @pytest.mark.parametrize("data", [APPROVES, {"question": "Hvorfor?"}])
    def test_an_answer_to_a_decided_plan_is_refused_and_explained(self, as_dahl, world, proposal, data):
        approve(proposal, world.dahl, now=NOW - timedelta(minutes=5))
        page = as_dahl.post(url(proposal), data)
        assert page.status_code == 409
        text = plain(page)
        assert "Svaret ditt ble ikke lagret, fordi forslaget er avgjort i mellomtiden." in text
        assert "Godkjent av Anne Dahl (HPR 1234567) 18.11.2026 kl. 09.55." in text
        assert unsaved(page) == data.get("question")

    def test_a_changed_proposal_must_be_read_again(self, as_dahl, world, proposal):
        """ux.md 4.3 and acceptance 19: the nurse changed the plan while the doctor was reading."""
        withdraw(version=proposal, by=world.actor(world.kari), now=NOW)
        newer = make_draft(world.per, world.kari)
        Threshold.objects.filter(version=newer, quantity="spo2").update(yellow_low=Decimal(89))
        propose(newer)
        page = as_dahl.post(url(proposal), APPROVES)
        assert page.status_code == 409
        text = plain(page)
        assert "Oppfølgingstjenesten har trukket forslaget tilbake." in text
        assert url(newer) in page.text
        assert "versjon 3 (sendt til godkjenning)" in text
        statuses = PlanVersion.objects.filter(patient=world.per).order_by("number").values_list("status", flat=True)
        assert list(statuses) == ["APPROVED", "WITHDRAWN", "PROPOSED"]


class TestMeasuresAreReadWhole:
    """What the doctor answers for is marked whatever it is called, and each change of it is seen (R-032, R-044)."""

    @pytest.fixture
    def cures(self, world):
        """Version 2 has a medicine that is called the patient's own, and is approved."""
        draft = make_draft(world.per, world.kari)
        Measure.objects.create(
            version=draft, municipality_id=draft.municipality_id, zone=Zone.YELLOW, kind=MeasureKind.OWN,
            category="MEDICATION", position=8, text="Prednisolon 20 mg", frequency="en gang om dagen",
            responsible="hjemmesykepleien", start_alone=False,
        )  # fmt: skip
        return draft

    def test_a_medicine_is_the_doctors_whatever_it_is_called(self, as_dahl, cures):
        page = as_dahl.get(url(propose(cures)))
        line = next(each for zone in page.context["page"].zones for each in zone.lines if each.new)
        assert (line.text, line.medical, line.needs_doctor) == ("Prednisolon 20 mg", True, True)
        text = " ".join(page.text.split())
        assert "(Medisiner, en gang om dagen, ansvarlig: hjemmesykepleien)" in text
        assert "Nytt medisinsk tiltak – krever din godkjenning" in text
        assert f'name="strike" value="{line.pk}"' in text
        assert str(line.pk) in page.context["changes_form"].medical

    @pytest.mark.parametrize("what", ["frequency", "responsible", "category"])
    def test_each_thing_said_of_a_measure_is_compared(self, as_dahl, world, cures, what):
        cures.measures.filter(text="Prednisolon 20 mg").update(kind="MEDICAL")
        approve(cures, world.dahl)
        kari = world.actor(world.kari)
        draft = revise(version=cures, by=kari, now=NOW)
        draft.measures.filter(text="Prednisolon 20 mg").update(
            **{what: {"category": "DIET"}.get(what, "tre ganger om dagen")}
        )
        page = as_dahl.get(url(propose(draft)))
        text = " ".join(page.text.split())
        assert page.context["page"].changes == 1
        assert "<del>Prednisolon 20 mg (Medisiner, en gang om dagen, medisinsk tiltak" in text
        assert "Endret medisinsk tiltak – krever din godkjenning" in text
