"""The municipality's organisations: registered, changed after a review, closed when nobody needs them."""

from datetime import timedelta
from threading import Thread

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InternalError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.enums import Role
from accounts.queries import work_of, workplaces_of
from dho.lib import rls
from dho.lib.numbers import NBSP
from organisations.enums import PartnerKind, ServiceKind, Shared
from organisations.forms.registry import ServiceForm
from organisations.models import Agreement, FollowUpService, GpPractice, Partner
from organisations.services import save_organisation
from patients.access import visible_patients
from patients.models import Enrolment
from patients.queries.closing import InUse, what_keeps_open
from patients.services import StillNeeded, close_organisation
from tests.database import see_everything
from tests.factories.accounts import actor_of, let_in, make_membership, make_user
from tests.factories.care import make_handover
from tests.factories.clock import NOW
from tests.factories.organisations import make_agreement, make_service
from tests.factories.patients import make_enrolment, make_patient

TODAY = NOW.date()
SERVICE = {
    "name": "Digital oppfølging Kongsvinger", "kind": ServiceKind.OWN_UNIT, "phone": "62 80 10 10", "notify_email": "",
    "day_0": "08.00–15.30", "day_1": "08.00–15.30", "day_2": "8-11.30, 12-15.30", "day_3": "08.00–15.30",
    "day_4": "08.00–15.00", "day_5": "", "day_6": "", "closures": "24.12.2026", "half_days": "31.12.2026 12.00",
    "deadline_red": "0,5", "deadline_yellow": "4", "deadline_other": "7", "evaluation_weeks": "12",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def ness(world):
    browser = Client()
    let_in(browser, world.ness)
    return browser


@pytest.fixture
def grue(world):
    berg = make_user("berg", "Gro", "Berg")
    make_membership(berg, Role.MUNICIPAL_ADMINISTRATOR, authority=world.b)
    browser = Client()
    let_in(browser, berg)
    return browser


def address(name, kind, found=None):
    return reverse(name, args=[kind, found.pk] if found else [kind])


def confirm(browser, where, fields):
    """The review is read, and said yes to."""
    page = browser.post(where, fields)
    assert page.status_code == 200, page.context["form"].errors
    see_everything()
    return browser.post(where, fields | {"told": page.context["changes"], "confirmed": "on"})


def errors(page) -> dict[str, list[str]]:
    assert page.status_code == 422
    return {field: list(found) for field, found in page.context["form"].errors.items()}


def test_it_lists_what_the_municipality_owns_has_located_and_works_with(world, ness):
    Partner.objects.create(name="Fremmed lager", kind=PartnerKind.LOGISTICS, kept_by=world.c)
    depot = Partner.objects.create(name="Utstyrslageret", kind=PartnerKind.LOGISTICS)
    make_agreement(None, world.a.pk, partner=depot, shares=[Shared.EQUIPMENT])
    page = ness.get(reverse("organisations"))
    assert [each.name for each, _ in page.context["services"]] == ["DHO Solør–Odal"]
    assert [week for _, week in page.context["services"]] == ["mandag–fredag 08.00–15.30"]
    assert [each.name for each in page.context["practices"]] == ["Kongsvinger legesenter"]
    assert [each.name for each in page.context["partners"]] == ["Utstyrslageret"]


@pytest.mark.parametrize(("typed", "days"), [("12", 12), ("0", 0), ("", 10)])
def test_the_minimum_of_a_trial_is_the_services_own_and_an_empty_field_leaves_it(typed, days):
    form = ServiceForm({**SERVICE, "minimum_days": typed})
    assert form.is_valid()
    assert form.fill(FollowUpService()).minimum_days == days


@pytest.mark.parametrize("typed", ["tolv", "-1", "29"])
def test_a_minimum_that_no_trial_could_hold_is_refused_at_its_field(typed):
    form = ServiceForm({**SERVICE, "minimum_days": typed})
    assert form.errors == {"minimum_days": ["Minste antall dager i prøveperioden: skriv et helt tall fra 0 til 28."]}


def test_a_service_is_registered_after_its_review(world, ness):
    where = address("organisation-new", "tjeneste")
    review = ness.post(where, SERVICE)
    assert not FollowUpService.objects.filter(name=SERVICE["name"]).exists()
    *facts, told = review.context["changes"]
    week = (
        "mandag–tirsdag 08.00–15.30; onsdag 08.00–11.30, 12.00–15.30; torsdag 08.00–15.30; fredag 08.00–15.00; "
        "stengt 24.12.2026; stenger tidlig 31.12.2026 12.00"
    )
    assert facts == [
        "Navn: Digital oppfølging Kongsvinger.",
        "Type: Egen enhet i kommunen.",
        "Telefon: 62 80 10 10.",
        f"Åpningstider: {week}.",
        f"Frist for røde varsler: 30{NBSP}min.",
        f"Frist for gule varsler: 4{NBSP}t.",
        f"Frist for andre varsler: 7{NBSP}t.",
        "Minste antall dager i prøveperioden: 10.",
        "Minste antall målinger i prøveperioden: 10.",
        "Uker mellom hver evaluering: 12.",
    ]
    assert told.startswith("Tjenesten kan følge opp pasientene i kommunen når du har gitt noen en rolle der.")
    answer = confirm(ness, where, SERVICE)
    see_everything()
    made = FollowUpService.objects.get(name=SERVICE["name"])
    assert answer.url == address("organisation", "tjeneste", made)
    assert (made.owner_id, made.kind, made.phone, made.closed_on) == (world.a.pk, "OWN_UNIT", "62 80 10 10", None)
    assert (made.deadline_red, made.deadline_yellow) == (timedelta(minutes=30), timedelta(hours=4))
    assert made.hours["weekly"]["2"] == [["08:00", "11:30"], ["12:00", "15:30"]]
    assert (made.hours["closures"], made.hours["half_days"]) == (["2026-12-24"], {"2026-12-31": "12:00"})


def test_going_back_keeps_what_was_written_and_stores_nothing(world, ness):
    page = ness.post(address("organisation-new", "tjeneste"), SERVICE | {"back": "on"})
    assert page.status_code == 200
    assert page.context["form"]["day_2"].value() == "8-11.30, 12-15.30"
    assert FollowUpService.objects.filter(owner=world.a).count() == 1


def test_somebody_gets_a_role_and_another_municipality_an_agreement_without_the_operator(world, ness, grue):
    """What was just registered is where an administrator looks for it, and a nurse sees patients by it."""
    confirm(ness, address("organisation-new", "tjeneste"), SERVICE)
    see_everything()
    made = FollowUpService.objects.get(name=SERVICE["name"])
    assert f'value="service:{made.pk}"' in ness.get(reverse("person", args=[world.berit.pk])).text
    fields = {"organisation": f"service:{made.pk}", "shares": ["READINGS", "PLAN"], "valid_from": "18.11.2026"}
    confirm(grue, reverse("agreement-new"), fields)
    see_everything()
    mona = make_user("mona", "Mona", "Vik")
    make_membership(mona, Role.NURSE, service=made)
    world.solveig.enrolments.update(service=made)
    assert [each.pk for each in visible_patients(actor_of(mona), now=NOW)] == [world.solveig.pk]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"name": " "}, {"name": ["Navn: fyll inn feltet."]}),
        ({"name": "ab"}, {"name": ["Navn: skriv minst 3 tegn."]}),
        ({"name": "123 456"}, {"name": ["Navn: skriv et navn med bokstaver."]}),
        ({"name": "a" * 121}, {"name": ["Navn: skriv høyst 120 tegn."]}),
        ({"kind": ""}, {"kind": ["Type: velg en."]}),
        ({"kind": "HOSPITAL_OWN"}, {"kind": ["Type: velg en i listen."]}),
        ({"phone": "ring oss"}, {"phone": ["Telefon: skriv bare tall, for eksempel 62 80 00 00."]}),
        ({"notify_email": "vakt"}, {"notify_email": ["E-post: skriv en adresse, for eksempel vakt@kommunen.no."]}),
        (
            {"day_1": "hele dagen"},
            {"day_1": ["Tirsdag: skriv åpningstiden slik: 08.00–15.30. Vi forsto ikke «hele dagen»."]},
        ),
        (
            {f"day_{day}": "" for day in range(7)},
            {"day_0": ["Åpningstider: skriv når tjenesten er åpen, minst én dag i uken."]},
        ),
        (
            {"day_0": "12–15, 8–13"},
            {"day_0": ["Åpningstider: tidene på samme dag overlapper. Skriv dem i rekkefølge."]},
        ),
        (
            {"closures": "jul"},
            {"closures": ["Dager tjenesten er stengt: vi forsto ikke «jul». Se eksempelet over feltet."]},
        ),
        (
            {"half_days": "31.12.2026"},
            {"half_days": ["Dager tjenesten stenger tidlig: vi forsto ikke «31.12.2026». Se eksempelet over feltet."]},
        ),
        (
            {"deadline_red": "snart"},
            {"deadline_red": ["Frist for røde varsler: skriv antall timer, for eksempel 0,5."]},
        ),
        ({"deadline_red": "0"}, {"deadline_red": ["Frist for røde varsler: skriv mellom 0,1 og 100 timer."]}),
        (
            {"name": "dho  solør–odal"},
            {"name": ["Navn: kommunen har allerede en tjeneste med dette navnet. Velg et annet navn."]},
        ),
    ],
)
def test_a_service_that_cannot_be_is_explained_and_what_was_written_stays(world, ness, change, expected):
    page = ness.post(address("organisation-new", "tjeneste"), SERVICE | change)
    assert errors(page) == expected
    field, value = next(iter(change.items()))
    assert page.context["form"][field].value() == value
    see_everything()
    assert FollowUpService.objects.filter(owner=world.a).count() == 1


