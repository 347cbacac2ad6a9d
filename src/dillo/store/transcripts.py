"""Transcriptions in the database, and how they revise the records of their calls."""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import RowMapping, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from dillo.calls.transcribing import (
    CallState,
    Concluded,
    Revision,
    Task,
    language_of,
    request,
    revision,
)
from dillo.model.clock import now_us
from dillo.model.errors import PeerError
from dillo.model.ids import new_id
from dillo.rating import ChargeLine
from dillo.records.document import COMPLETED, PENDING
from dillo.records.transcript import Said
from dillo.store.database import Database
from dillo.store.job_requests import ask
from dillo.store.ledger import Movement, post
from dillo.store.outbox import owe
from dillo.store.summaries import reprice_summary
from dillo.store.tables import calls, charge_lines, recordings, transcriptions
from dillo.store.tariffs import SqlTariffs

_columns = transcriptions.c

_encode = msgspec.json.encode
_decode_said = msgspec.json.Decoder(tuple[Said, ...]).decode


class NoRecording(PeerError):
    """There is no such call or recording, or nothing was recorded in it."""


class SqlTranscripts:
    """Transcriptions in the main database (calls.transcribing.Transcripts)."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tariffs = SqlTariffs(database)

    async def task(self, transcription_id: str) -> Task | None:
        """Return what is to be done; None where it is done, has failed or never was."""
        async with self._database.reading() as connection:
            return await _pending(connection, transcription_id)

    async def begin(self, transcription_id: str, pieces: int) -> None:
        """Note how many pieces there are."""
        await self._set(transcription_id, {"pieces": pieces})

    async def note(self, transcription_id: str, done: int, said: Sequence[Said]) -> None:
        """Note all that was heard in the first so many pieces."""
        values = {"pieces_done": done, "said": _encode(said).decode()}
        await self._set(transcription_id, values)

    async def _set(self, transcription_id: str, values: dict[str, Any]) -> None:
        is_it = (_columns.id == transcription_id, _columns.status == PENDING)
        async with self._database.writing() as connection:
            await connection.execute(update(transcriptions).where(*is_it).values(values))

    async def conclude(self, transcription_id: str, concluded: Concluded) -> None:
        """Revise the record, charge and tell of it, in one transaction; once."""
        async with self._database.reading() as connection:
            task = await _pending(connection, transcription_id)
            call = await _call(connection, task.call_id) if task else None
        if task is None or call is None:
            return
        answered_us = call["answered_us"] or call["created_us"]
        tariff = await self._tariffs.at(call["currency"], answered_us)
        async with self._database.writing() as connection:
            # Locked: transcriptions of two recordings of a call may end at the same time.
            call = await _call(connection, task.call_id, locked=True)
            if await _pending(connection, transcription_id) is None:
                return
            state = CallState(call["document"], call["events"], await _is_charged(connection, task))
            changed = revision(state, task, concluded, tariff, now_us())
            await _store(connection, task, concluded, call, changed)

    async def ask_again(self, subject_id: str, engine: str | None) -> Sequence[str]:
        """Ask for new transcriptions of a recording, or of all recordings of a call.

        Earlier texts stay. Returns the ids of the transcriptions. Raises NoRecording.
        """
        query = select(recordings).where(
            or_(recordings.c.id == subject_id, recordings.c.call_id == subject_id)
        )
        async with self._database.writing() as connection:
            found = (await connection.execute(query)).mappings().all()
            if not found:
                raise NoRecording(f"there is no call and no recording {subject_id}")
            rows = [
                pending_row(
                    row["id"],
                    row["call_id"],
                    row["customer_id"],
                    await _language(connection, row["id"], row["call_id"]),
                    engine,
                )
                for row in found
            ]
            await add_pending(connection, rows)
        return [row["id"] for row in rows]


def pending_row(
    recording_id: str, call_id: str, customer_id: str, language: str, engine: str | None = None
) -> dict[str, Any]:
    """Return the row of a transcription that is to be made."""
    return {
        "id": new_id(),
        "recording_id": recording_id,
        "call_id": call_id,
        "customer_id": customer_id,
        "created_us": now_us(),
        "status": PENDING,
        "language": language,
        "wanted_engine": engine,
    }


async def add_pending(connection: AsyncConnection, rows: Sequence[dict[str, Any]]) -> None:
    """Let transcriptions be made, in a transaction of the caller's."""
    if rows:
        await connection.execute(insert(transcriptions), rows)
        await ask(connection, [request(row["id"]) for row in rows])


