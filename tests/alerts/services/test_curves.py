"""Curves to the GP: what they say, that they are sent once, and by the agreed rhythm (R-127, R-134)."""

from datetime import timedelta

import pytest
from django.db import InternalError, transaction

from alerts import services
from alerts.services.refusals import NotNow
from careplans.enums import CurveWay
from careplans.models import CurveReport, DoctorNotice
from careplans.services import NotYours, note_curves_opened
from dho.lib import rls
from patients.models import Patient
from tests.alerts.services.test_doctor import GREEN, RED, YELLOW, Course
from tests.alerts.test_concurrency import at_once
from tests.careplans.test_routine import agree_now
from tests.factories.clock import NOW
from tests.factories.patients import end_course

DAY = timedelta(days=1)


def send(world, *, way=CurveWay.PLATFORM, user=None, now=NOW):
    return services.send_curves(patient=world.per, way=way, by=world.actor(user or world.kari), now=now)


class TestWhatTheySay:
    def test_one_page_for_the_consultation(self, world):
        course = Course(world)
        course.measures(GREEN, -48)
        course.measures(YELLOW, -24)
        course.is_handled(-23)
        course.measures(RED, -2)
        report = send(world)
        content = report.content
        assert (content["plan"], content["yellow"], content["red"]) == (1, 1, 1)
        assert content["measures"] == [
            ["2026-11-17", "Mål to ganger om dagen."], ["2026-11-17", "Bruk leppepust og hvil."],
        ]  # fmt: skip
        spo2 = next(curve for curve in content["curves"] if curve["unit"] == "%")
        assert [values for _, values in spo2["points"]] == [[93.0], [87.0], [84.0]]
        assert (spo2["limits"], spo2["latest"].replace("\u00a0", " ")) == ([86.0, 88.0], "84 %")
        assert spo2["summary"].startswith("Siste 28 dager: 3 målinger")
        assert (report.first_day, report.last_day) == (NOW.date() - 27 * DAY, NOW.date())

    def test_what_is_older_than_four_weeks_is_left_out(self, world):
        Course(world).measures(RED, -24 * 30)
        assert send(world).content["red"] == 0

    def test_what_was_sent_never_changes(self, world):
        report = send(world)
        Course(world).measures(RED, 0)
        report.refresh_from_db()
        assert report.content["red"] == 0
        with pytest.raises(InternalError, match="sent curves never change"), transaction.atomic():
            CurveReport.objects.update(last_day=NOW.date() + DAY)


class TestSending:
    def test_the_doctor_is_told_without_a_name(self, world):
        report = send(world)
        assert (report.sent_by, report.sent_at, report.way) == (world.kari, NOW, "PLATFORM")
        row = DoctorNotice.objects.get()
        assert (row.kind, row.patient, row.version, row.on) == ("CURVES", world.per, None, NOW.date())

    def test_twice_the_same_is_once(self, world):
        assert send(world) == send(world, user=world.berit)
        assert (CurveReport.objects.count(), DoctorNotice.objects.count()) == (1, 1)

    def test_two_nurses_in_the_same_second_send_once(self, committed_world):
        world = committed_world

        def sending(user):
            with rls.acting_for([world.a.pk, world.b.pk]):
                return send(world, user=user)

        done = at_once(lambda: sending(world.kari), lambda: sending(world.berit))
        assert done[0] == done[1]
        with rls.acting_for([world.a.pk]):
            assert CurveReport.objects.count() == 1

    def test_on_paper_nobody_is_told(self, world):
        send(world, way=CurveWay.PAPER)
        assert not DoctorNotice.objects.exists()

    def test_without_a_doctor_only_on_paper_and_not_by_the_rhythm(self, world):
        agree_now(world, curves_every_days=28)
        Patient.objects.filter(pk=world.per.pk).update(gp=None)
        world.per.refresh_from_db()
        with pytest.raises(NotNow, match="ingen lege på plattformen"):
            send(world)
        assert services.send_agreed_curves(now=NOW + 28 * DAY) == 0
        assert not DoctorNotice.objects.exists()
        assert send(world, way=CurveWay.PAPER).way == "PAPER"

    @pytest.mark.parametrize("name", ["ola", "dahl", "siri", "eva"])
    def test_others_do_not_send(self, world, name):
        with pytest.raises(NotYours):
            send(world, user=getattr(world, name))


class TestTheRhythm:
    def sent(self, world, days: float) -> list[object]:
        services.send_agreed_curves(now=NOW + days * DAY)
        return list(CurveReport.objects.order_by("due_on").values_list("due_on", flat=True))

    def test_every_so_many_days_and_once_for_each(self, world):
        agree_now(world, curves_every_days=28)
        first, second = (NOW.date() + days * DAY for days in (28, 56))
        assert self.sent(world, 27) == []
        assert self.sent(world, 28) == [first]
        assert self.sent(world, 28.01) == [first]
        assert self.sent(world, 56) == [first, second]
        assert {report.sent_by for report in CurveReport.objects.all()} == {None}

    def test_after_an_outage_the_newest_day_only(self, world):
        agree_now(world, curves_every_days=7)
        assert self.sent(world, 30) == [NOW.date() + 28 * DAY]

    def test_not_without_a_rhythm_nor_after_the_course(self, world):
        agree_now(world)
        assert self.sent(world, 400) == []
        agree_now(world, curves_every_days=7, now=NOW + timedelta(minutes=1))
        end_course(world.per)
        assert self.sent(world, 400) == []

    @pytest.mark.parametrize("days", [0, 366, -7])
    def test_a_rhythm_outside_a_year_is_refused(self, world, days):
        with pytest.raises(ValueError, match="1 to 365"):
            agree_now(world, curves_every_days=days)


class TestOpening:
    def test_the_doctors_first_time_is_remembered(self, world):
        report = send(world)
        for hours in (1, 2):
            report.refresh_from_db()
            note_curves_opened(report=report, by=world.actor(world.dahl), now=NOW + timedelta(hours=hours))
        report.refresh_from_db()
        assert (report.opened_by, report.opened_at) == (world.dahl, NOW + timedelta(hours=1))
        with pytest.raises(InternalError, match="sent curves never change"), transaction.atomic():
            CurveReport.objects.update(opened_at=NOW)

    @pytest.mark.parametrize("name", ["kari", "siri"])
    def test_others_leave_no_mark(self, world, name):
        report = send(world)
        note_curves_opened(report=report, by=world.actor(getattr(world, name)), now=NOW)
        note_curves_opened(report=report, by=world.actor(world.nils.gp), now=NOW)
        report.refresh_from_db()
        assert report.opened_at is None
