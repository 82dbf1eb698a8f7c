"""Notices leave with a lease and a key, are marked delivered only afterwards, and fail visibly (P1)."""

import hashlib
import hmac
import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.conf import settings
from django.core import mail
from django.db import connection

from alerts import services
from alerts.enums import AlertKind, Level
from alerts.models import Alert, Delivery, QueueEntry
from alerts.services import dispatching
from careplans.enums import DeliveryState
from tests.factories.clock import NOW
from tests.factories.measurements import make_reading

SECOND = timedelta(seconds=1)


class Receiver(BaseHTTPRequestHandler):
    """A webhook receiver that remembers what came and answers as it is told."""

    answer, received = 204, []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).received.append((dict(self.headers), body))
        self.send_response(self.answer)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *args):
        """Quiet."""


@pytest.fixture
def receiver():
    """A real HTTP server on this machine."""
    handler = type("OneReceiver", (Receiver,), {"received": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    handler.url = f"http://127.0.0.1:{server.server_port}/varsel"
    yield handler
    server.shutdown()
    server.server_close()


@pytest.fixture
def red(world):
    """Makes Per red at a service that is told in the given ways; the notice."""

    def become_red(**ways):
        for name, value in ways.items():
            setattr(world.joint, name, value)
        world.joint.save()
        make_reading(world.per_tablet, "spo2", 84, at=NOW)
        services.assess_patient(patient_id=world.per.pk, municipality_id=world.a.pk, now=NOW, wait=True)
        return Delivery.objects.get()

    return become_red


def test_an_email_says_only_that_there_is_something_new(red):
    notice = red(notify_email="vakt@example.org")
    assert services.dispatch(now=NOW) == 1
    notice.refresh_from_db()
    assert (notice.state, notice.delivered_at, notice.attempts, notice.lease_until) == ("DELIVERED", NOW, 1, None)
    message = mail.outbox[0]
    assert (message.to, message.subject) == (["vakt@example.org"], "Nytt varsel i arbeidskøen")
    assert message.body == (
        f"Det er kommet et nytt varsel i arbeidskøen.\n\nÅpne arbeidskøen: {settings.BASE_URL}/arbeidsko/\n"
    )
    assert message.extra_headers["Idempotency-Key"] == str(notice.pk)
    assert services.dispatch(now=NOW + SECOND) == 0
    assert len(mail.outbox) == 1


def test_a_webhook_is_signed_and_carries_no_health_data(red, receiver):
    notice = red(webhook_url=receiver.url, webhook_secret="hemmelig")
    assert services.dispatch(now=NOW) == 1
    headers, body = receiver.received[0]
    assert json.loads(body) == {
        "id": str(notice.pk),
        "text": "Nytt varsel i arbeidskøen",
        "url": f"{settings.BASE_URL}/arbeidsko/",
    }
    assert headers["Idempotency-Key"] == str(notice.pk)
    seconds = str(int(NOW.timestamp()))
    digest = hmac.new(b"hemmelig", f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()
    assert headers["DHO-Signature"] == f"t={seconds},v1={digest}"


@pytest.mark.parametrize("answer", [302, 404, 500])
def test_anything_but_success_is_tried_again_later_with_the_same_key(red, receiver, answer):
    receiver.answer = answer
    notice = red(webhook_url=receiver.url, webhook_secret="hemmelig")
    assert services.dispatch(now=NOW) == 0
    notice.refresh_from_db()
    assert (notice.state, notice.attempts, notice.last_error) == ("WAITING", 1, f"HTTP {answer}")
    assert (notice.next_try_at, notice.delivered_at) == (NOW + 5 * SECOND, None)
    assert services.dispatch(now=NOW + 4 * SECOND) == 0
    receiver.answer = 200
    assert services.dispatch(now=NOW + 5 * SECOND) == 1
    assert [headers["Idempotency-Key"] for headers, _ in receiver.received] == [str(notice.pk)] * 2


def test_a_receiver_that_never_answers_ends_as_an_alert(world, red):
    notice = red(webhook_url="http://127.0.0.1:1/varsel", webhook_secret="hemmelig")
    now = NOW
    for _ in range(8):
        notice.refresh_from_db()
        now = notice.next_try_at
        assert services.dispatch(now=now) == 0
    notice.refresh_from_db()
    assert (notice.state, notice.attempts, notice.last_error) == ("FAILED", 8, "ConnectionError")
    assert now - NOW == timedelta(seconds=5 * (2**7 - 1))
    failed = Alert.objects.get(kind=AlertKind.DELIVERY)
    assert (failed.subject, failed.level, failed.headline) == (str(notice.pk), Level.EQUIPMENT, "Varsling feilet")
    assert failed.detail == "Webhook til tjenesten kom ikke fram etter 8 forsøk"
    assert (QueueEntry.objects.get().level, QueueEntry.objects.get().alert_count) == (Level.RED, 2)
    assert services.dispatch(now=now + timedelta(days=1)) == 0


@pytest.mark.parametrize("ways", [{"webhook_url": "https://example.org/x"}])
def test_without_a_key_nothing_is_sent_and_it_fails_at_once(red, ways):
    notice = red(**ways)
    services.dispatch(now=NOW)
    notice.refresh_from_db()
    assert (notice.state, notice.last_error) == (DeliveryState.FAILED, "no webhook address or secret")
    assert Alert.objects.get(kind=AlertKind.DELIVERY).detail.endswith("etter 1 forsøk")


def test_a_living_lease_is_left_alone_and_one_that_ran_out_is_sent_again(red, receiver):
    """The sender was killed after it had sent and before it had marked: the receiver sees the same key twice."""
    notice = red(webhook_url=receiver.url, webhook_secret="hemmelig")
    Delivery.objects.update(state=DeliveryState.SENDING, lease_until=NOW + 60 * SECOND, attempts=1)
    assert services.dispatch(now=NOW + 59 * SECOND) == 0
    assert receiver.received == []
    assert services.dispatch(now=NOW + 60 * SECOND) == 1
    assert receiver.received[0][0]["Idempotency-Key"] == str(notice.pk)


def test_a_new_notice_does_not_stand_behind_the_retries_of_others(world, red, monkeypatch):
    monkeypatch.setattr("alerts.services.dispatching.AT_ONCE", 1)
    first = red(notify_email="vakt@example.org")
    Delivery.objects.update(state=DeliveryState.WAITING, attempts=3, next_try_at=NOW - SECOND)
    make_reading(world.per_tablet, "pulse", 130, at=NOW)
    services.assess_patient(patient_id=world.per.pk, municipality_id=world.a.pk, now=NOW, wait=True)
    assert services.dispatch(now=NOW) == 1
    first.refresh_from_db()
    assert first.state == DeliveryState.WAITING


def test_a_secret_that_no_key_opens_stops_neither_the_judging_nor_the_notices_of_others(world, red):
    broken = red(webhook_url="https://example.org/x", webhook_secret="hemmelig")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE organisations_followupservice SET webhook_secret = 'x' WHERE id = %s", [world.joint.pk])
    world.own_c.notify_email = "vakt@example.org"
    world.own_c.save()
    for tablet, patient in ((world.solveig_tablet, world.solveig), (world.nils_tablet, world.nils)):
        make_reading(tablet, "spo2", 80, at=NOW)
        services.assess_patient(patient_id=patient.pk, municipality_id=patient.municipality_id, now=NOW, wait=True)
    assert Alert.objects.filter(level=Level.RED).count() == 3
    assert services.dispatch(now=NOW) == 1
    assert [message.to for message in mail.outbox] == [["vakt@example.org"]]
    broken.refresh_from_db()
    assert (broken.state, broken.last_error) == (DeliveryState.FAILED, "the webhook secret cannot be opened")
    assert Alert.objects.filter(kind=AlertKind.DELIVERY, patient=world.per).exists()


def test_a_slow_receiver_does_not_hold_up_the_marking_of_what_has_arrived(world, red, receiver, monkeypatch):
    """The receiver answers only when the e-mail has been marked as delivered."""
    red(notify_email="vakt@example.org")
    Delivery.objects.create(
        municipality=world.a, alert=Alert.objects.get(), service=world.joint, channel="WEBHOOK", level=Level.RED,
        created_at=NOW, next_try_at=NOW,
    )  # fmt: skip
    world.joint.webhook_url, world.joint.webhook_secret = receiver.url, "hemmelig"
    world.joint.save()
    marked, mark, answer = threading.Event(), dispatching._mark, receiver.do_POST

    def mark_and_tell(delivery, error, now):
        result = mark(delivery, error, now)
        marked.set()
        return result

    def wait_and_answer(handler):
        handler.answer = 204 if marked.wait(5) else 500
        answer(handler)

    monkeypatch.setattr(dispatching, "_mark", mark_and_tell)
    monkeypatch.setattr(receiver, "do_POST", wait_and_answer)
    assert services.dispatch(now=NOW) == 2
