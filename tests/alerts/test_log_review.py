"""Unusual looks: each pattern, what is not one, and the review that the privacy officer records."""

import re
from datetime import UTC, datetime, time, timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from accounts.services import register_address
from alerts.enums import Pattern
from alerts.queries.patterns import Look, find_patterns, looks_between
from alerts.services.log_review import review_look
from audit.enums import Action, Basis, ReviewOutcome
from audit.models import AuditReview
from dho.lib.numbers import OSLO
from organisations.models import FollowUpService
from organisations.opening_hours import OpeningHours
from tests.alerts.rows import beat, put_in_queue
from tests.audit.entries import look_at
from tests.database import see_everything
from tests.factories.accounts import let_in
from tests.factories.clock import NOW
from tests.factories.organisations import WEEKDAYS_8_TO_1530
from tests.factories.patients import make_home, make_patient
from tests.factories.world import A

KARI, PER = UUID(int=1), UUID(int=2)


def look(at=NOW, *, patient=PER, person=KARI, same_name=False, home=False, neighbour=False, has_task=True) -> Look:
    day = at.astimezone(OSLO).date()
    near = (same_name, home, home or neighbour)
    return Look(uuid4(), at, person, "Kari Nordmann", "NURSE", "DHO", patient, day, *near, has_task)


def patterns(looks, hours=None) -> list[tuple[Pattern, UUID, int]]:
    return [(one.pattern, one.look.entry_id, one.count) for one in find_patterns(looks, hours or {})]


class TestPatterns:
    """Plain Python over looks that the database has described."""

    def test_an_ordinary_day_has_none(self):
        assert patterns([look(NOW + timedelta(minutes=5 * each)) for each in range(9)]) == []

    def test_the_same_family_name(self):
        found = [look(same_name=True), look(NOW + timedelta(minutes=1), same_name=True)]
        assert patterns(found) == [(Pattern.FAMILY_NAME, found[0].entry_id, 2)]

    def test_the_same_address_also_with_a_task_and_never_a_neighbour_besides(self):
        found = [look(home=True, has_task=True), look(NOW + timedelta(minutes=1), home=True, has_task=True)]
        assert patterns(found) == [(Pattern.SAME_ADDRESS, found[0].entry_id, 2)]

    def test_a_neighbour(self):
        found = [look(neighbour=True), look(NOW + timedelta(days=1), neighbour=True)]
        assert patterns(found) == [(Pattern.NEIGHBOUR, one.entry_id, 1) for one in reversed(found)]

    def test_each_thing_that_is_unusual_is_asked_about_by_itself(self):
        one = look(same_name=True, home=True, has_task=False)
        assert {pattern for pattern, *_ in patterns([one])} == {
            Pattern.FAMILY_NAME,
            Pattern.SAME_ADDRESS,
            Pattern.NO_TASK,
        }

    def test_a_patient_without_any_task(self):
        found = [look(has_task=False), look(NOW + timedelta(days=1), has_task=False)]
        assert patterns(found) == [(Pattern.NO_TASK, one.entry_id, 1) for one in reversed(found)]

    def test_very_often_the_same_patient_in_one_day(self):
        found = [look(NOW + timedelta(minutes=each)) for each in range(10)]
        assert patterns(found) == [(Pattern.OFTEN, found[0].entry_id, 10)]
        assert patterns(found[1:]) == []

    def test_many_patients_without_alert_within_an_hour(self):
        found = [look(NOW + timedelta(minutes=6 * each), patient=uuid4(), has_task=False) for each in range(10)]
        many = [one for one in patterns(found) if one[0] == Pattern.MANY]
        assert many == [(Pattern.MANY, found[0].entry_id, 10)]
        slower = [look(NOW + timedelta(minutes=7 * each), patient=uuid4(), has_task=False) for each in range(10)]
        assert [one for one in patterns(slower) if one[0] == Pattern.MANY] == []

    def test_the_same_patient_many_times_is_not_many_patients(self):
        few = [uuid4() for _ in range(9)]
        found = [look(NOW + timedelta(minutes=each), patient=few[each % 9], has_task=False) for each in range(45)]
        assert [one for one in patterns(found) if one[0] == Pattern.MANY] == []

    def test_the_busy_hour_can_begin_later_in_the_day(self):
        early = [look(NOW, patient=uuid4(), has_task=False)]
        busy = [look(NOW + timedelta(hours=2, minutes=each), patient=uuid4(), has_task=False) for each in range(12)]
        many = [one for one in patterns(early + busy) if one[0] == Pattern.MANY]
        assert many == [(Pattern.MANY, busy[0].entry_id, 12)]

    @pytest.mark.parametrize(("hour", "unusual"), [(19, False), (20, True), (23, True), (4, True), (5, False)])
    def test_at_night_while_the_service_was_closed(self, hour, unusual):
        """Hours in UTC; Oslo is one hour ahead in November."""
        at = datetime(2026, 11, 18, hour, 30, tzinfo=UTC)
        found = [look(at)]
        expected = [(Pattern.NIGHT, found[0].entry_id, 1)] if unusual else []
        assert patterns(found, {PER: WEEKDAYS_8_TO_1530}) == expected

    def test_a_service_that_is_open_at_night_works_at_night(self):
        night = OpeningHours({day: ((time(20), time(23, 30)),) for day in range(7)})
        assert patterns([look(datetime(2026, 11, 18, 21, 30, tzinfo=UTC))], {PER: night}) == []


