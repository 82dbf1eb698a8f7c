"""script/bench ingest: from a reading on the wire to an alert in the queue, beside the limits of the same machine."""

import argparse
import itertools
import json
import os
import random
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import redis

from bench.lab import (
    CONNECTIONS,
    Lab,
    Result,
    closed_loop,
    django_here,
    goal,
    keep_alive,
    median_run,
    middle,
    wait_until,
)

LIMIT_SQL = (
    "INSERT INTO bench_bare (client_id, type, value, unit, taken_at) "
    "VALUES (gen_random_uuid(), 'spo2', 92, '%', now());"
)


def reading(value: int = 95, type_id: str = "spo2", unit: str = "%") -> dict[str, object]:
    """One reading as a tablet sends it."""
    taken = datetime.now(UTC) - timedelta(seconds=random.randrange(1, 86_400))
    return {
        "id": str(uuid4()),
        "type": type_id,
        "value": value,
        "unit": unit,
        "taken_at": taken.isoformat(),
        "source": "DEVICE",
    }


def bare_requests(number: int) -> Iterator[tuple[str, str, bytes, dict[str, str]]]:
    """The same content for the bare framework."""
    while True:
        body = reading()
        sent = {"client_id": body["id"], **{key: body[key] for key in ("type", "value", "unit", "taken_at")}}
        yield "POST", "/bare/", json.dumps(sent).encode(), {"Content-Type": "application/json"}


def our_requests(tokens: list[str], path: str, body) -> object:
    """Requests of many tablets, spread over the clients."""

    def requests(number: int) -> Iterator[tuple[str, str, bytes, dict[str, str]]]:
        for token in itertools.cycle(tokens[number::CONNECTIONS]):
            headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
            yield "POST", path, json.dumps(body()).encode(), headers

    return requests


def limit(lab: Lab, seconds: int) -> float:
    """Committed single-row INSERTs per second by the same number of connections (pgbench, prepared)."""
    from dho.embedded.binaries import postgres_programs  # noqa: PLC0415 - beside its use

    script = lab.servers.root / "limit.sql"
    script.write_text(LIMIT_SQL)
    state = lab.servers.state
    out = subprocess.run(
        [postgres_programs(state) / "pgbench", "-n", "-M", "prepared", f"-c{CONNECTIONS}", "-j2", f"-T{seconds}",
         f"-f{script}", "-h", str(state.sockets), "-U", "dho_app", "dho"],
        capture_output=True, text=True, check=True, env={**os.environ, "PGPORT": "5432"},
    ).stdout  # fmt: skip
    return float(next(line for line in out.splitlines() if line.startswith("tps")).split()[2])


