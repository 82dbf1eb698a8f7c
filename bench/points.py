"""The named points of the way of one reading, and how a process is made to die exactly there without product hooks."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg2
from django.db import connection

from accounts.models import DeviceCredential, User
from bench.people import MUNICIPALITY, SECRET, make_patients, make_service_with_nurse
from bench.receiver import Receiver
from bench.tablets import Sent, Tablet, assessed_of, reading, rows
from dho.embedded.servers import Servers
from dho.lib import rls
from tests.journeys.stack import Stack, wait_until

SECONDS = 45  # longer than a lease and a start of the worker together


class Rig:
    """The product's processes, the servers under them and a receiver of notices: what a fault is done to."""

    def __init__(self, stack: Stack, servers: Servers, receiver: Receiver, owner_url: str) -> None:
        self.stack, self.servers, self.receiver, self.owner_url = stack, servers, receiver, owner_url
        self.acked: dict[str, Sent] = {}

    def send_red(self, tablet: Tablet) -> str:
        """A red reading that was acknowledged; its client id."""
        body = reading(80)
        answer = self.stack.post("readings/", tablet.token, body)
        assert answer.status_code == 201, answer.text
        client_id = str(body["id"])
        self.acked[client_id] = Sent(tablet.patient_id, 80, body, time.monotonic())
        return client_id

    def crash(self, *names: str) -> None:
        """SIGKILL processes with their children."""
        self.stack.stop(*names, how=signal.SIGKILL)

    def keep_running(self) -> None:
        """Start again what has ended by itself, as the supervisor does. Celery ends when a child dies at its start."""
        for name, process in tuple(self.stack.processes.items()):
            if process.poll() is not None:
                self.stack.start(name)

    @contextmanager
    def broker_frozen(self) -> Iterator[None]:
        """Valkey keeps its connections and answers nothing."""
        pid = self.servers.valkey.pid
        assert pid
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def database_down(self, stop: Callable[[], object], *, seconds: float) -> None:
        """Stop PostgreSQL this way and start it again; our own connection goes with it."""
        stop()
        time.sleep(seconds)
        self.servers.postgres.start()
        connection.close()

    @contextmanager
    def holding(self, sql: str, *parameters: object) -> Iterator[None]:
        """Another session that has locked something and does not let go."""
        session = psycopg2.connect(self.owner_url)
        try:
            with session.cursor() as cursor:
                cursor.execute("SELECT set_config('dho.municipalities', %s, true)", [",".join(self._municipalities())])
                cursor.execute(sql, parameters)
            yield
        finally:
            session.close()

    def _municipalities(self) -> list[str]:
        return [str(pk) for (pk,) in rows("SELECT id FROM organisations_municipality")]

    def blocked(self, what: str) -> bool:
        """Whether a session of the product waits for a lock in a statement with these words."""
        sql = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE %s"
        return rows(sql, f"%{what}%")[0][0] > 0


def crowd(count: int, webhook: str) -> tuple[User, list[Tablet]]:
    """A service that is told by webhook, its nurse, and patients with approved plans and a tablet each."""
    service, nurse = make_service_with_nurse("faults")
    service.webhook_url, service.webhook_secret = webhook, "bench-webhook-secret"
    with rls.acting_for([MUNICIPALITY]):
        service.save()
    patients = make_patients(count, service, nurse)
    with rls.acting_for([MUNICIPALITY]):
        devices = DeviceCredential.objects.filter(patient_id__in=[patient.pk for patient in patients])
        return nurse, [Tablet(each.patient_id, f"dho_{MUNICIPALITY}_{each.pk.hex}_{SECRET}") for each in devices]


def _wait_assessed(tablet: Tablet, client_id: str) -> None:
    wait_until(lambda: assessed_of([(client_id, tablet.patient_id)]), seconds=SECONDS)


def after_commit_before_ring(rig: Rig, tablet: Tablet) -> None:
    """The reading is committed and acknowledged; the web process dies before the ring has reached the broker."""
    with rig.broker_frozen():
        client_id = rig.send_red(tablet)
        rig.crash("web")
        # Still without a broker: what assesses it now needs PostgreSQL only.
        _wait_assessed(tablet, client_id)
    rig.stack.start("web")


def rung_before_scoring(rig: Rig, tablet: Tablet) -> None:
    """The worker has taken the ring and waits for the patient's row when it dies."""
    with rig.holding("SELECT 1 FROM patients_patient WHERE id = %s FOR NO KEY UPDATE", tablet.patient_id):
        client_id = rig.send_red(tablet)
        wait_until(lambda: rig.blocked("patients_patient"), seconds=SECONDS)
        rig.crash("worker")
    rig.stack.start("worker")
    _wait_assessed(tablet, client_id)


def scored_before_commit(rig: Rig, tablet: Tablet) -> None:
    """Judged, the alert written but not committed: the worker dies at its last insert."""
    with rig.holding("LOCK TABLE alerts_assessment IN SHARE ROW EXCLUSIVE MODE"):
        client_id = rig.send_red(tablet)
        wait_until(lambda: rig.blocked('INSERT INTO "alerts_assessment"'), seconds=SECONDS)
        rig.crash("worker", "watch")
    rig.stack.start("worker", "watch")
    _wait_assessed(tablet, client_id)


def sent_before_marked(rig: Rig, tablet: Tablet) -> None:
    """The receiver has the notice; the sender dies before it could write so. It is sent again with the same key."""
    before = len(rig.receiver.keys)
    rig.receiver.stall()
    client_id = rig.send_red(tablet)
    wait_until(lambda: _notices_of(tablet, client_id) & set(rig.receiver.keys[before:]), seconds=SECONDS)
    rig.crash("watch")
    rig.receiver.go_on()
    rig.stack.start("watch")
    wait_until(lambda: _notices_of(tablet, client_id, state="DELIVERED"), seconds=SECONDS)


def _notices_of(tablet: Tablet, client_id: str, state: str = "%") -> set[str]:
    found = rows(
        "SELECT d.id FROM alerts_delivery d JOIN alerts_assessment s ON s.alert_id = d.alert_id "
        "JOIN measurements_reading r ON r.id = s.reading_id "
        "WHERE r.patient_id = %s AND r.client_id = %s AND d.state LIKE %s",
        tablet.patient_id,
        client_id,
        state,
    )
    return {str(key) for (key,) in found}


POINTS: dict[str, Callable[[Rig, Tablet], None]] = {
    "after commit, before the ring": after_commit_before_ring,
    "ring taken, before scoring": rung_before_scoring,
    "scored, before commit": scored_before_commit,
    "sent, before marked delivered": sent_before_marked,
}


def recovered(rig: Rig, tablet: Tablet, *, within: float = 60) -> float:
    """Seconds until a fresh red reading is assessed within a second of its answer, as it is without faults."""
    began = time.monotonic()
    while True:
        asked = time.monotonic()
        try:
            client_id = rig.send_red(tablet)
            wait_until(lambda: assessed_of([(client_id, tablet.patient_id)]), seconds=1, every=0.02)  # noqa: B023
            return asked - began
        except (AssertionError, OSError):
            assert time.monotonic() - began < within, f"not back within {within} s"
            rig.keep_running()
