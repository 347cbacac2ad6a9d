"""Delivers status callbacks, again and again for a day, until they are taken.

The outbox is the queue: a callback stays due until an attempt is noted that was its last. So what
a crash cuts off is sent again, with the same EventId: at least once, never exactly once.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Collection, Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Any, Final, Protocol

import msgspec
import structlog

from dillo.calls.callbacks import Attempt, Owed, Tried
from dillo.calls.ports import WebhookRequest
from dillo.model.clock import now_us
from dillo.model.errors import PeerError, Unavailable
from dillo.records.document import RECORDINGS_PATH

_log = structlog.get_logger(__name__)

TIMEOUT_S: Final = 10.0
FIRST_DELAY_S, LONGEST_DELAY_S = 10.0, 14_400.0
GIVE_UP_S: Final = 86_400
KEPT_S: Final = 30 * 86_400
"""How long it can be seen what was told, and how that went."""

MAX_AT_ONCE: Final = 32
MAX_A_CUSTOMER: Final = 4
"""Of those at once; one customer's slow server must not hold up the others."""

# An idle node looks once a second; attempts that end together are noted together.
_POLL_S, _GATHER_S, _RETRY_S, _FORGET_EVERY_S = 1.0, 0.05, 5.0, 3600.0
_STOP_S = 2.0
_GONE = 410  # RFC 9110 §15.5.11

_decode = msgspec.json.Decoder(dict[str, Any], float_hook=Decimal).decode  # prices stay exact

Tell = Callable[[WebhookRequest], Awaitable[int]]
"""Sends a request once and returns the HTTP status; raises PeerError or Unavailable."""


class Outbox(Protocol):
    """What is owed to customers' systems. Every method raises Unavailable."""

    async def due(
        self, at_us: int, limit: int, *, but_ids: Collection[str], but_customers: Collection[str]
    ) -> Sequence[Owed]:
        """Return callbacks that are due, those due longest first."""

    async def note(self, tried: Sequence[Tried]) -> None:
        """Note attempts, and when the next ones are due."""

    async def forget(self, before_us: int) -> None:
        """Delete what is over and was owed before a moment."""


class Deliverer:
    """Sends what is due, a few at once."""

    def __init__(self, outbox: Outbox, tell: Tell, public_url: str = "") -> None:
        self._outbox = outbox
        self._tell = tell
        self._public_url = public_url
        self._is_stopping = False
        self._news = asyncio.Event()
        """Set when an attempt ended, and when it is time to stop."""
        self._sending: dict[str, Owed] = {}
        """What is under way, or not noted yet."""
        self._tasks: set[asyncio.Task[None]] = set()
        self._tried: list[Tried] = []
        self._forgot_at = float("-inf")
        self.outcomes: Counter[str] = Counter()
        """How attempts fared: `delivered`, `failed`, `given-up`."""

    def stop(self) -> None:
        """Send nothing more, and return from `run` soon."""
        self._is_stopping = True
        self._news.set()

    async def run(self) -> None:
        """Deliver until stopped; what is under way then is broken off, and sent again later."""
        async with asyncio.TaskGroup() as tasks:
            while not self._is_stopping:
                pause_s = await self._round(tasks)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._news.wait(), pause_s)
                    await asyncio.sleep(_GATHER_S)
                if not self._is_stopping:
                    self._news.clear()
            await self._finish()

    async def _round(self, tasks: asyncio.TaskGroup) -> float:
        """Note what was tried and begin what is due; returns how long to wait for news."""
        try:
            await self._note()
            for owed in await self._next():
                self._sending[owed.id] = owed
                task = tasks.create_task(self._deliver(owed))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            await self._forget()
        except Unavailable as error:
            _log.warning("callbacks wait for the database", error=str(error))
            return _RETRY_S
        return _POLL_S

    async def _note(self) -> None:
        if not self._tried:
            return
        tried = tuple(self._tried)
        await self._outbox.note(tried)
        del self._tried[: len(tried)]
        for each in tried:
            del self._sending[each.owed_id]

    async def _next(self) -> list[Owed]:
        """Return what may be sent now: no more than the limits leave room for."""
        of_customer = Counter(owed.customer_id for owed in self._sending.values())
        chosen: list[Owed] = []
        while (room := MAX_AT_ONCE - len(self._sending) - len(chosen)) > 0:
            full = [each for each, count in of_customer.items() if count >= MAX_A_CUSTOMER]
            ids = [*self._sending, *(owed.id for owed in chosen)]
            due = await self._outbox.due(now_us(), room, but_ids=ids, but_customers=full)
            for owed in due:
                if of_customer[owed.customer_id] < MAX_A_CUSTOMER:
                    of_customer[owed.customer_id] += 1
                    chosen.append(owed)
            if len(due) < room:
                break
        return chosen

    async def _deliver(self, owed: Owed) -> None:
        attempt = await self._attempt(owed)
        is_delivered = attempt.status is not None and 200 <= attempt.status < 300
        due_us = None if is_delivered else _next_due_us(owed, attempt)
        self._tried.append(Tried(owed.id, attempt, due_us, is_delivered))
        self.outcomes[
            "delivered" if is_delivered else "given-up" if due_us is None else "failed"
        ] += 1
        self._news.set()

    async def _attempt(self, owed: Owed) -> Attempt:
        at_us, began = now_us(), time.monotonic()
        status, error = None, None
        try:
            status = await self._tell(self._request(owed))
        except (PeerError, Unavailable) as failure:
            error = str(failure)[:500]
        return Attempt(at_us, round((time.monotonic() - began) * 1000), status, error)

    def _request(self, owed: Owed) -> WebhookRequest:
        # Quotes inside a string are escaped: this text can only be the property it looks like.
        path = f'"Url":"{RECORDINGS_PATH}'
        payload = owed.payload.replace(path, f'"Url":"{self._public_url}{RECORDINGS_PATH}')
        state = _decode(payload)
        return WebhookRequest(owed.customer_id, owed.url, owed.method, TIMEOUT_S, owed.id, state)

    async def _forget(self) -> None:
        if time.monotonic() - self._forgot_at > _FORGET_EVERY_S:
            self._forgot_at = time.monotonic()
            await self._outbox.forget(now_us() - KEPT_S * 1_000_000)

    async def _finish(self) -> None:
        """Give what is under way a little time, and note what came of it."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=_STOP_S)
            for task in late:
                task.cancel()
        try:
            await self._note()
        except Unavailable as error:
            _log.warning("callbacks will be sent again", error=str(error))


def _next_due_us(owed: Owed, attempt: Attempt) -> int | None:
    """Return when to try again, ever later, None where that would be after a day."""
    if attempt.status == _GONE:
        return None
    delay_s = min(FIRST_DELAY_S * 3.0 ** min(owed.attempts, 20), LONGEST_DELAY_S)
    # Those that failed together must not come back together.
    due_us = now_us() + round(delay_s * random.uniform(0.9, 1.1) * 1_000_000)
    return due_us if due_us < owed.created_us + GIVE_UP_S * 1_000_000 else None
