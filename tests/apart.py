"""Keeps test processes that run at once apart: each has a database and a Valkey database of its own.

Loaded before Django reads its settings, which is why it is a plugin and not a fixture.
"""

import os

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")

if WORKER:
    os.environ["DHO_TEST_NAME"] = f"{os.environ.get('DHO_TEST_NAME', 'test_dho')}_{WORKER}"
    os.environ["REDIS_URL"] = f"{os.environ['REDIS_URL'].rsplit('/', 1)[0]}/{int(WORKER.removeprefix('gw')) + 1}"
