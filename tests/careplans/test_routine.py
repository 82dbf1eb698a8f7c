"""What is agreed with the GP, and the tasks that come of it (R-126, R-128, AT-53)."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, InternalError, transaction

from careplans.enums import RoutineMode
from careplans.models import GpLook, GpRoutine
from careplans.queries.routine import agreed_looks, routine_of
from careplans.services import Agreed, NotYours, agree, note_look
from patients.models import Enrolment
from tests.factories.care import block, make_hospital
from tests.factories.clock import NOW
from tests.factories.organisations import make_agreement

DAY = timedelta(days=1)
TODAY = NOW.date()


def agreed(**fields) -> Agreed:
    standard = {
        "mode": RoutineMode.AT_INTERVALS, "interval_days": 14, "agreed_on": TODAY, "agreed_with": "Anne Dahl",
        "valid_from": TODAY, "tasks": ["Justerer vanndrivende medisin"],
    }  # fmt: skip
    return Agreed(**standard | fields)


def agree_now(world, *, patient=None, user=None, now=NOW, **fields) -> GpRoutine:
    by = world.actor(user or world.kari)
    return agree(patient=patient or world.per, agreed=agreed(**fields), by=by, now=now)


def tasks(world, days: int, user=None) -> list[tuple[str, date]]:
    found = agreed_looks(world.actor(user or world.dahl), now=NOW + days * DAY)
    return [(each.patient.given_name, each.due_on) for each in found]


class TestAT53:
    def test_every_fourteenth_day_a_task_appears(self, world):
        agree_now(world)
        due = [date(2026, 12, 2), date(2026, 12, 16), date(2026, 12, 30)]
        for number, day in enumerate(due, 1):
            assert tasks(world, 14 * number - 1) == []
            assert tasks(world, 14 * number) == [("Per", day)]
            note_look(patient=world.per, by=world.actor(world.dahl), now=NOW + 14 * number * DAY)
            assert tasks(world, 14 * number) == []

    def test_on_message_there_is_no_reading_task(self, world):
        agree_now(world, mode=RoutineMode.ON_MESSAGE, interval_days=None)
        assert [tasks(world, days) for days in (0, 14, 28, 400)] == [[], [], [], []]

    def test_where_nothing_is_agreed_there_is_none(self, world):
        assert tasks(world, 400) == []


class TestTheTask:
    def test_it_stands_once_until_it_is_done_and_the_next_comes_an_interval_after_that(self, world):
        agree_now(world)
        assert tasks(world, 40) == [("Per", date(2026, 12, 2))]
        note_look(patient=world.per, by=world.actor(world.dahl), now=NOW + 40 * DAY)
        assert tasks(world, 53) == []
        assert tasks(world, 54) == [("Per", date(2027, 1, 11))]

    def test_it_says_the_agreed_week_and_never_that_it_is_late(self, world):
        agree_now(world)
        (task,) = agreed_looks(world.actor(world.dahl), now=NOW + 30 * DAY)
        assert task.week == "avtalt uke 49"

    def test_a_new_agreement_replaces_the_old_from_its_day(self, world):
        agree_now(world)
        agree_now(world, mode=RoutineMode.ON_MESSAGE, interval_days=None, valid_from=TODAY + 20 * DAY)
        assert tasks(world, 19) == [("Per", date(2026, 12, 2))]
        assert tasks(world, 20) == []

    def test_of_two_from_the_same_day_the_later_holds(self, world):
        agree_now(world)
        second = agree_now(world, interval_days=7, now=NOW + timedelta(minutes=1))
        assert routine_of(world.per, now=NOW + DAY) == second

    def test_other_doctors_have_no_task_for_the_patient(self, world):
        agree_now(world)
        assert tasks(world, 14, world.nils.gp) == []

    def test_nor_has_a_doctor_whom_the_patient_has_blocked(self, world):
        agree_now(world)
        block(world.per, world.kari, user=world.dahl)
        assert tasks(world, 14) == []

    def test_nor_has_the_gp_while_the_hospital_has_the_phase(self, world):
        agree_now(world)
        hospital = make_hospital()
        make_agreement(hospital, world.a.pk)
        Enrolment.objects.filter(patient=world.per).update(service=hospital)
        assert tasks(world, 14) == []


class TestLooking:
    @pytest.mark.parametrize("name", ["kari", "siri", "ola"])
    def test_only_the_patients_own_doctor_marks_it(self, world, name):
        with pytest.raises(NotYours):
            note_look(patient=world.per, by=world.actor(getattr(world, name)), now=NOW)

    def test_another_patients_doctor_is_refused(self, world):
        with pytest.raises(NotYours):
            note_look(patient=world.per, by=world.actor(world.nils.gp), now=NOW)
        assert not GpLook.objects.exists()

    def test_twice_in_one_day_is_one_look(self, world):
        for minutes in (0, 1):
            note_look(patient=world.per, by=world.actor(world.dahl), now=NOW + timedelta(minutes=minutes))
        assert list(GpLook.objects.values_list("on", "by")) == [(TODAY, world.dahl.pk)]


class TestAgreeing:
    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            ({"interval_days": 0}, "1 to 365"),
            ({"interval_days": 366}, "1 to 365"),
            ({"interval_days": -14}, "1 to 365"),
            ({"interval_days": None}, "interval belongs"),
            ({"mode": RoutineMode.ON_MESSAGE}, "interval belongs"),
            ({"agreed_on": TODAY + DAY, "valid_from": TODAY + DAY}, "by today"),
            ({"valid_from": TODAY - DAY}, "by today"),
            ({"agreed_with": "  "}, "somebody"),
        ],
    )
    def test_what_makes_no_sense_is_refused(self, world, fields, said):
        with pytest.raises(ValueError, match=said):
            agree_now(world, **fields)
        assert not GpRoutine.objects.exists()

    @pytest.mark.parametrize("name", ["ola", "siri", "eva"])
    def test_only_those_who_write_the_plan_agree(self, world, name):
        with pytest.raises(NotYours):
            agree_now(world, user=getattr(world, name))

    def test_the_gp_may_agree_for_the_own_patient(self, world):
        assert agree_now(world, user=world.dahl).registered_by == world.dahl

    def test_another_patients_gp_may_not(self, world):
        with pytest.raises(NotYours):
            agree_now(world, user=world.nils.gp)

    @pytest.mark.parametrize("fields", [{"interval_days": 0}, {"interval_days": None}, {"mode": "ON_MESSAGE"}])
    def test_the_database_refuses_a_wrong_interval(self, world, fields):
        row = {
            "municipality_id": world.a.pk, "patient": world.per, "mode": "AT_INTERVALS", "interval_days": 14,
            "agreed_on": TODAY, "agreed_with": "Dahl", "valid_from": TODAY, "registered_at": NOW,
            "registered_by": world.kari,
        }  # fmt: skip
        with pytest.raises(IntegrityError, match="routine_interval_of_mode"), transaction.atomic():
            GpRoutine.objects.create(**row | fields)

    def test_the_database_keeps_what_was_agreed(self, world):
        agree_now(world)
        with pytest.raises(InternalError, match="Cannot"), transaction.atomic():
            GpRoutine.objects.update(interval_days=7)
