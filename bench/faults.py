"""script/bench faults: kill, freeze, flush and restart everything under load, and count what is lost or doubled."""

import argparse
import contextlib
import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bench.lab import Lab, django_here, wait_until

KINDS = {"worker's child": 8, "worker's parent": 1, "worker, all of it": 1, "watch": 2}
PATIENTS = 60
STARTED = 4  # seconds after which a process is at work


@dataclass
class Phase:
    """One line of the table."""

    name: str
    acked: int = 0
    kills: Counter[str] = field(default_factory=Counter)
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    breaches: list[str] = field(default_factory=list)
    redelivered: int = 0
    delays: list[float] = field(default_factory=list)
    slowest_answer: float = 0
    answers: Counter[str] = field(default_factory=Counter)
    back_after: float = 0

    def __str__(self) -> str:
        ordered = sorted(self.delays) or [float("nan")]
        p50, p95 = (ordered[min(len(ordered) - 1, int(share * len(ordered)))] for share in (0.5, 0.95))
        others = {answer: n for answer, n in sorted(self.answers.items()) if answer not in ("200", "201")}
        return (
            f"{self.name:<33}{self.acked:>6}{self.kills.total():>6}{len(self.lost):>5}{len(self.doubled):>8}"
            f"{self.redelivered:>8}{p50:>9.2f}{p95:>7.2f}{ordered[-1]:>7.2f}{self.back_after:>8.1f}"
            f"{self.slowest_answer:>8.2f}  {others or ''}"
        )


HEAD = (
    f"{'phase':<33}{'acked':>6}{'kills':>6}{'lost':>5}{'doubled':>8}{'resent':>8}"
    f"{'red p50':>9}{'p95':>7}{'max':>7}{'back s':>8}{'post s':>8}  other answers"
)


class Bench:
    """Load, a fault, quiet, an audit: one phase after the other on the same database."""

    def __init__(self, rig, tablets, per_second: float) -> None:
        self.rig, self.tablets, self.per_second = rig, tablets, per_second
        self.phases: list[Phase] = []
        self.resent = 0

    @contextmanager
    def phase(self, name: str, *, load: bool = True) -> Iterator[Phase]:
        """Everything inside happens under load; what is wrong afterwards is counted in the phase yielded."""
        from bench.points import recovered  # noqa: PLC0415 - needs Django
        from bench.tablets import Tablets, audit, still_to_do  # noqa: PLC0415

        phase = Phase(name)
        self.phases.append(phase)
        with Tablets(self.rig.stack.url, self.tablets, per_second=self.per_second if load else 0.5) as sending:
            yield phase
            phase.back_after = recovered(self.rig, self.tablets[0])
        wait_until(lambda: still_to_do() == 0, 180, 0.2)
        found = audit(sending.acked | self.rig.acked, self.rig.receiver.keys)
        phase.acked, phase.delays, phase.answers = (
            len(sending.acked) + len(self.rig.acked),
            sending.delays,
            sending.answers,
        )
        phase.lost, phase.doubled, phase.breaches = found.lost, found.doubled, found.breaches
        phase.redelivered, self.resent = found.redelivered - self.resent, found.redelivered
        self.rig.acked.clear()
        phase.slowest_answer = max(sending.seconds, default=0)
        print(phase, flush=True)
        for wrong in found.lost + found.doubled + found.breaches:
            print(f"    {wrong}")


def kill_at_random(rig, how_many: int, kills: Counter[str]) -> None:
    """SIGKILL the worker, its parts and the watch at random moments; what has ended is started again at once."""
    since = dict.fromkeys(("worker", "watch"), time.monotonic())
    while kills.total() < how_many:
        time.sleep(random.uniform(0.05, 0.8))
        kind = random.choices(list(KINDS), list(KINDS.values()))[0]
        name = kind if kind == "watch" else "worker"
        process = rig.stack.processes[name]
        if process.poll() is not None:
            rig.keep_running()
            since[name] = time.monotonic()
        elif time.monotonic() - since[name] > STARTED:
            if kind == "worker's child":
                with contextlib.suppress(ProcessLookupError, IndexError):
                    os.kill(random.choice(children_of(process.pid)), signal.SIGKILL)
                    kills[kind] += 1
                continue
            if kind == "worker's parent":
                # Its children live on for a moment beside the next worker, as after an out-of-memory kill.
                os.kill(process.pid, signal.SIGKILL)
                rig.stack.processes.pop(name).wait()
            else:
                rig.crash(name)
            rig.stack.start(name)
            since[name] = time.monotonic()
            kills[kind] += 1


def children_of(parent: int) -> list[int]:
    """The living processes that the worker forked."""
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if not entry.name.isdigit():
                continue
            state, of = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
            if int(of) == parent and state not in ("Z", "X"):
                found.append(int(entry.name))
    return found


