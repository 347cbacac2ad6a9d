"""The secrets that webhooks are signed with, in the database."""

from sqlalchemy import insert, select, update

from dillo.accounts.errors import UnknownCustomer
from dillo.accounts.ports import Change
from dillo.store.audit import record_change
from dillo.store.database import Database
from dillo.store.tables import customers, webhook_secrets

_columns = webhook_secrets.c


class SqlWebhookSecrets:
    """One secret for each customer (accounts.ports.WebhookSecretStore)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, customer_id: str) -> str | None:
        """Return a customer's sealed secret, None where there is none yet."""
        query = select(_columns.sealed_secret).where(_columns.customer_id == customer_id)
        async with self._database.reading() as connection:
            found: str | None = await connection.scalar(query)
        return found

    async def put(self, customer_id: str, sealed: str, change: Change, *, replaces: bool) -> None:
        """Store a secret; where there is one already, only if this one `replaces` it.

        Raises UnknownCustomer.
        """
        is_theirs = _columns.customer_id == customer_id
        values = {"sealed_secret": sealed, "created_us": change.at_us}
        async with self._database.writing() as connection:
            known = select(customers.c.id).where(customers.c.id == customer_id)
            if await connection.scalar(known) is None:
                raise UnknownCustomer("there is no such customer")
            set_us = await connection.scalar(select(_columns.created_us).where(is_theirs))
            if set_us is None:
                row = values | {"customer_id": customer_id}
                await connection.execute(insert(webhook_secrets).values(row))
            elif replaces:
                await connection.execute(update(webhook_secrets).where(is_theirs).values(values))
            else:
                return
            action = "webhook-secret.set"
            await record_change(
                connection,
                change,
                action,
                customer_id,
                customer_id,
                before={"set_us": set_us},
                after={"set_us": change.at_us},
            )
