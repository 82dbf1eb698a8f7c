"""The embedded servers: started, found again, killed, stopped, side by side."""

import os
import signal
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg2
import pytest
from celery import Celery

from dho.embedded.child import is_alive, wait_until
from dho.embedded.servers import Servers
from dho.embedded.state import AlreadyRunning, hold, open_state
from tests.embedded.asking import ask

CHECKOUT = Path(__file__).resolve().parents[2]


ORDINARY = 1  # "daemon" on every Linux; initdb wants a user with a name
# For a Python outside the environment, of the same minor version.
ANYBODY = {"PATH": "/usr/bin:/bin", "PYTHONPATH": f"{CHECKOUT}:{Path(psycopg2.__file__).parents[1]}"}


def as_ordinary_user(command: list[str | Path]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        user=ORDINARY,
        group=ORDINARY,
        extra_groups=[],
        cwd=CHECKOUT,
        env=ANYBODY,
        capture_output=True,
        text=True,
        check=False,
    )


def runs_for_anybody(python: str) -> bool:
    """Whether an ordinary user can start this Python and import what we need with it."""
    try:
        return as_ordinary_user([python, "-B", "-c", "import psycopg2, dho.embedded.servers"]).returncode == 0
    except PermissionError:
        return False


def owner_url(servers: Servers) -> str:
    return servers.environment()["DATABASE_OWNER_URL"]


def app_url(servers: Servers) -> str:
    return servers.environment()["DATABASE_URL"]


def test_it_gives_roles_that_row_level_security_binds(servers):
    rows = ask(
        app_url(servers),
        "SELECT rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb FROM pg_roles"
        " WHERE rolname LIKE 'dho%' ORDER BY rolname",
    )
    assert rows == [("dho_app", False, False, False, False), ("dho_owner", False, False, False, True)]


def test_it_lets_the_application_write_the_owners_tables_but_not_change_them(servers):
    ask(owner_url(servers), "CREATE TABLE thing (id bigint GENERATED ALWAYS AS IDENTITY, name text)")
    ask(app_url(servers), "INSERT INTO thing (name) VALUES ('ærlig')")
    assert ask(app_url(servers), "SELECT name FROM thing") == [("ærlig",)]
    for forbidden in ("DROP TABLE thing", "TRUNCATE thing", "ALTER TABLE thing ADD COLUMN more text"):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            ask(app_url(servers), forbidden)


def test_it_gives_a_database_made_for_a_test_the_same_rights(servers):
    maintenance = psycopg2.connect(owner_url(servers))
    maintenance.autocommit = True
    maintenance.cursor().execute("CREATE DATABASE test_other")
    maintenance.close()
    ask(servers.postgres.url("dho_owner", "test_other"), "CREATE TABLE thing (id int)")
    assert ask(servers.postgres.url("dho_app", "test_other"), "SELECT count(*) FROM thing") == [(0,)]


def test_it_listens_on_a_socket_in_a_closed_folder_only(servers):
    assert ask(app_url(servers), "SHOW listen_addresses") == [("",)]
    folder = servers.state.sockets
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert sorted(path.name for path in folder.iterdir() if path.is_socket()) == [".s.PGSQL.5432", "valkey.sock"]


def test_it_keeps_secrets_that_only_we_can_read_and_the_same_ones_next_time(servers):
    first = servers.environment()
    assert stat.S_IMODE((servers.state.root / "secrets.env").stat().st_mode) == 0o600
    servers.stop()
    servers.start()
    assert servers.environment() == first


def test_it_carries_celery_messages_over_its_socket(servers):
    app = Celery("test", broker=servers.environment()["REDIS_URL"])
    with app.connection_for_write() as connection, connection.SimpleQueue("celery") as queue:
        queue.put({"reading": 1})
        assert queue.get(timeout=2).payload == {"reading": 1}


def test_it_keeps_committed_rows_when_postgres_is_killed(servers):
    ask(owner_url(servers), "CREATE TABLE kept AS SELECT 42 AS answer")
    busy = psycopg2.connect(owner_url(servers))
    busy.cursor().execute("INSERT INTO kept VALUES (43)")
    servers.postgres.kill()
    assert servers.postgres.pid is None
    servers.postgres.start()
    assert ask(owner_url(servers), "SELECT answer FROM kept") == [(42,)]
    busy.close()


def test_it_starts_over_a_backend_that_outlives_its_killed_server(servers):
    running = psycopg2.connect(owner_url(servers))
    backend = running.info.backend_pid
    os.kill(backend, signal.SIGSTOP)  # a backend that does not notice
    servers.postgres.kill()
    assert is_alive(backend)
    servers.postgres.start()
    assert not is_alive(backend)
    assert ask(owner_url(servers), "SELECT 1") == [(1,)]


def test_it_starts_when_another_program_has_the_dead_servers_number(servers):
    servers.postgres.kill()
    pid_file = servers.postgres.folder / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    bystander = subprocess.Popen(["sleep", "60"], user=servers.state.server_user)
    pid_file.write_text("\n".join([str(bystander.pid), *lines[1:]]) + "\n")
    servers.postgres.start()
    assert bystander.poll() is None
    assert servers.postgres.pid not in (None, bystander.pid)
    bystander.kill()
    bystander.wait()


