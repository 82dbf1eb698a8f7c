"""The nurse queue: what a row says, the order, the filters, and what others must not see."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alerts import services
from alerts.enums import Level
from alerts.models import Delivery, Heartbeat
from alerts.queries.queue import queue_rows
from audit.models import AccessEntry
from careplans.models import PlanVersion
from tests.alerts.rows import beat, names_of, put_in_queue, rows_of
from tests.database import see_everything
from tests.factories.accounts import let_in, make_device
from tests.factories.clock import NOW
from tests.factories.measurements import make_reading
from tests.factories.patients import make_enrolment, make_patient

SATURDAY_EVENING = NOW + timedelta(days=3, hours=9)


@pytest.fixture(autouse=True)
def clock(world):
    """Wednesday at 10.00, the worker has just been there, and Ola's patient in C waits too."""
    with time_machine.travel(NOW, tick=False) as clock:
        beat()
        put_in_queue(world.nils)
        yield clock


def browser_of(user) -> Client:
    """A browser where this person is signed in."""
    browser = Client()
    let_in(browser, user)
    return browser


def new_patient(world, family: str, number: int = 0, municipality_id: int | None = None):
    """One more patient of the joint service."""
    born = date(1940, 1, 1) + timedelta(days=number)
    patient = make_patient(municipality_id or world.a.pk, "Ny", family, birth_date=born)
    make_enrolment(patient, world.joint)
    return patient


def show(browser: Client, **choice):
    """The queue page as the browser gets it."""
    page = browser.get(reverse("queue"), choice)
    assert page.status_code == 200
    return page


# What it shows


def test_it_shows_everything_about_a_row(as_kari, world):
    put_in_queue(world.per, count=2)
    assert rows_of(show(as_kari).text) == [
        [
            "Rød",
            "Aasen, Per 78 år · Kols · Kongsvinger",
            "SpO₂ 84 % + 1 varsel til under rød grense 86 %",
            "Ingen tall",
            "4 min",
            "Innen 26 min",
            "Ta saken",
        ]
    ]


@pytest.mark.parametrize(("count", "said"), [(2, "+ 1 varsel til"), (3, "+ 2 varsler til")])
def test_it_counts_the_other_alerts_of_the_patient(as_kari, world, count, said):
    put_in_queue(world.per, count=count)
    assert rows_of(show(as_kari).text)[0][2] == f"SpO₂ 84 % {said} under rød grense 86 %"


@pytest.mark.parametrize(
    ("level", "owner", "said"),
    [
        (Level.RED, "kari", "Kari Nordmann (deg) Ferdig … Slipp"),
        (Level.NOT_ASSESSED, "kari", "Kari Nordmann (deg) Ferdig … Slipp"),
        (Level.MISSING, "kari", "Kari Nordmann (deg) Ferdig Slipp"),
        (Level.EQUIPMENT, "kari", "Kari Nordmann (deg) Ferdig Slipp"),
        (Level.RED, "berit", "Berit Lunde"),
        (Level.MISSING, "berit", "Berit Lunde"),
        (Level.YELLOW, "", "Ta saken"),
        (Level.MISSING, "", "Ta saken Ferdig"),
    ],
)
def test_it_says_who_has_the_case_and_what_can_be_done(as_kari, world, level, owner, said):
    put_in_queue(world.per, level=level, owner=getattr(world, owner, None))
    assert rows_of(show(as_kari).text)[0][6] == said


@pytest.mark.parametrize("level", list(Level))
def test_it_says_the_status_in_words(as_kari, world, level):
    put_in_queue(world.per, level=level)
    assert rows_of(show(as_kari).text)[0][0] == level.label


def test_it_flags_a_passed_deadline_with_words(as_kari, world):
    put_in_queue(world.per, waiting=timedelta(minutes=41), deadline=timedelta(minutes=-11))
    page = show(as_kari)
    assert rows_of(page.text)[0][4:6] == ["41 min", "11 min over frist"]
    assert '<svg class="flag"' in page.text


def test_it_marks_what_came_while_the_service_was_closed(as_kari, world):
    put_in_queue(world.per, waiting=timedelta(hours=12))
    assert rows_of(show(as_kari).text)[0][4] == "12 t kom da det var stengt"