class TestWhatTheDatabaseKnows:
    """Own municipality, health care only; the name and the day's task."""

    def between(self, world, since=NOW - timedelta(days=1), until=NOW + timedelta(days=1)):
        return looks_between(world.actor(world.vera), since=since, until=until)

    def test_a_look_on_a_day_without_alert_has_no_task(self, world):
        entry = look_at(world.per, world.kari)
        assert [(one.entry_id, one.has_task, one.same_name) for one in self.between(world)] == [
            (entry.pk, False, False)
        ]

    def test_an_alert_open_that_day_is_a_task(self, world):
        put_in_queue(world.per)
        look_at(world.per, world.kari)
        assert [one.has_task for one in self.between(world)] == [True]

    def test_the_same_name_is_found_whatever_the_case(self, world):
        world.kari.last_name = "AASEN"
        world.kari.save()
        look_at(world.per, world.kari)
        assert [one.same_name for one in self.between(world)] == [True]

    @pytest.mark.parametrize(
        ("street", "code", "expected"),
        [
            ("storgt. 12b", "2211", (True, True)),
            ("Storgata 14", "2211", (False, True)),
            # The same name of a street in another place is another street.
            ("Storgata 12 B", "2212", (False, False)),
            ("Lillegata 12 B", "2211", (False, False)),
            ("", "", (False, False)),
        ],
    )
    def test_who_lives_in_the_same_house_or_street(self, world, street, code, expected):
        make_home(world.per)
        register_address(user=world.kari, street=street, postal_code=code, by=world.actor(world.kari), now=NOW)
        put_in_queue(world.per)
        look_at(world.per, world.kari)
        assert [(one.same_address, one.neighbour, one.has_task) for one in self.between(world)] == [(*expected, True)]

    def test_nobody_is_a_neighbour_of_a_patient_without_address(self, world):
        User.objects.filter(pk=world.kari.pk).update(address_index="", neighbourhood_index="")
        look_at(world.per, world.kari)
        assert [(one.same_address, one.neighbour) for one in self.between(world)] == [(False, False)]

    def test_addresses_are_found_by_key_whatever_the_number_of_looks(self, world):
        """The plan joins by the unique keys of the two tables: no pass through all addresses for each look."""
        make_home(world.per)
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_hashjoin = off")
            cursor.execute("SET LOCAL enable_mergejoin = off")
            with CaptureQueriesContext(connection) as asked:
                self.between(world)
            cursor.execute("EXPLAIN " + asked.captured_queries[-1]["sql"])
            plan = " ".join(row[0] for row in cursor.fetchall())
        assert re.search(r"Index Scan using patients_homeaddress_patient_id\w* on patients_homeaddress", plan)
        assert "Seq Scan on patients_homeaddress" not in plan

    def test_other_municipalities_refusals_lists_and_other_purposes_are_left_out(self, world):
        look_at(world.nils, world.ola)
        look_at(world.solveig, world.kari)
        look_at(world.per, world.kari, allowed=False)
        look_at(world.per, world.kari, action=Action.CLAIM)
        look_at(world.per, world.vera, action=Action.READ_LOG)
        look_at(world.per, world.kari, basis=Basis.EMERGENCY)
        look_at(world.per, world.kari, at=NOW - timedelta(days=2))
        assert self.between(world) == []

    def test_without_the_right_there_is_nothing(self, world):
        look_at(world.per, world.kari)
        assert (
            looks_between(world.actor(world.kari), since=NOW - timedelta(days=1), until=NOW + timedelta(days=1)) == []
        )