class Nurse:
    """Finishes the oldest case a few times a second, so that new reds open new alerts."""

    def __init__(self, user) -> None:
        self.user = user
        self.finished = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _work(self) -> None:
        from django.db import Error, connection  # noqa: PLC0415 - needs Django

        from tests.factories.accounts import actor_of  # noqa: PLC0415

        actor = actor_of(self.user)
        while not self._stop.wait(0.25):
            try:
                self._finish_one(actor)
            except Error:
                connection.close()
        connection.close()

    def _finish_one(self, actor) -> None:
        from django.utils import timezone  # noqa: PLC0415 - needs Django

        from alerts import services  # noqa: PLC0415
        from alerts.models import QueueEntry  # noqa: PLC0415
        from dho.lib import rls  # noqa: PLC0415

        with contextlib.suppress(services.StaleCase), rls.acting_for(actor.municipality_ids, actor="bench"):
            entry = QueueEntry.objects.order_by("waiting_since").first()
            if entry is not None:
                services.finish(
                    patient_id=entry.patient_id,
                    seen=entry.change,
                    outcomes=["CALLED"],
                    measure_ids=[],
                    note="Ringte.",
                    by=actor,
                    now=timezone.now(),
                )
                self.finished += 1


def run(bench: Bench, options: argparse.Namespace) -> None:
    """All phases."""
    from bench.points import POINTS  # noqa: PLC0415 - needs Django

    rig, spare = bench.rig, iter(bench.tablets)
    with bench.phase("no fault"):
        time.sleep(options.outage)
    for name, point in POINTS.items():
        with bench.phase(name, load=False) as phase:
            for _ in range(options.times):
                point(rig, next(spare))
                phase.kills[name] += 1
    with bench.phase("killed at random") as phase:
        kill_at_random(rig, options.kills, phase.kills)
    valkey, postgres = rig.servers.valkey, rig.servers.postgres
    with bench.phase(f"Valkey stopped {options.outage} s, then empty"):
        valkey.kill()
        time.sleep(options.outage)
        valkey.start()
    with bench.phase(f"Valkey frozen {options.outage} s"), rig.broker_frozen():
        time.sleep(options.outage)
    with bench.phase("Valkey flushed 20 times"):
        for _ in range(20):
            time.sleep(random.uniform(0.1, 1))
            flush(valkey)
    for name, stop in stops(postgres).items():
        with bench.phase(f"PostgreSQL {name}"):
            time.sleep(3)
            rig.database_down(stop, seconds=2)


def flush(valkey) -> None:
    """FLUSHALL."""
    import redis  # noqa: PLC0415 - beside its use

    with redis.Redis(unix_socket_path=str(valkey.socket)) as client:
        client.flushall()


def stops(postgres) -> dict[str, Callable[[], object]]:
    """Three ways to lose a database: orderly, `pg_ctl -m immediate`, and a crash."""

    def immediate() -> None:
        pid = postgres.pid
        os.kill(pid, signal.SIGQUIT)
        wait_until(lambda: postgres.pid is None, 30)

    return {"stopped fast": postgres.stop, "stopped immediately": immediate, "killed": postgres.kill}


def main() -> int:
    """Print the table; the exit code tells whether anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--times", type=int, default=3, help="how often each named point")
    parser.add_argument("--outage", type=int, default=30, help="seconds without a broker")
    parser.add_argument("--per-second", type=float, default=12, help="readings sent while a fault happens")
    options = parser.parse_args()
    # A database of this run's own: the audit looks at all of it.
    lab = Lab(f"faults-{os.getpid()}")
    with lab:
        lab.migrate()
        django_here(lab)
        from bench.points import Rig, crowd, recovered  # noqa: PLC0415 - needs Django
        from bench.receiver import Receiver  # noqa: PLC0415
        from tests.journeys.stack import Stack  # noqa: PLC0415

        stack = Stack(lab.environment, lab.servers.root / "log")
        with Receiver() as receiver:
            nurse, tablets = crowd(PATIENTS, receiver.url)
            rig = Rig(stack, lab.servers, receiver, lab.environment["DATABASE_OWNER_URL"])
            bench = Bench(rig, tablets, options.per_second)
            try:
                stack.start("web", "worker", "beat", "watch")
                recovered(rig, tablets[0])  # the worker is ready
                print(HEAD, flush=True)
                with Nurse(nurse) as at_work:
                    run(bench, options)
            finally:
                stack.stop()
            wrong = report(bench, at_work.finished)
    lab.servers.remove()
    return wrong


def report(bench: Bench, handled: int) -> int:
    """The totals under the table."""
    kills: Counter[str] = sum((phase.kills for phase in bench.phases), Counter())
    lost, doubled, breaches = (
        sum(len(getattr(phase, name)) for phase in bench.phases) for name in ("lost", "doubled", "breaches")
    )
    unexpected = sum(
        n for phase in bench.phases for answer, n in phase.answers.items() if answer[0] in "345" and answer != "503"
    )
    print(f"\n{sum(phase.acked for phase in bench.phases)} readings acknowledged, {handled} cases finished meanwhile")
    print(f"{kills.total()} kills: " + ", ".join(f"{n} {kind}" for kind, n in kills.most_common()))
    print(f"lost {lost}, doubled {doubled}, broken invariants {breaches}, answers other than 2xx and 503: {unexpected}")
    if not lost and kills.total():
        print(f"0 lost in {kills.total()} kills: less than {3 / kills.total():.1%} per kill (95 %)")
    return int(bool(lost or doubled or breaches or unexpected))


if __name__ == "__main__":
    sys.exit(main())
