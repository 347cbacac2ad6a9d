"""Makes prompts ahead: what applications will say in every call is spoken before anybody calls.

The database is the queue: what is published and not among this node's ready prompts is made, after
a start as after a publication, and on every node for itself.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Protocol

import structlog

from dillo.behavior import InvalidBehavior, load
from dillo.behavior.ahead import prompts_ahead
from dillo.model.errors import Unavailable
from dillo.model.prompts import Prompt

_EVERY_S = 1.0
_AWAY_S = 5.0
_SKEW_US = 60_000_000
"""How far the clocks of those who publish may be apart."""

_log = structlog.get_logger()


class Published(Protocol):
    """The version of an application that calls run now."""

    @property
    def customer_id(self) -> str: ...
    @property
    def version_id(self) -> str: ...
    @property
    def behavior(self) -> str: ...
    @property
    def published_us(self) -> int: ...


class Publications(Protocol):
    """What is published."""

    async def since(self, published_us: int, besides: Sequence[str]) -> Sequence[Published]:
        """Return some of the current versions published then or later, the oldest first.

        Those named in `besides` are left out. Raises Unavailable.
        """


Warm = Callable[[Iterable[Prompt], str], Awaitable[Mapping[Prompt, str]]]
"""Makes prompts of a customer; returns why, for those that failed."""


class Rehearsal:
    """Follows what is published, from the first version on."""

    def __init__(self, publications: Publications, warm: Warm) -> None:
        self._publications = publications
        self._warm = warm
        self._newest_us = 0
        self._known: dict[str, int] = {}
        self.made = 0
        self.failed = 0

    async def run(self) -> None:
        """Make what is new until cancelled."""
        while True:
            try:
                await self.step()
            except Unavailable as error:
                _log.warning("prompts are not made ahead just now", error=str(error))
                await asyncio.sleep(_AWAY_S)
            await asyncio.sleep(_EVERY_S)

    async def step(self) -> None:
        """Make what was published since the last step."""
        since_us = self._newest_us - _SKEW_US
        self._known = {id_: at_us for id_, at_us in self._known.items() if at_us >= since_us}
        for version in await self._publications.since(since_us, tuple(self._known)):
            await self._rehearse(version)
            self._known[version.version_id] = version.published_us
            self._newest_us = max(self._newest_us, version.published_us)

    async def _rehearse(self, version: Published) -> None:
        try:
            prompts = prompts_ahead(load(version.behavior, version.version_id))
        except InvalidBehavior:
            return  # an older release published it: the call will say so
        for prompt in prompts:  # one at a time: a text that a caller waits for goes in between
            failures = await self._warm((prompt,), version.customer_id)
            self.made += not failures
            self.failed += len(failures)
            for why in failures.values():
                _log.warning("prompt not made ahead", version_id=version.version_id, error=why)
