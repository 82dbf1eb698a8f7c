"""The servers of one state together: what script/server, the tests and the benchmarks start."""

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self, TextIO

from dho.embedded import state as states
from dho.embedded.postgres import APP_ROLE, OWNER_ROLE, Postgres
from dho.embedded.valkey import Valkey


class Servers:
    """PostgreSQL and Valkey whose data belongs to the folder `root`. Several live side by side.

    As a context manager it starts and stops them. `postgres` and `valkey` can be stopped, killed and started again
    by themselves; their `pid` tells the process. A server that `outside` (environment variables) already names by
    DATABASE_URL or REDIS_URL is not started.
    """

    def __init__(self, root: Path, *, outside: Mapping[str, str] | None = None) -> None:
        self.root = root
        self.outside = dict(outside or {})
        self._lock: TextIO | None = None

    def start(self, *, note: str = "") -> None:
        """Take the state and start what does not run yet. Raises AlreadyRunning when another process holds it."""
        self.state = states.open_state(self.root)
        self._lock = states.hold(self.state, note)
        self.postgres = Postgres(self.state)
        self.valkey = Valkey(self.state)
        if "REDIS_URL" not in self.outside:
            self.valkey.start()
        if "DATABASE_URL" not in self.outside:
            self.postgres.start()

    def stop(self) -> None:
        """Stop both, keep the data, give the state free."""
        self.valkey.stop()
        self.postgres.stop()
        if self._lock is not None:
            self._lock.close()

    def remove(self) -> None:
        """Delete the data of the stopped servers."""
        states.remove_state(self.state)

    def note(self, text: str) -> None:
        """Tell whoever finds the state taken `text`."""
        if self._lock is not None:
            states.write_note(self._lock, text)

    def environment(self) -> dict[str, str]:
        """The variables with which Django and Celery reach these servers, with the secrets of their data."""
        made = {"REDIS_URL": self.valkey.url, **states.read_secrets(self.state)}
        if "DATABASE_URL" not in self.outside:
            made["DATABASE_URL"] = self.postgres.url(APP_ROLE)
            made["DATABASE_OWNER_URL"] = self.postgres.url(OWNER_ROLE)
        return made | self.outside

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
