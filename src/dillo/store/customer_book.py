"""All customers, as the operator looks after them."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import func, or_, select, update

from dillo.accounts.changes import Change
from dillo.accounts.customer_book import CustomerFilter
from dillo.accounts.ports import Customer, Limits
from dillo.store.audit import raise_revision, record_change
from dillo.store.customers import customer_of, lock_customer
from dillo.store.database import Database
from dillo.store.tables import api_keys, customers, invitations, sessions, users

_columns = customers.c
_STATUSES = {
    "active": (_columns.closed_us.is_(None), _columns.is_suspended.is_(False)),
    "suspended": (_columns.closed_us.is_(None), _columns.is_suspended.is_(True)),
    "closed": (_columns.closed_us.is_not(None),),
}


class SqlCustomerBook:
    """All customers (accounts.customer_book.CustomerBook)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self, wanted: CustomerFilter, after_id: str | None, limit: int
    ) -> Sequence[Customer]:
        """Return customers, newest first, those after one of them."""
        query = select(customers).order_by(_columns.id.desc()).limit(limit)
        if after_id is not None:
            query = query.where(_columns.id < after_id)
        if wanted.status is not None:
            query = query.where(*_STATUSES[wanted.status])
        if wanted.text is not None:
            text = wanted.text.lower()
            with_address = select(users.c.customer_id).where(
                users.c.email.contains(text, autoescape=True)
            )
            query = query.where(
                or_(
                    func.lower(_columns.name).contains(text, autoescape=True),
                    _columns.id == text,
                    _columns.id.in_(with_address),
                )
            )
        async with self._database.reading() as connection:
            return [customer_of(row) for row in await connection.execute(query)]

    async def change(
        self, customer: Customer, change: Change, *, name: str, limits: Limits
    ) -> Customer:
        """Set a customer's name and limits."""
        before = {"name": customer.name, **asdict(customer.limits)}
        after = {"name": name, **asdict(limits)}
        changed = {key: value for key, value in after.items() if before[key] != value}
        async with self._database.writing() as connection:
            await lock_customer(connection, customer.id)
            await connection.execute(
                update(customers).where(_columns.id == customer.id).values(after)
            )
            await record_change(
                connection,
                change,
                "customer.change",
                customer.id,
                customer.id,
                before={key: before[key] for key in changed},
                after=changed,
            )
            await raise_revision(connection)
            return await lock_customer(connection, customer.id)

    async def close(self, customer_id: str, change: Change) -> Customer:
        """Take no more calls, and let no key and nobody in. Raises UnknownCustomer."""
        theirs = select(users.c.id).where(users.c.customer_id == customer_id)
        ended = (
            update(sessions).where(sessions.c.user_id.in_(theirs), sessions.c.revoked_us.is_(None)),
            update(api_keys).where(
                api_keys.c.customer_id == customer_id, api_keys.c.revoked_us.is_(None)
            ),
            update(invitations).where(
                invitations.c.customer_id == customer_id,
                invitations.c.accepted_us.is_(None),
                invitations.c.revoked_us.is_(None),
            ),
        )
        closing = update(customers).where(_columns.id == customer_id)
        async with self._database.writing() as connection:
            before = await lock_customer(connection, customer_id)
            values = {"is_suspended": True, "closed_us": change.at_us}
            await connection.execute(closing.values(values))
            for statement in ended:
                await connection.execute(statement.values(revoked_us=change.at_us))
            await record_change(
                connection,
                change,
                "customer.close",
                customer_id,
                customer_id,
                before={name: getattr(before, name) for name in values},
                after=values,
            )
            await raise_revision(connection)
            return await lock_customer(connection, customer_id)
