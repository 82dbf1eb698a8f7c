"""Guidance cards: which fit an alert, who writes them, and that what is in use never changes (R-089)."""

from datetime import date, timedelta

import pytest
import time_machine
from django.db import InternalError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alerts.enums import AlertKind, Level
from alerts.models import GuidanceCard, GuidanceVersion
from alerts.queries.guidance import cards_for
from alerts.queries.patient import open_alerts
from alerts.services.guidance import CardContent, activate, create_card, retire, save_draft
from alerts.services.refusals import NotNow, NotYours
from patients.enums import TargetGroup
from tests.alerts.pages import words
from tests.alerts.rows import put_in_queue
from tests.alerts.test_patient_page import measured
from tests.factories.accounts import let_in
from tests.factories.clock import NOW
from tests.factories.questionnaires import make_form

ADVICE = {"steps": "Ring.\nMål på nytt.", "doctor": "Samme dag.", "responsible": "Eva", "review_on": date(2027, 1, 1)}


@pytest.fixture(autouse=True)
def clock():
    """A Wednesday at 10.00."""
    with time_machine.travel(NOW, tick=False):
        yield


def content(**fields) -> CardContent:
    return CardContent(**{"title": "Vårt kort", "subject": "spo2", **ADVICE, **fields})


def shown(patient) -> list[str]:
    found = cards_for(open_alerts(patient, now=NOW), patient.enrolments.get(ended_on__isnull=True))
    return [each.title for each in found]


def in_use(world, **fields):
    """A card of the joint service's, written and put to use by its leader."""
    by = world.actor(world.eva)
    code = fields.pop("code", "")
    card = create_card(content=content(**fields), code=code, by=by, now=NOW)
    activate(card_id=card.pk, by=by, now=NOW)
    return card


def as_(user) -> Client:
    browser = Client()
    let_in(browser, user)
    return browser


# What fits


def test_a_low_value_shows_the_card_for_low_values_of_that_disease(world):
    measured(world.per_tablet, 84)
    assert shown(world.per) == ["Oksygenmetningen faller ved kols"]


def test_a_card_for_low_values_is_never_shown_at_a_high_one(world):
    """Sugar for a high blood sugar would be dangerous."""
    in_use(world, title="Høy puls", subject="pulse", side="HIGH")
    in_use(world, title="Lav puls", subject="pulse", side="LOW")
    measured(world.per_tablet, 130, type_id="pulse")
    assert shown(world.per) == ["Høy puls"]


def test_without_the_disease_its_card_is_not_shown(world):
    world.per.enrolments.update(target_groups=[TargetGroup.DIABETES])
    measured(world.per_tablet, 84)
    assert shown(world.per) == []


def test_missing_measurements_have_a_card_of_their_own(world):
    put_in_queue(world.per, level=Level.MISSING)
    assert shown(world.per) == ["En måling har ikke kommet"]


def test_the_more_specific_comes_first_and_at_most_three_are_shown(world):
    for title, fields in {
        "Alt": {"subject": "", "kind": AlertKind.ASSESSMENT},
        "SpO₂": {},
        "SpO₂ rød": {"level": Level.RED},
        "SpO₂ gul": {"level": Level.YELLOW},
    }.items():
        in_use(world, title=title, code=f"kort-{len(title)}-{title[-3:].lower()}", **fields)
    measured(world.per_tablet, 84)
    assert shown(world.per) == ["Oksygenmetningen faller ved kols", "SpO₂ rød", "SpO₂"]


def test_the_services_own_card_takes_the_place_of_the_common_one(world):
    in_use(world, code="spo2-faller-kols")
    measured(world.per_tablet, 84)
    assert shown(world.per) == ["Vårt kort"]


def test_another_services_card_is_not_shown(world):
    by = world.actor(world.ness)
    card = create_card(content=content(title="Kommunens kort"), by=by, now=NOW)
    activate(card_id=card.pk, by=by, now=NOW)
    measured(world.per_tablet, 84)
    measured(world.solveig_tablet, 84)
    assert shown(world.per) == ["Oksygenmetningen faller ved kols", "Kommunens kort"]
    assert "Kommunens kort" not in shown(world.solveig)


def test_as_many_queries_whatever_is_open(world):
    measured(world.per_tablet, 84)
    course = world.per.enrolments.get()
    one = open_alerts(world.per, now=NOW)
    with CaptureQueriesContext(connection) as asked:
        cards_for(one * 5, course)
    assert len(asked) == 1


def test_the_patient_page_shows_the_card_with_owner_version_and_review(world, as_kari):
    measured(world.per_tablet, 84)
    page = words(as_kari.get(reverse("patient", args=[world.per.pk])))
    assert "Be om en ny måling etter 15 minutter i ro" in page
    assert "Eier: Produktet. Versjon 1. Fagansvarlig: Produktet. Gjennomgås innen 01.06.2027." in page
    assert "Dette er et felles kort. Tjenesten bør lage sitt eget." in page


