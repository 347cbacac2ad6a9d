"""Processes that write to one database at the same time wait for each other."""

import asyncio
import subprocess
import sys

import pytest

from dillo.accounts import Change, customers, numbers
from dillo.accounts.errors import NumberTaken
from dillo.model.errors import Unavailable
from dillo.store import postgresql, sqlite
from dillo.store.audit import raise_revision
from dillo.store.database import Database
from dillo.store.registry import sql_registry

NUMBER = "+442079460000"
ROUNDS = 12

BUYER = """
import asyncio, sys
from dillo.accounts import Change, numbers
from dillo.accounts.errors import NumberTaken
from dillo.store.database import Database
from dillo.store.registry import sql_registry

async def main(url, customer_id, rounds):
    database = Database.open(url)
    registry = sql_registry(database)
    print("ready", flush=True)
    sys.stdin.readline()
    won = 0
    for i in range(rounds):
        try:
            await numbers.buy(registry, Change.by("test"), f"+44207946{i:04}", customer_id)
            won += 1
        except NumberTaken:
            pass
    print(won, flush=True)
    await database.close()

asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
"""


def _buy_in_two_processes(url: str, buyers: list[str]) -> list[int]:
    running = [
        subprocess.Popen(
            [sys.executable, "-c", BUYER, url, buyer, str(ROUNDS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for buyer in buyers
    ]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return [int(process.communicate(timeout=60)[0]) for process in running]


async def test_two_processes_never_buy_the_same_number(
    database: Database, url: str, change: Change
) -> None:
    registry = sql_registry(database)
    buyers = [(await customers.create(registry, change, name)).id for name in ("One", "Two")]
    for i in range(ROUNDS):
        await numbers.add(registry, change, f"+44207946{i:04}")
    won = await asyncio.to_thread(_buy_in_two_processes, url, buyers)
    assert sum(won) == ROUNDS
    async with database.reading() as connection:
        counts = "SELECT count(*), count(DISTINCT number_id) FROM number_holders"
        assert (await connection.exec_driver_sql(counts)).one() == (ROUNDS, ROUNDS)
        paid = await connection.exec_driver_sql("SELECT sum(balance_micros) FROM customers")
        assert paid.scalar_one() == -1_500_000 * ROUNDS


async def test_many_buyers_at_once_have_one_winner(
    database: Database, url: str, change: Change
) -> None:
    registry, other = sql_registry(database), Database.open(url)
    buyers = [(await customers.create(registry, change, f"Buyer {i}")).id for i in range(6)]
    await numbers.add(registry, change, NUMBER)
    attempts = [
        numbers.buy(sql_registry(base), change, NUMBER, buyer)
        for base, buyer in zip((database, other) * 3, buyers, strict=True)
    ]
    outcomes = await asyncio.gather(*attempts, return_exceptions=True)
    await other.close()
    assert sum(isinstance(outcome, NumberTaken) for outcome in outcomes) == 5
    winner = (await registry.numbers.get(NUMBER)).customer_id
    assert [
        outcome.customer_id for outcome in outcomes if not isinstance(outcome, BaseException)
    ] == [winner]


async def test_a_database_that_stays_locked_is_unavailable(
    database: Database, url: str, change: Change, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "_PRAGMAS", [*sqlite._PRAGMAS[1:], "PRAGMA busy_timeout=50"])
    monkeypatch.setitem(postgresql._SESSION, "lock_timeout", "50ms")
    impatient = Database.open(url)
    async with database.writing() as holding:
        await raise_revision(holding)
        with pytest.raises(Unavailable):
            await customers.create(sql_registry(impatient), change, "Acme")
        # Readers are not kept waiting.
        assert await sql_registry(impatient).numbers.of(None) == []
    await impatient.close()


async def test_an_error_undoes_the_whole_transaction(database: Database) -> None:
    async def fail_half_way() -> None:
        async with database.writing() as connection:
            await connection.exec_driver_sql("UPDATE directory_revision SET revision = 7")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail_half_way()
    async with database.reading() as connection:
        revision = await connection.exec_driver_sql("SELECT revision FROM directory_revision")
        assert revision.scalar_one() == 0


async def test_commits_are_durable_and_keys_are_enforced(sqlite_database: Database) -> None:
    async with sqlite_database.reading() as connection:
        for pragma, value in (("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)):
            assert (await connection.exec_driver_sql(f"PRAGMA {pragma}")).scalar_one() == value
