"""Work that is more than a transaction, begun and ended under a key."""

import asyncio

import pytest

from dillo.accounts.errors import KeyReused, StillUnderWay
from dillo.accounts.once import Answered
from dillo.store.database import Database
from dillo.store.idempotency import SqlOnce

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
