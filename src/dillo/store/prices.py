"""Stored prices, as explanations need them."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from dillo.calls.explanation import StoredPrice, UnknownCall
from dillo.model.events import CallEvent
from dillo.rating import ChargeLine, Tariff, read_explanation
from dillo.rating.call import CallExplanation
from dillo.rating.leg import LegExplanation
from dillo.store.accounting import FEES, PAYMENTS
from dillo.store.database import Database
from dillo.store.tables import calls, charge_lines, ledger_entries
from dillo.store.tariffs import SqlTariffs

_GAPS_READ = 100_000
_decode_events = msgspec.json.Decoder(tuple[CallEvent, ...]).decode


class SqlPrices:
    """Prices of finished calls (calls.explanation.PriceBooks)."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tariffs = SqlTariffs(database)

    async def version(self, name: str, version: int) -> Tariff:
        """Return a version of a tariff. Raises UnknownTariff."""
        return await self._tariffs.version(name, version)

    async def stored(self, call_id: str) -> StoredPrice:
        """Return what a call cost, and its events. Raises UnknownCall."""
        query = select(
            calls.c.customer_id, calls.c.currency, calls.c.price_micros, calls.c.events
        ).where(calls.c.id == call_id)
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).first()
            if row is None:
                raise UnknownCall(f"there is no finished call {call_id}")
            lines = await _lines(connection, call_id)
            charged = await _charged(connection, call_id, lines)
        return StoredPrice(
            customer_id=row.customer_id,
            currency=row.currency,
            price_micros=row.price_micros,
            charged_micros=charged,
            lines=lines,
            events=_decode_events(row.events),
        )


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that a tariff has no rate of its own for."""

    tariff: str
    kind: str
    """`call` or `leg`."""
    what: str
    """The number and its type, or the destination."""
    lines: int
    last_us: int


async def gaps(database: Database, since_us: int) -> Sequence[Gap]:
    """Return what was charged at a default rate since a moment, most frequent first."""
    columns = charge_lines.c
    query = (
        select(columns.explanation, columns.created_us)
        .where(columns.is_default_rate, columns.created_us >= since_us)
        .order_by(columns.created_us.desc())
        .limit(_GAPS_READ)
    )
    found: dict[tuple[str, str, str], tuple[int, int]] = {}
    async with database.reading() as connection:
        for text, at_us in await connection.execute(query):
            explanation = read_explanation(text)
            kind, what = "call", ""
            if isinstance(explanation, CallExplanation):
                what = f"{explanation.number} ({explanation.number_type})"
            elif isinstance(explanation, LegExplanation):
                kind, what = "leg", explanation.destination
            key = f"{explanation.tariff} v{explanation.version}", kind, what
            lines, last_us = found.get(key, (0, at_us))
            found[key] = lines + 1, max(last_us, at_us)
    rows = [Gap(*key, *counted) for key, counted in found.items()]
    return sorted(rows, key=lambda gap: (-gap.lines, gap.what))


async def _lines(connection: AsyncConnection, call_id: str) -> list[ChargeLine]:
    columns = charge_lines.c
    query = (
        select(
            columns.kind,
            columns.subject_id,
            columns.amount_micros,
            columns.explanation,
            columns.is_default_rate,
        )
        .where(columns.call_id == call_id)
        .order_by(columns.id)
    )
    return [
        ChargeLine(*row[:4], bool(row.is_default_rate)) for row in await connection.execute(query)
    ]


async def _charged(connection: AsyncConnection, call_id: str, lines: Sequence[ChargeLine]) -> int:
    """Return what the ledger took for a call, transcriptions that came after it included."""
    columns = ledger_entries.c
    references = {call_id, *(line.subject_id for line in lines if line.subject_id)}
    query = select(func.coalesce(func.sum(columns.amount_micros), 0)).where(
        columns.kind.not_in((*FEES, *PAYMENTS)), columns.reference.in_(references)
    )
    return -int(await connection.scalar(query) or 0)