def alert_latency(port: int, tokens: list[str], patients: list[object], how_many: int) -> list[float]:
    """Seconds from the answer to a red reading until its row stands in the queue, one patient each."""
    from bench.people import count  # noqa: PLC0415 - needs Django

    found = []
    with keep_alive(port) as connection:
        for token, patient in zip(tokens[:how_many], patients[:how_many], strict=True):
            body = json.dumps(reading(80)).encode()
            connection.request(
                "POST",
                "/api/v1/readings/",
                body,
                {"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
            )
            connection.getresponse().read()
            answered = time.monotonic()
            sql = "SELECT count(*) FROM alerts_queueentry WHERE patient_id = %s AND level = 1"
            wait_until(lambda: count(sql, patient), 30, 0.002)  # noqa: B023 - waited for at once
            found.append(time.monotonic() - answered)
    return found


def backlog(lab: Lab, patients: list[object], readings: int, reds: int) -> None:
    """A broker that was away all morning: how fast one worker catches up, and when the reds stand in the queue."""
    from django.db import connection, transaction  # noqa: PLC0415 - needs Django

    from bench.people import MUNICIPALITY, count  # noqa: PLC0415
    from dho.lib import rls  # noqa: PLC0415

    red_patients = patients[-reds:]
    with transaction.atomic():
        rls.limit_to([MUNICIPALITY])
        with connection.cursor() as cursor:
            # The reds are the newest of all: first come, first served would take them last.
            cursor.execute(
                """
                INSERT INTO measurements_reading (
                    id, municipality_id, patient_id, type_id, client_id, value, sent_value, sent_unit,
                    taken_at, received_at, timing, source, device_model, device_serial, submitted_by_device_id
                )
                SELECT gen_random_uuid(), %s, d.patient_id, 'spo2', gen_random_uuid(),
                    CASE WHEN d.patient_id = ANY(%s::uuid[]) AND n = 1 THEN 80 ELSE 95 END, '95', '%%',
                    now() - n * interval '1 minute', now() - n * interval '1 minute', 'ON_TIME', 'DEVICE', '', '', d.id
                FROM accounts_devicecredential d CROSS JOIN generate_series(1, %s) n
                WHERE d.patient_id = ANY(%s::uuid[])
                """,
                [MUNICIPALITY, red_patients, readings // len(patients), patients],
            )
    begin = time.monotonic()
    lab.worker()
    lab.beat()
    red_sql = "SELECT count(*) FROM alerts_queueentry WHERE level = 1 AND patient_id = ANY(%s::uuid[])"
    waiting = "SELECT count(*) FROM measurements_reading WHERE assessed_at IS NULL"
    wait_until(lambda: count(waiting) < readings, 120)
    started = time.monotonic()
    wait_until(lambda: count(red_sql, red_patients) >= reds, 600, 0.1)
    red_done = time.monotonic()
    wait_until(lambda: count(waiting) == 0, 900, 0.25)
    done = time.monotonic()
    print(f"backlog of {readings} readings, one worker with two children: {readings / (done - started):.0f}/s assessed")
    print(
        f"  worker start {started - begin:.1f} s; all {reds} reds in the queue "
        f"after {red_done - started:.1f} s of {done - started:.1f} s"
    )
    goal("assessed per second by one worker", readings / (done - started), 1000, at_least=True)
    goal(
        "share of the time until the last red stands in the queue",
        (red_done - started) / (done - started),
        0.25,
        at_least=False,
    )


def main() -> None:
    """Print each figure beside its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--backlog", type=int, default=100_000)
    parser.add_argument("--patients", type=int, default=1000)
    options = parser.parse_args()
    with Lab("ingest") as lab:
        lab.migrate()
        django_here(lab)
        from bench.people import make_patients, make_service_with_nurse, tokens_of  # noqa: PLC0415

        service, nurse = make_service_with_nurse(f"bench-{int(time.time())}")
        patients = make_patients(options.patients, service, nurse)
        ids = [patient.pk for patient in patients]
        tokens = tokens_of(patients)
        lab.as_owner(TABLE)
        print(f"{CONNECTIONS} connections, {options.seconds} s a run, medians of {options.runs} runs")
        inserts = middle([limit(lab, max(3, options.seconds // 3)) for _ in range(options.runs)])
        print(f"limit: committed single-row INSERTs       {inserts:8.0f}/s")
        bare_port = lab.web("bench.bare")
        our_port = lab.web()
        bare: list[Result] = []
        ours: list[Result] = []
        # Turn about, so that whatever else the machine does meets both.
        for _ in range(options.runs):
            bare.append(closed_loop(bare_port, bare_requests, options.seconds))
            ours.append(closed_loop(our_port, our_requests(tokens, "/api/v1/readings/", reading), options.seconds))
        bare_run, our_run = (sorted(runs, key=lambda run: run.per_second)[len(runs) // 2] for runs in (bare, ours))
        print(f"bare DRF + INSERT in one transaction      {bare_run}")
        print(f"ours, single reading, all checks          {our_run}")
        goal("ours / bare DRF", our_run.per_second / bare_run.per_second, 0.6, at_least=True)
        goal("p95 ours / bare", our_run.percentile(0.95) / bare_run.percentile(0.95), 2, at_least=False)
        print(
            f"  share of the limit: ours {our_run.per_second / inserts:.3f}, bare {bare_run.per_second / inserts:.3f}"
        )
        body = lambda: {"readings": [reading() for _ in range(100)]}  # noqa: E731 - one expression
        batch = median_run(
            3, lambda: closed_loop(our_port, our_requests(tokens, "/api/v1/readings/batch/", body), options.seconds)
        )
        print(f"ours, batches of 100                      {batch}")
        goal("readings per second in batches of 100", batch.per_second * 100, 2000, at_least=True)
        lab.end_all()
        _settle(lab)
        our_port = lab.web()
        lab.worker()
        lab.beat()
        wait_until(lambda: _ready(our_port, tokens[-1], ids[-1]), 60)
        found = Result(alert_latency(our_port, tokens, ids, 200), 1)
        print(
            f"reading → row in the queue                    "
            f"p50 {found.percentile(0.5):.0f} ms   p95 {found.percentile(0.95):.0f} ms"
        )
        goal("seconds from answer to queue, p95", found.percentile(0.95) / 1000, 0.5, at_least=False)
        lab.end_all()
        _settle(lab)
        backlog(lab, ids, options.backlog, reds=20)


def _settle(lab: Lab) -> None:
    """Take away what the last part left, so that the next begins with nothing waiting."""
    lab.as_owner("TRUNCATE measurements_reading, alerts_alert, alerts_handling CASCADE")
    # The rings of the load before would keep the worker busy with nothing.
    redis.Redis.from_url(lab.environment["REDIS_URL"].replace("redis+socket", "unix")).flushall()


def _ready(port: int, token: str, patient: object) -> bool:
    """Whether the worker has taken its first reading."""
    alert_latency(port, [token], [patient], 1)
    return True


# The bare application configures Django for itself, so its table is made here.
TABLE = """
    CREATE TABLE IF NOT EXISTS bench_bare (
        id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
        client_id uuid NOT NULL UNIQUE, type varchar(32) NOT NULL, value numeric(12, 6) NOT NULL,
        unit varchar(20) NOT NULL, taken_at timestamptz NOT NULL
    )
"""

if __name__ == "__main__":
    main()