def test_it_draws_seven_days_with_the_limit_in_force(as_kari, world):
    for days, value in ((9, 99), (3, 92), (2, 90), (0, 84)):
        make_reading(world.per_tablet, "spo2", value, at=NOW - timedelta(days=days))
    make_reading(world.per_tablet, "pulse", 70, at=NOW)
    put_in_queue(world.per)
    assert "Siste 7 dager: laveste 84, høyeste 92, siste 84. Grense 86." in show(as_kari).text


def test_it_draws_the_limit_of_the_rows_own_colour(as_kari, world):
    make_reading(world.per_tablet, "spo2", 87, at=NOW)
    put_in_queue(world.per, level=Level.YELLOW)
    assert "siste 87. Grense 88." in show(as_kari).text


def test_it_draws_no_limit_of_a_plan_that_nobody_approved(as_kari, world):
    PlanVersion.objects.filter(patient=world.per).update(status="SUPERSEDED", superseded_at=NOW)
    make_reading(world.per_tablet, "spo2", Decimal("84.5"), at=NOW)
    put_in_queue(world.per)
    assert 'laveste 84,5, høyeste 84,5, siste 84,5."' in show(as_kari).text


def test_it_draws_no_limit_of_a_plan_that_has_run_out(as_kari, world):
    row = put_in_queue(world.per)
    [entry] = queue_rows(world.actor(world.kari), now=world.per_plan.valid_until - timedelta(seconds=1))
    assert (entry, entry.limits["red_low"]) == (row, 86)
    [entry] = queue_rows(world.actor(world.kari), now=world.per_plan.valid_until)
    assert (entry, entry.limits) == (row, None)


def test_it_says_when_the_service_is_open_and_when_it_was_last_assessed(as_kari):
    text = " ".join(show(as_kari).text.split())
    assert "<h1>Arbeidskø onsdag 18. november</h1>" in text
    assert "Åpent til kl. 15.30 · Sist vurdert kl. 10.00</p>" in text


def test_it_says_when_the_service_opens_again(world, clock):
    clock.move_to(SATURDAY_EVENING)
    assert "Stengt. Åpner mandag kl. 08.00" in show(browser_of(world.kari)).text


def test_it_has_no_name_in_the_title(as_kari, world):
    put_in_queue(world.per)
    assert "<title>Arbeidskø – DHO</title>" in show(as_kari).text


# Order


def test_it_orders_by_level(as_kari, world):
    for number, level in enumerate(reversed(Level)):
        put_in_queue(new_patient(world, f"Nr{number}", number), level=level)
    assert [row[0] for row in rows_of(show(as_kari).text)] == ["Rød", "Gul", "Ikke vurdert", "Mangler", "Utstyr"]


def test_it_puts_overdue_unclaimed_first_then_unclaimed_then_claimed(as_kari, world):
    claimed, coming, overdue = (new_patient(world, name, n) for n, name in enumerate(["Tatt", "Snart", "Sent"]))
    put_in_queue(claimed, deadline=timedelta(minutes=-30), owner=world.berit)
    put_in_queue(coming, deadline=timedelta(minutes=20))
    put_in_queue(overdue, deadline=timedelta(minutes=-11))
    assert names_of(show(as_kari).text) == ["Sent, Ny", "Snart, Ny", "Tatt, Ny"]


def test_it_puts_the_oldest_first_among_equal_deadlines(as_kari, world):
    put_in_queue(new_patient(world, "Ung", 1), waiting=timedelta(minutes=5))
    put_in_queue(new_patient(world, "Gammel", 2), waiting=timedelta(minutes=9))
    assert names_of(show(as_kari).text) == ["Gammel, Ny", "Ung, Ny"]


# Filters


@pytest.fixture
def three_rows(world):
    """Per red and Kari's, Solveig yellow in B, a third patient missing."""
    put_in_queue(world.per, owner=world.kari)
    put_in_queue(world.solveig, level=Level.YELLOW)
    put_in_queue(new_patient(world, "Tredje"), level=Level.MISSING)


def test_it_counts_each_filter(as_kari, three_rows):
    tabs = show(as_kari).context["board"].tabs
    assert [f"{tab.label} ({tab.count})" for tab in tabs] == [
        "Alle åpne (3)",
        "Røde (1)",
        "Gule (1)",
        "Ikke vurdert (0)",
        "Mangler (1)",
        "Utstyr (0)",
        "Mine (1)",
    ]


