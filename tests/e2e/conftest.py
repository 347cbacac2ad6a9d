"""Platforms of real processes for the tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.e2e.node import Node


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """A platform shared by tests that do not disturb it; each takes numbers of its own."""
    running = Node(tmp_path_factory.mktemp("node"))
    running.start()
    yield running
    assert running.stop() == 0


@pytest.fixture
def own_node(tmp_path: Path) -> Iterator[Node]:
    """A platform that a test starts, kills and restarts as it likes."""
    running = Node(tmp_path)
    yield running
    if running.process is not None:
        running.stop()
