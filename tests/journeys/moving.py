"""The product in this very process, so that a journey can move its clock over weeks: real pages, database and watch.

The other journeys run the processes as they are deployed, on the clock of the machine. Here the web server is a thread,
and the jobs of the watch are run at each stop of the clock, as it runs them every few seconds.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import time_machine
from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.db import connections

from alerts.management.commands import watch


class _Handler(WSGIRequestHandler):
    """Says nothing, and gives back the connection that its thread took."""

    def log_message(self, *arguments: object) -> None:
        """The tests' output is for what fails."""

    def finish(self) -> None:
        super().finish()
        connections.close_all()


@dataclass
class Moving:
    """The running product and its clock."""

    url: str
    clock: time_machine.Traveller

    def to(self, moment: datetime) -> datetime:
        """Let it be that moment, and let the watch do what it would have done by then."""
        self.clock.move_to(moment)
        watch.follow_schedules()
        watch.assess_what_was_missed()
        watch.follow_cases()
        watch.seal_log()
        return moment


@contextmanager
def moving_product(start: datetime) -> Iterator[Moving]:
    """The product on this process's database, at that moment."""
    server = ThreadedWSGIServer(("127.0.0.1", 0), _Handler)
    server.set_app(get_wsgi_application())
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    with time_machine.travel(start) as clock:
        thread.start()
        try:
            yield Moving(f"http://127.0.0.1:{server.server_port}", clock)
        finally:
            server.shutdown()
            server.server_close()
