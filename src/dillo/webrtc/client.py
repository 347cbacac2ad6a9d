"""The web process's side of the browser gateway."""

import asyncio
from pathlib import Path

from dillo.calls.browsers import BrowserRefused
from dillo.model.browser import BrowserAnswered, BrowserGone, Dial, Event
from dillo.model.errors import Unavailable
from dillo.workers.connection import Connection

_ANSWER_S = 20.0
"""The first call waits for the gateway to load what it needs."""
_START_S = 5.0
"""The gateway starts when HTTP is served already, and again where it died."""


class BrowserGateway:
    """Hands calls over to the gateway (calls.browsers.BrowserCalls)."""

    def __init__(self, path: Path) -> None:
        self._connection: Connection[Event] = Connection(path, Event, self._deliver, self._lose)
        self._waiting: dict[str, asyncio.Future[str]] = {}

    async def dial(self, order: Dial) -> str:
        """Call a number for a browser; return the answer to its offer.

        Raises BrowserRefused, and Unavailable where the gateway does not answer.
        """
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        try:
            async with asyncio.timeout(_START_S):
                await self._connection.ready()
            self._waiting[order.browser_call_id] = answer
            self._connection.send(order)
            async with asyncio.timeout(_ANSWER_S):
                return await answer
        except TimeoutError as error:
            raise Unavailable("the gateway for browsers does not answer") from error
        finally:
            self._waiting.pop(order.browser_call_id, None)

    async def keep_connected(self) -> None:
        """Connect, and again whenever the connection is lost; until cancelled."""
        await self._connection.keep()

    def _lose(self) -> None:
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(Unavailable("the gateway for browsers is gone"))

    def _deliver(self, event: Event) -> None:
        waiting = self._waiting.get(event.browser_call_id)
        if waiting is None or waiting.done():
            return
        match event:
            case BrowserAnswered():
                waiting.set_result(event.answer)
            case BrowserGone():
                waiting.set_exception(BrowserRefused(event.error or "the call is over already"))
