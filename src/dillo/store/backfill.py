"""Fills in what a migration left: summaries of calls settled before there were any."""

import msgspec
from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from dillo.model.events import CallEvent
from dillo.records import fold
from dillo.store.database import Database
from dillo.store.summaries import Summarized, summarize
from dillo.store.tables import backfills, call_summaries, calls

_NAME = "call_summaries"

_decoder: msgspec.json.Decoder[list[CallEvent]] = msgspec.json.Decoder(list[CallEvent])


class Backfill:
    """Summarizes old calls a batch at a time; each batch and how far it got is one transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def step(self, limit: int = 200) -> bool:
        """Summarize up to so many calls; return whether there may be more.

        Any number of processes may do this at once. Raises Unavailable.
        """
        async with self._database.reading() as connection:
            if await _position(connection) is None:
                return False
        async with self._database.writing() as connection:
            # Read again, with the row locked: another process may have been faster.
            position = await _position(connection, locks=True)
            return position is not None and await _step(connection, position, limit)


async def _position(connection: AsyncConnection, *, locks: bool = False) -> str | None:
    query = select(backfills.c.position).where(backfills.c.name == _NAME)
    position: str | None = await connection.scalar(query.with_for_update() if locks else query)
    return position


async def _step(connection: AsyncConnection, position: str, limit: int) -> bool:
    query = (
        select(
            calls.c.id,
            calls.c.price_micros,
            calls.c.revision,
            calls.c.settled_us,
            calls.c.events,
            call_summaries.c.id.label("summary_id"),
        )
        .join(call_summaries, call_summaries.c.id == calls.c.id, isouter=True)
        .where(calls.c.id > position)
        .order_by(calls.c.id)
        .limit(limit)
        # Locked, so that a price that rises meanwhile is seen here or by `reprice_summary`.
        .with_for_update(of=calls)
    )
    rows = (await connection.execute(query)).all()
    missing = [
        Summarized(
            fold(_decoder.decode(row.events)), row.price_micros, row.revision, row.settled_us
        )
        for row in rows
        if row.summary_id is None
    ]
    await summarize(connection, missing)
    if len(rows) < limit:
        await connection.execute(delete(backfills).where(backfills.c.name == _NAME))
        return False
    moved = update(backfills).where(backfills.c.name == _NAME).values(position=rows[-1].id)
    await connection.execute(moved)
    return True
