"""Recordings as their customer sees them, in the database."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from dillo.accounts.ports import Change
from dillo.calls.recorded import Recorded, UnknownRecording
from dillo.store.audit import record_change
from dillo.store.database import Database
from dillo.store.tables import recordings, transcriptions
from dillo.store.transcribed import transcribed

_columns = recordings.c
_RECORDED = select(
    _columns.id,
    _columns.call_id,
    _columns.path,
    _columns.duration_ms,
    _columns.size,
    _columns.created_us,
    _columns.expires_us,
    _columns.deleted_us,
)


class SqlRecordingBook:
    """Recordings in the main database (calls.recorded.RecordingBook)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self, customer_id: str, call_id: str | None, after_id: str | None, limit: int
    ) -> Sequence[Recorded]:
        """Return a customer's recordings, of one call or all, newest first, those after one."""
        query = _RECORDED.where(_columns.customer_id == customer_id)
        if call_id is not None:
            query = query.where(_columns.call_id == call_id)
        if after_id is not None:
            query = query.where(_columns.id < after_id)
        async with self._database.reading() as connection:
            return await _recorded(connection, query.order_by(_columns.id.desc()).limit(limit))

    async def get(self, customer_id: str, recording_id: str) -> Recorded:
        """Return a recording. Raises UnknownRecording."""
        query = _RECORDED.where(_columns.id == recording_id, _columns.customer_id == customer_id)
        async with self._database.reading() as connection:
            found = await _recorded(connection, query)
        if not found:
            raise UnknownRecording(f"there is no recording {recording_id} of this customer")
        return found[0]

    async def note_removed(self, actor: str, customer_id: str, recording_id: str) -> None:
        """Note that somebody removed the audio of a recording."""
        change = Change.by(actor)
        is_it = (_columns.id == recording_id, _columns.deleted_us.is_(None))
        statement = update(recordings).where(*is_it).values(deleted_us=change.at_us)
        async with self._database.writing() as connection:
            if (await connection.execute(statement)).rowcount:
                await record_change(
                    connection,
                    change,
                    "recording.delete",
                    recording_id,
                    customer_id,
                    before={"deleted_us": None},
                    after={"deleted_us": change.at_us},
                )


async def _recorded(connection: AsyncConnection, query: Select[Any]) -> list[Recorded]:
    rows = (await connection.execute(query)).all()
    is_of = transcriptions.c.recording_id.in_([row.id for row in rows])
    query = select(transcriptions).where(is_of).order_by(transcriptions.c.id)
    # Of several the newest stays.
    newest = {
        row["recording_id"]: transcribed(row)
        for row in (await connection.execute(query)).mappings()
    }
    return [Recorded(*(*row, newest.get(row.id))) for row in rows]
