"""Keeps the folder of ready prompts within its size: what was not used for longest goes first."""

import asyncio
from collections.abc import Callable

import structlog

from dillo.files.folder import PromptFolder, Shelved

_OCTETS_PER_MS = 16  # both laws
_FULL_TO = 0.9  # of the size allowed, after a sweep
_SWEEPS = 16  # the folder is swept each time it has grown by this part of the size allowed
_BATCH = 16  # files deleted before the loop has its turn again

_log = structlog.get_logger()


class Sweeper:
    """Deletes the prompts that were not of use for longest.

    `used` collects the keys handed out since the last sweep. They are safe: looking at `used` and
    deleting happen in one go, on the thread that hands them out.
    """

    def __init__(
        self, folder: PromptFolder, max_bytes: int, forget: Callable[[set[str]], None]
    ) -> None:
        self.used: set[str] = set()
        self._folder = folder
        self._max_bytes = max_bytes
        self._forget = forget
        self._grown_bytes = 0
        self._due = asyncio.Event()
        self._due.set()

    def grow(self, duration_ms: int) -> None:
        """Count a prompt that was made."""
        self._grown_bytes += duration_ms * _OCTETS_PER_MS
        if self._grown_bytes * _SWEEPS >= self._max_bytes:
            self._due.set()

    async def run(self) -> None:
        """Sweep at the start and whenever enough was made, until cancelled."""
        while True:
            await self._due.wait()
            self._due.clear()
            self._grown_bytes = 0
            try:
                await self.sweep()
            except OSError as error:
                _log.error("prompts_not_swept", error=str(error))

    async def sweep(self) -> None:
        """Delete what is too much. Raises OSError."""
        used, self.used = self.used, set()
        await asyncio.to_thread(self._folder.touch, used)
        oldest = _surplus(await asyncio.to_thread(self._folder.shelved), self._max_bytes)
        for start in range(0, len(oldest), _BATCH):
            self._delete(oldest[start : start + _BATCH])
            await asyncio.sleep(0)

    def _delete(self, items: list[Shelved]) -> None:
        idle = [item for item in items if item.key not in self.used]
        self._forget({item.key for item in idle})
        for item in idle:
            self._folder.remove(item)


def _surplus(oldest_first: list[Shelved], max_bytes: int) -> list[Shelved]:
    """Return what must go so that the rest fits, nothing where all of it does."""
    total = sum(item.size for item in oldest_first)
    if total <= max_bytes:
        return []
    surplus = []
    for item in oldest_first:
        if total <= max_bytes * _FULL_TO:
            break
        surplus.append(item)
        total -= item.size
    return surplus
