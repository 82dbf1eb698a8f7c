"""The web server's settings, the same for script/server and docker-compose.yml."""

import gc
import os
from pathlib import Path
from typing import Any

bind = "0.0.0.0:8000"  # script/server gives a socket of its own instead
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))  # one per core
threads = 4  # per worker
preload_app = True  # one import for all workers: faster start, less memory
timeout = 30
graceful_timeout = 5
keepalive = 75  # longer than the proxy's own, so that the proxy is the one that closes
# Heartbeat files on a real disk can stall a busy worker long enough to be taken for dead.
memory = Path("/dev/shm")  # noqa: S108
worker_tmp_dir = str(memory) if memory.is_dir() else None
# It would lie in the home folder, shared by every checkout of a user.
control_socket_disable = True
# No access log: who saw which patient is in the access log of the database, and addresses name patients.
accesslog = None


def when_ready(server: Any) -> None:
    """Take what was loaded before the workers are forked out of garbage collection, which else walks it in requests."""
    gc.collect()
    gc.freeze()