@pytest.mark.parametrize(
    ("choice", "seen"),
    [
        ({"vis": "rode"}, ["Aasen, Per"]),
        ({"vis": "gule"}, ["Eide, Solveig"]),
        ({"vis": "mangler"}, ["Tredje, Ny"]),
        ({"vis": "mine"}, ["Aasen, Per"]),
        ({"kommune": "341700"}, ["Eide, Solveig"]),
        ({"kommune": "340100", "vis": "gule"}, []),
        # What is not a filter hides nothing.
        ({"vis": "tull", "kommune": "tull"}, ["Aasen, Per", "Eide, Solveig", "Tredje, Ny"]),
        ({"kommune": "9" * 5000}, ["Aasen, Per", "Eide, Solveig", "Tredje, Ny"]),
    ],
)
def test_it_filters_by_the_address(as_kari, three_rows, choice, seen):
    assert names_of(show(as_kari, **choice).text) == seen


def test_it_counts_within_the_chosen_municipality(as_kari, three_rows):
    assert [tab.count for tab in show(as_kari, kommune="341700").context["board"].tabs] == [1, 0, 1, 0, 0, 0, 0]


def test_it_offers_the_municipalities_that_have_rows(as_kari, three_rows):
    assert show(as_kari).context["board"].municipalities == {341700: "Grue", 340100: "Kongsvinger"}


def test_it_says_how_many_there_are_when_a_filter_hides_all(as_kari, three_rows):
    page = show(as_kari, vis="utstyr")
    assert "Ingen saker i dette utvalget." in page.text
    assert "Vis alle åpne (3)" in page.text


# Empty, and when something stands still


def test_it_says_that_it_is_empty_and_what_comes(as_kari):
    page = show(as_kari)
    assert "<h2>Ingen åpne varsler</h2>" in page.text
    assert "0 pasienter har sendt inn i dag." in page.text
    assert "Vi venter ikke flere målinger i dag." in page.text


def alarm_of(page) -> list[str]:
    """What the red banner says."""
    return page.context["alarms"]


def test_it_has_no_alarm_when_all_is_well(as_kari, world):
    make_reading(world.per_tablet, "spo2", 84, at=NOW - timedelta(seconds=60))
    page = show(as_kari)
    assert alarm_of(page) == []
    assert 'id="alarm"' not in page.text


def test_it_warns_when_a_reading_has_waited_over_a_minute(as_kari, world):
    make_reading(world.per_tablet, "spo2", 84, at=NOW - timedelta(seconds=61))
    page = show(as_kari)
    assert alarm_of(page) == ["Nye målinger har ventet i mer enn 60 sekunder på å bli vurdert."]
    assert "Ikke stol på at listen er fullstendig." in page.text


def test_it_does_not_warn_of_another_services_patients(as_kari, world):
    make_reading(world.nils_tablet, "spo2", 84, at=NOW - timedelta(seconds=61))
    assert alarm_of(show(as_kari)) == []


def test_it_warns_of_a_patient_without_a_course_too_those_who_would_get_the_case(as_kari, as_ola, world):
    stranger = make_patient(world.a.pk, "Tom", "Dahle")
    make_reading(make_device(stranger, world.kari), "spo2", 84, at=NOW - timedelta(seconds=61))
    assert alarm_of(show(as_kari)) == ["Nye målinger har ventet i mer enn 60 sekunder på å bli vurdert."]
    assert alarm_of(show(as_ola)) == []


def test_it_warns_when_a_notice_has_waited_over_a_minute(as_kari, world):
    entry = put_in_queue(world.per)
    Delivery.objects.create(
        municipality_id=world.a.pk,
        alert=entry.alert,
        service=world.joint,
        channel="EMAIL",
        level=Level.RED,
        created_at=NOW - timedelta(seconds=61),
        next_try_at=NOW,
    )
    assert alarm_of(show(as_kari)) == ["Varsler til tjenesten har ventet i mer enn 60 sekunder på å bli sendt."]


@pytest.mark.parametrize(
    ("job", "seconds", "what"),
    [
        ("assess", 61, "Vurderingen av målinger"),
        ("dispatch", 61, "Utsendingen av varsler"),
        ("cases", 61, "Flyttingen av saker mellom tjenester"),
        ("expectations", 301, "Kontrollen av målinger som mangler"),
    ],
)
def test_it_warns_when_a_standing_job_has_stopped(as_kari, job, seconds, what):
    beat(NOW - timedelta(seconds=seconds - 1), only=job)
    assert alarm_of(show(as_kari)) == []
    beat(NOW - timedelta(seconds=seconds), only=job)
    clock = "09.58" if seconds == 61 else "09.54"
    assert alarm_of(show(as_kari)) == [f"{what} har stått stille siden kl. {clock}."]


