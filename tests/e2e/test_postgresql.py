"""A platform on PostgreSQL: calls, records, and a server that is stopped under load."""

import asyncio
import random
import signal
from collections.abc import Iterator

import httpx
import psycopg
import pytest
from tests.e2e.bookkeeping import Books
from tests.e2e.crowd import MESSAGE_TAKER, Seen, call_once, calls_work, crowd
from tests.e2e.node import Node
from tests.postgresql import PostgresqlServer
from tests.s3 import SECRET_KEY, S3Server


@pytest.fixture
def server() -> Iterator[PostgresqlServer]:
    """A server that the test may stop."""
    server = PostgresqlServer()
    try:
        server.start()
        yield server
    finally:
        server.close()


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT], ids=["stopped", "crashed"])
async def test_a_server_that_is_away_under_load_costs_no_record_and_no_cent(
    own_node: Node, server: PostgresqlServer, how: signal.Signals
) -> None:
    url = server.url(server.create())
    own_node.settings["DILLO_DATABASE_URL"] = url
    await asyncio.to_thread(own_node.start)
    held = await asyncio.to_thread(own_node.hold, MESSAGE_TAKER)
    await calls_work(own_node, held)
    seen: list[Seen] = []
    async with crowd(own_node, held, 6, seen, random.Random(5)):
        await asyncio.sleep(6)
        before = len(seen)
        await asyncio.to_thread(server.stop, how)
        await asyncio.sleep(6)
        during = seen[before:]
        await asyncio.to_thread(server.start)
        await calls_work(own_node, held)
        await asyncio.sleep(4)
    books = Books(own_node.home, url)
    await books.settled()
    books.check(seen, [])
    assert own_node.children().keys() >= {"signal", "jobs", "web"}
    # Calls that were under way went on; new ones were refused.
    assert any(call.is_answered for call in during)
    assert {call.status for call in during} == {200, 503}
    _check_sums(url)
    listed = await asyncio.to_thread(own_node.fetch, held)
    answered = sum(call.is_answered for call in seen)
    assert int(listed.headers["X-Total-Count"]) >= answered > 6


def _check_sums(url: str) -> None:
    """Every count and sum that is kept, by customer and of all, is that of the calls themselves."""
    sums = (
        "SELECT sum(calls), sum(price_micros) FROM call_rollups"
        " WHERE scope = 'total' AND span_s = 3600"
    )
    with psycopg.connect(url) as connection:
        calls = connection.execute("SELECT count(*), sum(price_micros) FROM calls").fetchall()
        for kept in (
            "SELECT count(*), sum(price_micros) FROM call_summaries",
            f"{sums} AND customer_id IN (SELECT id FROM customers)",
            f"{sums} AND customer_id IN (SELECT currency FROM customers)",
            "SELECT (SELECT count(*) FROM calls), -sum(amount_micros) FROM ledger_entries"
            " WHERE kind = 'call'",
        ):
            assert connection.execute(kept).fetchall() == calls
        (partitions,) = connection.execute("SELECT count(*) FROM calls_default").fetchone() or (
            None,
        )
        assert partitions == 0


async def test_recordings_move_into_a_store_and_are_read_from_there(
    own_node: Node, server: PostgresqlServer, s3_server: S3Server
) -> None:
    """All of it together: records in PostgreSQL, recordings behind S3."""
    own_node.settings["DILLO_DATABASE_URL"] = server.url(server.create())
    own_node.settings |= s3_server.settings
    await asyncio.to_thread(own_node.start)
    held = await asyncio.to_thread(own_node.hold, MESSAGE_TAKER)
    async with asyncio.timeout(60):
        call = None
        while call is None or not call.is_answered:
            call = await call_once(own_node, held.number, 8)
    await Books(own_node.home).settled()
    (recording,) = (await asyncio.to_thread(own_node.fetch, held)).json()[0]["Recordings"]
    folder = own_node.home / "recordings"
    async with asyncio.timeout(30):
        while [*folder.rglob("*.wav")]:  # noqa: ASYNC110
            await asyncio.sleep(0.2)
    (stored,) = s3_server.bucket.rglob(f"{recording['Id']}.wav")
    async with httpx.AsyncClient(trust_env=False, headers=held.headers) as client:
        whole = await client.get(recording["Url"])
        part = await client.get(recording["Url"], headers={"Range": "bytes=0-3"})
    assert whole.content == stored.read_bytes()
    assert len(whole.content) == recording["Size"]
    assert (part.status_code, part.content) == (206, b"RIFF")
    log = (own_node.home / "log").read_text()
    assert SECRET_KEY not in log
