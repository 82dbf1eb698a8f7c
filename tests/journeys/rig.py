"""The product on servers of its own, for tests that freeze, stop and kill what the other tests share."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.db import connection
from environs import Env

from bench.points import Rig, crowd, recovered
from bench.receiver import Receiver
from bench.tablets import Tablet
from dho.embedded.servers import Servers
from tests.journeys.stack import ROOT, Stack


@dataclass
class Faulty:
    """A running product to do faults to, and patients' tablets; each test takes tablets of its own."""

    rig: Rig
    tablets: list[Tablet]

    def tablet(self) -> Tablet:
        """A tablet that nobody has used."""
        return self.tablets.pop()


@contextmanager
def faulty_product(folder: Path) -> Iterator[Faulty]:
    """PostgreSQL, Valkey, web, worker, beat and watch, all of them this test module's own; Django here uses them."""
    # Our own secrets, so that this process can read what those write.
    servers = Servers(folder / "servers", outside={k: v for k, v in os.environ.items() if k.startswith("DHO_")})
    with servers, Receiver() as receiver:
        environment = {**os.environ, **servers.environment()}
        for command in (["migrate", "-v0"], ["createcachetable"]):
            _manage(*command, env=environment | {"DHO_AS_OWNER": "1"})
        stack = Stack(environment, folder)
        with _django_on(environment["DATABASE_URL"]):
            try:
                _, tablets = crowd(40, receiver.url)
                rig = Rig(stack, servers, receiver, environment["DATABASE_OWNER_URL"])
                stack.start("web", "worker", "beat", "watch")
                recovered(rig, tablets[0])
                yield Faulty(rig, tablets[1:])
            finally:
                stack.stop(how=signal.SIGKILL)
    servers.remove()


def _manage(*arguments: str, env: dict[str, str]) -> None:
    subprocess.run([sys.executable, "manage.py", *arguments], cwd=ROOT, env=env, check=True)


@contextmanager
def _django_on(url: str) -> Iterator[None]:
    """Let this process's connections go to another server meanwhile."""
    before = dict(connection.settings_dict)
    found = Env().dj_db_url("NOT_SET", url)
    connection.close()
    connection.settings_dict.update({key: found.get(key, "") for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")})
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)
