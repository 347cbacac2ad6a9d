"""Work that is more than a transaction, begun and ended under a key."""

import asyncio

import pytest
from sqlalchemy import update

from dillo.accounts.errors import KeyReused, StillUnderWay
from dillo.accounts.once import Answered
from dillo.store.database import Database
from dillo.store.idempotency import UNDER_WAY_S, SqlOnce
from dillo.store.tables import idempotency_keys

ANSWER = Answered(201, '{"id":"1"}')


async def test_an_answer_is_kept_for_the_same_request(database: Database) -> None:
    once = SqlOnce(database)
    assert await once.begin("alice", "k", "dial") is None
    await once.end("alice", "k", ANSWER)
    assert await once.begin("alice", "k", "dial") == ANSWER
    with pytest.raises(KeyReused):
        await once.begin("alice", "k", "other")
    assert await once.begin("bob", "k", "dial") is None


async def test_of_many_at_once_one_does_the_work(database: Database) -> None:
    once = SqlOnce(database)
    attempts = (once.begin("alice", "k", "dial") for _ in range(4))
    found = await asyncio.gather(*attempts, return_exceptions=True)
    assert found.count(None) == 1
    assert sum(isinstance(each, StillUnderWay) for each in found) == 3
    with pytest.raises(StillUnderWay):
        await once.known("alice", "k", "dial")


async def test_work_that_failed_may_be_begun_again(database: Database) -> None:
    once = SqlOnce(database)
    assert await once.begin("alice", "k", "dial") is None
    await once.end("alice", "k", None)
    assert await once.begin("alice", "k", "dial") is None


async def test_a_key_whose_process_is_gone_is_soon_free_again(database: Database) -> None:
    once = SqlOnce(database)
    assert await once.begin("alice", "k", "dial") is None
    await _age(database, UNDER_WAY_S - 10)
    with pytest.raises(StillUnderWay):
        await once.begin("alice", "k", "dial")
    await _age(database, 20)
    assert await once.known("alice", "k", "dial") is None
    assert await once.begin("alice", "k", "dial") is None
    await once.end("alice", "k", ANSWER)
    await _age(database, 2 * UNDER_WAY_S)
    assert await once.begin("alice", "k", "dial") == ANSWER


async def _age(database: Database, seconds: int) -> None:
    created_us = idempotency_keys.c.created_us
    async with database.writing() as connection:
        earlier = update(idempotency_keys).values(created_us=created_us - seconds * 1_000_000)
        await connection.execute(earlier)
