"""The doctor is told that something waits: once, without a name, and marked delivered only afterwards."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.core import mail
from django.db import InternalError, transaction

from accounts.models import User
from alerts import services
from alerts.services import doctor_notices
from alerts.services.channels import NotSent
from careplans.models import DoctorNotice
from careplans.services import remind
from patients.models import Enrolment
from tests.factories.care import make_hospital
from tests.factories.careplans import approve, make_draft, propose
from tests.factories.clock import NOW
from tests.factories.organisations import make_agreement

SECOND = timedelta(seconds=1)


@pytest.fixture
def plan(world):
    return propose(make_draft(world.per, world.kari))


def told(*, now=NOW) -> DoctorNotice:
    services.order_plan_notices(now=now)
    services.send_doctor_notices(now=now)
    return DoctorNotice.objects.get()


def test_the_doctor_is_told_once_and_reads_no_name(world, plan):
    row = told()
    assert (row.kind, row.state, row.delivered_at, row.attempts, row.created_by) == (
        "PLAN", "DELIVERED", NOW, 1, world.kari,
    )  # fmt: skip
    (message,) = mail.outbox
    assert (message.to, message.subject) == (["dahl@example.org"], "Noe venter på deg i digital hjemmeoppfølging")
    assert message.body == (
        "Noe venter på deg i digital hjemmeoppfølging.\n\n"
        f"Logg inn og se hva det er: {settings.BASE_URL}/legeoppgaver/\n\nIkke svar på denne e-posten.\n"
    )
    assert message.extra_headers["Idempotency-Key"] == str(row.pk)
    told(now=NOW + SECOND)
    assert len(mail.outbox) == 1


def test_a_reminder_goes_the_same_way(world, plan):
    told()
    later = NOW + timedelta(days=7)
    remind(version=plan, by=world.actor(world.kari), now=later)
    assert services.send_doctor_notices(now=later) == 1
    assert list(DoctorNotice.objects.order_by("created_at").values_list("kind", "state")) == [
        ("PLAN", "DELIVERED"), ("REMINDER", "DELIVERED"),
    ]  # fmt: skip
    assert [message.to for message in mail.outbox] == [["dahl@example.org"]] * 2


def test_drafts_and_decided_plans_are_told_of_to_nobody(world):
    make_draft(world.per, world.kari)
    approve(make_draft(world.solveig, world.kari), world.dahl)
    assert services.order_plan_notices(now=NOW) == 0


def test_a_doctor_without_an_address_makes_it_fail_at_once(world, plan):
    User.objects.filter(pk=world.dahl.pk).update(email="")
    row = told()
    assert (row.state, row.delivered_at, row.last_error, mail.outbox) == ("FAILED", None, "no e-mail address", [])


def test_an_error_is_tried_again_with_the_same_key_and_fails_in_the_end(world, plan, monkeypatch):
    class Broken:
        def send(self, notice):
            raise NotSent("SMTPServerDisconnected")

    monkeypatch.setattr(doctor_notices, "CHANNEL", Broken())
    row = told()
    assert (row.state, row.attempts, row.next_try_at) == ("WAITING", 1, NOW + 5 * SECOND)
    for _ in range(7):
        services.send_doctor_notices(now=DoctorNotice.objects.get().next_try_at)
    row = DoctorNotice.objects.get()
    assert (row.state, row.attempts, row.last_error) == ("FAILED", 8, "SMTPServerDisconnected")


def test_one_whose_sender_was_killed_is_sent_when_the_lease_has_run_out(world, plan):
    services.order_plan_notices(now=NOW)
    doctor_notices._lease(NOW)
    assert services.send_doctor_notices(now=NOW + 19 * SECOND) == 0
    assert services.send_doctor_notices(now=NOW + 20 * SECOND) == 1


def test_in_the_hospitals_phase_the_department_is_told(world, plan):
    hospital = make_hospital(notify_email="lunge@example.org")
    make_agreement(hospital, world.a.pk)
    Enrolment.objects.filter(patient=world.per).update(service=hospital)
    told()
    assert mail.outbox[0].to == ["lunge@example.org"]


def test_what_was_delivered_stays_delivered(world, plan):
    told()
    with pytest.raises(InternalError, match="Cannot"), transaction.atomic():
        DoctorNotice.objects.update(state="QUEUED", delivered_at=None)
