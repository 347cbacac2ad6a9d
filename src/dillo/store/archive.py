"""The finished calls as lists, one by one, and summed up (calls.archive.CallArchive)."""

from collections.abc import Iterable, Mapping, Sequence

from sqlalchemy import Select, case, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from dillo.accounts.changes import Change
from dillo.calls.archive import (
    ApplicationVersion,
    CallFilter,
    CallList,
    CallSummary,
    CallSums,
    ChargeLine,
    GroupBy,
    NodeBranch,
    Place,
    Sort,
    StoredCall,
)
from dillo.calls.buckets import Bucket
from dillo.model.events import EndReason
from dillo.store import call_sums
from dillo.store.audit import record_change
from dillo.store.call_lists import page_ids
from dillo.store.database import Database
from dillo.store.tables import (
    application_versions,
    applications,
    call_summaries,
    calls,
    charge_lines,
    customers,
    node_rollups,
    numbers,
)

_summary = call_summaries.c
_SUMMARIES = (
    select(
        _summary.id,
        _summary.customer_id,
        _summary.number_id,
        numbers.c.e164.label("number"),
        _summary.application_id,
        func.coalesce(applications.c.name, "").label("application"),
        _summary.version_id,
        application_versions.c.version,
        _summary.caller,
        _summary.caller_country,
        _summary.created_us,
        _summary.answered_us,
        _summary.ended_us,
        _summary.duration_ms,
        _summary.end_reason,
        _summary.sip_code,
        _summary.is_fallback_executed,
        _summary.is_test,
        _summary.currency,
        _summary.price_micros,
        _summary.revision,
        _summary.mos,
        _summary.recordings,
        _summary.digits,
        _summary.dials,
        _summary.failures,
        _summary.warnings,
    )
    .join(numbers, numbers.c.id == _summary.number_id)
    .join(applications, applications.c.id == _summary.application_id, isouter=True)
    .join(application_versions, application_versions.c.id == _summary.version_id, isouter=True)
)
_CHARGES = select(
    charge_lines.c.id,
    charge_lines.c.kind,
    charge_lines.c.subject_id,
    charge_lines.c.amount_micros,
    charge_lines.c.explanation,
    charge_lines.c.created_us,
)
_VERSIONS = select(
    application_versions.c.id,
    application_versions.c.version,
    applications.c.id.label("application_id"),
    applications.c.name,
).join(applications, applications.c.id == application_versions.c.application_id)
_NAMES: Mapping[GroupBy, Select[tuple[str, str]]] = {
    GroupBy.NUMBER: select(numbers.c.id, numbers.c.e164.label("name")),
    GroupBy.APPLICATION: select(applications.c.id, applications.c.name),
    GroupBy.CUSTOMER: select(customers.c.id, customers.c.name),
}


class SqlCallArchive:
    """The finished calls in the main database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, asked: CallFilter, sort: Sort, after: Place | None, take: int) -> CallList:
        """Return up to `take` calls after a place in the list, and where it goes on."""
        async with self._database.reading() as connection:
            page = await page_ids(connection, asked, sort, after, take)
            found = await _summaries(connection, page.ids) if page.ids else {}
        return CallList(tuple(found[call_id] for call_id in page.ids), page.rest)

    async def get(self, customer_id: str | None, call_id: str) -> StoredCall | None:
        """Return a call, of any customer where `customer_id` is None."""
        texts = select(calls.c.document, calls.c.events).where(calls.c.id == call_id)
        is_other = case((charge_lines.c.kind == "call", 0), else_=1)
        charges = _CHARGES.where(charge_lines.c.call_id == call_id).order_by(
            is_other, charge_lines.c.created_us, charge_lines.c.kind, charge_lines.c.id
        )
        async with self._database.reading() as connection:
            summary = (await _summaries(connection, [call_id])).get(call_id)
            if summary is None or customer_id not in (None, summary.customer_id):
                return None
            text = (await connection.execute(texts)).one()
            lines = (await connection.execute(charges)).all()
        return StoredCall(
            summary, text.document, text.events, tuple(ChargeLine(*line) for line in lines)
        )

    async def sums(
        self, asked: CallFilter, buckets: Sequence[Bucket], group_by: GroupBy | None
    ) -> Sequence[CallSums]:
        """Return the sums of what is asked for, within each bucket; what is zero is left out."""
        async with self._database.reading() as connection:
            return await call_sums.sums(connection, asked, buckets, group_by)

    async def names(self, group_by: GroupBy, keys: Sequence[str]) -> Mapping[str, str]:
        """Return how people call numbers, applications or customers, by id."""
        query = _NAMES.get(group_by)
        if query is None or not keys:
            return {}
        id_column = query.selected_columns[0]
        async with self._database.reading() as connection:
            rows = await connection.execute(query.where(id_column.in_(keys)))
            return {row.id: row.name for row in rows}

    async def number_ids(self, wanted: Sequence[str]) -> Sequence[str]:
        """Return the ids of those of some E.164 numbers that are in the inventory."""
        query = select(numbers.c.id).where(numbers.c.e164.in_(wanted))
        async with self._database.reading() as connection:
            return (await connection.scalars(query)).all()

    async def versions(self, version_ids: Sequence[str]) -> Mapping[str, ApplicationVersion]:
        """Return versions by id."""
        query = _VERSIONS.where(application_versions.c.id.in_(version_ids))
        async with self._database.reading() as connection:
            rows = await connection.execute(query)
            return {row.id: ApplicationVersion(*row) for row in rows}

    async def versions_of(
        self, customer_id: str | None, application_id: str
    ) -> Sequence[ApplicationVersion]:
        """Return the versions of a customer's application, oldest first; none where not theirs."""
        query = _VERSIONS.where(
            applications.c.id == application_id, application_versions.c.version.is_not(None)
        )
        if customer_id is not None:
            query = query.where(applications.c.customer_id == customer_id)
        async with self._database.reading() as connection:
            rows = await connection.execute(query.order_by(application_versions.c.version))
            return [ApplicationVersion(*row) for row in rows]

    async def note_hang_up(self, actor: str, customer_id: str, call_id: str) -> None:
        """Write into the audit log who ended a call."""
        async with self._database.writing() as connection:
            change = Change.by(actor)
            after = {"end_reason": EndReason.INTERRUPTED.value}
            await record_change(
                connection, change, "call.hang-up", call_id, customer_id, after=after
            )

    async def branches(
        self, version_ids: Sequence[str], from_us: int, to_us: int
    ) -> Sequence[NodeBranch]:
        """Return the visits to the nodes of versions; both moments are full hours."""
        columns = node_rollups.c
        key = (columns.node, columns.action_type, columns.outcome, columns.next_node)
        query = (
            select(
                *key,
                columns.end_reason,
                func.sum(columns.visits).label("visits"),
                func.sum(columns.duration_ms).label("duration_ms"),
            )
            .where(columns.version_id.in_(version_ids))
            .where(columns.starts_us >= from_us, columns.starts_us < to_us)
            .group_by(*key, columns.end_reason)
            .order_by(*key, columns.end_reason)
        )
        async with self._database.reading() as connection:
            rows = (await connection.execute(query)).all()
        return [NodeBranch(*row[:5], int(row.visits), int(row.duration_ms)) for row in rows]


async def _summaries(
    connection: AsyncConnection, call_ids: Iterable[str]
) -> Mapping[str, CallSummary]:
    query = _SUMMARIES.where(_summary.id.in_(call_ids))
    rows = await connection.execute(query)
    return {row.id: CallSummary(**row) for row in rows.mappings()}
