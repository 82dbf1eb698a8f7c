"""Tablets that keep sending through the REST API and remember what was acknowledged, and the audit afterwards."""

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Self
from uuid import uuid4

import requests
from django.db import Error, connection, transaction

from dho.lib import rls

# What a value must become under the limits of the benches and the tests' plan: red below 86, yellow below 88.
COLOUR_OF = {95: "GREEN", 87: "YELLOW", 80: "RED"}
MIX = (95, 95, 95, 87, 80)
NO_ANSWER = "no connection"


@dataclass(frozen=True, slots=True)
class Tablet:
    """A patient's tablet."""

    patient_id: object
    token: str


@dataclass(frozen=True, slots=True)
class Sent:
    """An acknowledged reading."""

    patient_id: object
    value: int
    body: dict[str, object]
    answered: float


class Tablets:
    """Several tablets at work. A reading without an answer, or answered 503, is sent again with the same id."""

    def __init__(self, url: str, tablets: Sequence[Tablet], *, per_second: float = 20, clients: int = 4) -> None:
        self.url = f"{url}/api/v1/readings/"
        self.tablets = tablets
        self.pause = clients / per_second
        self.acked: dict[str, Sent] = {}
        self.answers: Counter[str] = Counter()
        self.seconds: list[float] = []
        self.delays: list[float] = []  # of reds, from the answer until they stand in the queue
        self._reds: list[tuple[str, Sent]] = []
        self._seen: set[str] = set()
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._work, args=[n]) for n in range(clients)]
        self._threads.append(threading.Thread(target=self._time_reds))

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _work(self, number: int) -> None:
        session = requests.Session()
        mine = self.tablets[number :: len(self._threads) - 1]
        sent: list[tuple[Tablet, str]] = []
        while not self._stop.wait(random.uniform(0, 2 * self.pause)):
            if sent and random.random() < 0.1:
                tablet, client_id = random.choice(sent)
                self._send(session, tablet, self.acked[client_id].body)
                continue
            tablet = random.choice(mine)
            body = reading(random.choice(MIX))
            if self._send(session, tablet, body):
                sent.append((tablet, str(body["id"])))

    def _send(self, session: requests.Session, tablet: Tablet, body: dict[str, object]) -> bool:
        """Until it is acknowledged, or refused, or the whole has ended."""
        while not self._stop.is_set():
            began = time.monotonic()
            try:
                answer = session.post(
                    self.url,
                    data=json.dumps(body),
                    headers={"Content-Type": "application/json", "Authorization": f"Bearer {tablet.token}"},
                    timeout=15,
                )
            except requests.RequestException:
                self.answers[NO_ANSWER] += 1
                self._stop.wait(0.1)
                continue
            self.answers[str(answer.status_code)] += 1
            if answer.status_code == 503:
                assert answer.headers["Retry-After"] == "5"
                self._stop.wait(0.1)  # sooner than asked for, to see how long it lasts
                continue
            self.seconds.append(time.monotonic() - began)
            if answer.status_code in (200, 201):
                self._remember(tablet, body)
            return answer.status_code in (200, 201)
        return False

    def _remember(self, tablet: Tablet, body: dict[str, object]) -> None:
        key, value = str(body["id"]), int(str(body["value"]))
        if key not in self.acked:
            self.acked[key] = Sent(tablet.patient_id, value, body, time.monotonic())
            if value == 80:
                self._reds.append((key, self.acked[key]))

    def _time_reds(self) -> None:
        """Look every 50 ms which acknowledged reds have been assessed; that is committed with alert and queue row."""
        while not self._stop.wait(0.05):
            waiting = [(key, sent) for key, sent in self._reds[:] if key not in self._seen]
            try:
                done = assessed_of([(key, sent.patient_id) for key, sent in waiting])
            except Error:
                connection.close()
                continue
            now = time.monotonic()
            self.delays += [now - sent.answered for key, sent in waiting if key in done]
            self._seen |= done
        connection.close()


def reading(value: int) -> dict[str, object]:
    """An oxygen saturation as a tablet sends it, measured some time in the last hour."""
    taken = datetime.now(UTC) - timedelta(seconds=random.randrange(1, 3600))
    return {
        "id": str(uuid4()),
        "type": "spo2",
        "value": value,
        "unit": "%",
        "taken_at": taken.isoformat(),
        "source": "DEVICE",
    }


