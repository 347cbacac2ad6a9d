"""Keeps engines loaded that a call may need at any moment: loading takes longer than a caller."""

import asyncio
from collections.abc import Sequence
from typing import Protocol

import structlog

from dillo.behavior import InvalidBehavior
from dillo.behavior.ahead import voices_needed
from dillo.calls.platform import LoadBehavior
from dillo.calls.ports import Application, Prompts
from dillo.model.errors import Unavailable

_EVERY_S = 10.0

_log = structlog.get_logger(__name__)


class Publications(Protocol):
    """What is published."""

    async def with_values(self) -> Sequence[Application]:
        """Return the newest current versions that say values of the call. Raises Unavailable."""


class Standby:
    """Follows what is published; texts that are the same in every call need no engine."""

    def __init__(self, publications: Publications, load: LoadBehavior, prompts: Prompts) -> None:
        self._publications = publications
        self._load = load
        self._prompts = prompts

    async def run(self) -> None:
        """Keep the engines ready until cancelled."""
        while True:
            try:
                await self.step()
            except Unavailable as error:
                _log.warning("engines are not kept ready just now", error=str(error))
            await asyncio.sleep(_EVERY_S)

    async def step(self) -> None:
        """Tell of every voice that may be needed."""
        for application in await self._publications.with_values():
            await asyncio.sleep(0)  # reading a graph takes a millisecond: calls go in between
            try:
                voices = voices_needed(self._load(application))
            except InvalidBehavior:
                continue  # an older release published it: the call will say so
            for language, voice in voices:
                self._prompts.expect(language, voice)
