"""Sums of calls by day, hour and quarter: what makes a month as cheap to count as an hour."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Table
from sqlalchemy.ext.asyncio import AsyncConnection

from dillo.store.bulk import add_rows
from dillo.store.tables import call_rollups, node_rollups

DAY_S, HOUR_S, QUARTER_S = 86_400, 3_600, 900

TOTAL = "total"
DIMENSIONS = ("number_id", "application_id", "caller_country", "end_reason")
"""The scopes by one thing; each is named as the column that tells its rows apart."""
FEW_KEYS = frozenset((TOTAL, "caller_country", "end_reason"))
"""The scopes that have few rows: of these there are sums of everybody's calls, too."""
SUMS = ("calls", "answered", "fallbacks", "duration_ms", "price_micros")

Key = tuple[str | int, ...]
Sums = dict[Key, list[int]]


@dataclass(frozen=True, slots=True)
class Counted:
    """A call, as far as it is summed up."""

    customer_id: str
    currency: str
    number_id: str
    application_id: str
    caller_country: str
    end_reason: str
    created_us: int
    is_answered: bool
    is_fallback: bool
    duration_ms: int
    price_micros: int


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit to a node, as far as it is summed up."""

    version_id: str
    created_us: int
    """Of the call."""
    node: str
    action_type: str
    outcome: str
    next_node: str
    end_reason: str
    duration_ms: int


def spans_of(scope: str) -> tuple[int, ...]:
    """Return the seconds of the spans that a scope is summed up in, the longest first.

    Every time zone is some quarters of an hour from UTC. Most numbers and applications have about a
    call an hour: sums of that would be no fewer rows.
    """
    return (DAY_S, HOUR_S, QUARTER_S) if scope in FEW_KEYS else (DAY_S,)


async def add_calls(connection: AsyncConnection, calls: Iterable[Counted]) -> None:
    """Count calls in, each once, in the transaction that stores them."""
    sums: Sums = {}
    for call in calls:
        amounts = (1, call.is_answered, call.is_fallback, call.duration_ms, call.price_micros)
        for key in _keys(call):
            _add(sums, key, amounts)
    await _upsert(connection, call_rollups, SUMS, sums)


async def add_price(connection: AsyncConnection, call: Counted, more_micros: int) -> None:
    """Add to the price of a call that is counted already."""
    sums = {key: [0, 0, 0, 0, more_micros] for key in _keys(replace(call, price_micros=0))}
    await _upsert(connection, call_rollups, SUMS, sums)


async def add_visits(connection: AsyncConnection, visits: Iterable[Visit]) -> None:
    """Count visits to nodes in, each once, in the transaction that stores their call."""
    sums: Sums = {}
    for visit in visits:
        key = (
            visit.version_id,
            _start_us(visit.created_us, HOUR_S),
            visit.node,
            visit.outcome,
            visit.next_node,
            visit.end_reason,
            visit.action_type,
        )
        _add(sums, key, (1, visit.duration_ms))
    await _upsert(connection, node_rollups, ("visits", "duration_ms"), sums)


def _keys(call: Counted) -> Iterator[Key]:
    """Yield the rows of `call_rollups` that a call counts in."""
    values = (call.number_id, call.application_id, call.caller_country, call.end_reason)
    scopes: list[tuple[str, tuple[str, ...]]] = [
        (TOTAL, ("", "", "", "")),
        (call.number_id, ("", *values[1:])),
    ]
    for index, name in enumerate(DIMENSIONS):
        cells = ["", "", "", ""]
        cells[index] = values[index]
        scopes.append((name, tuple(cells)))
    for scope, names in scopes:
        owners = (call.customer_id, call.currency) if scope in FEW_KEYS else (call.customer_id,)
        for span_s in spans_of(scope):
            starts_us = _start_us(call.created_us, span_s)
            for owner in owners:
                yield (owner, scope, span_s, starts_us, *names)


def _start_us(moment_us: int, span_s: int) -> int:
    return moment_us - moment_us % (span_s * 1_000_000)


def _add(sums: Sums, key: Key, amounts: Sequence[int]) -> None:
    row = sums.setdefault(key, [0] * len(amounts))
    for index, amount in enumerate(amounts):
        row[index] += amount


async def _upsert(
    connection: AsyncConnection, table: Table, counts: Sequence[str], sums: Sums
) -> None:
    """Add sums to the rows there are; a key has the columns before the counts, in their order."""
    if not sums:
        return
    names = [column.name for column in table.columns if column.name not in counts]
    # Sorted: where rows have locks, two transactions take them in the same order.
    rows = [
        dict(zip(names, key, strict=True)) | dict(zip(counts, amounts, strict=True))
        for key, amounts in sorted(sums.items())
    ]
    updates = ", ".join(f"{name} = {table.name}.{name} + excluded.{name}" for name in counts)
    await add_rows(connection, table, rows, updates)
