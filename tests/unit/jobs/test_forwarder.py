"""Calls are settled whatever the database, or one of them, does."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import msgspec
import pytest

from dillo.calls.callbacks import Callback
from dillo.calls.settlement import SettledCall, Unsettleable
from dillo.jobs.forwarder import Forwarder
from dillo.model.errors import Unavailable
from dillo.model.events import CallEnded, CallEvent, CallReceived, EndReason
from dillo.rating import Tariff


@dataclass
class Call:
    """A finished call; what `trouble` names happens when it is priced or stored."""

    call_id: str
    trouble: str = ""
    ended_us: int = 20

    def events(self) -> Sequence[CallEvent]:
        if self.trouble == "damaged":
            raise msgspec.DecodeError("truncated")
        if self.trouble == "bug":
            raise KeyError(self.call_id)
        received = CallReceived(
            at_us=10,
            call_id=self.call_id,
            node_name="node",
            customer_id="stranger" if self.trouble == "unsettleable" else "customer",
            number_id="number",
            number="+442079460000",
            number_type="local",
            caller="anonymous",
            currency="EUR",
        )
        return received, CallEnded(self.ended_us, EndReason.ABANDONED)

    def as_json(self) -> str:
        return "[]"


@dataclass
class ListJournal:
    """A journal that is a list."""

    waiting: list[Call]
    quarantined: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    going_on: list[Call] = field(default_factory=list)
    has_more: bool = False

    def read(self, limit: int) -> Sequence[Call]:
        taken, self.waiting = self.waiting, []
        return taken

    def begun(self) -> Sequence[Call]:
        begun, self.going_on = self.going_on, []
        return begun

    def remove(self, calls: Sequence[Call]) -> None:
        self.removed += [call.call_id for call in calls]

    def quarantine(self, call: Call, error: str) -> None:
        self.quarantined.append(call.call_id)


@dataclass
class Books:
    """Books that are away for the first so many attempts."""

    attempts_away: int = 0
    stored: list[str] = field(default_factory=list)
    announced: list[str] = field(default_factory=list)
    is_asked: asyncio.Event = field(default_factory=asyncio.Event)

    async def tariff(self, currency: str, at_us: int) -> Tariff:
        raise AssertionError("nothing here is answered")

    async def behaviors(self, version_ids: Sequence[str]) -> Mapping[str, str]:
        return {}

    async def announce(self, callbacks: Sequence[Callback]) -> None:
        if self.attempts_away:
            raise Unavailable("locked")
        self.announced += [callback.topic for callback in callbacks]

    async def settle(self, calls: Sequence[SettledCall]) -> int:
        self.is_asked.set()
        if self.attempts_away:
            self.attempts_away -= 1
            raise Unavailable("locked")
        if any(call.record.customer_id == "stranger" for call in calls):
            raise Unsettleable("no such customer")
        self.stored += [call.record.call_id for call in calls]
        return len(calls)


async def run_once(journal: ListJournal, books: Books) -> Forwarder[Call]:
    forwarder = Forwarder(journal, books)
    forwarder.stop()
    await forwarder.run()
    return forwarder


@pytest.mark.parametrize("trouble", ["damaged", "bug", "unsettleable"])
async def test_a_poisoned_call_is_set_aside_and_holds_up_no_other(trouble: str) -> None:
    journal, books = ListJournal([Call("a"), Call("bad", trouble), Call("b")]), Books()
    forwarder = await run_once(journal, books)
    assert (books.stored, journal.removed) == (["a", "b"], ["a", "b"])
    assert journal.quarantined == ["bad"]
    assert (forwarder.calls_settled, forwarder.calls_quarantined) == (2, 1)


async def test_a_call_waits_until_the_database_is_back() -> None:
    journal, books = ListJournal([Call("a")]), Books(attempts_away=1)
    forwarder = Forwarder(journal, books)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(forwarder.run())
        await books.is_asked.wait()
        assert (forwarder.waiting_since_us, journal.removed) == (20, [])
        while not journal.removed:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.01)
        forwarder.stop()
    assert (books.stored, forwarder.waiting_since_us) == (["a"], None)


async def test_a_database_that_stays_away_does_not_hold_up_a_stop() -> None:
    journal, books = ListJournal([Call("a")]), Books(attempts_away=1000)
    await run_once(journal, books)
    assert (books.stored, journal.removed, journal.quarantined) == ([], [], [])
