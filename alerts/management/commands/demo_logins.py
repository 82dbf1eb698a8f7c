"""The logins of the demo, as `script/server` prints them."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from alerts.demo.citizens import logins
from alerts.demo.staff import PASSWORD, employees_at_work


class Command(BaseCommand):
    """`manage.py demo_logins`: the two ways in, and user name, role and organisation."""

    help = "Print the demo logins. Refused in production, where they do not exist."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("There are no demo logins in production (DHO_PRODUCTION=1).")
        rows = [
            (each.username, str(each.role.label), place)
            for each, place in employees_at_work(today=timezone.localdate())
        ]
        if not rows:
            raise CommandError("No demo data here. Run load_demo first.")
        self.stdout.write("Demo logins. Two ways in:")
        self.stdout.write("  «Logg inn med HelseID», and choose a user name on the stand-in's page; or")
        self.stdout.write(f"  user name, password {PASSWORD}, and the code of")
        self.stdout.write("  script/with-servers python manage.py demo_code USERNAME")
        widths = [max(len(row[column]) for row in rows) for column in range(2)]
        for username, role, place in rows:
            self.stdout.write(f"  {username:<{widths[0]}}  {role:<{widths[1]}}  {place}")
        self.stdout.write("Patients and relatives, at /min/: «Logg inn med ID-porten», and choose")
        for name, who in logins():
            self.stdout.write(f"  {name:<{widths[0]}}  {who}")