def test_it_gives_the_date_when_a_job_stopped_on_another_day(as_kari):
    beat(NOW - timedelta(days=1), only="assess")
    assert alarm_of(show(as_kari)) == ["Vurderingen av målinger har stått stille siden 17.11.2026 kl. 10.00."]


def test_it_warns_when_a_standing_job_has_never_run(as_kari):
    Heartbeat.objects.filter(name="expectations").delete()
    assert alarm_of(show(as_kari)) == ["Kontrollen av målinger som mangler har ikke startet."]


def test_hours_with_a_mistake_hide_neither_the_queue_nor_a_new_red(as_kari, world):
    world.joint.hours = {"weekly": {"0": [["8.00", "15:30"]]}}
    world.joint.save()
    make_reading(world.per_tablet, "spo2", 84, at=NOW)
    services.assess_patient(patient_id=world.per.pk, municipality_id=world.a.pk, now=NOW, wait=True)
    page = show(as_kari)
    assert "Åpningstiden kan ikke leses. Si fra til lederen" in page.text
    [row] = rows_of(page.text)
    assert (row[0], row[5]) == ("Rød", "Innen 1 min")


# The wrong side of the door


def test_it_hides_rows_of_another_service(as_kari, as_ola, world):
    put_in_queue(world.per)
    assert names_of(show(as_kari).text) == ["Aasen, Per"]
    page = show(as_ola)
    assert names_of(page.text) == ["Iversen, Nils"]
    assert page.context["board"].tabs[0].count == 1


def test_it_hides_rows_when_the_agreement_has_ended(as_kari, world):
    put_in_queue(world.solveig)
    world.joint.agreements.update(valid_until=NOW.date() - timedelta(days=1))
    assert names_of(show(as_kari).text) == []


@pytest.mark.parametrize("person", ["dahl", "siri", "ness", "eva"])
def test_it_refuses_roles_without_a_queue(world, person):
    put_in_queue(world.per)
    page = browser_of(getattr(world, person)).get(reverse("queue"))
    assert page.status_code == 403
    assert "Aasen" not in page.text


def test_it_asks_for_login(client):
    answer = client.get(reverse("queue"))
    assert (answer.status_code, answer.url) == (302, "/logg-inn/?next=/arbeidsko/")


def test_it_refuses_post(as_kari):
    assert as_kari.post(reverse("queue")).status_code == 405


def test_it_is_never_kept_by_the_browser(as_kari):
    assert "no-store" in show(as_kari)["Cache-Control"]


def test_it_logs_the_look_once_and_not_the_polls(as_kari, world):
    put_in_queue(world.per)
    show(as_kari)
    as_kari.get(reverse("queue-list"))
    see_everything()
    logged = AccessEntry.objects.values_list("actor_id", "action", "municipality_id", "patient_id", "allowed")
    # One for each controller, so that each can read who looked at its own.
    assert list(logged.order_by("municipality_id")) == [
        (world.kari.pk, "OPEN_QUEUE", pk, None, True) for pk in sorted([world.a.pk, world.b.pk])
    ]


# Cost


def queries_of(browser: Client) -> list[str]:
    """What the page asks of the database, save opening and closing transactions."""
    with CaptureQueriesContext(connection) as seen:
        show(browser)
    return [query["sql"] for query in seen if "SAVEPOINT" not in query["sql"]]


def test_it_asks_the_database_at_most_ten_times_whatever_the_number_of_rows(as_kari, world):
    put_in_queue(world.per)
    make_reading(world.per_tablet, "spo2", 84, at=NOW)
    show(as_kari)
    see_everything()
    one = queries_of(as_kari)
    see_everything()
    put_in_queue(world.solveig, level=Level.MISSING, subject="weight")
    put_in_queue(new_patient(world, "Tredje"), subject="symptoms_copd", owner=world.berit)
    three = queries_of(as_kari)
    assert len(one) == len(three)
    assert len(three) <= 10


def test_it_reads_only_the_named_patients_values(as_kari, world):
    put_in_queue(world.per)
    see_everything()
    (values,) = [sql for sql in queries_of(as_kari) if '"measurements_reading"' in sql and "UNION" in sql]
    assert str(world.per.pk) in values
    assert '"measurements_reading"."taken_at" >' in values
