"""The inventory of numbers and who holds what of it, in the database."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from dillo.accounts.errors import (
    InsufficientBalance,
    NumberExists,
    NumberNotHeld,
    NumberQuarantined,
    NumberTaken,
    UnknownNumber,
)
from dillo.accounts.ports import Change, Customer, Fees, Number, NumberLimits
from dillo.model.ids import new_id
from dillo.model.moments import iso_ms
from dillo.model.money import to_decimal, to_micros
from dillo.model.periods import months_after
from dillo.model.phone import TEST_NUMBER
from dillo.rating import ChargeLine, OwnFees
from dillo.store.audit import raise_revision, record_change
from dillo.store.customers import lock_customer
from dillo.store.database import Database
from dillo.store.ledger import Movement, post
from dillo.store.tables import number_charges, number_holders, numbers

NUMBER = select(
    numbers.c.id,
    numbers.c.e164,
    numbers.c.country,
    numbers.c.number_type,
    numbers.c.customer_id,
    numbers.c.primary_application_id,
    numbers.c.fallback_application_id,
    numbers.c.area,
    numbers.c.trunk,
    numbers.c.fee_currency,
    numbers.c.set_up_micros,
    numbers.c.month_micros,
    numbers.c.max_concurrent_calls,
    numbers.c.max_calls_per_second,
    numbers.c.max_call_s,
    numbers.c.free_from_us,
).where(numbers.c.e164 != TEST_NUMBER)


class SqlNumbers:
    """The inventory and who holds what of it (accounts.ports.NumberStore)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, number: Number, change: Change) -> None:
        """Store a number that nobody holds. Raises NumberExists."""
        try:
            async with self._database.writing() as connection:
                await connection.execute(insert(numbers), number_row(number, change.at_us))
                after = {"type": number.number_type, "country": number.country}
                await record_change(connection, change, "number.add", number.e164, after=after)
                await raise_revision(connection)
        except IntegrityError as error:
            raise NumberExists(f"{number.e164} is in the inventory already") from error

    async def get(self, e164: str) -> Number:
        """Return a number. Raises UnknownNumber."""
        async with self._database.reading() as connection:
            return await _get(connection, e164)

    async def of(self, customer_id: str | None) -> Sequence[Number]:
        """Return what a customer holds, or what nobody holds, by number."""
        query = NUMBER.where(numbers.c.customer_id == customer_id).order_by(numbers.c.e164)
        async with self._database.reading() as connection:
            return [as_number(row) for row in await connection.execute(query)]

    async def buy(self, e164: str, customer_id: str, fees: Fees, change: Change) -> Number:
        """Give a number to a customer and charge its fees; of two buyers one gets it.

        Raises UnknownNumber, UnknownCustomer, NumberTaken, NumberQuarantined and, for a prepaid
        customer, InsufficientBalance.
        """
        async with self._database.writing() as connection:
            customer = await lock_customer(connection, customer_id)
            number = await _get(connection, e164)
            await _take(connection, number, customer_id)
            if number.free_from_us > change.at_us:
                free_from = iso_ms(number.free_from_us)
                raise NumberQuarantined(f"{e164} was released not long ago: free from {free_from}")
            check_affordable(customer, fees.total_micros, e164)
            holding_id = await _begin_holding(connection, number, customer_id, change)
            await charge(connection, holding_id, customer_id, fees.set_up, 0, change)
            await charge(connection, holding_id, customer_id, fees.month, 1, change)
            await record_change(
                connection,
                change,
                "number.buy",
                e164,
                customer_id,
                before={"customer_id": None},
                after={"customer_id": customer_id, "charged_micros": fees.total_micros},
            )
            await raise_revision(connection)
            return await _get(connection, e164)

    async def assign(
        self,
        number: Number,
        primary_application_id: str | None,
        fallback_application_id: str | None,
        change: Change,
    ) -> None:
        """Set both applications. Raises NumberNotHeld where the holder is not as in `number`."""
        values = {
            "primary_application_id": primary_application_id,
            "fallback_application_id": fallback_application_id,
        }
        await self._change(number, values, "number.assign", change)

    async def limit(self, number: Number, limits: NumberLimits, change: Change) -> None:
        """Set a number's limits. Raises NumberNotHeld where the holder is not as in `number`."""
        await self._change(number, _limits(limits), "number.limit", change)

    async def release(self, number: Number, free_from_us: int, change: Change) -> None:
        """Take a number back. Raises NumberNotHeld where the holder is not as in `number`."""
        async with self._database.writing() as connection:
            await end_holding(connection, number, free_from_us, change)

    async def _change(
        self, number: Number, values: dict[str, Any], action: str, change: Change
    ) -> None:
        async with self._database.writing() as connection:
            await _update_held(connection, number, values)
            await _record_change(connection, number, action, values, change)
            await raise_revision(connection)


def as_number(row: Row[*tuple[Any, ...]]) -> Number:
    """Return the number of a row of NUMBER."""
    own = None
    if row.fee_currency is not None:
        own = OwnFees(row.fee_currency, to_decimal(row.set_up_micros), to_decimal(row.month_micros))
    return Number(
        row.id,
        row.e164,
        row.country,
        row.number_type,
        row.customer_id,
        row.primary_application_id,
        row.fallback_application_id,
        row.area,
        row.trunk,
        own_fees=own,
        limits=NumberLimits(row.max_concurrent_calls, row.max_calls_per_second, row.max_call_s),
        free_from_us=row.free_from_us,
    )


