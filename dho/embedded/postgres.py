"""One PostgreSQL cluster: made, started, found running, recovered after a kill, stopped."""

import secrets
import shutil
import signal
import subprocess
import urllib.parse
from pathlib import Path

from dho.embedded.binaries import postgres_programs
from dho.embedded.child import end_group, is_alive, kill_group, signal_pid, spawn, wait_until
from dho.embedded.state import State

ROLES_SQL = Path(__file__).resolve().parents[2] / "deploy" / "postgres" / "roles.sql"
DATABASE, OWNER_ROLE, APP_ROLE = "dho", "dho_owner", "dho_app"
# docker-compose.yml gives its server the same ones.
SETTINGS = {
    "shared_buffers": "256MB",
    "max_connections": "100",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "timezone": "UTC",
}
START_SECONDS = 60  # recovery after a kill replays the log first


class Postgres:
    """The cluster of one state. It listens on a unix socket only, in a folder closed to other users."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.folder = state.data / "postgres"
        self.log = state.root / "log" / "postgres.log"
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, role: str, database: str = DATABASE) -> str:
        """A DATABASE_URL. No password: the socket's folder decides who may connect."""
        return f"postgres://{role}@{urllib.parse.quote(str(self.state.sockets), safe='')}:5432/{database}"

    @property
    def pid(self) -> int | None:
        """The running server's process id, also when an earlier process of ours started it."""
        if self._process is not None and self._process.poll() is None:
            return self._process.pid
        lines = self._pid_file()
        pid = int(lines[0]) if lines else None
        return pid if pid is not None and self._is_ours(pid) else None

    def start(self) -> None:
        """Make the cluster if it is not there, and have it accept connections. Raises RuntimeError with the log."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        programs = postgres_programs(self.state)
        if not self.folder.exists():
            self._initialise(programs)
        if not wait_until(lambda: self._ensure_running(programs), seconds=START_SECONDS):
            raise RuntimeError(f"PostgreSQL does not start. Its last words:\n{_tail(self.log)}")
        if not (self.folder / "dho_roles").exists():
            self._create_roles(programs)

    def stop(self, *, seconds: float = 10) -> None:
        """Fast shutdown: open transactions are rolled back and the log is closed cleanly."""
        pid = self.pid
        if self._process is not None:
            end_group(self._process, stop_signal=signal.SIGINT, seconds=seconds)
        elif pid is not None:
            signal_pid(pid, signal.SIGINT)
            if not wait_until(lambda: not is_alive(pid), seconds=seconds):
                signal_pid(pid, signal.SIGQUIT)
        self._process = None

    def kill(self) -> None:
        """SIGKILL the server, as the fault tests do. `start` brings it back."""
        pid = self.pid
        if pid is None:
            return
        signal_pid(pid, signal.SIGKILL)
        if self._process is not None:
            kill_group(self._process)
        self._process = None

    def _ensure_running(self, programs: Path) -> bool:
        """One step towards a ready server; True when it is. Called until then."""
        if self._process is not None and self._process.poll() is not None:
            # It gave up. That is usual while backends of a killed predecessor still hold the shared memory.
            self._process = None
            self._kill_orphans()
        pid = self.pid
        if pid is None:
            self._forget_dead_predecessor()
            self._spawn(programs)
        return self._status() == "ready"

    def _spawn(self, programs: Path) -> None:
        options = {"listen_addresses": "", "unix_socket_directories": str(self.state.sockets), **SETTINGS}
        arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        self._process = spawn(
            [programs / "postgres", "-D", self.folder, *arguments],
            log=self.log,
            cwd=self.state.data,
            env=_environment(),
            user=self.state.server_user,
            orphan_signal=signal.SIGINT,
        )

    def _pid_file(self) -> list[str]:
        try:
            return (self.folder / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _status(self) -> str:
        lines = self._pid_file()
        ours = len(lines) > 7 and self._is_ours(int(lines[0]))
        return lines[7].strip() if ours else ""

    def _is_ours(self, pid: int) -> bool:
        # Process ids are used again; a server's working directory is its cluster.
        try:
            return is_alive(pid) and Path(f"/proc/{pid}/cwd").readlink() == self.folder
        except (FileNotFoundError, PermissionError, ProcessLookupError):
            return False

    def _forget_dead_predecessor(self) -> None:
        # PostgreSQL removes the file of a dead process by itself, but not when another program now has that number.
        lines = self._pid_file()
        if lines and not self._is_ours(int(lines[0])):
            (self.folder / "postmaster.pid").unlink(missing_ok=True)

    def _kill_orphans(self) -> None:
        """End backends whose server was killed. A busy one may take long to notice by itself."""
        if self.pid is None:
            for entry in Path("/proc").iterdir():
                if entry.name.isdigit() and self._is_ours(int(entry.name)):
                    signal_pid(int(entry.name), signal.SIGKILL)

    def _initialise(self, programs: Path) -> None:
        # In a draft folder, so that a kill half-way leaves nothing that looks like a cluster.
        draft = self.folder.with_name("postgres.new")
        shutil.rmtree(draft, ignore_errors=True)
        # The builtin locale is there on every machine, whatever languages the system has.
        locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        self._run([programs / "initdb", "-D", draft, "-U", "postgres", "--auth=trust", *locale])
        draft.rename(self.folder)

    def _create_roles(self, programs: Path) -> None:
        # roles.sql wants passwords, which a server on the network needs; here nobody will ever use them.
        passwords = {f"DHO_{role}_PASSWORD": secrets.token_urlsafe() for role in ("OWNER", "APP")}
        options = ["--no-psqlrc", "--quiet", "--host", str(self.state.sockets), "--username", "postgres"]
        sql = ROLES_SQL.read_bytes()
        self._run([programs / "psql", *options, "--dbname", "postgres"], env=passwords, stdin=sql)
        (self.folder / "dho_roles").touch()

    def _run(self, argv: list[str | Path], *, env: dict[str, str] | None = None, stdin: bytes = b"") -> None:
        done = subprocess.run(  # noqa: S603  (our own programs)
            argv,
            input=stdin,
            capture_output=True,
            check=False,
            cwd=self.state.data,
            env=_environment() | (env or {}),
            user=self.state.server_user,
            group=self.state.server_user,
            extra_groups=None if self.state.server_user is None else [],
        )
        if done.returncode:
            raise RuntimeError(f"{Path(argv[0]).name} failed: {done.stderr.decode(errors='replace')}")


def _environment() -> dict[str, str]:
    # Nothing of ours: PGHOST, PGDATA, LC_* and the like would change what the programs do.
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def _tail(log: Path, lines: int = 20) -> str:
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
