"""«Tilgang»: who sees the patient and why, who answers for her, and the steps that change it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.enums import Role
from audit.models import AccessEntry
from organisations.models import Agreement
from patients.models import AccessBlock, CareRelation, Handover, Patient
from tests.database import see_everything
from tests.factories.accounts import let_in, make_membership, make_user
from tests.factories.care import block, make_handover, make_hospital, open_in_emergency, share
from tests.factories.clock import NOW
from tests.factories.organisations import make_agreement, make_service

TODAY, DAY = NOW.date(), timedelta(days=1)


@pytest.fixture(autouse=True)
def on_the_day() -> Iterator[None]:
    """The pages take their own time; the personas live on one fixed day."""
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def home(world):
    """The home nursing of Per's municipality, with a home nurse and a nurse."""
    found = make_service("Hjemmesykepleien i Kongsvinger", owner=world.a.pk)
    found.visitor, found.nurse = make_user("moe", "Mari", "Moe"), make_user("lind", "Liv", "Lind")
    make_membership(found.visitor, Role.HOME_NURSE, service=found)
    make_membership(found.nurse, Role.NURSE, service=found)
    return found


def browser_of(user) -> Client:
    """A browser where this person is signed in."""
    browser = Client()
    let_in(browser, user)
    return browser


def at(door, patient, *more) -> str:
    return reverse(door, args=[patient.pk, *more])


def plain(page) -> str:
    """The page's text with runs of white space as one space."""
    return " ".join(page.text.split())


def seers(page) -> dict[str, tuple[str, list[str]]]:
    """Per organisation: why, and the people with what they see."""
    return {
        seer.organisation: (
            seer.why,
            [f"{actor.user.get_full_name()}{'' if all_of_it else ' (plan)'}" for actor, all_of_it in seer.people],
        )
        for seer in page.context["seers"]
    }


class TestWhoSees:
    def test_it_names_everybody_whom_the_doors_let_in_with_the_reason(self, as_kari, world, home):
        share(world.solveig, make_service("Grue hjemmetjeneste", owner=world.b.pk), world.kari)
        share(world.per, home, world.kari, valid_until=TODAY + DAY)
        assert seers(as_kari.get(at("access", world.per))) == {
            "DHO Solør–Odal": ("følger opp pasienten", ["Berit Lunde", "Kari Nordmann"]),
            "Hjemmesykepleien i Kongsvinger": (
                "delt fra 19.10.2026 til og med 19.11.2026",
                ["Liv Lind", "Mari Moe (plan)"],
            ),
            "Kongsvinger legesenter": ("pasientens fastlege, avtale med kommunen fra 01.01.2020", ["Anne Dahl"]),
        }

    def test_it_names_the_agreement_and_the_municipalitys_own(self, as_kari, world):
        found = seers(as_kari.get(at("access", world.solveig)))
        assert found["DHO Solør–Odal"][0] == "følger opp pasienten, avtale med kommunen fra 01.01.2020"
        assert found["Grue"] == ("kommunens egne ansatte", ["Siri Moen"])

    def test_it_leaves_out_the_blocked_and_those_without_agreement(self, as_kari, world):
        block(world.solveig, world.kari, user=world.berit)
        Agreement.objects.filter(practice__isnull=False).update(valid_until=TODAY - DAY)
        found = seers(as_kari.get(at("access", world.solveig)))
        assert {name: people for name, (_, people) in found.items()} == {
            "DHO Solør–Odal": ["Kari Nordmann"],
            "Grue": ["Siri Moen"],
        }

    def test_it_says_who_is_responsible_and_since_when(self, as_kari, world):
        text = plain(as_kari.get(at("access", world.per)))
        assert "<dt>Oppfølging</dt> <dd>DHO Solør–Odal, fra 20.08.2026, telefon 62 80 00 00</dd>" in text
        assert "<dt>Medisinsk ansvar</dt> <dd>Fastlege Anne Dahl</dd>" in text

    def test_in_the_hospitals_phase_its_doctor_is_responsible_since_the_handover(self, world):
        hospital = make_hospital()
        make_agreement(hospital, world.a.pk)
        nurse = make_user("lind", "Liv", "Lind")
        make_membership(nurse, Role.HOSPITAL_NURSE, service=hospital)
        handed = {"answer": "ACCEPTED", "answered_at": NOW, "answered_by": nurse, "moved_at": NOW - DAY}
        make_handover(world.per, hospital, world.kari, **handed)
        world.per.enrolments.update(service=hospital)
        text = plain(browser_of(nurse).get(at("access", world.per)))
        assert f"<dd>{hospital.name}, fra 17.11.2026, telefon {hospital.phone}</dd>" in text
        assert f"<dd>Sykehuslegen ved {hospital.name}, fra 17.11.2026, telefon {hospital.phone}</dd>" in text

    def test_it_lists_emergency_accesses_and_past_handovers(self, as_kari, world, home):
        open_in_emergency(world.per, home.nurse)
        declined = {"answer": "DECLINED", "answered_at": NOW, "answered_by": home.nurse, "answer_note": "Fullt."}
        make_handover(world.per, home, world.kari, **declined)
        text = plain(as_kari.get(at("access", world.per)))
        assert "18.11.2026 kl. 10.00: Liv Lind, sykepleier, Hjemmesykepleien i Kongsvinger. Begrunnelse:" in text
        assert "Avslått 18.11.2026 av Liv Lind. Notat: Fullt." in text

    def test_it_says_what_is_empty(self, as_kari, world):
        text = plain(as_kari.get(at("access", world.per)))
        for words in (
            "ikke delt med noen",
            "ikke vært overført",
            "Ingen sperringer",
            "Ingen har åpnet journalen med nød",
        ):
            assert words in text

    def test_it_asks_the_database_equally_often_for_few_and_many(self, as_kari, world, home):
        share(world.per, home, world.kari)
        with CaptureQueriesContext(connection) as few:
            as_kari.get(at("access", world.per))
        see_everything()
        for number in range(12):
            nurse = make_user(f"nurse{number}", "Nina", f"Nes {number}")
            make_membership(nurse, Role.NURSE, service=home)
            make_membership(nurse, Role.COORDINATOR, authority=world.a)
        with CaptureQueriesContext(connection) as many:
            page = as_kari.get(at("access", world.per))
        assert sum(len(seer.people) for seer in page.context["seers"]) >= 24
        assert len(many) == len(few)

    def test_it_is_linked_from_the_patient_and_logged(self, as_kari, world):
        assert at("access", world.per) in as_kari.get(at("patient", world.per)).text
        as_kari.get(at("access", world.per))
        assert AccessEntry.objects.latest("pk").action == "OPEN_ACCESS"

    def test_who_reads_only_sees_no_steps(self, as_dahl, world, home):
        share(world.per, home, world.kari)
        make_handover(world.per, home, world.kari)
        block(world.per, world.kari, user=world.berit)
        assert "<form" not in as_dahl.get(at("access", world.per)).text.split("<main")[1].split("</main>")[0]


