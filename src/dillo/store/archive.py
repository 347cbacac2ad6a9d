"""The finished calls as lists, one by one, and summed up (calls.archive.CallArchive)."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Select, case, func, select

from dillo.accounts.changes import Change
from dillo.calls.archive import (
    ApplicationVersion,
    CallFilter,
    CallList,
    CallSums,
    ChargeLine,
    GroupBy,
    NodeBranch,
    Place,
    Sort,
    StoredCall,
    SumsPage,
)
from dillo.calls.buckets import Bucket
from dillo.model.events import EndReason
from dillo.store import call_lists, call_sums
from dillo.store.audit import record_change
from dillo.store.database import Database
from dillo.store.named_calls import NAMED, summary_of
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
            page = await call_lists.page(connection, asked, sort, after, take)
        return CallList(tuple(map(summary_of, page.rows)), page.rest)

    async def get(self, customer_id: str | None, call_id: str) -> StoredCall | None:
        """Return a call, of any customer where `customer_id` is None."""
        summary = NAMED.where(call_summaries.c.id == call_id)
        texts = select(calls.c.document, calls.c.events).where(calls.c.id == call_id)
        is_other = case((charge_lines.c.kind == "call", 0), else_=1)
        charges = _CHARGES.where(charge_lines.c.call_id == call_id).order_by(
            is_other, charge_lines.c.created_us, charge_lines.c.kind, charge_lines.c.id
        )
        async with self._database.reading() as connection:
            row = (await connection.execute(summary)).one_or_none()
            if row is None or customer_id not in (None, row.customer_id):
                return None
            text = (await connection.execute(texts)).one()
            lines = (await connection.execute(charges)).all()
        return StoredCall(
            summary_of(row), text.document, text.events, tuple(ChargeLine(*line) for line in lines)
        )

    async def sums(
        self, asked: CallFilter, buckets: Sequence[Bucket], group_by: GroupBy | None
    ) -> Sequence[CallSums]:
        """Return the sums of what is asked for, within each bucket; what is zero is left out."""
        async with self._database.reading() as connection:
            return await call_sums.sums(connection, asked, buckets, group_by)

    async def sums_page(
        self,
        asked: CallFilter,
        buckets: Sequence[Bucket],
        group_by: GroupBy,
        after: str | None,
        take: int,
    ) -> SumsPage:
        """Return the sums of up to `take` groups, in the order of what tells them apart.

        Those of the first, or of those after one; there is at least one bucket.
        """
        async with self._database.reading() as connection:
            keys = await call_sums.groups(connection, asked, buckets, group_by, after, take + 1)
            rest = keys[take - 1] if len(keys) > take else None
            narrow = call_sums.narrowed(asked, group_by, keys[:take])
            sums = await call_sums.sums(connection, narrow, buckets, group_by, (after, rest))
        return SumsPage(sums, rest)

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
