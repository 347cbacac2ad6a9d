"""Does what a migration left to be done while the platform runs, a little at a time."""

import asyncio
from collections.abc import Awaitable, Callable

import structlog

from dillo.model.errors import Unavailable

_log = structlog.get_logger(__name__)

# Between steps others get at the database: settling goes first.
_PAUSE_S, _RETRY_S = 0.05, 5.0


async def fill(step: Callable[[], Awaitable[bool]]) -> None:
    """Take steps until one says that nothing is left."""
    steps, has_more = 0, True
    while has_more:
        try:
            has_more = await step()
        except Unavailable as error:
            _log.warning("filling in waits", error=str(error))
            await asyncio.sleep(_RETRY_S)
            continue
        steps += has_more
        await asyncio.sleep(_PAUSE_S)
    if steps:
        _log.info("old calls are filled in", steps=steps)
