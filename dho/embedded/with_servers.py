"""Runs one command beside freshly started embedded servers and stops them afterwards.

Use it as ``python -m dho.embedded.with_servers FOLDER COMMAND...``. The state lies in var/FOLDER-1, or the first
FOLDER-n that nobody uses, so that two test runs in one checkout do not meet. Whatever DATABASE_URL or REDIS_URL
names from outside is used instead.
"""

import itertools
import os
import signal
import subprocess
import sys
from pathlib import Path

from dho.embedded.servers import Servers
from dho.embedded.state import AlreadyRunning

CHECKOUT = Path(__file__).resolve().parents[2]


def main(folder: str, *command: str) -> int:
    """The exit code of `command`."""
    servers = _start_in_a_free_folder(folder)
    try:
        child = subprocess.Popen(command, env=servers.environment())  # noqa: S603  (the caller's own command)
        # Ctrl-C reaches the command by itself; a SIGTERM to us is passed on. Then we still have to clean up.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda number, frame: child.send_signal(number))
        return child.wait()
    finally:
        servers.stop()


def _start_in_a_free_folder(folder: str) -> Servers:
    for number in itertools.count(1):
        servers = Servers(CHECKOUT / "var" / f"{folder}-{number}", outside=os.environ)
        try:
            servers.start()
        except AlreadyRunning:
            continue
        return servers
    raise AssertionError("unreachable")


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
