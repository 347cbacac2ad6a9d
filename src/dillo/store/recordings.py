"""Which recordings belong to settled calls."""

from collections.abc import Collection

from sqlalchemy import select

from dillo.store.database import Database
from dillo.store.tables import recordings

_AT_ONCE = 500


class SqlRecordings:
    """Recordings of settled calls (jobs.mover.Settled)."""

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