def rows(sql: str, *parameters: object) -> list[tuple]:
    """All rows of a query that may see every municipality."""
    from tests.database import every_municipality  # noqa: PLC0415 - reads the environment's models

    with transaction.atomic():
        rls.limit_to(every_municipality(), actor="bench")
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return cursor.fetchall()


def assessed_of(keys: Iterable[tuple[str, object]]) -> set[str]:
    """Which of these client ids have been assessed."""
    pairs = list(keys)
    if not pairs:
        return set()
    found = rows(
        "SELECT r.client_id FROM unnest(%s::uuid[], %s::uuid[]) AS asked (client_id, patient_id) "
        "JOIN measurements_reading r USING (patient_id, client_id) WHERE r.assessed_at IS NOT NULL",
        [client_id for client_id, _ in pairs],
        [patient_id for _, patient_id in pairs],
    )
    return {str(client_id) for (client_id,) in found}


def still_to_do() -> int:
    """Facts that wait for assessment and notices that wait for delivery."""
    return rows(
        "SELECT (SELECT count(*) FROM measurements_reading WHERE assessed_at IS NULL) + "
        "(SELECT count(*) FROM alerts_delivery WHERE state IN ('QUEUED', 'SENDING', 'WAITING'))"
    )[0][0]


@dataclass(frozen=True)
class Audit:
    """What is wrong with what stands in the database, beside what was acknowledged and what was received."""

    lost: list[str]
    doubled: list[str]
    breaches: list[str]
    redelivered: int

    @property
    def clean(self) -> bool:
        return not (self.lost or self.doubled or self.breaches)


def audit(acked: dict[str, Sent], keys: Sequence[str]) -> Audit:
    """Held together when all is quiet: readings, assessments, alerts, notices, and the product's own invariants."""
    from alerts.queries.invariants import find_breaches  # noqa: PLC0415 - needs Django

    lost, doubled = _readings(acked)
    received = Counter(keys)
    delivered = {str(key) for (key,) in rows("SELECT id FROM alerts_delivery WHERE state = 'DELIVERED'")}
    told = rows(
        "SELECT d.id FROM alerts_alert a LEFT JOIN alerts_delivery d ON d.alert_id = a.id AND d.channel = 'WEBHOOK' "
        "AND d.level = 1 WHERE EXISTS (SELECT 1 FROM alerts_assessment s WHERE s.alert_id = a.id AND s.colour = 'RED')"
    )
    lost += [f"notice {key} of a red alert" for (key,) in told if str(key) not in received]
    lost += [f"notice {key} marked delivered, never received" for key in delivered - received.keys()]
    open_twice = rows(
        "SELECT patient_id FROM alerts_alert WHERE state = 'OPEN' "
        "GROUP BY patient_id, kind, subject HAVING count(*) > 1"
    )
    told_twice = rows("SELECT alert_id FROM alerts_delivery GROUP BY alert_id, channel, level HAVING count(*) > 1")
    doubled += [f"open alert of patient {key}" for (key,) in open_twice]
    doubled += [f"notice of alert {key}" for (key,) in told_twice]
    doubled += [f"notice {key} unknown to us" for key in received.keys() - delivered]
    breaches = [str(each) for each in find_breaches(now=datetime.now(UTC))]
    return Audit(lost, doubled, breaches, sum(n - 1 for n in received.values()))


def _readings(acked: dict[str, Sent]) -> tuple[list[str], list[str]]:
    """Acknowledged readings that are not there once, or were not judged once and rightly."""
    stored = rows(
        "SELECT r.client_id::text, array_agg(s.colour), bool_and(s.colour = 'GREEN' OR s.alert_id IS NOT NULL) "
        "FROM measurements_reading r LEFT JOIN alerts_assessment s ON s.reading_id = r.id AND s.supersedes_id IS NULL "
        "GROUP BY r.client_id"
    )
    judged = {client_id: (colours, alerted) for client_id, colours, alerted in stored}
    lost, doubled = [], []
    for client_id, sent in acked.items():
        colours, alerted = judged.get(client_id, ([], None))
        if len(colours) > 1:
            doubled.append(f"reading {client_id}: {colours}")
        elif colours != [COLOUR_OF[sent.value]] or not alerted:
            lost.append(f"reading {client_id}, value {sent.value}: {colours}")
    return lost, doubled
