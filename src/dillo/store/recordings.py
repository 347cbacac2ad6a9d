"""Which recordings belong to settled calls, and which have expired."""

from collections.abc import Collection, Sequence

from sqlalchemy import select, update

from dillo.model.clock import now_us
from dillo.model.recordings import Expired
from dillo.store.database import Database
from dillo.store.tables import recordings

_AT_ONCE = 500


class SqlRecordings:
    """Recordings of settled calls (jobs.mover.Settled, jobs.retention.Expiry)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def settled(self, recording_ids: Collection[str]) -> Collection[str]:
        """Return those of these recordings whose calls are settled. Raises Unavailable."""
        found: list[str] = []
        ids = list(recording_ids)
        for start in range(0, len(ids), _AT_ONCE):
            query = select(recordings.c.id).where(
                recordings.c.id.in_(ids[start : start + _AT_ONCE])
            )
            async with self._database.reading() as connection:
                found += await connection.scalars(query)
        return found

    async def expired(self, at_us: int, limit: int) -> Sequence[Expired]:
        """Return recordings whose time is over and whose audio is not noted as deleted."""
        columns = recordings.c
        query = (
            select(columns.id, columns.path)
            .where(columns.deleted_us.is_(None), columns.expires_us <= at_us)
            .order_by(columns.expires_us)
            .limit(limit)
        )
        async with self._database.reading() as connection:
            return [Expired(*row) for row in await connection.execute(query)]

    async def note_deleted(self, recording_ids: Sequence[str]) -> None:
        """Note that audio is gone. Raises Unavailable."""
        is_one = recordings.c.id.in_(recording_ids)
        statement = update(recordings).where(is_one).values(deleted_us=now_us())
        async with self._database.writing() as connection:
            await connection.execute(statement)