class TestSharing:
    def test_it_is_shared_and_ended(self, as_kari, world, home):
        page = as_kari.post(at("access-share", world.per), {"service": home.pk, "last_day": "20.11.2026"}, follow=True)
        assert "Hjemmesykepleien i Kongsvinger kan nå lese om pasienten." in plain(page)
        relation = CareRelation.objects.get()
        assert (relation.service, relation.valid_until, relation.given_by) == (home, TODAY + 2 * DAY, world.kari)
        page = as_kari.post(at("access-unshare", world.per, relation.pk), follow=True)
        assert "Hjemmesykepleien i Kongsvinger ser ikke lenger pasienten." in plain(page)
        assert "Pasienten er ikke delt med noen." in plain(page)

    @pytest.mark.parametrize(
        ("data", "status", "message"),
        [
            ({}, 422, "Tjeneste: velg en tjeneste i listen."),
            ({"last_day": "i morgen"}, 422, "Siste dag: skriv datoen som dag, måned og år"),
            ({"last_day": "31.12.9999"}, 422, "Siste dag: skriv et år fra 1900 til 2199."),
            ({"last_day": "01.11.2026"}, 409, "Dagen er passert."),
            ({"service": "joint"}, 409, "Tjenesten følger allerede opp pasienten."),
            ({"service": "own_c"}, 422, "Tjeneste: velg en tjeneste i listen."),
        ],
    )
    def test_it_explains_what_is_wrong_and_keeps_what_was_written(self, as_kari, world, home, data, status, message):
        given = {"service": home.pk if "last_day" in data else "", **data}
        if data.get("service"):
            given["service"] = getattr(world, data["service"]).pk
        page = as_kari.post(at("access-share", world.per), given)
        assert (page.status_code, message in plain(page)) == (status, True)
        assert data.get("last_day", "") in page.text
        assert not CareRelation.objects.exists()

    def test_it_offers_only_services_that_would_see_something(self, as_kari, world, home):
        for name, shares in (("Utstyrssentralen", ["EQUIPMENT"]), ("Lungeavdelingen", ["PLAN"])):
            make_agreement(make_hospital(name), world.a.pk, shares=shares)
        offered = as_kari.get(at("access", world.per)).context["share_form"].fields["service"].queryset
        assert [each.name for each in offered] == ["DHO Solør–Odal", home.name, "Lungeavdelingen"]

    def test_another_patients_relation_is_not_found_here(self, as_kari, world, home):
        relation = share(world.solveig, home, world.kari)
        assert as_kari.post(at("access-unshare", world.per, relation.pk)).status_code == 404
        see_everything()
        assert CareRelation.objects.get().ended_at is None

    def test_ending_twice_says_so(self, as_kari, world, home):
        relation = share(world.per, home, world.kari, ended_at=NOW, ended_by=world.kari)
        page = as_kari.post(at("access-unshare", world.per, relation.pk))
        assert (page.status_code, "Delingen er allerede avsluttet." in plain(page)) == (409, True)