def test_a_change_says_what_is_other_and_whom_it_concerns(world, ness):
    where = address("organisation-change", "tjeneste", world.joint)
    form = ness.get(where).context["form"]
    assert (form["day_0"].value(), form["deadline_red"].value()) == ("08.00–15.30", form.initial["deadline_red"])
    assert 'value="0,5"' in ness.get(where).text
    fields = {name: form[name].value() for name in form.fields} | {"phone": "62 80 99 99", "day_5": "10–12"}
    fields |= {"deadline_red": "0,25", "deadline_yellow": "4", "deadline_other": "7", "evaluation_weeks": "12"}
    review = ness.post(where, fields)
    assert review.context["changes"] == [
        "Telefon: 62 80 00 00 → 62 80 99 99.",
        "Åpningstider: mandag–fredag 08.00–15.30 → mandag–fredag 08.00–15.30; lørdag 10.00–12.00.",
        f"Frist for røde varsler: 30{NBSP}min → 15{NBSP}min.",
        "Endringen gjelder 2 pasienter som tjenesten følger opp nå.",
        "Fristene for nye varsler regnes på den nye måten. Varsler som er åpne nå, beholder fristen sin.",
    ]
    confirm(ness, where, fields)
    page = ness.get(address("organisation", "tjeneste", world.joint))
    [(change, name), *_] = page.context["history"]
    assert (name, [label for label, *_ in change.fields]) == (
        "Nils Ness",
        ["Telefon", "Åpningstider", "Frist for røde varsler"],
    )
    assert "Telefon: 62 80 00 00 → 62 80 99 99" in page.text


