"""The plan of one patient: versions, what can be done, the meeting, the acceptance, and any two versions compared."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from careplans.models import PatientAcceptance, PlanMeeting, PlanVersion
from careplans.services import (
    AlreadyAccepted,
    NotYours,
    record_acceptance,
    record_meeting,
    revise,
    send_to_gp,
    warnings_of,
)
from tests.database import see_everything
from tests.factories.accounts import let_in, make_membership, make_user
from tests.factories.careplans import approve, make_draft
from tests.factories.clock import NOW
from tests.factories.patients import make_enrolment, make_patient

MEETING = {"form": "MEETING", "held_on": "01.01.2026", "participants": "Per, Kari og Dahl", "duration_minutes": "30"}


def address(patient, name="plan-patient"):
    return reverse(name, args=[patient.pk])


@pytest.fixture
def kari(world):
    return world.actor(world.kari)


def test_without_a_plan_it_says_so_and_offers_to_begin(world, as_kari):
    patient = make_patient(world.a.pk, "Ny", "Pasient", gp=world.dahl)
    make_enrolment(patient, world.joint)
    page = as_kari.get(address(patient))
    assert "Pasienten har ingen plan ennå." in page.text
    assert address(patient, "plan-begin") in page.text


def test_beginning_asks_what_matters_first(world, as_kari):
    patient = make_patient(world.a.pk, "Ny", "Pasient", gp=world.dahl)
    make_enrolment(patient, world.joint)
    answer = as_kari.post(address(patient, "plan-begin"), {"what_matters": " "})
    assert answer.status_code == 422
    assert "Hva er viktig for deg?: skriv pasientens svar." in answer.text
    answer = as_kari.post(address(patient, "plan-begin"), {"what_matters": "Synge i kor."})
    see_everything()
    version = PlanVersion.objects.get(patient=patient)
    assert (answer.status_code, version.what_matters, version.status) == (302, "Synge i kor.", "DRAFT")
    # A second one is refused with the text kept.
    again = as_kari.post(address(patient, "plan-begin"), {"what_matters": "Noe annet."})
    assert again.status_code == 409
    assert "Noe annet." in again.text


def test_a_proposal_is_taken_back_and_changed(world, as_kari, kari):
    proposal = send_to_gp(version=revise(version=world.per_plan, by=kari, now=NOW), by=kari, now=NOW)
    assert "Trekk forslaget tilbake" in as_kari.get(address(world.per)).text
    as_kari.post(reverse("plan-withdraw", args=[proposal.pk]))
    see_everything()
    assert PlanVersion.objects.get(pk=proposal.pk).status == "WITHDRAWN"
    assert as_kari.post(reverse("plan-change", args=[proposal.pk])).status_code == 302
    see_everything()
    assert list(PlanVersion.objects.filter(patient=world.per).order_by("number").values_list("status", flat=True)) == [
        "APPROVED", "WITHDRAWN", "DRAFT",
    ]  # fmt: skip


def test_who_reads_only_is_offered_nothing(world):
    revise(version=world.per_plan, by=world.actor(world.kari), now=NOW)
    page = let_in(Client(), world.dahl).get(address(world.per))
    # A doctor may write, but the nurse's draft is the nurse's.
    assert "Oppfølgingstjenesten har et utkast som ikke er sendt ennå." in page.text
    assert "Versjon 2" not in page.text
    siri = let_in(Client(), world.siri).get(address(world.solveig))
    assert "Du kan lese planen, men ikke endre den." in siri.text


class TestCompare:
    def test_any_two_are_compared_in_words(self, world, as_kari, kari):
        draft = revise(version=world.per_plan, by=kari, now=NOW)
        draft.thresholds.filter(quantity="spo2").update(yellow_low=89)
        page = as_kari.get(address(world.per, "plan-compare"), {"v1": "1", "v2": "2"})
        assert "<del>Oksygenmetning: gul under 88 · rød under 86 %</del>" in page.text
        assert "<mark>Oksygenmetning: gul under 89 · rød under 86 %</mark>" in page.text
        same = as_kari.get(address(world.per, "plan-compare"), {"v1": "2", "v2": "2"})
        assert "De to versjonene sier det samme." in same.text

    @pytest.mark.parametrize("asked", [{"v1": "9", "v2": "x"}, {"v1": "1"}, {"v1": "9" * 4000, "v2": "1"}])
    def test_a_version_that_is_not_there_is_asked_for_again(self, world, as_kari, kari, asked):
        revise(version=world.per_plan, by=kari, now=NOW)
        page = as_kari.get(address(world.per, "plan-compare"), asked)
        assert page.status_code == 200
        assert "Velg to versjoner fra listene." in page.text


class TestMeeting:
    def test_it_is_registered_and_shown(self, world, as_kari):
        answer = as_kari.post(reverse("plan-meeting", args=[world.per_plan.pk]), MEETING)
        assert answer.status_code == 302
        assert "Tverrfaglig møte 01.01.2026: Per, Kari og Dahl (30 min)" in as_kari.get(address(world.per)).text

    @pytest.mark.parametrize(
        ("change", "sentence"),
        [
            ({"participants": ""}, "Hvem som deltok: skriv navn og rolle."),
            ({"held_on": "01.01.2199"}, "Dato: velg i dag eller en dag før i dag."),
            ({"held_on": "i går"}, "Dato: skriv datoen som dag, måned og år"),
            ({"form": "BY_AGREEMENT", "note": ""}, "Merknad: skriv hvordan det er gjort etter avtale."),
            ({"form": "ELSE"}, "velg et av valgene i listen"),
            ({"duration_minutes": "0"}, "skriv et helt tall fra 1 til 600"),
        ],
    )
    def test_what_is_wrong_is_said_at_the_field(self, world, as_kari, change, sentence):
        answer = as_kari.post(reverse("plan-meeting", args=[world.per_plan.pk]), MEETING | change)
        assert answer.status_code == 422
        assert sentence in answer.text
        see_everything()
        assert PlanMeeting.objects.count() == 0

    def test_only_those_who_write_register_it(self, world):
        with pytest.raises(NotYours):
            record_meeting(
                version=world.per_plan, form="MEETING", held_on=NOW.date(), participants="x", duration_minutes=None,
                note="", by=world.actor(world.ola), now=NOW,
            )  # fmt: skip

    def test_the_database_refuses_by_agreement_without_how(self, world):
        with pytest.raises(IntegrityError), transaction.atomic():
            PlanMeeting.objects.create(
                version=world.per_plan, municipality=world.a, form="BY_AGREEMENT", held_on=NOW.date(), participants="x",
                registered_at=NOW, registered_by=world.kari,
            )  # fmt: skip


class TestAcceptance:
    def test_it_is_registered_once_and_never_changed(self, world, as_kari, kari):
        said = {"accepted_on": "01.01.2026", "how": "Sa ja i møtet."}
        assert "pasienten er enig" in " ".join(warnings_of(world.per_plan))
        assert as_kari.post(reverse("plan-acceptance", args=[world.per_plan.pk]), said).status_code == 302
        see_everything()
        assert "01.01.2026: Sa ja i møtet." in as_kari.get(address(world.per)).text
        see_everything()
        with pytest.raises(AlreadyAccepted):
            record_acceptance(version=world.per_plan, accepted_on=NOW.date(), how="Igjen.", by=kari, now=NOW)
        with pytest.raises(InternalError), transaction.atomic():
            PatientAcceptance.objects.update(how="Noe annet.")

    def test_it_says_how(self, world, as_kari):
        answer = as_kari.post(reverse("plan-acceptance", args=[world.per_plan.pk]), {"accepted_on": "01.01.2026"})
        assert answer.status_code == 422
        assert "Hvordan pasienten sa ja: skriv hvordan." in answer.text


def test_a_hospitals_plan_is_shown_to_be_unseen_by_the_gp(world, as_kari):
    specialist = make_user("lege", "Liv", "Hansen", hpr_number="7777777")
    make_membership(specialist, Role.SPECIALIST, service=world.joint)
    patient = make_patient(world.a.pk, "Ny", "Pasient", gp=world.dahl)
    make_enrolment(patient, world.joint)
    version = approve(make_draft(patient, world.kari, now=NOW - timedelta(days=9)), specialist, now=NOW)
    page = as_kari.get(address(patient))
    assert "Planen ble godkjent av sykehuslegen Liv Hansen. Fastlegen bør se den." in page.text
    assert reverse("plan-change", args=[version.pk]) in page.text
    assert "sykehuslegen" not in as_kari.get(address(world.per)).text


def test_the_patients_page_leads_here(world, as_kari):
    assert address(world.per) in as_kari.get(reverse("patient", args=[world.per.pk])).text