class TestHandover:
    def test_it_is_proposed_and_withdrawn(self, as_kari, world, home):
        asked = {"service": home.pk, "takes_effect_on": "20.11.2026", "note": "Skrives ut."}
        text = plain(as_kari.post(at("handover-propose", world.per), asked, follow=True))
        assert "har bedt Hjemmesykepleien i Kongsvinger ta over fra 20.11.2026." in text
        assert "Mottakeren har ikke svart." in text
        handover = Handover.objects.get()
        text = plain(as_kari.post(at("handover-withdraw", world.per, handover.pk), follow=True))
        assert "Overføringen er trukket tilbake. Dere følger fortsatt opp pasienten." in text
        assert "Trukket tilbake 18.11.2026 av Kari Nordmann." in text

    @pytest.mark.parametrize(
        ("data", "status", "message"),
        [
            ({}, 422, "Tjeneste: velg en tjeneste i listen."),
            ({"takes_effect_on": "31.02.2027"}, 422, "Fra og med: skriv datoen som dag, måned og år"),
            ({"takes_effect_on": "31.12.9999"}, 422, "Fra og med: skriv et år fra 1900 til 2199."),
            ({"takes_effect_on": "01.11.2026", "service": "home"}, 409, "Dagen er passert."),
            ({"takes_effect_on": "20.11.2026", "service": "own_c"}, 409, "Tjenesten har ingen avtale"),
        ],
    )
    def test_it_explains_what_is_wrong_and_keeps_what_was_written(self, as_kari, world, home, data, status, message):
        make_agreement(world.own_c, world.a.pk, valid_until=TODAY)
        services = {"home": home.pk, "own_c": world.own_c.pk}
        given = {**data, "service": services.get(data.get("service"), ""), "note": "Skrives ut fredag."}
        page = as_kari.post(at("handover-propose", world.per), given)
        assert (page.status_code, message in plain(page), "Skrives ut fredag." in page.text) == (status, True, True)
        assert not Handover.objects.exists()

    def test_it_offers_those_whose_agreement_begins_later_and_nobody_without_one(self, as_kari, world, home):
        soon, over = make_hospital("Lungeavdelingen"), make_hospital("Hjerteavdelingen")
        make_agreement(soon, world.a.pk, valid_from=TODAY + DAY)
        make_agreement(over, world.a.pk, valid_until=TODAY - DAY)
        offered = as_kari.get(at("access", world.per)).context["handover_form"].fields["service"].queryset
        assert list(offered) == [world.joint, home, soon]

    def test_an_accepted_one_that_could_not_take_effect_says_why(self, as_kari, world):
        agreed = {"answer": "ACCEPTED", "answered_at": NOW, "answered_by": world.ola}
        make_handover(world.per, world.own_c, world.kari, **agreed)
        text = plain(as_kari.get(at("access", world.per)))
        assert "Mottakeren har sagt ja, men kan ikke ta over nå. Sjekk avtalen, bemanningen hos mottakeren" in text

    def test_another_patients_handover_is_not_found_here(self, as_kari, world, home):
        handover = make_handover(world.solveig, home, world.kari)
        assert as_kari.post(at("handover-withdraw", world.per, handover.pk)).status_code == 404

    def test_withdrawing_too_late_says_so(self, as_kari, world, home):
        declined = {"answer": "DECLINED", "answered_at": NOW, "answered_by": home.nurse}
        handover = make_handover(world.per, home, world.kari, **declined)
        page = as_kari.post(at("handover-withdraw", world.per, handover.pk))
        assert (page.status_code, "allerede besvart eller trukket tilbake" in plain(page)) == (409, True)