def test_what_somebody_changed_meanwhile_is_read_before_it_is_saved(world, ness):
    where = address("organisation-change", "tjeneste", world.joint)
    form = ness.get(where).context["form"]
    fields = {name: form[name].value() for name in form.fields} | {"phone": "62 80 99 99"}
    fields |= {"deadline_red": "0,5", "deadline_yellow": "4", "deadline_other": "7", "evaluation_weeks": "12"}
    told = ness.post(where, fields).context["changes"]
    see_everything()
    FollowUpService.objects.filter(pk=world.joint.pk).update(phone="11 11 11 11")
    page = ness.post(where, fields | {"told": told, "confirmed": "on"})
    assert (page.status_code, page.context["again"]) == (409, True)
    see_everything()
    assert FollowUpService.objects.get(pk=world.joint.pk).phone == "11 11 11 11"


def test_a_practice_has_a_number_that_is_checked_and_is_nobody_elses(world, ness):
    where = address("organisation-new", "legekontor")
    fields = {"name": "Brandval legekontor", "organisation_number": "974 760 673", "her_id": "8093"}
    assert confirm(ness, where, fields).status_code == 302
    see_everything()
    made = GpPractice.objects.get(name="Brandval legekontor")
    assert (made.located_in_id, made.organisation_number, made.her_id) == (world.a.pk, "974760673", "8093")
    wrong = "Organisasjonsnummer: kontrollsifferet stemmer ikke. Se over tallene."
    for number, told in (
        ("974760674", wrong),
        ("97476067", "Organisasjonsnummer: skriv ni sifre."),
        ("abcdefghi", "Organisasjonsnummer: skriv ni sifre."),
    ):
        assert errors(ness.post(where, fields | {"organisation_number": number})) == {"organisation_number": [told]}
    taken = ness.post(where, fields | {"name": "Et annet", "her_id": ""})
    told = "Organisasjonsnummer: en annen organisasjon er registrert med dette nummeret. Se over tallene."
    assert errors(taken) == {"organisation_number": [told]}
    assert taken.context["form"]["organisation_number"].value() == "974 760 673"
    same_her = ness.post(where, {"name": "Et annet", "organisation_number": "", "her_id": "8093"})
    assert errors(same_her) == {"her_id": ["HER-id: et annet legekontor er registrert med denne. Se over tallene."]}
    assert errors(ness.post(where, fields | {"her_id": "A1"})) == {"her_id": ["HER-id: skriv to til åtte sifre."]}


