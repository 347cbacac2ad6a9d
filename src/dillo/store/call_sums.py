"""Sums of calls over any span of time and any group, from as few rows as there can be.

A bucket is cut into whole days and hours of UTC, whose sums are kept (see `rollups`), and the rest,
which is counted call by call. Sums are kept by one thing at a time, and for a number by everything:
other combinations of filters are counted call by call altogether.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    Table,
    and_,
    case,
    column,
    func,
    literal_column,
    select,
    text,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from dillo.calls.archive import CallFilter, CallSums, GroupBy
from dillo.calls.buckets import Bucket
from dillo.store.call_lists import conditions
from dillo.store.rollups import DAY_S, DIMENSIONS, HOUR_S, SUMS, TOTAL
from dillo.store.tables import call_rollups, call_summaries, customers

_US = 1_000_000
_MOST_SINGLES = 10_000
"""Beyond that it takes longer to say which rows than to look for them."""
_EMPTY: ColumnElement[str] = literal_column("''")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a bucket whose calls are summed up in rows of so many seconds; 0: in none."""

    bucket: int
    span_s: int
    start_us: int
    end_us: int


async def sums(
    connection: AsyncConnection,
    asked: CallFilter,
    buckets: Sequence[Bucket],
    group_by: GroupBy | None,
) -> list[CallSums]:
    """Return the sums of what is asked for, within each bucket; what is zero is left out."""
    scopes = _scopes(asked, group_by)
    pieces = [piece for index, each in enumerate(buckets) for piece in _pieces(index, each, scopes)]
    rows: list[Any] = []
    kept = [piece for piece in pieces if piece.span_s]
    # An equation spares PostgreSQL to compare each row with each piece; SQLite looks each piece up
    # anyway, and an equation would make it read the whole table first, for a Bloom filter.
    single = [part for piece in kept for part in _singles(piece)]
    is_single = connection.dialect.name == "postgresql" and len(single) <= _MOST_SINGLES
    if kept and scopes:
        query = _kept(asked, single if is_single else kept, is_single, group_by, scopes)
        rows += await connection.execute(query)
    rest = [piece for piece in pieces if not piece.span_s]
    if rest:
        rows += await connection.execute(_counted(asked, rest, group_by))
    return _merged(rows)


def _merged(rows: Iterable[Any]) -> list[CallSums]:
    totals: dict[tuple[int, str, str], list[int]] = defaultdict(lambda: [0] * len(SUMS))
    for bucket, group, currency, *amounts in rows:
        if not amounts[0]:
            continue  # a piece without a call
        total = totals[bucket, group, currency]
        for index, amount in enumerate(amounts):
            total[index] += int(amount)
    return [CallSums(*key, *total) for key, total in sorted(totals.items())]


def _scopes(asked: CallFilter, group_by: GroupBy | None) -> tuple[str, ...]:
    """Return the scopes of `call_rollups` that answer; none where calls must be counted."""
    by_column = {
        "application_id": asked.application_ids,
        "caller_country": asked.caller_countries,
        "end_reason": asked.end_reasons,
    }
    plain = CallFilter(
        customer_id=asked.customer_id,
        number_ids=asked.number_ids,
        application_ids=asked.application_ids,
        caller_countries=asked.caller_countries,
        end_reasons=asked.end_reasons,
    )
    if replace(asked, from_us=None, to_us=None) != plain:
        return ()
    if asked.number_ids and group_by is not GroupBy.NUMBER:
        return asked.number_ids
    needed = {name for name, wanted in by_column.items() if wanted}
    if asked.number_ids:
        needed.add("number_id")
    if group_by is not None and group_by.value in DIMENSIONS:
        needed.add(group_by.value)
    return () if len(needed) > 1 else tuple(needed) or (TOTAL,)


def _pieces(index: int, bucket: Bucket, scopes: tuple[str, ...]) -> Iterator[_Piece]:
    """Cut a bucket into days in the middle, hours beside them, and what is left at its ends."""
    spans = (DAY_S, HOUR_S) if scopes else ()
    yield from _cut(index, bucket.start_us, bucket.end_us, spans)


