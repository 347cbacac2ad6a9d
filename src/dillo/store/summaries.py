"""Calls in a few words, written in the transaction that stores the call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from dillo.model.phone import country_of
from dillo.records import CallRecord
from dillo.store.bulk import insert_rows
from dillo.store.rollups import Counted, Visit, add_calls, add_price, add_visits
from dillo.store.tables import application_versions, call_dials, call_digits, call_summaries

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Summarized:
    """A stored call."""

    record: CallRecord
    price_micros: int
    revision: int
    settled_us: int


_SET_PRICE = (
    update(call_summaries)
    .where(call_summaries.c.id == bindparam("call_id"))
    .values(price_micros=bindparam("price"), revision=bindparam("next_revision"))
)


async def summarize(connection: AsyncConnection, calls: Sequence[Summarized]) -> None:
    """Write summaries of calls that have none, and count them in the sums of hours and days."""
    if not calls:
        return
    owners = await _applications(connection, calls)
    rows = [_summary(call, owners) for call in calls]
    await insert_rows(connection, call_summaries, rows)
    for table, details in (
        (call_digits, [row for call in calls for row in _digits(call.record)]),
        (call_dials, [row for call in calls for row in _dials(call.record)]),
    ):
        await insert_rows(connection, table, details)
    await add_calls(connection, [_counted(row) for row in rows])
    await add_visits(connection, [visit for call in calls for visit in visits(call.record)])


async def reprice_summary(
    connection: AsyncConnection, call_id: str, price_micros: int, revision: int
) -> None:
    """Note the new price of a call whose own row has it already, and let the sums follow.

    A call that has no summary yet gets it with the price that its row has then.
    """
    query = select(call_summaries).where(call_summaries.c.id == call_id).with_for_update()
    row = (await connection.execute(query)).mappings().one_or_none()
    if row is None:
        return
    changed = {"call_id": call_id, "price": price_micros, "next_revision": revision}
    await connection.execute(_SET_PRICE, changed)
    await add_price(connection, _counted(row), price_micros - row["price_micros"])


async def _applications(
    connection: AsyncConnection, calls: Sequence[Summarized]
) -> Mapping[str, str]:
    version_ids = {version_id for call in calls for _, version_id in call.record.applications}
    if not version_ids:
        return {}
    columns = application_versions.c
    query = select(columns.id, columns.application_id).where(columns.id.in_(version_ids))
    return {row.id: row.application_id for row in await connection.execute(query)}


def _summary(call: Summarized, owners: Mapping[str, str]) -> Row:
    record = call.record
    version_id = record.applications[-1][1] if record.applications else ""
    return {
        "id": record.call_id,
        "customer_id": record.customer_id,
        "number_id": record.number_id,
        "application_id": owners.get(version_id, ""),
        "version_id": version_id,
        "caller": record.caller,
        "caller_country": country_of(record.caller),
        "created_us": record.created_us,
        "answered_us": record.answered_us,
        "ended_us": record.ended_us,
        "duration_ms": record.duration_ms,
        "end_reason": record.end_reason.value,
        "sip_code": record.sip_code,
        "is_fallback_executed": record.is_fallback_executed,
        "currency": record.currency,
        "price_micros": call.price_micros,
        "revision": call.revision,
        "mos": record.quality.mos if record.quality else None,
        "recordings": len(record.recordings),
        "digits": len(record.collected),
        "dials": len(record.dials),
        "failures": len(record.failures),
        "warnings": len(record.warnings),
        "settled_us": call.settled_us,
        "is_test": record.is_test,
    }


def _digits(record: CallRecord) -> list[Row]:
    return [
        {
            "call_id": record.call_id,
            "position": position,
            "customer_id": record.customer_id,
            "storage_key": collected.storage_key or "",
            "digits": collected.digits,
            "created_us": record.created_us,
        }
        for position, collected in enumerate(record.collected)
    ]


def _dials(record: CallRecord) -> list[Row]:
    return [
        {
            "call_id": record.call_id,
            "position": position,
            "customer_id": record.customer_id,
            "telephone_number": dial.telephone_number,
            "status": dial.status,
            "created_us": record.created_us,
        }
        for position, dial in enumerate(record.dials)
    ]


def _counted(row: Any) -> Counted:
    return Counted(
        customer_id=row["customer_id"],
        currency=row["currency"],
        number_id=row["number_id"],
        application_id=row["application_id"],
        caller_country=row["caller_country"],
        end_reason=row["end_reason"],
        created_us=row["created_us"],
        is_answered=row["answered_us"] is not None,
        is_fallback=bool(row["is_fallback_executed"]),
        duration_ms=row["duration_ms"],
        price_micros=row["price_micros"],
    )


def visits(record: CallRecord) -> list[Visit]:
    """Return the visits to nodes of published versions, in order.

    What a webhook answered has node numbers of its own, and belongs to no version.
    """
    versions = dict(record.applications)
    replaced = {each.role: each.first_execution for each in reversed(record.replacements)}
    last = len(record.executions) - 1
    return [
        Visit(
            version_id=versions[execution.role],
            created_us=record.created_us,
            node=execution.node,
            action_type=execution.action_type,
            outcome=execution.outcome,
            next_node=execution.next_node or "",
            end_reason=record.end_reason.value if index == last else "",
            duration_ms=max(0, execution.left_us - execution.entered_us) // 1000,
        )
        for index, execution in enumerate(record.executions)
        if execution.role in versions and index < replaced.get(execution.role, last + 1)
    ]