def test_a_partner_is_kept_by_the_municipality_that_registered_it(world, ness, grue):
    where = address("organisation-new", "partner")
    fields = {"name": "Utstyrslageret", "kind": PartnerKind.LOGISTICS, "organisation_number": ""}
    confirm(ness, where, fields)
    see_everything()
    made = Partner.objects.get(name="Utstyrslageret")
    assert made.kept_by_id == world.a.pk
    twice = {"name": ["Navn: partneren er registrert. Du kan lage en avtale med den."]}
    assert errors(grue.post(where, fields)) == twice
    assert grue.get(address("organisation", "partner", made)).status_code == 404
    see_everything()
    make_agreement(None, world.b.pk, partner=made, shares=[Shared.EQUIPMENT])
    page = grue.get(address("organisation", "partner", made))
    assert (page.status_code, page.context["mine"], page.context["history"]) == (200, False, [])
    for name in ("organisation-change", "organisation-close"):
        assert grue.post(address(name, "partner", made), fields).status_code == 404


def test_another_municipality_finds_nothing_to_change(world, grue):
    for name in ("organisation", "organisation-change", "organisation-close"):
        assert grue.get(address(name, "tjeneste", world.joint)).status_code == 404
    assert grue.get(address("organisation-new", "sykehus")).status_code == 404
    with pytest.raises(PermissionDenied):
        save_organisation(organisation=world.joint, by=actor_of(world.siri))
    with pytest.raises(PermissionDenied):
        close_organisation(organisation=world.own_c, by=actor_of(world.ness), now=NOW)


