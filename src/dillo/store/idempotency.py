"""Answers of requests that may be sent again, stored in the transaction that did the work."""

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import Row, delete, select, text, update

from dillo.accounts.errors import KeyReused
from dillo.accounts.once import Answered
from dillo.model.clock import now_us
from dillo.store.database import Database
from dillo.store.tables import idempotency_keys

KEPT_S = 86_400

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
        is_it = (_columns.scope == scope, _columns.key == key)
        is_fresh = _columns.created_us >= now_us() - KEPT_S * 1_000_000
        async with self._database.reading() as connection:
            query = select(idempotency_keys).where(*is_it, is_fresh)
            row = (await connection.execute(query)).first()
        return None if row is None else _kept(row, fingerprint)

    async def do(
        self, scope: str, key: str, fingerprint: str, work: Callable[[], Awaitable[Answered]]
    ) -> Answered:
        """Do the work and keep its answer, or return the answer kept. Raises KeyReused."""
        at_us = now_us()
        row = {"scope": scope, "key": key, "fingerprint": fingerprint, "now_us": at_us}
        is_it = (_columns.scope == scope, _columns.key == key)
        is_old = (_columns.scope == scope, _columns.created_us < at_us - KEPT_S * 1_000_000)
        async with self._database.joint() as connection:
            await connection.execute(delete(idempotency_keys).where(*is_old))
            # Whoever comes second with the same key waits here until the first has committed.
            if (await connection.execute(_TAKE, row)).rowcount == 0:
                known = (await connection.execute(select(idempotency_keys).where(*is_it))).one()
                return _kept(known, fingerprint)
            answered = await work()
            values = {"status": answered.status, "body": answered.body}
            await connection.execute(update(idempotency_keys).where(*is_it).values(values))
        return answered


def _kept(row: Row[*tuple[Any, ...]], fingerprint: str) -> Answered:
    if row.fingerprint != fingerprint:
        raise KeyReused("this Idempotency-Key came with another request before")
    return Answered(row.status, row.body)