def test_a_review_that_is_overdue_is_said_on_the_card_and_to_the_owner(world, as_kari):
    card = in_use(world, code="spo2-faller-kols", review_on=date(2026, 10, 1))
    measured(world.per_tablet, 84)
    said = "Skulle vært gjennomgått 01.10.2026."
    assert said in words(as_kari.get(reverse("patient", args=[world.per.pk])))
    assert said in words(as_(world.eva).get(reverse("guidance-card", args=[card.pk])))
    assert "Skulle vært gjennomgått" in words(as_(world.eva).get(reverse("guidance")))


# Writing


def test_a_new_version_leaves_what_is_in_use_until_it_is_put_to_use(world):
    card, by = in_use(world), world.actor(world.eva)
    save_draft(card_id=card.pk, content=content(title="Ny tekst"), by=by, now=NOW)
    measured(world.per_tablet, 84)
    assert "Vårt kort" in shown(world.per)
    activate(card_id=card.pk, by=by, now=NOW + timedelta(minutes=1))
    assert "Ny tekst" in shown(world.per)
    assert list(card.versions.order_by("number").values_list("title", "superseded_at")) == [
        ("Vårt kort", NOW + timedelta(minutes=1)),
        ("Ny tekst", None),
    ]


def test_a_card_out_of_use_is_shown_to_nobody_and_stays_so(world):
    card, by = in_use(world), world.actor(world.eva)
    retire(card_id=card.pk, by=by, now=NOW)
    measured(world.per_tablet, 84)
    assert "Vårt kort" not in shown(world.per)
    with pytest.raises(NotNow, match="tatt ut av bruk"):
        save_draft(card_id=card.pk, content=content(), by=by, now=NOW)


def test_what_is_put_to_use_twice_is_refused_the_second_time(world):
    card, by = in_use(world), world.actor(world.eva)
    with pytest.raises(NotNow, match="ikke noe utkast"):
        activate(card_id=card.pk, by=by, now=NOW)


@pytest.mark.parametrize("person", ["kari", "ola", "dahl", "siri", "ness", "vera"])
def test_others_do_not_write_the_services_cards(world, person):
    card, by = in_use(world), world.actor(getattr(world, person))
    with pytest.raises(NotYours):
        save_draft(card_id=card.pk, content=content(title="Feil"), by=by, now=NOW)
    answer = as_(getattr(world, person)).post(reverse("guidance-card", args=[card.pk]), {"step": "retire"})
    assert answer.status_code in (403, 404)
    assert GuidanceCard.objects.get(pk=card.pk).retired_at is None


@pytest.mark.parametrize("change", ["title = 'Feil'", "activated_at = NULL", "number = 7", "review_on = now()"])
def test_the_database_keeps_what_is_in_use(world, change):
    with pytest.raises(InternalError, match="never changes"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE alerts_guidanceversion SET {change} WHERE activated_at IS NOT NULL")


def test_the_leader_copies_a_common_card_and_puts_it_to_use(world):
    browser, common = as_(world.eva), GuidanceCard.objects.get(code="maling-mangler")
    address = f"{reverse('guidance-new')}?kort={common.pk}"
    form = browser.get(address).context["form"].initial
    sent = {name: value for name, value in form.items() if value is not None}
    page = browser.post(address, sent | {"title": "Måling mangler hos oss", "review_on": "01.06.2027"}, follow=True)
    card = GuidanceCard.objects.get(service=world.joint)
    assert (card.code, "Utkastet er lagret." in words(page)) == ("maling-mangler", True)
    page = browser.post(reverse("guidance-card", args=[card.pk]), {"step": "activate"}, follow=True)
    assert "Kortet er tatt i bruk." in words(page)
    assert GuidanceVersion.objects.get(card=card).activated_by == world.eva


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"title": ""}, "Tittel: fyll inn feltet."),
        ({"subject": "", "kind": ""}, "velg minst én ting kortet gjelder for"),
        ({"subject": "", "kind": "MISSING", "side": "LOW"}, "velg også hvilken måling det gjelder"),
        ({"subject": "tull"}, "Måling eller skjema: velg i listen."),
        ({"review_on": "i fjor"}, "Gjennomgås innen: skriv datoen som dag, måned og år"),
        ({"steps": "a\x00b"}, "Hva sykepleieren gjør: teksten har et tegn som ikke kan vises."),
    ],
)
def test_wrong_input_is_named_at_the_field_and_the_text_is_kept(world, sent, said):
    good = {"title": "Kort", "subject": "spo2", **ADVICE, "review_on": "01.06.2027", "doctor": "Ring lege straks."}
    page = as_(world.eva).post(reverse("guidance-new"), good | sent)
    assert (page.status_code, said in words(page), "Ring lege straks." in page.text) == (422, True, True)
    assert not GuidanceCard.objects.filter(service=world.joint).exists()


def test_the_form_offers_no_questionnaires_of_other_municipalities(world):
    for owner in (world.joint, world.own_c):
        make_form(owner, world.eva, code=f"eget-{owner.owner_id}", title=f"Skjema hos {owner.name}")
    page = as_(world.eva).get(reverse("guidance-new")).text
    assert "Skjema hos DHO Solør–Odal" in page
    assert "Skjema hos Oppfølgingstjenesten i Stavanger" not in page
