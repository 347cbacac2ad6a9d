"""The web process's side of the feed: how calls are now, and whoever listens to their changes."""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from dillo.calls.live import Told, TooManyListeners
from dillo.model.clock import now_us
from dillo.model.errors import Unavailable
from dillo.model.live import (
    CallChanged,
    CallStatus,
    Complete,
    Event,
    Greeting,
    HangUp,
    HungUp,
    LiveCall,
)
from dillo.workers.connection import Connection

_ANSWER_S = 5.0
_REMEMBERED = 2_000
"""Changes that a listener may have missed and still get one by one."""
_ENDED_KEPT_US = 60_000_000
"""Settling takes a moment; meanwhile a call that has ended is found here."""
_QUEUED = 256
_LISTENERS_EACH = 50


class Listener:
    """Hears changes of one customer's calls, or of everybody's (calls.live.Listener)."""

    def __init__(self, customer_id: str | None) -> None:
        self.customer_id = customer_id
        self._queue: asyncio.Queue[Told | None] = asyncio.Queue(_QUEUED)

    def may_hear(self, call: LiveCall) -> bool:
        """Return whether a call is one of theirs."""
        return self.customer_id in (None, call.customer_id)

    def tell(self, told: Told) -> None:
        """Queue what is to be heard; who has not listened for so long hears nothing more."""
        try:
            self._queue.put_nowait(told)
        except asyncio.QueueFull:
            self.end()

    def end(self) -> None:
        """Let the listener hear the end next."""
        while not self._queue.empty():
            self._queue.get_nowait()
        self._queue.put_nowait(None)

    async def hear(self, timeout_s: float) -> Told | None:
        """Return what comes next, None at the end. Raises TimeoutError where nothing does."""
        async with asyncio.timeout(timeout_s):
            return await self._queue.get()


class LiveCalls:
    """Running calls, as the signal process tells (calls.live.LiveCalls); connects anew."""

    def __init__(self, path: Path) -> None:
        self._connection: Connection[Event] = Connection(path, Event, self._take, self._lose)
        self._is_complete = False
        self._epoch = ""
        self._sequence = 0
        self._calls: dict[str, LiveCall] = {}
        self._ended: dict[str, LiveCall] = {}
        self._changes: deque[CallChanged] = deque(maxlen=_REMEMBERED)
        self._listeners: set[Listener] = set()
        self._counts: Counter[str | None] = Counter()
        self._orders: dict[int, asyncio.Future[bool]] = {}
        self._request = 0

    def running(self, customer_id: str | None) -> list[LiveCall]:
        """Return running calls, the newest first. Raises Unavailable where they are not known."""
        self._require()
        calls = [call for call in self._calls.values() if customer_id in (None, call.customer_id)]
        return sorted(calls, key=lambda call: (call.created_us, call.call_id), reverse=True)

    def find(self, customer_id: str | None, call_id: str) -> LiveCall | None:
        """Return a call that runs, or has ended within the last minute."""
        call = self._calls.get(call_id) or self._ended.get(call_id)
        return call if call is not None and customer_id in (None, call.customer_id) else None

    async def hang_up(self, call: LiveCall, detail: str) -> bool:
        """End a call; return whether it still ran. Raises Unavailable where nothing answers."""
        self._require()
        self._request += 1
        request = self._request
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._orders[request] = answer
        self._connection.send(HangUp(request, call.call_id, call.customer_id, detail))
        try:
            async with asyncio.timeout(_ANSWER_S):
                return await answer
        except TimeoutError:
            raise Unavailable("the process that has the call does not answer") from None
        finally:
            self._orders.pop(request, None)

    @asynccontextmanager
    async def listening(self, customer_id: str | None, mark: str | None) -> AsyncIterator[Listener]:
        """Listen, from a mark on where what followed it is still known. Raises TooManyListeners."""
        if self._counts[customer_id] >= _LISTENERS_EACH:
            raise TooManyListeners
        listener = Listener(customer_id)
        self._counts[customer_id] += 1
        self._catch_up(listener, mark)
        self._listeners.add(listener)
        try:
            yield listener
        finally:
            self._listeners.discard(listener)
            self._counts[customer_id] -= 1

    def close_listeners(self) -> None:
        """Let every listener hear the end."""
        for listener in self._listeners:
            listener.end()

    async def keep_connected(self) -> None:
        """Connect, and again whenever the connection is lost; until cancelled."""
        await self._connection.keep()

    def _lose(self) -> None:
        self._is_complete = False
        for answer in self._orders.values():
            if not answer.done():
                answer.set_exception(Unavailable("the process that has the call is gone"))

    def _take(self, event: Event) -> None:
        match event:
            case Greeting(epoch):
                self._epoch = epoch
                self._calls = {}
                self._changes.clear()
            case CallChanged() if self._is_complete:
                self._change(event)
            case CallChanged(_, call):
                self._calls[call.call_id] = call
            case Complete(sequence):
                self._sequence = sequence
                self._is_complete = True
                for listener in self._listeners:
                    listener.tell(self._snapshot(listener))
            case HungUp(request, is_found):
                answer = self._orders.get(request)
                if answer is not None and not answer.done():
                    answer.set_result(is_found)

    def _change(self, event: CallChanged) -> None:
        call = event.call
        self._sequence = event.sequence
        self._changes.append(event)
        if call.status is CallStatus.FINISHED:
            self._calls.pop(call.call_id, None)
            self._keep_ended(call)
        else:
            self._calls[call.call_id] = call
        told = self._told(event)
        for listener in self._listeners:
            if listener.may_hear(call):
                listener.tell(told)

    def _keep_ended(self, call: LiveCall) -> None:
        self._ended[call.call_id] = call
        before_us = now_us() - _ENDED_KEPT_US
        # Oldest first: a dict keeps the order in which calls ended.
        for call_id, other in list(self._ended.items()):
            if (other.ended_us or 0) >= before_us:
                break
            del self._ended[call_id]

    def _catch_up(self, listener: Listener, mark: str | None) -> None:
        """Tell what followed a mark; all calls where that is not known."""
        if not self._is_complete:
            return  # all calls come as soon as they are known
        missed = self._since(mark)
        if missed is None or len(missed) > _QUEUED // 2:
            listener.tell(self._snapshot(listener))
            return
        for event in missed:
            if listener.may_hear(event.call):
                listener.tell(self._told(event))

    def _since(self, mark: str | None) -> list[CallChanged] | None:
        epoch, _, number = (mark or "").rpartition(".")
        with suppress(ValueError):
            first = self._changes[0].sequence if self._changes else self._sequence + 1
            if epoch == self._epoch and first - 1 <= int(number) <= self._sequence:
                return [event for event in self._changes if event.sequence > int(number)]
        return None

    def _told(self, event: CallChanged) -> Told:
        return Told(f"{self._epoch}.{event.sequence}", (event.call,), is_snapshot=False)

    def _snapshot(self, listener: Listener) -> Told:
        calls = [call for call in self._calls.values() if listener.may_hear(call)]
        return Told(f"{self._epoch}.{self._sequence}", calls, is_snapshot=True)

    def _require(self) -> None:
        if not self._is_complete:
            raise Unavailable("the process that has the calls does not answer")
