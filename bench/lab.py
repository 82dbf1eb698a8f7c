"""What the benchmarks share: servers of their own, the product's processes, clients, and percentiles."""

import http.client
import os
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import psycopg2

from dho.embedded.servers import Servers

CHECKOUT = Path(__file__).resolve().parents[1]
CONNECTIONS = 8
MUNICIPALITY = 340100


@dataclass(frozen=True)
class Result:
    """Latencies in seconds of what succeeded, and how long the whole took."""

    latencies: Sequence[float]
    elapsed: float
    failed: int = 0

    @property
    def per_second(self) -> float:
        return len(self.latencies) / self.elapsed

    def percentile(self, share: float) -> float:
        """In milliseconds."""
        ordered = sorted(self.latencies)
        return 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]

    def __str__(self) -> str:
        failed = f", {self.failed} FAILED" if self.failed else ""
        p50, p95 = self.percentile(0.5), self.percentile(0.95)
        return f"{self.per_second:8.0f}/s   p50 {p50:6.1f} ms   p95 {p95:6.1f} ms{failed}"


class Lab:
    """Servers with a fresh database, and the processes started on it."""

    def __init__(self, name: str) -> None:
        self.servers = Servers(CHECKOUT / "var" / f"bench-{name}")
        self.processes: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        self.servers.start()
        self.environment = {**os.environ, **self.servers.environment(), "DHO_BASE_URL": "http://127.0.0.1"}
        return self

    def __exit__(self, *_: object) -> None:
        for process in self.processes:
            self.end(process)
        self.servers.stop()
        # A run that finds another's rows measures something else.
        self.servers.remove()

    def migrate(self) -> None:
        """The schema, made by the owner."""
        for command in (["migrate", "-v0"], ["createcachetable"]):
            self.manage(*command, DHO_AS_OWNER="1")

    def manage(self, *arguments: str, **extra: str) -> None:
        """Run a management command to its end."""
        subprocess.run(
            [sys.executable, "manage.py", *arguments], cwd=CHECKOUT, env={**self.environment, **extra}, check=True
        )

    def as_superuser(self, sql: str) -> None:
        """Run SQL as the embedded server's own superuser: for filling tables without one check per row."""
        with closing(psycopg2.connect(self.servers.postgres.url("postgres"))) as connection:
            connection.autocommit = True  # VACUUM knows no transaction
            connection.cursor().execute(sql)

    def as_owner(self, sql: str) -> None:
        """Run SQL as the role that owns the tables."""
        with psycopg2.connect(self.environment["DATABASE_OWNER_URL"]) as connection, connection.cursor() as cursor:
            cursor.execute(sql)

    def start(self, *command: str, **extra: str) -> subprocess.Popen[bytes]:
        """Start a program of the product in its own process group, its words in the state's log folder."""
        log = self.servers.root / "log" / f"{command[0]}.log"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=CHECKOUT,
                env={**self.environment, **extra},
                stdout=file,
                stderr=file,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def web(self, application: str = "dho.wsgi", **extra: str) -> int:
        """gunicorn as in production (2 workers of 4 threads); returns its port once it answers."""
        port = free_port()
        self.start("gunicorn", application, f"--bind=127.0.0.1:{port}", **extra)
        wait_until(lambda: _answers(port), 60)
        return port

    def worker(self) -> subprocess.Popen[bytes]:
        """One Celery worker with two children, as in production."""
        return self.start("celery", "-A", "dho", "worker", "--concurrency=2", "-Q", "celery,backlog", "-l", "warning")

    def beat(self) -> subprocess.Popen[bytes]:
        """The clock of the sweep."""
        schedule = self.servers.root / "beat"
        return self.start("celery", "-A", "dho", "beat", "-l", "warning", "-s", str(schedule))

    def end(self, process: subprocess.Popen[bytes], how: signal.Signals = signal.SIGTERM) -> None:
        """End a process and its children."""
        if process in self.processes:
            self.processes.remove(process)
        if process.poll() is None:
            os.killpg(process.pid, how)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def end_all(self) -> None:
        """End everything but the servers."""
        for process in tuple(self.processes):
            self.end(process)


def django_here(lab: Lab) -> None:
    """Let this process use the laboratory's database through Django."""
    os.environ.update(
        {key: lab.environment[key] for key in lab.environment if key.startswith(("DHO_", "DATABASE_", "REDIS_"))}
    )
    os.environ["DJANGO_SETTINGS_MODULE"] = "dho.settings"
    import django  # noqa: PLC0415 - settings need the environment of the servers just started

    django.setup()


def free_port() -> int:
    """A port nobody listens to right now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def _answers(port: int) -> bool:
    try:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
        connection.request("GET", "/nothing-here/")
        connection.getresponse().read()
    except OSError:
        return False
    return True


def wait_until(condition: Callable[[], object], seconds: float, every: float = 0.05) -> object:
    """The condition's first true value. Raises TimeoutError."""
    end = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > end:
            raise TimeoutError(f"not within {seconds} s")
        time.sleep(every)
    return found


@contextmanager
def keep_alive(port: int) -> Iterator[http.client.HTTPConnection]:
    """One connection that is used again and again."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        yield connection
    finally:
        connection.close()


def closed_loop(
    port: int, requests: Callable[[int], Iterator[tuple[str, str, bytes, dict[str, str]]]], seconds: float
) -> Result:
    """CONNECTIONS clients, each sending its next request when the last is answered; the first fifth is warm-up."""
    latencies: list[float] = []
    failed = [0]
    begin = time.monotonic()
    warm, end = begin + seconds / 5, begin + seconds

    def client(number: int) -> None:
        with keep_alive(port) as connection:
            for method, path, body, headers in requests(number):
                sent = time.monotonic()
                if sent > end:
                    return
                connection.request(method, path, body, headers)
                answer = connection.getresponse()
                answer.read()
                if sent < warm:
                    continue
                if answer.status >= 400:
                    failed[0] += 1
                else:
                    latencies.append(time.monotonic() - sent)

    threads = [threading.Thread(target=client, args=[number]) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return Result(latencies, end - warm, failed[0])


def median_run(runs: int, measure: Callable[[], Result]) -> Result:
    """The run in the middle by throughput."""
    results = sorted((measure() for _ in range(runs)), key=lambda result: result.per_second)
    return results[len(results) // 2]


def goal(text: str, value: float, limit: float, *, at_least: bool) -> None:
    """One line of the report: the figure, the goal, and whether it is met."""
    met = value >= limit if at_least else value <= limit
    sign = "≥" if at_least else "≤"
    print(f"  {'met    ' if met else 'NOT MET'}  {text}: {value:.3g} (goal {sign} {limit:g})", flush=True)


def middle(values: Sequence[float]) -> float:
    """The median."""
    return statistics.median(values)
