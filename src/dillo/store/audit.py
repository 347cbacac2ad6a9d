"""Traces that every change leaves: a line in the audit log, and the directory's revision."""

from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy import insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from dillo.accounts.audit import AuditFilter
from dillo.accounts.ports import AuditEntry, Change
from dillo.model.ids import new_id
from dillo.model.money import to_decimal
from dillo.store.database import Database
from dillo.store.tables import audit_log, directory_revision

_ENTRY = (
    audit_log.c.at_us,
    audit_log.c.actor,
    audit_log.c.customer_id,
    audit_log.c.action,
    audit_log.c.subject,
    audit_log.c.id,
    audit_log.c.before,
    audit_log.c.after,
)
_MICROS = "_micros"
_RAISE_REVISION = update(directory_revision).values(revision=directory_revision.c.revision + 1)


async def record_change(
    connection: AsyncConnection,
    change: Change,
    action: str,
    subject: str,
    customer_id: str | None = None,
    *,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Write a change into the audit log, in the transaction that makes it.

    `before` and `after` are what was changed, and never hold secrets; `…_micros` in them are
    written as people write money.
    """
    row = {
        "id": new_id(),
        "at_us": change.at_us,
        "actor": change.actor,
        "customer_id": customer_id,
        "action": action,
        "subject": subject,
        "before": None if before is None else _written(before),
        "after": None if after is None else _written(after),
    }
    await connection.execute(insert(audit_log), row)


def _written(values: Mapping[str, object]) -> str:
    shown = {
        name.removesuffix(_MICROS): to_decimal(value)
        if name.endswith(_MICROS) and isinstance(value, int)
        else value
        for name, value in values.items()
    }
    return msgspec.json.encode(shown).decode()


async def raise_revision(connection: AsyncConnection) -> None:
    """Tell every directory to forget what it cached, when this transaction commits.

    Whatever changes numbers, customers or applications must call this.
    """
    await connection.execute(_RAISE_REVISION)


class SqlAudit:
    """What was changed by whom (accounts.ports.AuditLog)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def entries(self, customer_id: str | None = None) -> Sequence[AuditEntry]:
        """Return the newest 1000 changes, of one customer or of all, newest first."""
        columns = audit_log.c
        query = select(*_ENTRY)
        if customer_id is not None:
            query = query.where(columns.customer_id == customer_id)
        query = query.order_by(columns.at_us.desc(), columns.id.desc()).limit(1000)
        async with self._database.reading() as connection:
            return [AuditEntry(*row) for row in await connection.execute(query)]

    async def page(
        self, wanted: AuditFilter, after_id: str | None, limit: int
    ) -> Sequence[AuditEntry]:
        """Return changes, newest first, those after one of them."""
        columns = audit_log.c
        conditions = {
            columns.customer_id: wanted.customer_id,
            columns.actor: wanted.actor,
            columns.subject: wanted.subject,
        }
        query = select(*_ENTRY).order_by(columns.id.desc()).limit(limit)
        query = query.where(*(name == value for name, value in conditions.items() if value))
        if wanted.action is not None:
            query = query.where(columns.action.startswith(wanted.action, autoescape=True))
        if wanted.from_us is not None:
            query = query.where(columns.at_us >= wanted.from_us)
        if wanted.until_us is not None:
            query = query.where(columns.at_us < wanted.until_us)
        if after_id is not None:
            query = query.where(columns.id < after_id)
        async with self._database.reading() as connection:
            return [AuditEntry(*row) for row in await connection.execute(query)]