def number_row(number: Number, created_us: int) -> dict[str, Any]:
    """Return the row of a number that nobody holds."""
    return {
        "id": number.id,
        "e164": number.e164,
        "country": number.country,
        **entry_row(number),
        "created_us": created_us,
    }


def entry_row(number: Number) -> dict[str, Any]:
    """Return those columns of a number that the operator may change."""
    own = number.own_fees
    return {
        "number_type": number.number_type,
        "area": number.area,
        "trunk": number.trunk,
        "fee_currency": own and own.currency,
        "set_up_micros": own and to_micros(own.set_up_fee),
        "month_micros": own and to_micros(own.monthly_fee),
    }


def check_affordable(customer: Customer, price_micros: int, what: str) -> None:
    """Raise InsufficientBalance where a prepaid customer cannot pay so much."""
    if customer.is_prepaid and customer.spendable_micros < price_micros:
        price, balance = to_decimal(price_micros), to_decimal(customer.balance_micros)
        credit = f" and the credit {to_decimal(customer.credit_micros)}"
        raise InsufficientBalance(
            f"{what} costs {price} {customer.currency}, the balance is {balance}"
            f"{credit if customer.credit_micros else ''}"
        )


async def charge(
    connection: AsyncConnection,
    holding_id: str,
    customer_id: str,
    line: ChargeLine,
    month: int,
    change: Change,
) -> None:
    """Charge a fee of a number: month 0 is its set-up. IntegrityError where it was before."""
    row = {
        "id": new_id(),
        "holding_id": holding_id,
        "customer_id": customer_id,
        "kind": line.kind,
        "month": month,
        "amount_micros": line.amount_micros,
        "explanation": line.explanation,
        "created_us": change.at_us,
    }
    await connection.execute(insert(number_charges), row)
    reference = f"{holding_id}/{month}" if month else holding_id
    movement = Movement(customer_id, line.kind, reference, -line.amount_micros)
    await post(connection, [movement])


async def end_holding(
    connection: AsyncConnection, number: Number, free_from_us: int, change: Change
) -> None:
    """Take a number back, in a transaction of the caller's.

    Raises NumberNotHeld where the holder is not as in `number`.
    """
    values = {
        "customer_id": None,
        "primary_application_id": None,
        "fallback_application_id": None,
        "free_from_us": free_from_us,
        **_limits(NumberLimits()),
    }
    await _update_held(connection, number, values)
    ending = update(number_holders).where(
        number_holders.c.number_id == number.id, number_holders.c.until_us.is_(None)
    )
    await connection.execute(ending.values(until_us=change.at_us))
    await _record_change(connection, number, "number.release", values, change)
    await raise_revision(connection)


async def _record_change(
    connection: AsyncConnection,
    number: Number,
    action: str,
    values: Mapping[str, object],
    change: Change,
) -> None:
    """Write columns of a held number that have changed into the audit log."""
    known = {**asdict(number), **_limits(number.limits)}
    after = {name: value for name, value in values.items() if known[name] != value}
    before = {name: known[name] for name in after}
    await record_change(
        connection, change, action, number.e164, number.customer_id, before=before, after=after
    )


async def _get(connection: AsyncConnection, e164: str) -> Number:
    row = (await connection.execute(NUMBER.where(numbers.c.e164 == e164))).first()
    if row is None:
        raise UnknownNumber(f"{e164} is not in the inventory")
    return as_number(row)


async def _take(connection: AsyncConnection, number: Number, customer_id: str) -> None:
    # The condition is part of the update, so that the second of two buyers changes no row.
    statement = (
        update(numbers)
        .where(numbers.c.id == number.id, numbers.c.customer_id.is_(None))
        .values(customer_id=customer_id)
    )
    if (await connection.execute(statement)).rowcount == 0:
        raise NumberTaken(f"{number.e164} is taken")


async def _begin_holding(
    connection: AsyncConnection, number: Number, customer_id: str, change: Change
) -> str:
    holding_id = new_id()
    row = {
        "id": holding_id,
        "number_id": number.id,
        "customer_id": customer_id,
        "from_us": change.at_us,
        "months_paid": 1,
        "paid_until_us": months_after(change.at_us, 1),
    }
    await connection.execute(insert(number_holders), row)
    return holding_id


def _limits(limits: NumberLimits) -> dict[str, Any]:
    return {
        "max_concurrent_calls": limits.max_concurrent_calls,
        "max_calls_per_second": limits.max_calls_per_second,
        "max_call_s": limits.max_call_s,
    }


async def _update_held(connection: AsyncConnection, number: Number, values: dict[str, Any]) -> None:
    statement = (
        update(numbers)
        .where(numbers.c.id == number.id, numbers.c.customer_id == number.customer_id)
        .values(**values)
    )
    if number.customer_id is None or (await connection.execute(statement)).rowcount == 0:
        raise NumberNotHeld(f"{number.e164} is not held by this customer")
