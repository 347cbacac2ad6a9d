"""Moves finished calls from the node's journal to the main database."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Generic, Protocol, TypeVar

import msgspec
import structlog

from dillo.calls import callbacks
from dillo.calls.callbacks import Callback
from dillo.calls.settlement import Books, SettledCall, Unsettleable, price
from dillo.jobs.pause import pause
from dillo.model.errors import DilloError, Unavailable
from dillo.model.events import CallEvent
from dillo.records import fold

_log = structlog.get_logger(__name__)

_EVENTS_A_READ = 4000
# A quiet node settles a call at once; a busy one waits for more, because a batch costs little more
# than a call.
_POLL_S, _GATHER_S = 0.1, 0.5
_FIRST_RETRY_S, _LAST_RETRY_S = 0.5, 30.0

# What the events of one call can do to the pure code that prices it. An error of the database is
# none of these: it is no call's fault.
_POISON = (
    DilloError,
    msgspec.MsgspecError,
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)


class Finished(Protocol):
    """A complete call as the journal has it."""

    @property
    def call_id(self) -> str: ...

    @property
    def ended_us(self) -> int: ...

    def events(self) -> Sequence[CallEvent]:
        """Return the events in order. Raises msgspec.DecodeError for a damaged one."""

    def as_json(self) -> str:
        """Return the events as a JSON array."""


F = TypeVar("F", bound=Finished)
T = TypeVar("T")


class Journal(Protocol[F]):
    """The finished calls of a node, each until it is removed."""

    @property
    def has_more(self) -> bool:
        """Whether the last `read` stopped at its limit, so that more events wait."""

    def read(self, limit: int) -> Sequence[F]:
        """Return the calls that ended within the next `limit` events."""

    def begun(self) -> Sequence[F]:
        """Return calls that go on, of which somebody may want to be told that they started."""

    def remove(self, calls: Sequence[F]) -> None:
        """Forget settled calls. Raises Unavailable where that cannot be written now."""

    def quarantine(self, call: F, error: str) -> None:
        """Set aside a call that cannot be settled."""


class Forwarder(Generic[F]):
    """Settles finished calls in batches, as they end, and waits out a database that is down."""

    def __init__(self, journal: Journal[F], books: Books) -> None:
        self._journal = journal
        self._books = books
        self._must_stop = asyncio.Event()
        self.calls_settled = 0
        self.calls_quarantined = 0
        self.waiting_since_us: int | None = None
        """When the oldest call ended that is being settled; None where none is."""

    def stop(self) -> None:
        """Settle what has ended by now, then return from `run`."""
        self._must_stop.set()

    async def run(self) -> None:
        """Settle calls until stopped; what the database does not take then waits in the journal."""
        try:
            await self._forward()
        except Unavailable as error:
            _log.warning("finished calls wait for the next start", error=str(error))

    async def _forward(self) -> None:
        while True:
            is_last_round = self._must_stop.is_set()
            finished = self._journal.read(_EVENTS_A_READ)
            if finished:
                self.waiting_since_us = finished[0].ended_us
                await self._settle_all(finished)
                self.waiting_since_us = None
            await self._announce(self._journal.begun())
            if self._journal.has_more:
                continue
            if is_last_round:
                return
            await pause(_GATHER_S if finished else _POLL_S, self._must_stop)

    async def _settle_all(self, finished: Sequence[F]) -> None:
        priced = [pair for pair in [await self._price(call) for call in finished] if pair]
        if not priced:
            return
        try:
            await self._settle(priced)
        except Unsettleable:
            # One of them is to blame: find it, so that it holds up no other.
            for pair in priced:
                await self._settle_alone(pair)

    async def _announce(self, begun: Sequence[F]) -> None:
        """Let it be told that calls started; where that fails, settling them makes up for it."""
        owed: list[Callback] = []
        for call in begun:
            with suppress(*_POISON):  # when it is over it will be set aside
                owed += callbacks.started(fold(call.events()))
        try:
            await self._books.announce(owed)
        except Unavailable as error:
            _log.warning("starts of calls are told when they end", error=str(error))

    async def _price(self, call: F) -> tuple[F, SettledCall] | None:
        try:
            return call, await self._patiently(
                lambda: price(self._books, call.events(), call.as_json())
            )
        except Unavailable:
            raise
        except _POISON as error:
            self._quarantine(call, error)
            return None

    async def _settle_alone(self, pair: tuple[F, SettledCall]) -> None:
        try:
            await self._settle([pair])
        except Unsettleable as error:
            self._quarantine(pair[0], error)

    async def _settle(self, priced: Sequence[tuple[F, SettledCall]]) -> None:
        settled = [call for _, call in priced]
        self.calls_settled += await self._patiently(lambda: self._books.settle(settled))
        await self._patiently(lambda: self._remove([call for call, _ in priced]))

    async def _remove(self, calls: Sequence[F]) -> None:
        self._journal.remove(calls)

    def _quarantine(self, call: F, error: Exception) -> None:
        _log.error("call cannot be settled", call_id=call.call_id, error=str(error))
        self._journal.quarantine(call, f"{type(error).__name__}: {error}")
        self.calls_quarantined += 1

    async def _patiently(self, attempt: Callable[[], Awaitable[T]]) -> T:
        """Return what an attempt gives, tried again, ever more slowly, while it is Unavailable.

        Raises Unavailable where it still is when it is time to stop.
        """
        delay_s = _FIRST_RETRY_S
        while True:
            try:
                return await attempt()
            except Unavailable as error:
                if self._must_stop.is_set():
                    raise
                _log.warning("database is away", error=str(error), again_in_s=delay_s)
            await pause(delay_s, self._must_stop)
            delay_s = min(delay_s * 2, _LAST_RETRY_S)
