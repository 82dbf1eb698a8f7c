"""Brings the database up to date before script/server starts the programs. One Django start per role.

As ``python -m dho.embedded.prepare schema`` it runs as the owner (DHO_AS_OWNER=1), as ``... demo LOGINS STAFF
CITIZENS`` as the application, which leaves the demo logins in one file and what the stand-ins for HelseID and ID-porten
know in the others.
"""

import os
import sys
from pathlib import Path

import django
from django.core.management import call_command


def main(step: str, *arguments: str) -> None:
    """Run one step; raises what the management command raises."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "dho.settings")
    django.setup()
    if step == "schema":
        call_command("migrate", interactive=False, verbosity=1)
        call_command("createcachetable")
    else:
        call_command("load_demo")
        for command, name in zip(("demo_logins", "demo_helseid", "demo_idporten"), arguments, strict=True):
            with Path(name).open("w", encoding="utf-8") as file:
                call_command(command, stdout=file)


if __name__ == "__main__":
    main(*sys.argv[1:])