def test_it_uses_servers_that_already_run(own_servers):
    before = own_servers.postgres.pid, own_servers.valkey.pid
    own_servers._lock.close()  # as if the process that started them were gone
    second = Servers(own_servers.root)
    second.start()
    assert (second.postgres.pid, second.valkey.pid) == before
    second.stop()
    assert wait_until(lambda: not any(is_alive(pid) for pid in before), seconds=5)


def test_it_brings_back_a_killed_valkey_empty(servers):
    assert servers.valkey._ask("SET kept something") == "+OK"
    servers.valkey.kill()
    servers.valkey.start()
    assert servers.valkey._ask("DBSIZE") == ":0"


def test_it_keeps_two_roots_apart(servers, tmp_path):
    with Servers(tmp_path / "other") as other:
        ask(owner_url(other), "CREATE TABLE only_here (id int)")
        assert ask(owner_url(servers), "SELECT to_regclass('only_here')") == [(None,)]
        assert other.environment()["DHO_SECRET_KEY"] != servers.environment()["DHO_SECRET_KEY"]
    assert ask(owner_url(servers), "SELECT 1") == [(1,)]
    other.remove()


def test_it_says_who_holds_a_taken_root(servers):
    servers.note("http://localhost:8000")
    with pytest.raises(AlreadyRunning, match="http://localhost:8000"):
        Servers(servers.root).start()


def test_it_starts_neither_server_that_is_named_from_outside(tmp_path):
    outside = {"DATABASE_URL": "postgres://a@b/c", "DATABASE_OWNER_URL": "postgres://o@b/c", "REDIS_URL": "redis://b"}
    with Servers(tmp_path / "state", outside=outside) as servers:
        assert (servers.postgres.pid, servers.valkey.pid) == (None, None)
        assert {name: servers.environment()[name] for name in outside} == outside
    servers.remove()


def test_it_finds_a_short_socket_folder_for_a_long_path(tmp_path):
    long_root = tmp_path / ("deep" * 30)
    with Servers(long_root) as servers:
        assert ask(app_url(servers), "SELECT 1") == [(1,)]
    servers.remove()


@pytest.mark.skipif(os.getuid() != 0, reason="only root keeps the data outside the root folder")
def test_it_forgets_the_data_when_its_secrets_were_deleted(own_servers):
    ask(owner_url(own_servers), "CREATE TABLE unreadable (id int)")
    own_servers.stop()
    for leftover in ("token", "secrets.env"):
        (own_servers.state.root / leftover).unlink()
    own_servers.start()
    assert ask(owner_url(own_servers), "SELECT to_regclass('unreadable')") == [(None,)]


def test_it_leaves_no_server_behind_when_it_is_killed_itself(tmp_path):
    code = (
        "import sys, time; from pathlib import Path; from dho.embedded.servers import Servers;"
        "s = Servers(Path(sys.argv[1])); s.start(); print(s.postgres.pid, s.valkey.pid, flush=True); time.sleep(60)"
    )
    root = tmp_path / "state"
    starter = subprocess.Popen([sys.executable, "-c", code, root], stdout=subprocess.PIPE, text=True, cwd=CHECKOUT)
    pids = [int(word) for word in starter.stdout.readline().split()]
    assert all(is_alive(pid) for pid in pids)
    starter.kill()
    starter.communicate()
    assert wait_until(lambda: not any(is_alive(pid) for pid in pids), seconds=10)
    with Servers(root) as servers:
        assert ask(app_url(servers), "SELECT 1") == [(1,)]
        assert "was not properly shut down" not in servers.postgres.log.read_text()
    servers.remove()


@pytest.mark.skipif(os.getuid() != 0, reason="already an ordinary user")
def test_it_runs_as_an_ordinary_user_too():
    python = next((each for each in (sys.executable, "/usr/bin/python3") if runs_for_anybody(each)), None)
    if python is None:
        pytest.skip("no Python here that an ordinary user can reach")
    code = (
        "import sys; from pathlib import Path; from dho.embedded.servers import Servers;"
        "from tests.embedded.asking import ask; s = Servers(Path(sys.argv[1])); s.start();"
        "print(ask(s.environment()['DATABASE_URL'], 'SELECT current_user')); s.postgres.kill(); s.postgres.start();"
        "print(s.state.server_user, s.state.data); s.stop()"
    )
    # Not in pytest's own folder: another pytest that starts meanwhile closes that one to other users.
    with tempfile.TemporaryDirectory(prefix="dho-ordinary-") as folder:
        os.chown(folder, ORDINARY, ORDINARY)
        root = Path(folder) / "state"
        done = as_ordinary_user([python, "-B", "-c", code, root])
    assert (done.stdout.splitlines(), done.stderr) == (["[('dho_app',)]", f"None {root / 'data'}"], "")


def test_it_gives_the_lock_free_when_its_holder_ends(tmp_path):
    state = open_state(tmp_path / "state")
    held = hold(state, "first")
    with pytest.raises(AlreadyRunning, match="first"):
        hold(state)
    held.close()
    hold(state).close()
