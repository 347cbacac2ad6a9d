"""Media workers for the tests."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from tests.e2e.media.phone import Peer, Worker

from dillo.media.client import MediaPool


@pytest.fixture(scope="session")
def worker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worker]:
    """A worker shared by tests that do not disturb it."""
    worker = Worker(tmp_path_factory.mktemp("media"))
    yield worker
    assert worker.stop() == 0


@pytest.fixture
def own_worker(tmp_path: Path) -> Iterator[Worker]:
    """A worker that a test stops, kills and restarts as it likes."""
    worker = Worker(tmp_path)
    yield worker
    if worker.process.poll() is None:
        worker.stop()


@pytest.fixture
async def pool(worker: Worker) -> AsyncIterator[MediaPool]:
    async with MediaPool([worker.socket]) as pool:
        await pool.ready(15)
        yield pool


@pytest.fixture
async def own_pool(own_worker: Worker) -> AsyncIterator[MediaPool]:
    async with MediaPool([own_worker.socket]) as pool:
        await pool.ready(15)
        yield pool


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    peer = Peer()
    yield peer
    peer.close()


@pytest.fixture
async def other() -> AsyncIterator[Peer]:
    peer = Peer()
    yield peer
    peer.close()
