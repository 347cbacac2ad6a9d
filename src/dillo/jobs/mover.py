"""Moves recordings of settled calls from this node's folder into the store."""

import asyncio
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import PurePosixPath
from typing import Protocol

import structlog

from dillo.jobs.pause import pause
from dillo.model.errors import Unavailable

_log = structlog.get_logger(__name__)

_AT_ONCE, _SIDE_BY_SIDE = 20_000, 4
_POLL_S, _RETRY_S = 2.0, 15.0


class Folder(Protocol):
    """The recordings of this node, and the way to the store."""

    def waiting(self, limit: int) -> Sequence[str]:
        """Return paths of files that are in the folder."""

    async def move(self, path: str) -> None:
        """Move a complete file into the store. Raises Unavailable, OSError."""


class Settled(Protocol):
    """Knows the calls that are settled."""

    async def settled(self, recording_ids: Collection[str]) -> Collection[str]:
        """Return those of these recordings whose calls are settled. Raises Unavailable."""


class Mover:
    """Looks for settled recordings in the folder: what a crash left there is found again."""

    def __init__(self, folder: Folder, calls: Settled) -> None:
        self._folder = folder
        self._calls = calls
        self._must_stop = asyncio.Event()
        self.recordings: Counter[str] = Counter()
        """Moves by outcome: `moved`, `failed`."""

    def stop(self) -> None:
        """Return from `run` after the moves that are under way."""
        self._must_stop.set()

    async def run(self) -> None:
        """Move recordings until stopped."""
        while not self._must_stop.is_set():
            is_well = await self.step()
            await pause(_POLL_S if is_well else _RETRY_S, self._must_stop)

    async def step(self) -> bool:
        """Move what can be moved now; return whether nothing failed."""
        try:
            paths = await asyncio.to_thread(self._folder.waiting, _AT_ONCE)
            by_id = {PurePosixPath(path).stem: path for path in paths}
            settled = await self._calls.settled(by_id) if by_id else ()
        except Unavailable as error:
            _log.warning("recordings wait", error=str(error))
            return False
        gate = asyncio.Semaphore(_SIDE_BY_SIDE)
        outcomes = await asyncio.gather(*(self._move(by_id[each], gate) for each in settled))
        return all(outcomes)

    async def _move(self, path: str, gate: asyncio.Semaphore) -> bool:
        async with gate:
            if self._must_stop.is_set():
                return True
            try:
                await self._folder.move(path)
            except (Unavailable, OSError) as error:
                _log.warning("a recording stays here", path=path, error=str(error))
                self.recordings["failed"] += 1
                return False
            self.recordings["moved"] += 1
            return True