def _cut(index: int, start_us: int, end_us: int, spans: tuple[int, ...]) -> Iterator[_Piece]:
    if start_us >= end_us:
        return
    if not spans:
        yield _Piece(index, 0, start_us, end_us)
        return
    span_us = spans[0] * _US
    first_us, last_us = -(-start_us // span_us) * span_us, end_us // span_us * span_us
    if first_us >= last_us:
        yield from _cut(index, start_us, end_us, spans[1:])
        return
    yield from _cut(index, start_us, first_us, spans[1:])
    yield _Piece(index, spans[0], first_us, last_us)
    yield from _cut(index, last_us, end_us, spans[1:])


def _table_of(pieces: Sequence[_Piece]) -> Any:
    """Return the pieces as a table: written out, because hundreds of parameters take longer."""
    rows = ", ".join(
        f"({each.bucket}, {each.span_s}, {each.start_us}, {each.end_us})" for each in pieces
    )
    # Both databases name the columns of VALUES like this.
    names = "column1 AS bucket, column2 AS span_s, column3 AS start_us, column4 AS end_us"
    table = text(f"SELECT {names} FROM (VALUES {rows}) AS listed").columns(  # noqa: S608  (numbers)
        column("bucket", Integer),
        column("span_s", Integer),
        column("start_us", BigInteger),
        column("end_us", BigInteger),
    )
    return table.cte("pieces")


def _kept(
    asked: CallFilter,
    pieces: Sequence[_Piece],
    is_single: bool,
    group_by: GroupBy | None,
    scopes: tuple[str, ...],
) -> Select[Any]:
    """Ask for what is summed up."""
    rows, parts = call_rollups, _table_of(pieces)
    group = _group(rows.c, group_by)
    columns = (
        ("application_id", asked.application_ids),
        ("caller_country", asked.caller_countries),
        ("end_reason", asked.end_reasons),
        ("number_id", asked.number_ids if group_by is GroupBy.NUMBER else ()),
    )
    wanted = [
        rows.c.customer_id == customers.c.id,
        rows.c.scope.in_(scopes),
        rows.c.span_s == parts.c.span_s,
        *_within(rows.c.starts_us, parts, is_single),
        *_covered(rows.c.starts_us, pieces),
        *(rows.c[name].in_(ids) for name, ids in columns if ids),
    ]
    sums = [func.sum(rows.c[name]) for name in SUMS]
    return _summed(asked, rows, parts, group, sums, wanted, group_by)


def _singles(piece: _Piece) -> Iterator[_Piece]:
    """Divide a piece into one for each row that is kept of it."""
    span_us = piece.span_s * _US
    for start_us in range(piece.start_us, piece.end_us, span_us):
        yield replace(piece, start_us=start_us, end_us=start_us + span_us)


def _within(
    moment: ColumnElement[int], parts: Any, is_single: bool = False
) -> list[ColumnElement[bool]]:
    if is_single:
        return [moment == parts.c.start_us]
    return [moment >= parts.c.start_us, moment < parts.c.end_us]


def _covered(moment_us: ColumnElement[int], pieces: Sequence[_Piece]) -> list[ColumnElement[bool]]:
    """Say once more for all pieces together what is wanted: PostgreSQL then reads no other rows.

    Written out, as the pieces are, so that it knows how few there will be.
    """
    first_us, last_us = min(each.start_us for each in pieces), max(each.end_us for each in pieces)
    first: ColumnElement[int] = literal_column(str(first_us), BigInteger)
    last: ColumnElement[int] = literal_column(str(last_us), BigInteger)
    return [moment_us >= first, moment_us < last]


def _counted(asked: CallFilter, pieces: Sequence[_Piece], group_by: GroupBy | None) -> Select[Any]:
    """Ask for what must be counted call by call."""
    rows, parts = call_summaries.c, _table_of(pieces)
    group = _group(rows, group_by)
    is_answered = case((rows.answered_us.is_(None), 0), else_=1)
    is_fallback = case((rows.is_fallback_executed, 1), else_=0)
    sums = [
        func.count(rows.id),
        func.sum(is_answered),
        func.sum(is_fallback),
        func.sum(rows.duration_ms),
        func.sum(rows.price_micros),
    ]
    wanted = [
        rows.customer_id == customers.c.id,
        *_within(rows.created_us, parts),
        *_covered(rows.created_us, pieces),
        *conditions(asked),
    ]
    return _summed(asked, call_summaries, parts, group, sums, wanted, group_by)


def _summed(
    asked: CallFilter,
    rows: Table,
    parts: Any,
    group: ColumnElement[str],
    sums: Sequence[ColumnElement[Any]],
    wanted: Sequence[ColumnElement[bool]],
    group_by: GroupBy | None,
) -> Select[Any]:
    """Look rows up piece by piece: an outer join, so that no database does it the other way."""
    currency = customers.c.currency
    # PostgreSQL groups by no constant.
    grouping = [parts.c.bucket, currency, *([] if group_by is None else [group])]
    return (
        select(parts.c.bucket, group, currency, *sums)
        .select_from(parts)
        .join(customers, _is_owner(asked, customers.c.id))
        .join(rows, and_(*wanted), isouter=True)
        .group_by(*grouping)
    )


def _group(rows: Any, group_by: GroupBy | None) -> ColumnElement[str]:
    group: ColumnElement[str] = _EMPTY if group_by is None else rows[group_by.value]
    return group.label("group")


def _is_owner(asked: CallFilter, customer_id: ColumnElement[str]) -> ColumnElement[bool]:
    return customer_id == asked.customer_id if asked.customer_id else customer_id.is_not(None)
