"""The patients and relatives of the demo as its stand-in for ID-porten knows them: one JSON object a line."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from alerts.demo.citizens import claims


class Command(BaseCommand):
    """`manage.py demo_idporten`: what script/server gives the provider it starts."""

    help = "Print the claims of the demo's patients and relatives. Refused in production, where they do not exist."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("There is no stand-in for ID-porten in production (DHO_PRODUCTION=1).")
        for each in claims():
            self.stdout.write(json.dumps(each))
