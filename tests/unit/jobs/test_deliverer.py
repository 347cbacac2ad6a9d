"""Callbacks are delivered whatever receivers and the database do, and each try is noted."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

import pytest

from dillo.calls.callbacks import Attempt, Owed, Tried
from dillo.calls.ports import WebhookRequest
from dillo.jobs.deliverer import (
    FIRST_DELAY_S,
    GIVE_UP_S,
    LONGEST_DELAY_S,
    MAX_A_CUSTOMER,
    MAX_AT_ONCE,
    Deliverer,
)
from dillo.model.clock import now_us
from dillo.model.errors import PeerError, Unavailable

S = 1_000_000
PAYLOAD = '{"Event":"call.finished","Price":0.1200,"Recording":{"Url":"/api/inbound/recordings/r"}}'


def owed(name: str = "e", customer: str = "c", attempts: int = 0, age_s: float = 0) -> Owed:
    created_us = now_us() - round(age_s * S)
    return Owed(name, customer, "http://a/", "POST", PAYLOAD, created_us, attempts)


@dataclass
class ListOutbox:
    """An outbox that is a list; a callback that failed does not become due again here."""

    waiting: list[Owed]
    tried: list[Tried] = field(default_factory=list)
    reads_away: int = 0
    notes_away: int = 0
    noted: asyncio.Event = field(default_factory=asyncio.Event)

    async def due(
        self, at_us: int, limit: int, *, but_ids: Collection[str], but_customers: Collection[str]
    ) -> Sequence[Owed]:
        if self.reads_away:
            self.reads_away -= 1
            raise Unavailable("locked")
        return [
            each
            for each in self.waiting
            if each.id not in but_ids and each.customer_id not in but_customers
        ][:limit]

    async def note(self, tried: Sequence[Tried]) -> None:
        if self.notes_away:
            self.notes_away -= 1
            raise Unavailable("locked")
        self.tried += tried
        over = {each.owed_id for each in tried}
        self.waiting = [each for each in self.waiting if each.id not in over]
        if not self.waiting:
            self.noted.set()

    async def forget(self, before_us: int) -> None:
        assert before_us < now_us()


@dataclass
class Receiver:
    """Answers with a status, or raises; keeps what it was told."""

    answer: int | Exception = 200
    told: list[WebhookRequest] = field(default_factory=list)
    gate: asyncio.Event | None = None

    async def tell(self, request: WebhookRequest) -> int:
        self.told.append(request)
        if self.gate is not None:
            await self.gate.wait()
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


async def deliver(outbox: ListOutbox, receiver: Receiver) -> Deliverer:
    deliverer = Deliverer(outbox, receiver.tell, "https://dillo.example")
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(deliverer.run())
        await outbox.noted.wait()
        deliverer.stop()
    return deliverer


async def test_what_is_taken_is_told_once() -> None:
    outbox, receiver = ListOutbox([owed()]), Receiver(204)
    deliverer = await deliver(outbox, receiver)
    (request,) = receiver.told
    assert (request.url, request.method, request.idempotency_key) == ("http://a/", "POST", "e")
    assert request.state["Price"] == Decimal("0.1200")
    recording = request.state["Recording"]
    assert recording == {"Url": "https://dillo.example/api/inbound/recordings/r"}
    (tried,) = outbox.tried
    assert (tried.owed_id, tried.due_us, tried.is_delivered) == ("e", None, True)
    assert (tried.attempt.status, tried.attempt.error) == (204, None)
    assert deliverer.outcomes == {"delivered": 1}


@pytest.mark.parametrize(
    ("answer", "attempts", "age_s", "delay_s"),
    [
        (500, 0, 0, FIRST_DELAY_S),
        (302, 1, 0, 3 * FIRST_DELAY_S),
        (Unavailable("refused"), 2, 0, 9 * FIRST_DELAY_S),
        (PeerError("private"), 50, 0, LONGEST_DELAY_S),
        (500, 9, GIVE_UP_S - 2 * LONGEST_DELAY_S, LONGEST_DELAY_S),
        (500, 9, GIVE_UP_S - LONGEST_DELAY_S / 2, None),
        (410, 0, 0, None),
    ],
)
async def test_what_is_not_taken_is_told_again_ever_later_for_a_day(
    answer: int | Exception, attempts: int, age_s: float, delay_s: float | None
) -> None:
    outbox = ListOutbox([owed(attempts=attempts, age_s=age_s)])
    deliverer = await deliver(outbox, Receiver(answer))
    (tried,) = outbox.tried
    attempt, due_us = tried.attempt, tried.due_us
    assert not tried.is_delivered
    is_answered = isinstance(answer, int)
    assert attempt.status == (answer if is_answered else None)
    assert attempt.error == (None if is_answered else str(answer))
    if delay_s is None:
        assert due_us is None
    else:
        assert due_us is not None
        assert 0.85 * delay_s < (due_us - now_us()) / S < 1.15 * delay_s
    assert deliverer.outcomes == {"given-up" if delay_s is None else "failed": 1}


async def test_a_slow_receiver_holds_up_no_other_customer() -> None:
    crowd = [owed(f"a{number}", "a") for number in range(MAX_AT_ONCE)]
    outbox, slow = ListOutbox([*crowd, owed("b", "b")]), Receiver(gate=asyncio.Event())
    deliverer = Deliverer(outbox, slow.tell)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(deliverer.run())
        while not any(each.customer_id == "b" for each in slow.told):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        assert len(slow.told) == MAX_A_CUSTOMER + 1
        assert slow.gate is not None
        slow.gate.set()
        await outbox.noted.wait()
        deliverer.stop()
    assert len({request.idempotency_key for request in slow.told}) == len(crowd) + 1


async def test_a_stop_breaks_off_what_does_not_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dillo.jobs.deliverer._STOP_S", 0.01)
    outbox, stuck = ListOutbox([owed()]), Receiver(gate=asyncio.Event())
    deliverer = Deliverer(outbox, stuck.tell)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(deliverer.run())
        while not stuck.told:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0.01)
        deliverer.stop()
    assert (outbox.tried, len(outbox.waiting)) == ([], 1)


async def test_a_database_that_is_away_loses_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dillo.jobs.deliverer._RETRY_S", 0.01)
    outbox, receiver = ListOutbox([owed()], reads_away=2, notes_away=1), Receiver()
    await deliver(outbox, receiver)
    assert len(receiver.told) == 1
    (tried,) = outbox.tried
    assert replace(tried.attempt, at_us=0, duration_ms=0) == Attempt(0, 0, 200, None)
