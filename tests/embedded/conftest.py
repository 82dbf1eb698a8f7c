"""Clusters of the tests' own, so that killing one disturbs nobody."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dho.embedded.servers import Servers


def _run(root: Path) -> Iterator[Servers]:
    made = Servers(root)
    made.start()
    yield made
    made.stop()
    made.remove()


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """Running PostgreSQL and Valkey, shared by a file's tests: whoever kills one starts it again."""
    yield from _run(tmp_path_factory.mktemp("servers") / "state")


@pytest.fixture
def own_servers(tmp_path: Path) -> Iterator[Servers]:
    """Running PostgreSQL and Valkey for one test that does not leave them as they were."""
    yield from _run(tmp_path / "state")
