"""Transcriptions as they are read, in the database."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import RowMapping, Select, or_, select

from dillo.calls.transcribed import Transcribed, TranscriptionFilter, UnknownTranscription
from dillo.records.document import PENDING
from dillo.records.transcript import Said
from dillo.store.database import Database
from dillo.store.tables import transcriptions

_columns = transcriptions.c
_decode_said = msgspec.json.Decoder(tuple[Said, ...]).decode


class SqlTranscriptionBook:
    """Transcriptions in the main database (calls.transcribed.TranscriptionBook)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self, customer_id: str, wanted: TranscriptionFilter, after_id: str | None, limit: int
    ) -> Sequence[Transcribed]:
        """Return a customer's transcriptions, newest first, those after one."""
        query = select(transcriptions).where(_columns.customer_id == customer_id)
        for column, value in (
            (_columns.recording_id, wanted.recording_id),
            (_columns.call_id, wanted.call_id),
            (_columns.status, wanted.status),
        ):
            if value is not None:
                query = query.where(column == value)
        if after_id is not None:
            query = query.where(_columns.id < after_id)
        return await self._read(query.order_by(_columns.id.desc()).limit(limit))

    async def get(self, customer_id: str, transcription_id: str) -> Transcribed:
        """Return a transcription. Raises UnknownTranscription."""
        is_it = (_columns.id == transcription_id, _columns.customer_id == customer_id)
        found = await self._read(select(transcriptions).where(*is_it))
        if not found:
            raise UnknownTranscription(
                f"there is no transcription {transcription_id} of this customer"
            )
        return found[0]

    async def of(self, subject_id: str) -> Sequence[Transcribed]:
        """Return the transcriptions of a call or recording, or one by its own id, in order."""
        is_of = or_(
            _columns.id == subject_id,
            _columns.recording_id == subject_id,
            _columns.call_id == subject_id,
        )
        return await self._read(select(transcriptions).where(is_of).order_by(_columns.id))

    async def pending(self, limit: int = 100) -> Sequence[Transcribed]:
        """Return the transcriptions of all customers that are not over, oldest first."""
        is_pending = _columns.status == PENDING
        query = select(transcriptions).where(is_pending).order_by(_columns.id)
        return await self._read(query.limit(limit))

    async def _read(self, query: Select[Any]) -> Sequence[Transcribed]:
        async with self._database.reading() as connection:
            return [transcribed(row) for row in (await connection.execute(query)).mappings()]


def transcribed(row: RowMapping) -> Transcribed:
    """Return what a row of `transcriptions` tells."""
    return Transcribed(
        id=row["id"],
        recording_id=row["recording_id"],
        call_id=row["call_id"],
        customer_id=row["customer_id"],
        created_us=row["created_us"],
        status=row["status"],
        language=row["language"],
        engine=row["engine"] or row["wanted_engine"],
        text=row["text"],
        confidence=row["confidence"],
        said=_decode_said(row["said"]),
        pieces_done=row["pieces_done"],
        pieces=row["pieces"],
        price_micros=row["price_micros"],
        finished_us=row["finished_us"],
        error=row["error"],
    )
