"""Live data for the demo: tablets that send through the REST interface, as real ones do."""

import signal
import sys
import time
from random import Random
from typing import Any, Never

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils import timezone

from alerts.demo.simulation import Simulation, pauses, run
from alerts.demo.tablets import find_tablets


class Command(BaseCommand):
    """`manage.py simulate_tablets`: runs until it is stopped. It can fail without harm to anything else."""

    help = "Let the demo patients' tablets send readings through the REST interface until stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--base-url", default=settings.BASE_URL)
        parser.add_argument("--rate", type=float, default=18.0, help="sendings per minute")
        parser.add_argument("--once", type=int, metavar="N", help="send N times without pause, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("Nothing is simulated in production (DHO_PRODUCTION=1).")
        signal.signal(signal.SIGTERM, _stop)
        tablets = find_tablets(now=timezone.now())
        # From here on everything goes over HTTP; a restart of the database is not our concern.
        connection.close()
        if not tablets:
            raise CommandError("No demo tablets here. Run load_demo first.")
        rng, once = Random(), options["once"]
        pause = (lambda: 0.0) if once else pauses(rng, options["rate"])
        simulation = Simulation(options["base_url"].rstrip("/"), tablets, rng, timezone.now)
        accepted = run(simulation, count=once, pause=pause, sleep=time.sleep)
        self.stdout.write(f"{accepted} sendings accepted.")


def _stop(number: int, frame: object) -> Never:
    sys.exit(0)