async def _pending(connection: AsyncConnection, transcription_id: str) -> Task | None:
    query = (
        select(
            transcriptions,
            recordings.c.path,
            recordings.c.duration_ms,
            recordings.c.deleted_us,
        )
        .join(recordings, recordings.c.id == _columns.recording_id)
        .where(_columns.id == transcription_id, _columns.status == PENDING)
    )
    row = (await connection.execute(query)).mappings().one_or_none()
    if row is None:
        return None
    return Task(
        id=row["id"],
        recording_id=row["recording_id"],
        call_id=row["call_id"],
        language=row["language"],
        wanted_engine=row["wanted_engine"],
        path=row["path"],
        duration_ms=row["duration_ms"],
        is_deleted=row["deleted_us"] is not None,
        said=_decode_said(row["said"]),
        pieces_done=row["pieces_done"],
    )


async def _call(connection: AsyncConnection, call_id: str, *, locked: bool = False) -> RowMapping:
    query = select(calls).where(calls.c.id == call_id)
    found = await connection.execute(query.with_for_update() if locked else query)
    return found.mappings().one()


async def _is_charged(connection: AsyncConnection, task: Task) -> bool:
    columns = charge_lines.c
    query = select(columns.id).where(
        columns.call_id == task.call_id,
        columns.kind == "transcription",
        columns.subject_id == task.recording_id,
    )
    return await connection.scalar(query) is not None


async def _language(connection: AsyncConnection, recording_id: str, call_id: str) -> str:
    """Return the language that a recording's node names."""
    events = await connection.scalar(select(calls.c.events).where(calls.c.id == call_id))
    return language_of(events or "[]", recording_id)


async def _store(
    connection: AsyncConnection,
    task: Task,
    concluded: Concluded,
    call: RowMapping,
    changed: Revision | None,
) -> None:
    charge = changed.charge if changed else None
    micros = charge.amount_micros if charge else 0
    number = call["revision"] + 1
    values: dict[str, Any] = {
        "status": concluded.status,
        "engine": concluded.engine,
        "text": concluded.text,
        "confidence": concluded.confidence,
        "error": concluded.error,
        "price_micros": micros if concluded.status == COMPLETED else None,
        "finished_us": now_us(),
        "revision": number if changed else None,
    }
    await connection.execute(update(transcriptions).where(_columns.id == task.id).values(values))
    if changed is None:
        return
    price = call["price_micros"] + micros
    record = {"document": changed.document, "price_micros": price, "revision": number}
    await connection.execute(update(calls).where(calls.c.id == task.call_id).values(record))
    if charge is not None:
        await connection.execute(insert(charge_lines), _charge_row(task.call_id, charge))
        movement = Movement(call["customer_id"], "transcription", task.recording_id, -micros)
        await post(connection, [movement])
    await reprice_summary(connection, task.call_id, price, number)
    await owe(connection, changed.callbacks)


def _charge_row(call_id: str, charge: ChargeLine) -> dict[str, Any]:
    return {
        "id": new_id(),
        "call_id": call_id,
        "kind": charge.kind,
        "subject_id": charge.subject_id,
        "amount_micros": charge.amount_micros,
        "explanation": charge.explanation,
        "is_default_rate": charge.is_default,
        "created_us": now_us(),
    }
