"""script/server: everything on one machine with one command, for evaluation and development."""

import hashlib
import http.client
import itertools
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from dho.embedded.servers import Servers
from dho.embedded.state import AlreadyRunning
from dho.embedded.supervisor import CHECKOUT, Program, Stopped, Supervisor, stop_on_signals

PYTHON = sys.executable
FIRST_PAGE = "/logg-inn/"
FIRST_PAGE_SECONDS = 120
NOT_SOURCE = {".git", ".venv", ".node", "node_modules", "var", "tests", "static", "templates", "__pycache__"}


class StartFailed(Exception):
    """Something on the way to the first page failed; `str()` says what and where to look."""


def main() -> int:
    """Run until Ctrl-C. The exit code for the shell."""
    began = time.monotonic()
    stop_on_signals()
    servers = Servers(CHECKOUT / "var" / "server", outside=os.environ)
    try:
        servers.start(note="it is starting")
    except AlreadyRunning as other:
        print(f"script/server already runs in this checkout: {other}", file=sys.stderr)
        return 1
    except Stopped:
        return 0  # the kernel ends what was begun
    supervisor = Supervisor(servers, {})
    try:
        _serve(supervisor, began)
    except StartFailed as error:
        print(error, file=sys.stderr)
        return 1
    except Stopped:
        print("\nStopping ...", flush=True)
    finally:
        supervisor.stop()
    return 0


def _serve(supervisor: Supervisor, began: float) -> None:
    servers = supervisor.servers
    listener = _listen()
    address = f"http://localhost:{listener.getsockname()[1]}"
    servers.note(address)
    helseid, idporten = (f"http://127.0.0.1:{_free_port()}" for _ in range(2))
    supervisor.environment = {
        "DHO_BASE_URL": address,
        "DHO_HELSEID_URL": helseid,
        "DHO_IDPORTEN_URL": idporten,
        "PYTHONUNBUFFERED": "1",
        **os.environ,
        **servers.environment(),
    }
    root = servers.state.root
    logins, staff, citizens = root / "logins.txt", root / "helseid.jsonl", root / "idporten.jsonl"
    _prepare(supervisor, logins, staff, citizens)

    bind = f"fd://{listener.fileno()}"
    supervisor.add(Program("web", _web(bind), pass_fds=[listener.fileno()]))
    _wait_for_first_page(supervisor, listener)
    seconds = time.monotonic() - began
    # Only now: on two cores they would make the first page wait.
    schedule = servers.state.root / "beat-schedule"
    supervisor.add(
        Program("worker", _celery("worker", "--concurrency=2", "--queues=celery,backlog", "--without-gossip"))
    )
    supervisor.add(Program("beat", _celery("beat", f"--schedule={schedule}", "--pidfile=")))
    supervisor.add(Program("watch", [PYTHON, "manage.py", "watch"]))
    supervisor.add(Program("tablets", [PYTHON, "manage.py", "simulate_tablets"]))
    if supervisor.environment["DHO_HELSEID_URL"] == helseid:
        supervisor.add(Program("helseid", _stand_in(helseid, staff)))
    if supervisor.environment["DHO_IDPORTEN_URL"] == idporten:
        supervisor.add(Program("idporten", _stand_in(idporten, citizens)))

    print(f"\nReady at {address}/ after {seconds:.1f} s.\n\n{logins.read_text(encoding='utf-8')}")
    print(f"Pair a tablet: open {address}/nettbrett/ in another browser, and type its code on a patient's «Enheter».")
    print(f"Logs: {servers.state.root / 'log'}\nCtrl-C stops everything.", flush=True)
    supervisor.run()


def _web(bind: str) -> list[str]:
    return [PYTHON, "-m", "gunicorn", "--config=gunicorn.conf.py", f"--bind={bind}", "dho.wsgi:application"]


def _celery(*arguments: str) -> list[str]:
    return [PYTHON, "-m", "celery", "--app=dho", *arguments, "--loglevel=INFO"]


def _stand_in(address: str, people: Path) -> list[str]:
    """A stand-in for HelseID or ID-porten that knows the demo's people."""
    lines = people.read_text(encoding="utf-8").splitlines()
    claims = itertools.chain.from_iterable(("--user-claims", line) for line in lines)
    return [PYTHON, "-m", "oidc_provider_mock", f"--port={address.rpartition(':')[2]}", *claims]


def _free_port() -> int:
    """A port nobody listens to right now. Told to the web server before the program that will listen is started."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


def _listen() -> socket.socket:
    """A listening socket on PORT, or on the first free port from 8000.

    It is ours, not the web server's: nobody can take the port between choosing and using it, and requests wait
    instead of failing while the web server starts again.
    """
    wanted = os.environ.get("PORT")
    for port in [int(wanted)] if wanted else itertools.count(8000):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError as error:
            listener.close()
            if wanted:
                raise StartFailed(f"Port {port} is taken: {error.strerror}. Choose another PORT.") from None
            continue
        listener.listen(2048)
        return listener
    raise AssertionError("unreachable")


def _prepare(supervisor: Supervisor, *made: Path) -> None:
    """Migrate as owner and load the demo, unless nothing changed since the last time."""
    stamp = supervisor.servers.state.root / "prepared"
    fingerprint = _fingerprint()
    ours = "DATABASE_URL" not in supervisor.servers.outside
    there = all(each.exists() for each in (*made, stamp))
    if ours and there and stamp.read_text() == fingerprint:
        return
    stamp.unlink(missing_ok=True)
    print("Preparing the database ...", flush=True)
    _run(supervisor, "schema", owner=True)
    print("Loading demo data ...", flush=True)
    _run(supervisor, "demo", *map(str, made))
    stamp.write_text(fingerprint)


def _run(supervisor: Supervisor, *arguments: str, owner: bool = False) -> None:
    log = supervisor.log_of("prepare")
    env = {**supervisor.environment, "DHO_AS_OWNER": "1" if owner else "0"}
    with log.open("ab") as output:
        command = [PYTHON, "-m", "dho.embedded.prepare", *arguments]
        done = subprocess.run(command, cwd=CHECKOUT, env=env, stdout=output, stderr=output, check=False)  # noqa: S603
    if done.returncode:
        last = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
        raise StartFailed(f"Preparing the database failed. From {log}:\n{last}")


def _fingerprint() -> str:
    """Changes with any source or data file of the checkout."""
    found = hashlib.sha256()
    for folder, names, files in os.walk(CHECKOUT):
        names[:] = sorted(set(names) - NOT_SOURCE)
        for name in sorted(files):
            path = Path(folder, name)
            if path.suffix in {".py", ".csv", ".json", ".toml", ".txt"}:
                status = path.stat()
                found.update(f"{path}{status.st_mtime_ns}{status.st_size}".encode())
    return found.hexdigest()


def _wait_for_first_page(supervisor: Supervisor, listener: socket.socket) -> None:
    host, port = listener.getsockname()
    deadline = time.monotonic() + FIRST_PAGE_SECONDS
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection(host, port, timeout=5)
        try:
            connection.request("GET", FIRST_PAGE, headers={"Host": "localhost"})
            if connection.getresponse().status == http.HTTPStatus.OK:
                return
        except (OSError, http.client.HTTPException):
            supervisor.check()
        finally:
            connection.close()
        time.sleep(0.2)
    raise StartFailed(f"The first page does not come. See {supervisor.log_of('web')}.")


if __name__ == "__main__":
    sys.exit(main())