class TestWhoMayNotRead:
    """A refused form answers with the whole page, so nobody who may not read it gets as far."""

    @pytest.fixture
    def only_equipment(self, world):
        Agreement.objects.filter(service=world.joint, party=world.b).update(shares=["EQUIPMENT"])

    @pytest.mark.parametrize("door", ["access-share", "handover-propose", "access-block"])
    def test_an_agreement_on_equipment_opens_no_step(self, as_kari, world, only_equipment, door):
        page = as_kari.post(at(door, world.solveig))
        assert (page.status_code, "Anne Dahl" in page.text) == (404, False)

    def test_a_leader_takes_no_step_at_the_patient(self, world):
        assert browser_of(world.eva).post(at("handover-propose", world.per)).status_code == 404


class TestBlocks:
    def test_it_is_registered_and_lifted(self, as_kari, world):
        page = as_kari.post(at("access-block", world.per), {"against": f"user:{world.berit.pk}"}, follow=True)
        assert "Sperringen er registrert og gjelder fra nå." in plain(page)
        assert "Berit Lunde: sperret 18.11.2026 kl. 10.00 av Kari Nordmann" in plain(page)
        registered = AccessBlock.objects.get()
        page = as_kari.post(at("access-lift", world.per, registered.pk), follow=True)
        assert "opphevet 18.11.2026 kl. 10.00 av Kari Nordmann" in plain(page)

    @pytest.mark.parametrize(
        ("against", "status", "message"),
        [
            ("", 422, "Sperr for: velg hvem pasienten ikke vil skal se journalen."),
            ("user:kari", 422, "Sperr for: velg en person eller virksomhet i listen."),
            ("joint", 409, "Avslutt forløpet i stedet"),
        ],
    )
    def test_it_explains_what_is_wrong(self, as_kari, world, against, status, message):
        chosen = f"service:{world.joint.pk}" if against == "joint" else against
        page = as_kari.post(at("access-block", world.per), {"against": chosen})
        assert (page.status_code, message in plain(page)) == (status, True)
        assert not AccessBlock.objects.exists()

    @pytest.mark.parametrize("kind", ["user", "practice"])
    def test_shutting_out_the_only_doctor_is_asked_about_first(self, as_kari, world, kind):
        pk = world.dahl.pk if kind == "user" else world.dahl.memberships.get().practice_id
        page = as_kari.post(at("access-block", world.per), {"against": f"{kind}:{pk}"})
        assert (page.status_code, "Dette gjelder pasientens fastlege." in plain(page)) == (200, True)
        assert not AccessBlock.objects.exists()
        as_kari.post(at("access-block", world.per), {"against": f"{kind}:{pk}", "confirmed": "1"})
        assert AccessBlock.objects.filter(**{f"{kind}_id": pk}).count() == 1

    def test_a_nurse_who_registers_a_block_against_herself_is_sent_home(self, as_kari, world):
        answer = as_kari.post(at("access-block", world.per), {"against": f"user:{world.kari.pk}"})
        assert answer.url == reverse("home")
        assert as_kari.get(at("access", world.per)).status_code == 404

    def test_a_nurse_who_reads_along_is_offered_no_step(self, world, home):
        share(world.per, home, world.kari)
        registered = block(world.per, world.kari, user=world.berit)
        browser = browser_of(home.nurse)
        assert "<form" not in browser.get(at("access", world.per)).text.split("<main")[1].split("</main>")[0]
        assert browser.post(at("access-lift", world.per, registered.pk)).status_code == 404

    def test_another_patients_block_is_not_found_here(self, as_kari, world):
        registered = block(world.solveig, world.kari, user=world.berit)
        assert as_kari.post(at("access-lift", world.per, registered.pk)).status_code == 404
        see_everything()
        assert AccessBlock.objects.get().lifted_at is None


class TestDeadAndMoved:
    @pytest.mark.parametrize(
        ("fields", "words"),
        [
            ({"deceased_on": TODAY - DAY}, "Død 17.11.2026"),
            ({"moved_on": TODAY - DAY}, "Flyttet fra kommunen 17.11.2026"),
        ],
    )
    def test_every_page_says_so_to_the_holder_and_others_are_refused(self, as_kari, as_dahl, world, fields, words):
        Patient.objects.filter(pk=world.per.pk).update(**fields)
        for address in (at("patient", world.per), at("access", world.per), reverse("patients")):
            assert words in as_kari.get(address).text
        assert as_dahl.get(at("patient", world.per)).status_code == 404
        assert "Aasen" not in as_dahl.get(reverse("patients")).text

    def test_who_moves_later_is_still_here(self, as_kari, as_dahl, world):
        Patient.objects.filter(pk=world.per.pk).update(moved_on=TODAY + DAY)
        assert "Flyttet" not in as_kari.get(at("patient", world.per)).text
        assert as_dahl.get(at("patient", world.per)).status_code == 200
