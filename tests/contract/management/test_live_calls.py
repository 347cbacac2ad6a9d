"""Live calls over HTTP, from a feed of their own: seen, followed and hung up by who may."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import pytest_asyncio
from sqlalchemy import select

from dillo.accounts.roles import Role
from dillo.calls.board import Board
from dillo.live.feed import Feed
from dillo.live.watching import LiveCalls
from dillo.model.clock import now_us
from dillo.model.events import CallAnswered, CallEnded, CallReceived, EndReason
from dillo.model.ids import new_id
from dillo.store.tables import audit_log

if TYPE_CHECKING:
    from tests.contract.management.conftest import Platform

CALLS = "/api/v1/calls"


@dataclass
class Switchboard:
    """Calls that a test lets ring and end, and what it was told to hang up."""

    board: Board
    platform: "Platform"
    hung_up: list[str]

    def ring(self, name: str) -> str:
        call_id, number_id, customer = new_id(), new_id(), self.platform.customers[name]
        number = (number_id, "+442079460000", "local")
        received = CallReceived(now_us(), call_id, "a", customer, *number, "+393703188051", "EUR")
        self.board.note(call_id, received)
        return call_id

    def answer(self, call_id: str) -> None:
        self.board.note(call_id, CallAnswered(now_us()))

    def end(self, call_id: str) -> None:
        self.board.note(call_id, CallEnded(now_us(), EndReason.CALLER_HUNG_UP))


@pytest_asyncio.fixture
async def switchboard(platform: "Platform") -> AsyncIterator[Switchboard]:
    board = Board()
    found = Switchboard(board, platform, [])
    feed = Feed(board, lambda call_id, _detail: found.hung_up.append(call_id))
    await feed.serve(platform.folder / "live.sock")
    live = platform.management.live
    assert isinstance(live, LiveCalls)
    keeper = asyncio.create_task(live.keep_connected())
    async with live.listening(None, None) as listener:
        await listener.hear(5)
    yield found
    keeper.cancel()
    feed.close()
    await asyncio.gather(keeper, return_exceptions=True)


async def _settle(platform: "Platform", *call_ids: str) -> None:
    """Wait until the web's side has heard of what a test did."""
    async with platform.management.live.listening(None, "") as listener:
        while True:
            told = await listener.hear(5)
            assert told is not None
            if set(call_ids) <= {call.call_id for call in told.calls}:
                return


async def test_running_calls_are_listed_for_their_customer(
    platform: "Platform", switchboard: Switchboard
) -> None:
    hers, his = switchboard.ring("alice"), switchboard.ring("bob")
    switchboard.answer(hers)
    await _settle(platform, hers)
    async with platform.client("alice", Role.VIEWER) as alice:
        (call,) = (await alice.get(f"{CALLS}/live")).json()["items"]
        assert (call["id"], call["status"], call["caller_country"]) == (hers, "in_progress", "IT")
        assert (call["price"], call["revision"], call["ended_at"]) == (None, 0, None)
        shown = (await alice.get(f"{CALLS}/{hers}")).json()
        assert (shown["id"], shown["status"]) == (hers, "in_progress")
        assert (await alice.get(f"{CALLS}/{his}")).status_code == 404
    async with platform.client("operator", Role.OPERATOR) as operator:
        ids = {call["id"] for call in (await operator.get(f"{CALLS}/live")).json()["items"]}
        assert ids == {hers, his}
    switchboard.end(hers)


async def test_a_call_is_hung_up_by_a_developer_of_its_customer(
    platform: "Platform", switchboard: Switchboard
) -> None:
    call_id = switchboard.ring("alice")
    await _settle(platform, call_id)
    path = f"{CALLS}/{call_id}/hang-up"
    async with platform.client("alice", Role.VIEWER) as viewer:
        assert (await viewer.post(path)).status_code == 403
    async with platform.client("bob", Role.OWNER) as bob:
        assert (await bob.post(path)).status_code == 404
    assert switchboard.hung_up == []
    async with platform.client("alice", Role.DEVELOPER) as developer:
        response = await developer.post(path)
        assert (response.status_code, response.json()["id"]) == (202, call_id)
        assert switchboard.hung_up == [call_id]
        switchboard.end(call_id)
        async with platform.management.live.listening(None, None) as listener:
            told = await listener.hear(5)
            while told is not None and told.calls:
                told = await listener.hear(1) if told.calls[0].end_reason is None else None
        assert (await developer.post(path)).json()["type"] == "urn:dillo:problem:call-over"
        unknown = f"{CALLS}/{new_id()}/hang-up"
        assert (await developer.post(unknown)).status_code == 404
    query = select(audit_log.c.actor, audit_log.c.subject).where(
        audit_log.c.action == "call.hang-up"
    )
    async with platform.database.reading() as connection:
        ((actor, subject),) = (await connection.execute(query)).all()
    assert (actor, subject) == ("user:developer@alice.example.com", call_id)


async def test_without_the_feed_live_calls_are_unavailable(platform: "Platform") -> None:
    async with platform.client("alice", Role.VIEWER) as alice:
        assert (await alice.get(f"{CALLS}/live")).status_code == 503


@asynccontextmanager
async def _following(client: httpx.AsyncClient, **headers: str) -> AsyncIterator[Any]:
    """Run the application for one request, and yield what reads an event of its stream."""
    parts: asyncio.Queue[bytes] = asyncio.Queue()
    gone = asyncio.Event()
    transport = client._transport
    assert isinstance(transport, httpx.ASGITransport)

    async def receive() -> dict[str, Any]:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        if message["type"] == "http.response.body":
            await parts.put(message["body"])

    request = client.build_request("GET", f"{CALLS}/events", headers=headers)
    scope = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": f"{CALLS}/events",
        "raw_path": f"{CALLS}/events".encode(),
        "query_string": b"",
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8080),
    }
    app: Any = transport.app
    running: asyncio.Task[None] = asyncio.create_task(app(scope, receive, send))

    async def event() -> dict[str, str]:
        while True:
            part = await asyncio.wait_for(parts.get(), 5)
            lines = dict(line.split(": ", 1) for line in part.decode().split("\n") if line)
            if "event" in lines:
                return lines

    yield event
    gone.set()
    await asyncio.wait_for(running, 5)


async def test_changes_are_followed_as_server_sent_events(
    platform: "Platform", switchboard: Switchboard
) -> None:
    async with platform.client("alice", Role.VIEWER) as alice:
        async with _following(alice) as event:
            first = await event()
            assert (first["event"], json.loads(first["data"])) == ("snapshot", {"calls": []})
            call_id = switchboard.ring("alice")
            switchboard.ring("bob")
            ringing = await event()
            assert ringing["event"] == "call"
            assert json.loads(ringing["data"])["status"] == "ringing"
            switchboard.end(call_id)
            ended = json.loads((await event())["data"])
            assert (ended["id"], ended["status"]) == (call_id, "finished")
            assert ended["end_reason"] == "CallerHungUp"
        other = switchboard.ring("alice")
        await _settle(platform, other)
        async with _following(alice, **{"Last-Event-ID": ringing["id"]}) as event:
            missed = [json.loads((await event())["data"]) for _ in range(2)]
            assert [(call["id"], call["status"]) for call in missed] == [
                (call_id, "finished"),
                (other, "ringing"),
            ]
