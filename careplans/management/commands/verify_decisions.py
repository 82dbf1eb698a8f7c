"""manage.py verify_decisions: does every decided plan still say what the doctor decided? Exit code 1 and ids if not."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from careplans.models import Approval
from careplans.services.proof import untrue
from dho.lib import rls
from organisations.models import Municipality


class Command(BaseCommand):
    """Ids only: the output may be read by people who may not see patients."""

    help = "Check that the content of every decided plan version still has the hash that was stored with the decision."

    def handle(self, *args: Any, **options: Any) -> None:
        """Municipality by municipality, so that one transaction never holds them all."""
        false, checked, older = [], 0, 0
        for municipality_id in Municipality.objects.order_by("pk").values_list("pk", flat=True):
            with rls.acting_for([municipality_id], actor="worker"):
                for decision in Approval.objects.select_related("version").iterator():
                    checked += 1
                    older += not decision.content_sha256
                    if untrue(decision):
                        false.append(str(decision.version_id))
        if false:
            raise CommandError(f"The content has changed since the decision: {', '.join(false)}")
        self.stdout.write(f"{checked} decisions checked, {older} of them older than the hash.")
