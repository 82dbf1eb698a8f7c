"""One Valkey server on a unix socket. It only carries messages to the workers; what it loses is found again."""

import contextlib
import os
import signal
import socket
import subprocess

from dho.embedded.binaries import valkey_program
from dho.embedded.child import end_group, is_alive, kill_group, signal_pid, spawn, wait_until
from dho.embedded.state import State

START_SECONDS = 10


class Valkey:
    """The broker of one state. Nothing is written to disk: the sweep in PostgreSQL makes up for every lost message."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.folder = state.data / "valkey"
        self.socket = state.sockets / "valkey.sock"
        self.log = state.root / "log" / "valkey.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """A REDIS_URL as Celery writes it for unix sockets."""
        return f"redis+socket://{self.socket}"

    @property
    def pid(self) -> int | None:
        """The running server's process id, also when an earlier process of ours started it."""
        if self._process is not None and self._process.poll() is None:
            return self._process.pid
        found = [line for line in self._ask("INFO server").splitlines() if line.startswith("process_id:")]
        return int(found[0].partition(":")[2]) if found else None

    def start(self) -> None:
        """Have it answer. Raises RuntimeError when it does not."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self._ask("PING") == "+PONG":
            return
        if self._process is not None:
            kill_group(self._process)
        self.folder.mkdir(exist_ok=True)
        if self.state.server_user is not None:
            os.chown(self.folder, self.state.server_user, self.state.server_user)
        options = {"port": "0", "unixsocket": self.socket, "unixsocketperm": "700", "dir": self.folder, "save": ""}
        arguments = [part for name, value in options.items() for part in (f"--{name}", str(value))]
        self._process = spawn(
            [valkey_program(self.state), *arguments],
            log=self.log,
            cwd=self.folder,
            user=self.state.server_user,
        )
        if not wait_until(lambda: self._ask("PING") == "+PONG", seconds=START_SECONDS):
            raise RuntimeError(f"Valkey does not start; see {self.log}.")

    def stop(self, *, seconds: float = 5) -> None:
        """Stop it, by force when it does not answer."""
        pid = self.pid
        if self._process is not None:
            signal_pid(self._process.pid, signal.SIGCONT)  # a fault test may have frozen it
            end_group(self._process, stop_signal=signal.SIGTERM, seconds=seconds)
        elif pid is not None:
            signal_pid(pid, signal.SIGTERM)
            if not wait_until(lambda: not is_alive(pid), seconds=seconds):
                signal_pid(pid, signal.SIGKILL)
        self._process = None

    def kill(self) -> None:
        """SIGKILL the server, as the fault tests do. `start` brings it back, empty."""
        pid = self.pid
        if pid is not None:
            signal_pid(pid, signal.SIGKILL)
        if self._process is not None:
            kill_group(self._process)
        self._process = None

    def _ask(self, command: str) -> str:
        """The first answer to one command, or nothing when nobody answers within a second."""
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            connection.connect(str(self.socket))
            connection.sendall(command.encode() + b"\r\n")
            return connection.recv(16384).decode().strip()
        return ""
