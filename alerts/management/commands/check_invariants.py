"""manage.py check_invariants: do the promises P1–P4 hold? Exit code 1 and a list when they do not."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from alerts.queries.invariants import find_breaches
from alerts.services import repair


class Command(BaseCommand):
    """Ids only: the output may be read by people who may not see patients."""

    help = "Check that nothing is lost, unlawfully judged or open to others (P1-P4)."

    def add_arguments(self, parser: CommandParser) -> None:
        """--repair writes wrong queue rows anew before checking."""
        parser.add_argument("--repair", action="store_true", help="write queue rows anew where they are wrong")

    def handle(self, *args: Any, **options: Any) -> None:
        """Repair first, if asked to, then check."""
        if options["repair"]:
            for patient_id in repair(now=timezone.now()):
                self.stdout.write(f"repaired the queue row of {patient_id}")
        breaches = find_breaches(now=timezone.now())
        if breaches:
            raise CommandError("\n".join(str(breach) for breach in breaches))
        self.stdout.write("P1–P4 hold.")
