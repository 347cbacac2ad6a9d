"""Exports in the database (calls.exports.Exports, jobs.exporting.ExportDesk)."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, delete, func, insert, select, update

from dillo.accounts.changes import Change
from dillo.calls.archive import CallFilter
from dillo.calls.exports import (
    JOB,
    KEPT_US,
    MOST_AT_ONCE,
    Export,
    ExportFormat,
    ExportStatus,
    TooManyExports,
    UnknownExport,
)
from dillo.model.clock import now_us
from dillo.model.ids import new_id
from dillo.model.jobs import JobRequest
from dillo.store.audit import record_change
from dillo.store.database import Database
from dillo.store.job_requests import ask
from dillo.store.tables import exports, settlement_clock

_columns = exports.c
_UNFINISHED = (ExportStatus.WAITING.value, ExportStatus.RUNNING.value)
_ERROR_KEPT = 500

_encode = msgspec.json.encode
_filters: msgspec.json.Decoder[CallFilter] = msgspec.json.Decoder(CallFilter)


class SqlExports:
    """The exports that are known, in the main database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def create(
        self, actor: str, customer_id: str | None, format_: ExportFormat, asked: CallFilter
    ) -> Export:
        """Store an export and ask for its job, in one transaction. Raises TooManyExports."""
        change = Change.by(actor)
        async with self._database.writing() as connection:
            unfinished = select(func.count()).where(
                _is_owner(customer_id), _columns.status.in_(_UNFINISHED)
            )
            if (await connection.execute(unfinished)).scalar_one() >= MOST_AT_ONCE:
                raise TooManyExports(f"{MOST_AT_ONCE} exports are not done yet; wait for one")
            pin_us = (await connection.execute(select(settlement_clock.c.settled_us))).scalar_one()
            export = Export(
                id=new_id(),
                customer_id=customer_id,
                format=format_,
                asked=replace(asked, settled_until_us=pin_us),
                status=ExportStatus.WAITING,
                created_us=change.at_us,
                expires_us=change.at_us + KEPT_US,
                rows=0,
                expected=None,
            )
            await connection.execute(insert(exports), _row(export))
            await ask(connection, [JobRequest(JOB, export.id, {"export_id": export.id})])
            after = {"format": format_.value}
            await record_change(
                connection, change, "export.create", export.id, customer_id, after=after
            )
        return export

    async def get(self, customer_id: str | None, export_id: str) -> Export:
        """Return an export of a customer, of any where that is None. Raises UnknownExport."""
        query = select(exports).where(_columns.id == export_id)
        if customer_id is not None:
            query = query.where(_columns.customer_id == customer_id)
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).mappings().one_or_none()
        if row is None:
            raise UnknownExport(f"there is no export {export_id}; it may have expired")
        return _export(row)

    async def page(
        self, customer_id: str | None, after_id: str | None, take: int
    ) -> Sequence[Export]:
        """Return exports, newest first."""
        query = select(exports).order_by(_columns.id.desc()).limit(take)
        if customer_id is not None:
            query = query.where(_columns.customer_id == customer_id)
        if after_id is not None:
            query = query.where(_columns.id < after_id)
        async with self._database.reading() as connection:
            return [_export(row) for row in (await connection.execute(query)).mappings()]

    async def remove(self, actor: str, customer_id: str | None, export_id: str) -> Export:
        """Forget an export, and return it. Raises UnknownExport."""
        export = await self.get(customer_id, export_id)
        async with self._database.writing() as connection:
            await connection.execute(delete(exports).where(_columns.id == export_id))
            await record_change(
                connection,
                Change.by(actor),
                "export.remove",
                export_id,
                export.customer_id,
                before={"format": export.format.value, "status": export.status.value},
            )
        return export

    async def find(self, export_id: str) -> Export | None:
        """Return an export that is still wanted."""
        try:
            return await self.get(None, export_id)
        except UnknownExport:
            return None

    async def note(self, export_id: str, rows: int, expected: int) -> bool:
        """Note progress; return whether the export is still wanted."""
        values = {"status": ExportStatus.RUNNING.value, "rows": rows, "expected": expected}
        return await self._set(export_id, values)

    async def finish(self, export_id: str, rows: int, size: int) -> bool:
        """Note that the file is there; return whether the export is still wanted."""
        done = {"status": ExportStatus.DONE.value, "finished_us": now_us()}
        return await self._set(export_id, done | {"rows": rows, "expected": rows, "size": size})

    async def fail(self, export_id: str, error: str) -> None:
        """Note that there will be no file."""
        failed = {"status": ExportStatus.FAILED.value, "finished_us": now_us()}
        await self._set(export_id, failed | {"error": error[:_ERROR_KEPT]})

    async def expired(self, at_us: int, limit: int) -> Sequence[Export]:
        """Return exports whose time is over."""
        query = select(exports).where(_columns.expires_us <= at_us).limit(limit)
        async with self._database.reading() as connection:
            return [_export(row) for row in (await connection.execute(query)).mappings()]

    async def forget(self, export_ids: Sequence[str]) -> None:
        """Forget exports."""
        async with self._database.writing() as connection:
            await connection.execute(delete(exports).where(_columns.id.in_(export_ids)))

    async def _set(self, export_id: str, values: dict[str, Any]) -> bool:
        async with self._database.writing() as connection:
            done = await connection.execute(
                update(exports).where(_columns.id == export_id).values(values)
            )
        return bool(done.rowcount)


def _is_owner(customer_id: str | None) -> ColumnElement[bool]:
    return (
        _columns.customer_id.is_(None)
        if customer_id is None
        else _columns.customer_id == customer_id
    )


def _row(export: Export) -> dict[str, Any]:
    return {
        "id": export.id,
        "customer_id": export.customer_id,
        "format": export.format.value,
        "filters": _encode(export.asked).decode(),
        "status": export.status.value,
        "created_us": export.created_us,
        "expires_us": export.expires_us,
        "rows": export.rows,
        "expected": export.expected,
    }


def _export(row: Any) -> Export:
    return Export(
        id=row["id"],
        customer_id=row["customer_id"],
        format=ExportFormat(row["format"]),
        asked=_filters.decode(row["filters"]),
        status=ExportStatus(row["status"]),
        created_us=row["created_us"],
        expires_us=row["expires_us"],
        rows=row["rows"],
        expected=row["expected"],
        size=row["size"],
        finished_us=row["finished_us"],
        error=row["error"],
    )
