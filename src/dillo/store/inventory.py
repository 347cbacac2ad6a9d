"""The inventory as a whole: loaded, searched, and who held what."""

from collections.abc import Collection, Iterator, Sequence
from itertools import islice

from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from dillo.accounts.errors import NumberExists, UnknownNumber
from dillo.accounts.inventory import Holder, Wanted
from dillo.accounts.ports import Change, Number
from dillo.store.audit import raise_revision, record_change
from dillo.store.database import Database
from dillo.store.numbers import NUMBER, as_number, entry_row, number_row
from dillo.store.tables import customers, number_holders, numbers, trunks

_AT_ONCE = 500


class SqlInventory:
    """All numbers (accounts.inventory.Inventory)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def known(self, e164s: Collection[str]) -> set[str]:
        """Return which of these numbers are in the inventory."""
        found: set[str] = set()
        async with self._database.reading() as connection:
            for some in _chunks(e164s):
                query = select(numbers.c.e164).where(numbers.c.e164.in_(some))
                found.update(await connection.scalars(query))
        return found

    async def trunks(self) -> set[str]:
        """Return the names of all trunks."""
        async with self._database.reading() as connection:
            return set(await connection.scalars(select(trunks.c.name)))

    async def add_all(self, added: Sequence[Number], change: Change) -> None:
        """Store numbers that nobody holds, all or none. Raises NumberExists."""
        if not added:
            return
        try:
            async with self._database.writing() as connection:
                rows = [number_row(number, change.at_us) for number in added]
                await connection.execute(insert(numbers), rows)
                after = {"first": added[0].e164, "last": added[-1].e164}
                subject = f"{len(rows)} numbers"
                await record_change(connection, change, "number.import", subject, after=after)
                await raise_revision(connection)
        except IntegrityError as error:
            raise NumberExists("one of the numbers was just added by somebody else") from error

    async def find(self, wanted: Wanted, at_us: int) -> Sequence[Number]:
        """Return numbers that can be bought at a moment, in order."""
        columns = numbers.c
        query = NUMBER.where(columns.customer_id.is_(None), columns.free_from_us <= at_us)
        if wanted.country is not None:
            query = query.where(columns.country == wanted.country)
        if wanted.number_type is not None:
            query = query.where(columns.number_type == wanted.number_type)
        if wanted.area is not None:
            query = query.where(
                func.lower(columns.area).contains(wanted.area.lower(), autoescape=True)
            )
        if wanted.pattern is not None:
            like = wanted.pattern.replace("*", "%").replace("?", "_")
            query = query.where(columns.e164.like(like if like[0] in "+%" else f"+{like}"))
        if wanted.after is not None:
            query = query.where(columns.e164 > wanted.after)
        query = query.order_by(columns.e164).limit(wanted.limit)
        async with self._database.reading() as connection:
            return [as_number(row) for row in await connection.execute(query)]

    async def held(
        self, customer_id: str | None, after: str | None, limit: int
    ) -> Sequence[Number]:
        """Return what a customer holds, or for None all numbers, in order, after a number."""
        query = NUMBER.order_by(numbers.c.e164).limit(limit)
        if customer_id is not None:
            query = query.where(numbers.c.customer_id == customer_id)
        if after is not None:
            query = query.where(numbers.c.e164 > after)
        async with self._database.reading() as connection:
            return [as_number(row) for row in await connection.execute(query)]

    async def change(self, number: Number, change: Change) -> None:
        """Set the type, area, trunk and own fees of a number."""
        values = entry_row(number)
        async with self._database.writing() as connection:
            found = NUMBER.where(numbers.c.id == number.id)
            known = entry_row(as_number((await connection.execute(found)).one()))
            await connection.execute(
                update(numbers).where(numbers.c.id == number.id).values(values)
            )
            changed = {name for name in values if known[name] != values[name]}
            await record_change(
                connection,
                change,
                "number.change",
                number.e164,
                number.customer_id,
                before={name: known[name] for name in sorted(changed)},
                after={name: values[name] for name in sorted(changed)},
            )
            await raise_revision(connection)

    async def holders(self, e164: str) -> Sequence[Holder]:
        """Return who held a number, latest first. Raises UnknownNumber."""
        held = number_holders.c
        query = (
            select(
                held.customer_id,
                customers.c.name,
                held.from_us,
                held.until_us,
                held.paid_until_us,
                held.grace_until_us,
            )
            .join(numbers, numbers.c.id == held.number_id)
            .join(customers, customers.c.id == held.customer_id)
            .where(numbers.c.e164 == e164)
            .order_by(held.from_us.desc(), held.id.desc())
        )
        exists = select(numbers.c.id).where(numbers.c.e164 == e164)
        async with self._database.reading() as connection:
            if await connection.scalar(exists) is None:
                raise UnknownNumber(f"{e164} is not in the inventory")
            return [Holder(*row) for row in await connection.execute(query)]


def _chunks(values: Collection[str]) -> Iterator[list[str]]:
    rest = iter(values)
    while some := list(islice(rest, _AT_ONCE)):
        yield some
