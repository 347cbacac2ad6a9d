"""The inventory of numbers and who holds what of it, in the database."""

from collections.abc import Sequence

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from dillo.accounts.errors import (
    InsufficientBalance,
    NumberExists,
    NumberNotHeld,
    NumberTaken,
    UnknownNumber,
)
from dillo.accounts.ports import Change, Customer, Fees, Number
from dillo.model.ids import new_id
from dillo.model.money import to_decimal
from dillo.store.audit import raise_revision, record_change
from dillo.store.customers import lock_customer
from dillo.store.database import Database
from dillo.store.ledger import Movement, post
from dillo.store.tables import number_holders, numbers

_NUMBER = select(
    numbers.c.id,
    numbers.c.e164,
    numbers.c.country,
    numbers.c.number_type,
    numbers.c.customer_id,
    numbers.c.primary_application_id,
    numbers.c.fallback_application_id,
)


class SqlNumbers:
    """The inventory and who holds what of it (accounts.ports.NumberStore)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, number: Number, change: Change) -> None:
        """Store a number that nobody holds. Raises NumberExists."""
        row = {
            "id": number.id,
            "e164": number.e164,
            "country": number.country,
            "number_type": number.number_type,
            "created_us": change.at_us,
        }
        try:
            async with self._database.writing() as connection:
                await connection.execute(insert(numbers), row)
                await record_change(connection, change, "number.add", number.e164)
                await raise_revision(connection)
        except IntegrityError as error:
            raise NumberExists(f"{number.e164} is in the inventory already") from error

    async def get(self, e164: str) -> Number:
        """Return a number. Raises UnknownNumber."""
        async with self._database.reading() as connection:
            return await _get(connection, e164)

    async def of(self, customer_id: str | None) -> Sequence[Number]:
        """Return what a customer holds, or what nobody holds, by number."""
        query = _NUMBER.where(numbers.c.customer_id == customer_id).order_by(numbers.c.e164)
        async with self._database.reading() as connection:
            return [Number(*row) for row in await connection.execute(query)]

    async def buy(self, e164: str, customer_id: str, fees: Fees, change: Change) -> Number:
        """Give a number to a customer and charge its fees; of two buyers one gets it.

        Raises UnknownNumber, UnknownCustomer, NumberTaken and, for a prepaid customer,
        InsufficientBalance.
        """
        async with self._database.writing() as connection:
            customer = await lock_customer(connection, customer_id)
            number = await _get(connection, e164)
            await _take(connection, number, customer_id)
            _check_affordable(customer, fees, e164)
            holding_id = await _begin_holding(connection, number, customer_id, change)
            await post(connection, _fees(holding_id, customer_id, fees))
            await record_change(connection, change, "number.buy", e164, customer_id)
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
        async with self._database.writing() as connection:
            await _update_held(
                connection,
                number,
                primary_application_id=primary_application_id,
                fallback_application_id=fallback_application_id,
            )
            await record_change(
                connection, change, "number.assign", number.e164, number.customer_id
            )
            await raise_revision(connection)

    async def release(self, number: Number, change: Change) -> None:
        """Take a number back. Raises NumberNotHeld where the holder is not as in `number`."""
        ending = update(number_holders).where(
            number_holders.c.number_id == number.id, number_holders.c.until_us.is_(None)
        )
        async with self._database.writing() as connection:
            await _update_held(
                connection,
                number,
                customer_id=None,
                primary_application_id=None,
                fallback_application_id=None,
            )
            await connection.execute(ending.values(until_us=change.at_us))
            await record_change(
                connection, change, "number.release", number.e164, number.customer_id
            )
            await raise_revision(connection)


async def _get(connection: AsyncConnection, e164: str) -> Number:
    row = (await connection.execute(_NUMBER.where(numbers.c.e164 == e164))).first()
    if row is None:
        raise UnknownNumber(f"{e164} is not in the inventory")
    return Number(*row)


async def _take(connection: AsyncConnection, number: Number, customer_id: str) -> None:
    # The condition is part of the update, so that the second of two buyers changes no row.
    statement = (
        update(numbers)
        .where(numbers.c.id == number.id, numbers.c.customer_id.is_(None))
        .values(customer_id=customer_id)
    )
    if (await connection.execute(statement)).rowcount == 0:
        raise NumberTaken(f"{number.e164} is taken")


def _check_affordable(customer: Customer, fees: Fees, e164: str) -> None:
    if customer.is_prepaid and customer.balance_micros < fees.total_micros:
        fee, balance = to_decimal(fees.total_micros), to_decimal(customer.balance_micros)
        raise InsufficientBalance(
            f"{e164} costs {fee} {customer.currency} and the balance is {balance}"
        )


async def _begin_holding(
    connection: AsyncConnection, number: Number, customer_id: str, change: Change
) -> str:
    holding_id = new_id()
    row = {
        "id": holding_id,
        "number_id": number.id,
        "customer_id": customer_id,
        "from_us": change.at_us,
    }
    await connection.execute(insert(number_holders), row)
    return holding_id


def _fees(holding_id: str, customer_id: str, fees: Fees) -> list[Movement]:
    # The first month has the number 1: the job that charges later ones goes on from there.
    return [
        Movement(customer_id, "number-set-up", holding_id, -fees.set_up_micros),
        Movement(customer_id, "number-month", f"{holding_id}/1", -fees.month_micros),
    ]


async def _update_held(connection: AsyncConnection, number: Number, **values: str | None) -> None:
    statement = (
        update(numbers)
        .where(numbers.c.id == number.id, numbers.c.customer_id == number.customer_id)
        .values(**values)
    )
    if number.customer_id is None or (await connection.execute(statement)).rowcount == 0:
        raise NumberNotHeld(f"{number.e164} is not held by this customer")
