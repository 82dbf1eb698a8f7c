"""The supervisor: brings back what dies, and leaves nothing behind."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from dho.embedded.child import is_alive, signal_pid, wait_until
from dho.embedded.servers import Servers
from dho.embedded.supervisor import CHECKOUT, LONGEST_PAUSE, Program, Supervisor

KILL = 9
SLEEP = ["sleep", "60"]
# A program with a child of its own, both deaf to SIGTERM; the second number it prints is the child's.
STUBBORN = ["sh", "-c", "trap '' TERM; sleep 60 & echo $! >> \"$0\"; while true; do sleep 0.1; done"]


@pytest.fixture
def supervisor(servers: Servers) -> Iterator[Supervisor]:
    """A supervisor over running servers, started again for the next test."""
    made = Supervisor(servers, {"PATH": "/usr/bin:/bin"})
    yield made
    made.stop()
    servers.start()


def pid_of(supervisor: Supervisor, name: str) -> int:
    process = supervisor.programs[name].process
    assert process is not None
    return process.pid


def check_until(supervisor: Supervisor, done, seconds: float = 5) -> bool:
    def look() -> bool:
        supervisor.check()
        return done()

    return wait_until(look, seconds=seconds)


def written_pids(path: Path) -> list[int]:
    return [int(line) for line in path.read_text().split()] if path.exists() else []


def test_it_starts_a_killed_program_again(supervisor):
    supervisor.add(Program("sleeper", SLEEP))
    first = pid_of(supervisor, "sleeper")
    signal_pid(first, KILL)
    assert check_until(supervisor, lambda: supervisor.programs["sleeper"].restarts == 1)
    assert is_alive(pid_of(supervisor, "sleeper"))
    assert not is_alive(first)


def test_it_ends_what_a_dead_program_had_started_before_it_starts_it_again(supervisor, tmp_path):
    supervisor.add(Program("parent", [*STUBBORN, str(tmp_path / "pids")]))
    assert wait_until(lambda: len(written_pids(tmp_path / "pids")) == 1, seconds=5)
    signal_pid(pid_of(supervisor, "parent"), KILL)
    assert check_until(supervisor, lambda: supervisor.programs["parent"].restarts == 1)
    assert not is_alive(written_pids(tmp_path / "pids")[0])


def test_it_waits_longer_each_time_for_a_program_that_dies_at_once(supervisor, capsys):
    supervisor.add(Program("broken", ["false"]))
    assert check_until(supervisor, lambda: supervisor.programs["broken"].restarts == 2, seconds=10)
    assert 1 < supervisor.programs["broken"].pause <= LONGEST_PAUSE
    assert "broken ended (1)" in capsys.readouterr().err


def test_it_starts_killed_servers_again(supervisor):
    for server in (supervisor.servers.postgres, supervisor.servers.valkey):
        signal_pid(server.pid, KILL)
    supervisor.add(Program("sleeper", SLEEP))
    assert check_until(
        supervisor, lambda: supervisor.servers.postgres.pid is not None and supervisor.servers.valkey.pid is not None
    )


def test_it_stops_everything_also_what_does_not_listen(supervisor, tmp_path):
    supervisor.add(Program("stubborn", [*STUBBORN, str(tmp_path / "pids")]))
    supervisor.add(Program("sleeper", SLEEP))
    assert wait_until(lambda: len(written_pids(tmp_path / "pids")) == 1, seconds=5)
    pids = [pid_of(supervisor, "stubborn"), pid_of(supervisor, "sleeper"), *written_pids(tmp_path / "pids")]
    pids += [supervisor.servers.postgres.pid, supervisor.servers.valkey.pid]
    began = time.monotonic()
    supervisor.stop()
    assert time.monotonic() - began < 10
    assert [pid for pid in pids if is_alive(pid)] == []


def test_it_takes_its_programs_along_when_it_is_killed(tmp_path):
    code = (
        "import sys, time; from pathlib import Path; from dho.embedded.servers import Servers;"
        "from dho.embedded.supervisor import Program, Supervisor; s = Servers(Path(sys.argv[1])); s.start();"
        "v = Supervisor(s, {'PATH': '/usr/bin:/bin'}); v.add(Program('sleeper', ['sleep', '60']));"
        "print(v.programs['sleeper'].process.pid, s.postgres.pid, s.valkey.pid, flush=True); v.run()"
    )
    command = [sys.executable, "-c", code, tmp_path / "state"]
    killed = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=CHECKOUT)
    pids = [int(word) for word in killed.stdout.readline().split()]
    killed.kill()
    killed.communicate()
    assert wait_until(lambda: not any(is_alive(pid) for pid in pids), seconds=10)
    with Servers(tmp_path / "state") as again:
        pass
    again.remove()
