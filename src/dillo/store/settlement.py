"""Storing finished calls: record, charge lines, ledger and outbox in one transaction."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, case, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from dillo.calls.callbacks import Callback
from dillo.calls.settlement import SettledCall, Unsettleable
from dillo.calls.transcribing import DEFAULT_LANGUAGE
from dillo.model.clock import now_us
from dillo.model.ids import new_id
from dillo.rating import Tariff
from dillo.store.bulk import insert_rows
from dillo.store.database import Database
from dillo.store.ledger import Movement, post
from dillo.store.outbox import owe
from dillo.store.partitions import Partitions
from dillo.store.summaries import Summarized, summarize
from dillo.store.tables import (
    application_versions,
    calls,
    charge_lines,
    recordings,
    settlement_clock,
)
from dillo.store.tallies import Tallied, tally_calls
from dillo.store.tariffs import History, SqlTariffs
from dillo.store.transcripts import add_pending, pending_row

FIRST_REVISION = 1

_BEHAVIORS_KEPT = 1024

Row = dict[str, Any]

_clock = settlement_clock.c.settled_us
_TAKE_STAMPS = (
    update(settlement_clock)
    .values(
        settled_us=case((_clock >= bindparam("now"), _clock + 1), else_=bindparam("now"))
        + bindparam("more")
    )
    .returning(_clock)
)


class SqlBooks:
    """Tariffs, behaviors and settled calls in the main database (calls.settlement.Books)."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._partitions = Partitions(database)
        self._tariffs = SqlTariffs(database)
        self._histories: dict[str, History] = {}
        self._behaviors: dict[str, str] = {}

    async def tariff(self, currency: str, at_us: int) -> Tariff:
        """Return the tariff of a currency in force at a moment. Raises NoTariff.

        Tariffs are read once for each batch, not for each of its calls.
        """
        if currency not in self._histories:
            self._histories[currency] = await self._tariffs.history(currency)
        return await self._tariffs.in_force(self._histories[currency], currency, at_us)

    async def behaviors(self, version_ids: Sequence[str]) -> Mapping[str, str]:
        """Return the channel behavior of each version that exists; versions never change."""
        missing = [each for each in version_ids if each not in self._behaviors]
        if missing:
            if len(self._behaviors) + len(missing) > _BEHAVIORS_KEPT:
                self._behaviors = {}
                missing = list(version_ids)
            self._behaviors |= await self._load_behaviors(missing)
        return {each: self._behaviors[each] for each in version_ids if each in self._behaviors}

    async def _load_behaviors(self, version_ids: Sequence[str]) -> dict[str, str]:
        columns = application_versions.c
        query = select(columns.id, columns.behavior).where(columns.id.in_(version_ids))
        async with self._database.reading() as connection:
            return {row.id: row.behavior for row in await connection.execute(query)}

    async def settle(self, batch: Sequence[SettledCall]) -> int:
        """Store calls in one transaction and return how many were new.

        A call that is there already, and all that belongs to it, is left as it is. Raises
        Unavailable where the same may succeed later, Unsettleable where it never will; nothing of
        the batch is stored then.
        """
        self._histories.clear()
        if not batch:
            return 0
        await self._partitions.prepare({call.record.created_us for call in batch})
        try:
            async with self._database.writing() as connection:
                return await _settle(connection, batch)
        except DBAPIError as error:  # those that may pass are Unavailable
            raise Unsettleable(f"a call of this batch cannot be stored: {error.orig}") from error

    async def announce(self, callbacks: Sequence[Callback]) -> None:
        """Store what is to be told of calls that go on; what is stored already stays.

        Raises Unavailable.
        """
        if callbacks:
            async with self._database.writing() as connection:
                await owe(connection, callbacks)


async def _settle(connection: AsyncConnection, batch: Sequence[SettledCall]) -> int:
    # The clock comes first: where rows have locks, holding its row makes settling a queue, so
    # that what _unknown finds stays true and stamps rise in the order of commits.
    parameters = {"now": now_us(), "more": len(batch) - 1}
    last_us = (await connection.execute(_TAKE_STAMPS, parameters)).scalar_one()
    new = await _unknown(connection, batch)
    if not new:
        return 0
    stamped = list(enumerate(new, start=last_us - len(new) + 1))
    await insert_rows(connection, calls, [_call_row(call, stamp) for stamp, call in stamped])
    charged = [row for call in new for row in _charge_rows(call)]
    await insert_rows(connection, charge_lines, charged)
    recorded = [row for call in new for row in _recording_rows(call)]
    await insert_rows(connection, recordings, recorded)
    await add_pending(connection, [row for call in new for row in _transcription_rows(call)])
    await post(connection, list(map(_movement, new)))
    await tally_calls(connection, [_tallied(call, stamp) for stamp, call in stamped])
    await summarize(connection, [_summarized(call, stamp) for stamp, call in stamped])
    await owe(connection, [each for call in new for each in call.callbacks])
    return len(new)


async def _unknown(
    connection: AsyncConnection, batch: Sequence[SettledCall]
) -> Sequence[SettledCall]:
    by_id = {call.record.call_id: call for call in batch}
    known = await connection.scalars(select(calls.c.id).where(calls.c.id.in_(by_id)))
    for call_id in known:
        del by_id[call_id]
    return list(by_id.values())


def _call_row(call: SettledCall, settled_us: int) -> Row:
    record = call.record
    return {
        "id": record.call_id,
        "customer_id": record.customer_id,
        "number_id": record.number_id,
        "caller": record.caller,
        "created_us": record.created_us,
        "answered_us": record.answered_us,
        "ended_us": record.ended_us,
        "end_reason": record.end_reason.value,
        "is_fallback_executed": record.is_fallback_executed,
        "currency": record.currency,
        "price_micros": call.price_micros,
        "revision": FIRST_REVISION,
        "settled_us": settled_us,
        "document": call.document,
        "events": call.events,
    }


def _charge_rows(call: SettledCall) -> list[Row]:
    return [
        {
            "id": new_id(),
            "call_id": call.record.call_id,
            "kind": line.kind,
            "subject_id": line.subject_id,
            "amount_micros": line.amount_micros,
            "explanation": line.explanation,
            "is_default_rate": line.is_default,
            "created_us": call.record.ended_us,
        }
        for line in call.charges
    ]


def _recording_rows(call: SettledCall) -> list[Row]:
    return [
        {
            "id": recording.recording_id,
            "call_id": call.record.call_id,
            "customer_id": call.record.customer_id,
            "path": recording.path,
            "duration_ms": recording.duration_ms,
            "size": recording.size,
            "created_us": recording.created_us,
            "expires_us": recording.expires_us,
        }
        for recording in call.record.recordings
    ]


def _transcription_rows(call: SettledCall) -> list[Row]:
    record = call.record
    return [
        pending_row(
            each.recording_id, record.call_id, record.customer_id, each.language or DEFAULT_LANGUAGE
        )
        for each in record.recordings
        if each.transcribe and each.size
    ]


def _movement(call: SettledCall) -> Movement:
    record = call.record
    return Movement(record.customer_id, "call", record.call_id, -call.price_micros)


def _tallied(call: SettledCall, settled_us: int) -> Tallied:
    record = call.record
    return Tallied(record.number_id, record.customer_id, record.created_us, settled_us)


def _summarized(call: SettledCall, settled_us: int) -> Summarized:
    return Summarized(call.record, call.price_micros, FIRST_REVISION, settled_us)
