"""manage.py verify_audit: is the access log what it was? Exit code 1 and a list of days and rows when it is not."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from audit.queries.chain import find_faults, last_seal
from audit.services import seal


class Command(BaseCommand):
    """Ids only: the output may be read by people who may not see patients."""

    help = "Check that no row of the access log was changed, removed or added after it was sealed."

    def add_arguments(self, parser: CommandParser) -> None:
        """--anchor takes a hash that an earlier run printed and somebody kept elsewhere."""
        parser.add_argument("--anchor", default="", help="the hash of a seal that must still be in the chain")

    def handle(self, *args: Any, **options: Any) -> None:
        """Seal what waits, then compare everything."""
        while seal(now=timezone.now()):
            pass
        faults = find_faults(now=timezone.now(), anchor=options["anchor"])
        if faults:
            raise CommandError("\n".join(str(fault) for fault in faults))
        last = last_seal()
        end = f" The last seal is {last.number}, {last.day}, hash {last.hash}." if last else ""
        self.stdout.write(f"The access log is whole.{end}")
