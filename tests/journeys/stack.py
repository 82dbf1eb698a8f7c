"""The product's own processes for one test database: gunicorn, a Celery worker, beat and the watch, each killable."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parents[2]


def wait_until(condition, *, seconds: float = 10.0, every: float = 0.05):
    """The condition's first true value; fails the test when it stays false for that long."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        assert time.monotonic() < end, f"not within {seconds} s: {condition}"
        time.sleep(every)


def free_port() -> int:
    """A port nobody listens to right now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


class Stack:
    """Web, worker, beat and watch on one database, started from the same commands as in production."""

    def __init__(self, environment: dict[str, str], log_folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {**os.environ, **environment, "DHO_BASE_URL": self.url}
        self.log_folder = log_folder
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, *names: str) -> None:
        """Start the named processes: web, worker, beat, watch. Web has answered when this returns."""
        commands = {
            "web": ["gunicorn", "dho.wsgi", f"--bind=127.0.0.1:{self.port}", "--workers=1", "--threads=4"],
            "worker": ["celery", "-A", "dho", "worker", "--concurrency=2", "-Q", "celery,backlog", "-l", "warning"],
            "beat": ["celery", "-A", "dho", "beat", "-l", "warning", "-s", str(self.log_folder / "beat")],
            "watch": ["manage", "watch"],
        }
        for name in names:
            with (self.log_folder / f"{name}.log").open("ab") as log:
                self.processes[name] = subprocess.Popen(
                    [sys.executable, "-m", *commands[name]],
                    cwd=ROOT,
                    env=self.environment,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                )
        if "web" in names:
            wait_until(self._answers, seconds=90)

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/logg-inn/", timeout=5).status_code == 200
        except requests.RequestException:
            return False

    def stop(self, *names: str, how: signal.Signals = signal.SIGTERM) -> None:
        """End the named processes (all without names) with their children. SIGKILL is a crash."""
        for name in names or tuple(self.processes):
            process = self.processes.pop(name, None)
            if process is None:
                continue
            target = os.killpg if how == signal.SIGKILL else os.kill
            target(process.pid, how)
            try:
                process.wait(timeout=15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def post(self, path: str, token: str, body: object) -> requests.Response:
        """What a tablet does."""
        return requests.post(
            f"{self.url}/api/v1/{path}", json=body, headers={"Authorization": f"Bearer {token}"}, timeout=10
        )