class TestClosing:
    """Nothing is deleted, and nobody is left without somebody who looks."""

    @pytest.fixture
    def empty(self, world):
        service = make_service("Prøveprosjektet", owner=world.a.pk)
        make_membership(make_user("mona", "Mona", "Vik"), Role.NURSE, service=service)
        return service

    def test_the_page_says_how_many_courses_and_what_to_do(self, world, ness):
        where = address("organisation-close", "tjeneste", world.joint)
        page = ness.get(where)
        assert page.context["use"] == InUse(own=1, others=1, handovers=0)
        assert "1 forløp i egen kommune er åpent." in page.text
        assert "1 forløp i en annen kommune er åpent." in page.text
        assert "Be tjenesten overføre pasientene til en annen tjeneste, eller avslutte forløpene." in page.text
        assert "Eide" not in page.text
        assert ness.post(where, {"told": "x"}).status_code == 409
        see_everything()
        assert FollowUpService.objects.get(pk=world.joint.pk).closed_on is None

    def test_a_patient_on_the_way_keeps_it_open(self, world, ness, empty):
        make_handover(world.per, empty, world.kari)
        page = ness.get(address("organisation-close", "tjeneste", empty))
        assert page.context["use"] == InUse(own=0, others=0, handovers=1)
        see_everything()
        with pytest.raises(StillNeeded):
            close_organisation(organisation=empty, by=actor_of(world.ness), now=NOW)

    def test_the_count_leaves_the_limits_as_they_were(self, world):
        before = Enrolment.objects.count()
        assert what_keeps_open(world.joint) == InUse(own=1, others=1, handovers=0)
        assert Enrolment.objects.count() == before

    def test_it_closes_after_its_review_and_access_with_it(self, world, ness, empty):
        make_agreement(empty, world.b.pk)
        where = address("organisation-close", "tjeneste", empty)
        review = ness.get(where)
        assert review.context["changes"] == [
            "1 person mister rollen i Prøveprosjektet fra i dag, og ser ikke lenger noe gjennom den.",
            "Avtalen med Grue slipper ikke lenger noen inn. Si fra dit.",
            "Organisasjonen kan ikke åpnes igjen. Det som har skjedd der, står i loggene som før.",
        ]
        see_everything()
        mona = make_membership(make_user("nina", "Nina", "Nes"), Role.NURSE, service=empty).user
        # What was read is no longer so.
        assert ness.post(where, {"told": review.context["changes"]}).status_code == 409
        answer = ness.post(where, {"told": ness.get(where).context["changes"]})
        assert answer.url == address("organisation", "tjeneste", empty)
        see_everything()
        assert FollowUpService.objects.get(pk=empty.pk).closed_on == TODAY
        assert work_of(mona, on=TODAY) == []
        assert [work.organisation for work in work_of(mona, on=TODAY - timedelta(days=1))] == ["Prøveprosjektet"]
        assert "Prøveprosjektet" not in [place.name for place in workplaces_of(actor_of(world.ness), on=TODAY)]
        assert f"service:{empty.pk}" not in ness.get(reverse("agreement-new")).text
        page = ness.get(address("organisation", "tjeneste", empty))
        assert "Stengt 18. november 2026." in page.text
        assert "<td>Organisasjonen er stengt</td>" in page.text
        assert page.context["history"][0][0].fields == [("Stengt", "nei", "18.11.2026")]
        for name in ("organisation-change", "organisation-close"):
            assert ness.get(address(name, "tjeneste", empty)).status_code == 404

    def test_a_practice_says_whose_plans_nobody_there_approves_any_more(self, world, ness):
        practice = GpPractice.objects.get(located_in=world.a)
        page = ness.get(address("organisation-close", "legekontor", practice))
        assert page.context["changes"][1:3] == [
            "Avtalen med Grue, Kongsvinger slipper ikke lenger noen inn. Si fra dit.",
            "1 av kommunens pasienter har fastlegen sin der. Ingen der kan godkjenne planen lenger.",
        ]

    def test_a_name_is_free_again_after_closing(self, world, empty):
        close_organisation(organisation=empty, by=actor_of(world.ness), now=NOW)
        assert make_service("Prøveprosjektet", owner=world.a.pk).pk != empty.pk


