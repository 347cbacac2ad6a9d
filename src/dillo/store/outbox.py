"""The outbox: what is to be told to customers' systems, and every attempt to do so."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, delete, func, insert, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection

from dillo.calls.callbacks import Attempt, Callback, Owed, Tried
from dillo.model.clock import now_us
from dillo.model.ids import new_id
from dillo.store.database import Database
from dillo.store.tables import outbox, webhook_attempts

_OWE = text(
    "INSERT INTO outbox (id, topic, reference, payload, created_us, call_id, customer_id, url,"
    " method, due_us) VALUES (:id, :topic, :reference, :payload, :now_us, :call_id, :customer_id,"
    " :url, :method, :now_us) ON CONFLICT (topic, reference) DO NOTHING"
)

_tried = (
    select(func.count())
    .where(webhook_attempts.c.outbox_id == outbox.c.id)
    .scalar_subquery()
    .label("attempts")
)
_OWED = select(
    outbox.c.id,
    outbox.c.customer_id,
    outbox.c.url,
    outbox.c.method,
    outbox.c.payload,
    outbox.c.created_us,
    _tried,
)


_SET_STATE = (
    update(outbox)
    .where(outbox.c.id == bindparam("owed_id"))
    .values(due_us=bindparam("next_us"), is_delivered=bindparam("is_taken"))
)


@dataclass(frozen=True, slots=True)
class Told:
    """A callback with all that was tried."""

    id: str
    topic: str
    method: str
    url: str
    due_us: int | None
    """When it is tried next; None where it never will be."""
    is_delivered: bool | None
    attempts: tuple[Attempt, ...]


class SqlOutbox:
    """Callbacks in the main database (jobs.deliverer.Outbox)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def due(
        self, at_us: int, limit: int, *, but_ids: Collection[str], but_customers: Collection[str]
    ) -> Sequence[Owed]:
        """Return callbacks that are due, those due longest first. Raises Unavailable."""
        query = (
            _OWED.where(outbox.c.due_us <= at_us)
            .where(outbox.c.id.not_in(but_ids), outbox.c.customer_id.not_in(but_customers))
            .order_by(outbox.c.due_us)
            .limit(limit)
        )
        async with self._database.reading() as connection:
            return [Owed(*row) for row in await connection.execute(query)]

    async def note(self, tried: Sequence[Tried]) -> None:
        """Note attempts, and when the next ones are due. Raises Unavailable."""
        attempts = [
            {
                "id": new_id(),
                "outbox_id": each.owed_id,
                "at_us": each.attempt.at_us,
                "duration_ms": each.attempt.duration_ms,
                "status": each.attempt.status,
                "error": each.attempt.error,
            }
            for each in tried
        ]
        states = [
            {
                "owed_id": each.owed_id,
                "next_us": each.due_us,
                "is_taken": each.is_delivered if each.due_us is None else None,
            }
            for each in tried
        ]
        async with self._database.writing() as connection:
            await connection.execute(insert(webhook_attempts), attempts)
            await connection.execute(_SET_STATE, states)

    async def forget(self, before_us: int) -> None:
        """Delete what is over and was owed before a moment. Raises Unavailable."""
        is_old = (outbox.c.due_us.is_(None), outbox.c.created_us < before_us)
        ids = select(outbox.c.id).where(*is_old)
        async with self._database.writing() as connection:
            attempts = delete(webhook_attempts).where(webhook_attempts.c.outbox_id.in_(ids))
            await connection.execute(attempts)
            await connection.execute(delete(outbox).where(*is_old))

    async def of_call(self, call_id: str) -> Sequence[Told]:
        """Return what was, or is to be, told of a call, in order. Raises Unavailable."""
        columns = webhook_attempts.c
        tried = (
            select(
                columns.outbox_id, columns.at_us, columns.duration_ms, columns.status, columns.error
            )
            .join(outbox, outbox.c.id == columns.outbox_id)
            .where(outbox.c.call_id == call_id)
            .order_by(columns.id)
        )
        query = (
            select(
                outbox.c.id,
                outbox.c.topic,
                outbox.c.method,
                outbox.c.url,
                outbox.c.due_us,
                outbox.c.is_delivered,
            )
            .where(outbox.c.call_id == call_id)
            .order_by(outbox.c.id)
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
            attempts = (await connection.execute(tried)).all()
        return [
            Told(*row, tuple(Attempt(*rest) for owner, *rest in attempts if owner == row.id))
            for row in rows
        ]


async def owe(connection: AsyncConnection, callbacks: Sequence[Callback]) -> None:
    """Store callbacks, due at once, in a transaction of the caller's; those known stay."""
    rows = [
        {
            "id": each.id,
            "topic": each.topic,
            "reference": each.reference,
            "payload": each.payload,
            "call_id": each.call_id,
            "customer_id": each.customer_id,
            "url": each.url,
            "method": each.method,
            "now_us": now_us(),
        }
        for each in callbacks
    ]
    if rows:
        await connection.execute(_OWE, rows)