@pytest.fixture
def as_vera(world) -> Client:
    browser = Client()
    let_in(browser, world.vera)
    return browser


@pytest.fixture
def on_the_day():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.mark.usefixtures("on_the_day")
class TestThePages:
    """The list, and the review of one look."""

    def test_the_list_shows_reason_person_and_patient(self, as_vera, world):
        look_at(world.per, world.kari, at=NOW - timedelta(minutes=1))
        text = as_vera.get(reverse("log-review")).text
        for part in ("Kari Nordmann", "Aasen, Per", str(Pattern.NO_TASK.label), "Kontroller"):
            assert part in text

    def test_a_neighbour_is_shown_chosen_and_reviewed_like_the_others(self, as_vera, world):
        make_home(world.per)
        register_address(user=world.kari, street="Storgata 3", postal_code="2211", by=world.actor(world.kari), now=NOW)
        entry = look_at(world.per, world.kari, at=NOW - timedelta(minutes=1))
        page = as_vera.get(reverse("log-review"), {"monster": "NEIGHBOUR", "dager": "1"})
        assert [row["finding"].look.entry_id for row in page.context["rows"]] == [entry.pk]
        assert "Nabo: samme gate og postnummer som pasienten" in page.text
        assert "Storgata" not in page.text
        one = reverse("log-review-one", args=[entry.pk, "NEIGHBOUR"])
        assert "Nabo: samme gate" in as_vera.get(one).text
        assert as_vera.post(one, {"outcome": "ASKED", "note": "Lederen spør."}).status_code == 302
        see_everything()
        assert AuditReview.objects.values_list("pattern", "outcome").get() == ("NEIGHBOUR", "ASKED")

    def test_the_list_says_so_when_there_is_nothing(self, as_vera):
        assert "Ingen uvanlige innsyn i denne perioden." in as_vera.get(reverse("log-review")).text

    def test_the_list_warns_when_the_sealing_of_the_log_has_stopped(self, as_vera):
        warning = "Innsynsloggen er ikke forseglet de siste fem minuttene."
        assert warning in as_vera.get(reverse("log-review")).text
        for ago, warned in ((299, False), (300, True)):
            beat(NOW - timedelta(seconds=ago), only="seal")
            assert (warning in as_vera.get(reverse("log-review")).text) == warned

    def test_it_can_be_narrowed_and_an_odd_address_starts_anew(self, as_vera, world):
        look_at(world.per, world.kari, at=NOW - timedelta(minutes=1))
        narrowed = as_vera.get(reverse("log-review"), {"monster": "OFTEN", "dager": "1"})
        assert narrowed.context["rows"] == []
        assert as_vera.get(reverse("log-review"), {"dager": "9999"}).status_code == 302

    def test_fifty_are_shown_at_a_time(self, as_vera, world):
        for number in range(51):
            look_at(make_patient(A, "Oda", f"Vang {number}"), world.kari, at=NOW - timedelta(hours=number + 1))
        first = as_vera.get(reverse("log-review"), {"monster": "NO_TASK"})
        second = as_vera.get(reverse("log-review"), {"monster": "NO_TASK", "side": "2"})
        assert (len(first.context["rows"]), len(second.context["rows"])) == (50, 1)
        assert "Side 1 av 2" in first.text

    def test_a_review_is_kept_and_moves_the_look_to_the_end(self, as_vera, world):
        entry = look_at(world.per, world.kari, at=NOW - timedelta(minutes=1))
        other = look_at(make_patient(A, "Oda", "Vang"), world.kari, at=NOW - timedelta(minutes=2))
        address = reverse("log-review-one", args=[entry.pk, "NO_TASK"])
        answer = as_vera.post(address, {"outcome": "LAWFUL", "note": "Pasienten ringte."})
        see_everything()
        assert (answer.status_code, answer["Location"]) == (302, reverse("log-review"))
        assert AuditReview.objects.values(
            "municipality_id", "entry_id", "pattern", "outcome", "note", "reviewed_at", "reviewed_by", "reviewer_name"
        ).get() == {
            "municipality_id": A,
            "entry_id": entry.pk,
            "pattern": "NO_TASK",
            "outcome": "LAWFUL",
            "note": "Pasienten ringte.",
            "reviewed_at": NOW,
            "reviewed_by": world.vera.pk,
            "reviewer_name": "Vera Vik",
        }
        rows = as_vera.get(reverse("log-review")).context["rows"]
        assert [row["finding"].look.entry_id for row in rows] == [other.pk, entry.pk]
        assert "Pasienten ringte." in as_vera.get(address).text

    def test_what_is_looked_at_after_the_review_is_to_be_reviewed_again(self, as_vera, world):
        entry = look_at(world.per, world.kari, at=NOW - timedelta(minutes=3))
        other = look_at(make_patient(A, "Oda", "Vang"), world.kari, at=NOW - timedelta(minutes=4))
        as_vera.post(reverse("log-review-one", args=[entry.pk, "NO_TASK"]), {"outcome": "LAWFUL", "note": "Ringte."})
        with time_machine.travel(NOW + timedelta(minutes=9), tick=False):
            look_at(world.per, world.kari, at=NOW + timedelta(minutes=9))
            page = as_vera.get(reverse("log-review"))
        found = [row["finding"] for row in page.context["rows"]]
        assert [(one.look.entry_id, one.count, one.review, one.again) for one in found] == [
            (entry.pk, 2, None, True),
            (other.pk, 1, None, False),
        ]
        assert "Nye innsyn etter kontrollen" in page.text

    def test_a_service_with_mistyped_hours_hides_nothing(self, as_vera, world):
        """Nobody knows whether it was open, so a look at night is shown; its secret is not even decrypted."""
        FollowUpService.objects.filter(pk=world.joint.pk).update(hours={}, webhook_secret="hemmelig")
        with connection.cursor() as cursor:
            cursor.execute("UPDATE organisations_followupservice SET webhook_secret = 'ikke til å lese'")
        look_at(world.per, world.kari, at=NOW - timedelta(hours=9))
        page = as_vera.get(reverse("log-review"), {"monster": "NIGHT"})
        assert [row["finding"].count for row in page.context["rows"]] == [1]

    @pytest.mark.parametrize(
        ("sent", "problem"),
        [
            ({"note": "Ringte."}, "Resultat: velg hva du kom fram til."),
            ({"outcome": "LAWFUL"}, "Notat: skriv hva du undersøkte, og hva du fant ut."),
            ({"outcome": "LAWFUL", "note": "x" * 1001}, "Notat: skriv høyst 1000 tegn."),
        ],
    )
    def test_what_is_missing_is_said_and_the_text_kept(self, as_vera, world, sent, problem):
        entry = look_at(world.per, world.kari)
        answer = as_vera.post(reverse("log-review-one", args=[entry.pk, "NO_TASK"]), sent)
        assert answer.status_code == 422
        assert problem in answer.text
        assert sent.get("note", "") in answer.text
        see_everything()
        assert not AuditReview.objects.exists()

    @pytest.mark.parametrize("patient", ["nils", "solveig"])
    def test_a_look_of_another_municipality_is_not_found(self, as_vera, world, patient):
        entry = look_at(getattr(world, patient), world.kari)
        assert as_vera.get(reverse("log-review-one", args=[entry.pk, "NO_TASK"])).status_code == 404

    def test_a_pattern_that_does_not_exist_is_not_found(self, as_vera, world):
        entry = look_at(world.per, world.kari)
        assert as_vera.get(reverse("log-review-one", args=[entry.pk, "X"])).status_code == 404


class TestTheReview:
    """The service and the database refuse what the page never sends."""

    def test_only_the_privacy_officer_of_the_municipality_reviews(self, world):
        foreign = look_at(world.nils, world.ola)
        own = look_at(world.per, world.kari)
        for entry, person in ((foreign, world.vera), (own, world.kari)):
            with pytest.raises(PermissionDenied):
                review_look(
                    entry=entry,
                    pattern=Pattern.NO_TASK,
                    outcome=ReviewOutcome.LAWFUL,
                    note="x",
                    by=world.actor(person),
                    now=NOW,
                )

    @pytest.mark.parametrize("wrong", [{"note": ""}, {"outcome": "X"}])
    def test_the_database_refuses_an_empty_note_and_an_unknown_outcome(self, world, wrong):
        row = {"outcome": "LAWFUL", "note": "x", "pattern": "NO_TASK", "municipality_id": A} | wrong
        with pytest.raises(IntegrityError), transaction.atomic():
            AuditReview.objects.create(
                entry_id=uuid4(), reviewed_at=NOW, reviewed_by=world.vera.pk, reviewer_name="Vera Vik", **row
            )