class TestTheDatabase:
    """The same rules where no page is."""

    def test_a_service_with_a_course_cannot_be_closed(self, world):
        with pytest.raises(InternalError, match="it still follows up 2 patients"), transaction.atomic():
            FollowUpService.objects.filter(pk=world.joint.pk).update(closed_on=TODAY)

    def test_not_even_one_that_only_another_municipality_uses(self, world):
        patient = make_patient(world.b.pk, "Arne", "Berg")
        service = make_service("Nabosenteret", owner=world.a.pk)
        make_enrolment(patient, service)
        rls.limit_to([world.a.pk])
        with pytest.raises(InternalError, match="it still follows up 1 patients"), transaction.atomic():
            FollowUpService.objects.filter(pk=service.pk).update(closed_on=TODAY)

    def test_nobody_is_enrolled_in_a_closed_service(self, world):
        service = make_service("Nedlagt", owner=world.a.pk, closed_on=TODAY)
        with pytest.raises(InternalError, match="the service is closed"), transaction.atomic():
            make_enrolment(make_patient(world.a.pk, "Arne", "Berg"), service)
        with pytest.raises(InternalError, match="the service is closed"), transaction.atomic():
            world.per.enrolments.update(service=service)

    def test_who_is_enrolled_while_the_service_closes_waits_and_is_refused(self, committed_world):
        """The closing holds the service's row; the enrolment waits for it and then reads that it has closed."""
        world, refused = committed_world, []
        with transaction.atomic():
            rls.limit_to([world.a.pk])
            service = make_service("Prøveprosjektet", owner=world.a.pk)
            patient = make_patient(world.a.pk, "Arne", "Berg")

        def enrol():
            try:
                with transaction.atomic():
                    rls.limit_to([world.a.pk])
                    make_enrolment(patient, service)
            except InternalError as error:
                refused.append(str(error))
            finally:
                connection.close()

        other = Thread(target=enrol)
        with transaction.atomic():
            rls.limit_to([world.a.pk])
            close_organisation(organisation=service, by=actor_of(world.ness), now=NOW)
            other.start()
            other.join(1)
            assert other.is_alive()
        other.join(30)
        assert [text.splitlines()[0] for text in refused] == ["enrolment: the service is closed"]

    @pytest.mark.parametrize(
        ("fields", "constraint"),
        [
            ({"name": "kongsvinger LEGESENTER"}, "practice_name_once_per_municipality"),
            ({"organisation_number": "974760673"}, "practice_organisation_number_once"),
            ({"her_id": "8093"}, "practice_her_id_once"),
            ({"organisation_number": "12345678"}, "practice_organisation_number_digits"),
            ({"her_id": "A1"}, "practice_her_id_digits"),
        ],
    )
    def test_two_practices_are_never_alike(self, world, fields, constraint):
        GpPractice.objects.create(name="Nummer", located_in=world.c, organisation_number="974760673", her_id="8093")
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            GpPractice.objects.create(**{"name": "Ny", "located_in": world.a} | fields)

    def test_two_partners_are_never_alike(self, world):
        Partner.objects.create(name="Lageret", kind=PartnerKind.LOGISTICS, organisation_number="974760673")
        for fields, constraint in (
            ({"name": "LAGERET"}, "partner_name_once"),
            ({"organisation_number": "974760673"}, "partner_organisation_number_once"),
            ({"organisation_number": "x"}, "partner_organisation_number_digits"),
        ):
            with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
                Partner.objects.create(**{"name": "Et annet", "kind": PartnerKind.LOGISTICS} | fields)

    def test_what_is_closed_stays_closed(self, world):
        partner = Partner.objects.create(name="Lageret", kind=PartnerKind.LOGISTICS, closed_on=TODAY)
        with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
            Partner.objects.filter(pk=partner.pk).update(closed_on=None)

    def test_an_agreement_with_a_closed_partner_is_refused(self, world, ness):
        partner = Partner.objects.create(name="Lageret", kind=PartnerKind.LOGISTICS, closed_on=TODAY)
        fields = {"organisation": f"partner:{partner.pk}", "shares": ["EQUIPMENT"], "valid_from": "18.11.2026"}
        assert list(errors(ness.post(reverse("agreement-new"), fields))) == ["organisation"]
        see_everything()
        assert not Agreement.objects.filter(partner=partner).exists()
