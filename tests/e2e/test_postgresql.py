"""A platform on PostgreSQL: calls, records, and a server that is stopped under load."""

import asyncio
import random
import signal
from collections.abc import Iterator

import psycopg
import pytest
from tests.e2e.bookkeeping import Books
from tests.e2e.crowd import MESSAGE_TAKER, Seen, calls_work, crowd
from tests.e2e.node import Node
from tests.postgresql import PostgresqlServer


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
    """Every count and sum that is kept is that of the calls themselves."""
    with psycopg.connect(url) as connection:
        calls = connection.execute("SELECT count(*), sum(price_micros) FROM calls").fetchall()
        for kept in (
            "SELECT count(*), sum(price_micros) FROM call_summaries",
            "SELECT sum(calls), sum(price_micros) FROM call_rollups"
            " WHERE scope = 'total' AND span_s = 3600",
            "SELECT (SELECT count(*) FROM calls), -sum(amount_micros) FROM ledger_entries"
            " WHERE kind = 'call'",
        ):
            assert connection.execute(kept).fetchall() == calls
        (partitions,) = connection.execute("SELECT count(*) FROM calls_default").fetchone() or (
            None,
        )
        assert partitions == 0
