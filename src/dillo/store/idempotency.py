"""Answers of requests that may be sent again, stored in the transaction that did the work."""

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, or_, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from dillo.accounts.errors import KeyReused, StillUnderWay
from dillo.accounts.once import Answered
from dillo.model.clock import now_us
from dillo.store.database import Database
from dillo.store.tables import idempotency_keys

KEPT_S = 86_400
# The longest work takes 25 s: what is older was that of a process that is gone.
UNDER_WAY_S = 60
_UNDER_WAY = 0

_columns = idempotency_keys.c
_TAKE = text(
    "INSERT INTO idempotency_keys (scope, key, fingerprint, status, body, created_us)"
    " VALUES (:scope, :key, :fingerprint, 0, '', :now_us) ON CONFLICT (scope, key) DO NOTHING"
)


class SqlOnce:
    """Does a piece of work once for each key (accounts.once.Once)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def known(self, scope: str, key: str, fingerprint: str) -> Answered | None:
        """Return the answer kept, None where there is none. Raises KeyReused."""
        async with self._database.reading() as connection:
            query = select(idempotency_keys).where(*_is(scope, key), ~_is_over(now_us()))
            row = (await connection.execute(query)).first()
        return None if row is None else _kept(row, fingerprint)

    async def do(
        self, scope: str, key: str, fingerprint: str, work: Callable[[], Awaitable[Answered]]
    ) -> Answered:
        """Do the work and keep its answer, or return the answer kept. Raises KeyReused."""
        async with self._database.joint() as connection:
            known = await _take(connection, scope, key, fingerprint)
            if known is not None:
                return known
            answered = await work()
            await _keep(connection, scope, key, answered)
        return answered

    async def begin(self, scope: str, key: str, fingerprint: str) -> Answered | None:
        """Take a key for work that is more than a transaction, or return the answer kept.

        Raises KeyReused, and StillUnderWay where the key is taken.
        """
        async with self._database.writing() as connection:
            return await _take(connection, scope, key, fingerprint)

    async def end(self, scope: str, key: str, answered: Answered | None) -> None:
        """Keep the answer of work that was begun; without one it may be begun again."""
        async with self._database.writing() as connection:
            if answered is None:
                await connection.execute(delete(idempotency_keys).where(*_is(scope, key)))
            else:
                await _keep(connection, scope, key, answered)


async def _take(
    connection: AsyncConnection, scope: str, key: str, fingerprint: str
) -> Answered | None:
    at_us = now_us()
    row = {"scope": scope, "key": key, "fingerprint": fingerprint, "now_us": at_us}
    is_over = (_columns.scope == scope, _is_over(at_us))
    await connection.execute(delete(idempotency_keys).where(*is_over))
    # Whoever comes second with the same key waits here until the first has committed.
    if (await connection.execute(_TAKE, row)).rowcount:
        return None
    query = select(idempotency_keys).where(*_is(scope, key))
    return _kept((await connection.execute(query)).one(), fingerprint)


async def _keep(connection: AsyncConnection, scope: str, key: str, answered: Answered) -> None:
    values = {"status": answered.status, "body": answered.body}
    await connection.execute(update(idempotency_keys).where(*_is(scope, key)).values(values))


def _is(scope: str, key: str) -> tuple[ColumnElement[bool], ...]:
    return _columns.scope == scope, _columns.key == key


def _is_over(at_us: int) -> ColumnElement[bool]:
    is_given_up = and_(
        _columns.status == _UNDER_WAY, _columns.created_us < at_us - UNDER_WAY_S * 1_000_000
    )
    return or_(_columns.created_us < at_us - KEPT_S * 1_000_000, is_given_up)


def _kept(row: Row[*tuple[Any, ...]], fingerprint: str) -> Answered:
    if row.fingerprint != fingerprint:
        raise KeyReused("this Idempotency-Key came with another request before")
    if row.status == _UNDER_WAY:
        raise StillUnderWay("the first request with this Idempotency-Key was not answered yet")
    return Answered(row.status, row.body)
