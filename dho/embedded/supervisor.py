"""Keeps a set of programs and the embedded servers running until told to stop."""

import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from dho.embedded.child import end_group, kill_group, signal_pid, spawn
from dho.embedded.servers import Servers

CHECKOUT = Path(__file__).resolve().parents[2]
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
STEADY_SECONDS = 60  # a program that ran this long starts again without delay
STOP_SECONDS = 6


class Stopped(BaseException):
    """Raised in the main thread by SIGINT, SIGTERM and SIGHUP. Not an Exception: nothing on the way may catch it."""


def stop_on_signals() -> None:
    """Turn the first stop signal into `Stopped` and ignore the rest, so that the clean-up is not cut short."""

    def stop(number: int, frame: FrameType | None) -> None:
        for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(each, signal.SIG_IGN)
        raise Stopped

    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, stop)


@dataclass
class Program:
    """One supervised program and how its present run goes."""

    name: str
    argv: Sequence[str]
    pass_fds: Sequence[int] = ()
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = FIRST_PAUSE
    restarts: int = 0


class Supervisor:
    """Starts programs in order, restarts those that die, stops all in the reverse order of need."""

    def __init__(self, servers: Servers, environment: Mapping[str, str]) -> None:
        self.servers = servers
        self.environment = environment
        self.programs: dict[str, Program] = {}

    def add(self, program: Program) -> None:
        """Start `program` and keep it running from now on."""
        self.programs[program.name] = program
        self._start(program)

    def log_of(self, name: str) -> Path:
        """Where a program's output goes."""
        return self.servers.state.root / "log" / f"{name}.log"

    def check(self) -> None:
        """One round: bring back whatever died. Call it a few times a second."""
        self._check_servers()
        for program in self.programs.values():
            if program.process is not None and program.process.poll() is not None:
                self._bury(program, program.process)
            if program.process is None and time.monotonic() - program.started > program.pause:
                program.restarts += 1
                self._start(program)

    def run(self) -> None:
        """Check until `Stopped` is raised."""
        while True:
            self.check()
            time.sleep(0.25)

    def stop(self) -> None:
        """Stop the programs together, then what they depend on."""
        running = [program.process for program in self.programs.values() if program.process is not None]
        for process in running:
            signal_pid(process.pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for process in running:
            end_group(process, stop_signal=signal.SIGTERM, seconds=max(0.1, deadline - time.monotonic()))
        self.servers.stop()

    def _start(self, program: Program) -> None:
        program.started = time.monotonic()
        program.process = spawn(
            program.argv,
            log=self.log_of(program.name),
            cwd=CHECKOUT,
            env=self.environment,
            # Not SIGTERM: a Celery worker whose broker dies in the same moment can wait for ever in its shutdown.
            orphan_signal=signal.SIGKILL,
            pass_fds=program.pass_fds,
        )

    def _bury(self, program: Program, process: subprocess.Popen[bytes]) -> None:
        kill_group(process)  # its own children must not work on beside the next run
        steady = time.monotonic() - program.started > STEADY_SECONDS
        program.pause = FIRST_PAUSE if steady else min(program.pause * 2, LONGEST_PAUSE)
        _say(f"{program.name} ended ({process.returncode}), again in {program.pause:.0f} s")
        program.process = None

    def _check_servers(self) -> None:
        for server, variable in ((self.servers.valkey, "REDIS_URL"), (self.servers.postgres, "DATABASE_URL")):
            if variable not in self.servers.outside and server.pid is None:
                _say(f"{type(server).__name__} ended, starting it again")
                server.start()


def _say(text: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)
