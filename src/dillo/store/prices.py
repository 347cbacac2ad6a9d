"""Stored prices, as explanations need them, and whether the books agree with each other."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from dillo.calls.explanation import StoredPrice, UnknownCall
from dillo.model.events import CallEvent
from dillo.model.moments import iso_ms
from dillo.rating import ChargeLine, Tariff
from dillo.rating.number import MONTH, SET_UP
from dillo.store.database import Database
from dillo.store.tables import calls, charge_lines, customers, ledger_entries, number_charges
from dillo.store.tariffs import SqlTariffs

FEES = (SET_UP, MONTH)
PAYMENTS = ("opening", "top-up", "adjustment")
"""Kinds of movements that are no charges; what is neither of these was charged for a call."""

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


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What the books say of one customer, in micros; each pair should be the same."""

    customer_id: str
    name: str
    currency: str
    balance_micros: int
    ledger_micros: int
    """The sum of all movements: the balance."""
    call_lines_micros: int
    calls_charged_micros: int
    """What the ledger took for calls: the sum of their charge lines."""
    number_lines_micros: int
    numbers_charged_micros: int
    """What the ledger took for numbers: the sum of their charges."""
    broken_at: str | None
    """The first movement whose balance is not the sum of all up to it."""

    @property
    def agrees(self) -> bool:
        """Whether all books say the same, to the last millionth."""
        return (
            self.balance_micros == self.ledger_micros
            and self.call_lines_micros == self.calls_charged_micros
            and self.number_lines_micros == self.numbers_charged_micros
            and self.broken_at is None
        )


async def reconcile(database: Database, customer_id: str | None = None) -> Sequence[Reconciled]:
    """Compare balances, ledger and charge lines of every customer, or of one, in one snapshot."""
    everybody = select(
        customers.c.id, customers.c.name, customers.c.currency, customers.c.balance_micros
    ).order_by(customers.c.id)
    if customer_id is not None:
        everybody = everybody.where(customers.c.id == customer_id)
    moved, kind = ledger_entries.c, ledger_entries.c.kind
    async with database.reading() as connection:
        rows = (await connection.execute(everybody)).all()
        ledger = await _sums(connection, moved.customer_id, moved.amount_micros)
        of_calls = await _sums(
            connection, moved.customer_id, moved.amount_micros, kind.not_in((*FEES, *PAYMENTS))
        )
        of_numbers = await _sums(connection, moved.customer_id, moved.amount_micros, kind.in_(FEES))
        lines = await _sums(
            connection,
            calls.c.customer_id,
            charge_lines.c.amount_micros,
            charge_lines.c.call_id == calls.c.id,
        )
        charges = await _sums(
            connection, number_charges.c.customer_id, number_charges.c.amount_micros
        )
        broken = await _broken(connection)
    return [
        Reconciled(
            *row,
            ledger_micros=ledger.get(row.id, 0),
            call_lines_micros=lines.get(row.id, 0),
            calls_charged_micros=-of_calls.get(row.id, 0),
            number_lines_micros=charges.get(row.id, 0),
            numbers_charged_micros=-of_numbers.get(row.id, 0),
            broken_at=broken.get(row.id),
        )
        for row in rows
    ]


async def _sums(
    connection: AsyncConnection,
    customer: ColumnElement[str],
    amount: ColumnElement[int],
    *conditions: ColumnElement[bool],
) -> dict[str, int]:
    query = select(customer, func.sum(amount)).where(*conditions).group_by(customer)
    # PostgreSQL sums big integers as numeric.
    return {each: int(total) for each, total in await connection.execute(query)}


async def _broken(connection: AsyncConnection) -> dict[str, str]:
    """Return when the balances of a ledger first go wrong, by customer."""
    columns = ledger_entries.c
    running = (
        func.sum(columns.amount_micros)
        .over(partition_by=columns.customer_id, order_by=(columns.at_us, columns.id))
        .label("running")
    )
    chained = select(columns.customer_id, columns.at_us, columns.balance_micros, running).subquery()
    query = (
        select(chained.c.customer_id, func.min(chained.c.at_us))
        .where(chained.c.balance_micros != chained.c.running)
        .group_by(chained.c.customer_id)
    )
    return {each: iso_ms(at_us) for each, at_us in await connection.execute(query)}
