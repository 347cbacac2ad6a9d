"""Sums of calls over any span of time and any group, from as few rows as there can be.

A bucket is put together from sums that are kept of days, hours and quarters of hours of UTC (see
`rollups`). Where it begins or ends inside of one, what is missing is added, or what is too much is
taken away, whichever is less: a day of Europe/Rome is a day of UTC, plus the two hours before it,
less its last two. What is in no kept sum is counted call by call; so is everything where the
filters are in none.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    Table,
    and_,
    case,
    column,
    func,
    literal,
    literal_column,
    select,
    text,
    true,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from dillo.calls.archive import CallFilter, CallSums, GroupBy
from dillo.calls.buckets import Bucket
from dillo.store.call_lists import conditions
from dillo.store.rollups import DAY_S, DIMENSIONS, FEW_KEYS, SUMS, TOTAL, spans_of
from dillo.store.tables import applications, call_rollups, call_summaries, customers

_US = 1_000_000
_EMPTY: ColumnElement[str] = literal_column("''")
_NOTHING = [0] * len(SUMS)
_FEW_GROUPS = 8
"""Of so many the calls are found group by group."""

_Among = tuple[str | None, str | None]
"""After which group, and up to which."""

_Piece = tuple[int, int, int]
"""Seconds of the spans that its calls are summed up in, 0 for none; start and end."""
_Shares = dict[_Piece, list[tuple[int, int]]]
"""In which buckets a piece counts, each with 1 or with -1."""


async def sums(
    connection: AsyncConnection,
    asked: CallFilter,
    buckets: Sequence[Bucket],
    group_by: GroupBy | None,
    among: _Among = (None, None),
) -> list[CallSums]:
    """Return the sums of what is asked for, within each bucket; what is zero is left out.

    The buckets alone say of which time, `among` of which groups.
    """
    asked = replace(asked, from_us=None, to_us=None)  # what is taken away is outside of it
    scopes = _scopes(asked, group_by)
    spans = min((spans_of(scope) for scope in scopes), key=len, default=())
    shares = _shares(buckets, spans)
    kept = [piece for piece in shares if piece[0]]
    counted = [piece for piece in shares if not piece[0]]
    found = []
    if kept:
        query = _kept(connection.dialect.name, asked, kept, group_by, scopes, among)
        found.append((kept, (await connection.execute(query)).all()))
    if counted:
        query = _counted(connection.dialect.name, asked, counted, group_by, among)
        found.append((counted, (await connection.execute(query)).all()))
    return _merged(shares, found)


async def groups(
    connection: AsyncConnection,
    asked: CallFilter,
    buckets: Sequence[Bucket],
    group_by: GroupBy,
    after: str | None,
    take: int,
) -> Sequence[str]:
    """Return the first groups after one that have calls in the days of the buckets, in order.

    Some may have none that pass the filters.
    """
    kept, day_us = call_rollups.c, DAY_S * _US
    scope = group_by.value if group_by.value in DIMENSIONS else TOTAL
    owners = _owners(asked, group_by, (scope,))
    wanted = [
        kept.customer_id == owners.c.id,
        kept.scope == scope,
        kept.span_s == DAY_S,
        kept.starts_us > buckets[0].start_us - day_us,
        kept.starts_us < buckets[-1].end_us,
        *_within(kept[group_by.value], (after, None)),
    ]
    found, rows = _looked_up(connection.dialect.name, owners, call_rollups, wanted)
    key = rows[group_by.value]
    query = select(key).select_from(found).distinct().order_by(key)
    # One more for owners without any: refused in the query, SQLite would begin at the rows.
    keys = await connection.scalars(query.limit(take + 1))
    return [each for each in keys if each is not None][:take]


def narrowed(asked: CallFilter, group_by: GroupBy, keys: Sequence[str]) -> CallFilter:
    """Ask for a few groups by name: indexes find the calls of each, or all must be looked at."""
    if len(keys) > _FEW_GROUPS:
        return asked
    match group_by:
        case GroupBy.NUMBER if not asked.number_ids:
            return replace(asked, number_ids=tuple(keys))
        case GroupBy.APPLICATION if not asked.application_ids:
            return replace(asked, application_ids=tuple(keys))
        case _:
            return asked


def _within(key: ColumnElement[str], among: _Among) -> list[ColumnElement[bool]]:
    after, last = among
    lower = [] if after is None else [key > after]
    return lower if last is None else [*lower, key <= last]


def _owners(asked: CallFilter, group_by: GroupBy | None, scopes: Sequence[str]) -> Any:
    """Return whose sums of these scopes are added up: the customers', or, by currency, all's."""
    currency = customers.c.currency
    if asked.customer_id is not None:
        query = select(customers.c.id, currency).where(customers.c.id == asked.customer_id)
    elif group_by is not GroupBy.CUSTOMER and FEW_KEYS.issuperset(scopes):
        query = select(currency.label("id"), currency).distinct()
    else:
        query = select(customers.c.id, currency)
    return query.subquery("owners")


def _merged(
    shares: _Shares, found: Sequence[tuple[Sequence[_Piece], Sequence[Any]]]
) -> list[CallSums]:
    totals: dict[tuple[int, str, str], list[int]] = {}
    for pieces, rows in found:
        for piece, group, currency, *amounts in rows:
            for bucket, sign in shares[pieces[piece]] if amounts[0] else ():
                key = (bucket, group, currency)
                before = totals.get(key, _NOTHING)
                totals[key] = [
                    one + sign * other for one, other in zip(before, amounts, strict=True)
                ]
    return [CallSums(*key, *total) for key, total in sorted(totals.items()) if total[0]]


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
    if asked != plain:
        return ()
    if asked.number_ids and group_by is not GroupBy.NUMBER:
        return asked.number_ids
    needed = {name for name, wanted in by_column.items() if wanted}
    if asked.number_ids:
        needed.add("number_id")
    if group_by is not None and group_by.value in DIMENSIONS:
        needed.add(group_by.value)
    return () if len(needed) > 1 else tuple(needed) or (TOTAL,)


def _shares(buckets: Sequence[Bucket], spans: Sequence[int]) -> _Shares:
    """Return what to add up; a piece at the border of two buckets is read once."""
    shares: _Shares = defaultdict(list)
    for index, bucket in enumerate(buckets):
        for piece, sign in _cut(bucket.start_us, bucket.end_us, spans):
            shares[piece].append((index, sign))
    return shares


def _cut(start_us: int, end_us: int, spans: Sequence[int]) -> Iterator[tuple[_Piece, int]]:
    """Yield what makes `[start, end)`, from the coarsest spans on that help."""
    if start_us >= end_us:
        return
    if not spans:
        yield (0, start_us, end_us), 1
        return
    span_us, finer = spans[0] * _US, spans[1:]
    first_us, last_us = _nearest(start_us, span_us), _nearest(end_us, span_us)
    beside_us = abs(first_us - start_us) + abs(last_us - end_us)
    if first_us >= last_us or beside_us > end_us - start_us:
        yield from _cut(start_us, end_us, finer)
        return
    yield (spans[0], first_us, last_us), 1
    yield from _cut(start_us, first_us, finer)
    yield from _cut(last_us, end_us, finer)
    for piece, sign in (*_cut(first_us, start_us, finer), *_cut(end_us, last_us, finer)):
        yield piece, -sign


def _nearest(moment_us: int, span_us: int) -> int:
    """Return the nearest moment at which a span begins."""
    return (moment_us + span_us // 2) // span_us * span_us


def _table_of(pieces: Sequence[_Piece]) -> Any:
    """Return the pieces as a table: written out, because hundreds of parameters take longer."""
    rows = ", ".join(f"({index}, {', '.join(map(str, each))})" for index, each in enumerate(pieces))
    # Both databases name the columns of VALUES like this.
    names = "column1 AS piece, column2 AS span_s, column3 AS start_us, column4 AS end_us"
    table = text(f"SELECT {names} FROM (VALUES {rows}) AS listed").columns(  # noqa: S608  (numbers)
        column("piece", Integer),
        column("span_s", Integer),
        column("start_us", BigInteger),
        column("end_us", BigInteger),
    )
    return table.cte("pieces")


def _kept(
    dialect: str,
    asked: CallFilter,
    pieces: Sequence[_Piece],
    group_by: GroupBy | None,
    scopes: tuple[str, ...],
    among: _Among,
) -> Select[Any]:
    """Ask for what is summed up."""
    kept, parts = call_rollups.c, _table_of(pieces)
    owners = _owners(asked, group_by, scopes)
    columns = (
        ("application_id", asked.application_ids),
        ("caller_country", asked.caller_countries),
        ("end_reason", asked.end_reasons),
        ("number_id", asked.number_ids if group_by is GroupBy.NUMBER else ()),
    )
    wanted = [
        kept.customer_id == owners.c.id,
        kept.scope.in_(scopes),
        kept.span_s == parts.c.span_s,
        kept.starts_us >= parts.c.start_us,
        kept.starts_us < parts.c.end_us,
        *(kept[name].in_(ids) for name, ids in columns if ids),
        *(_within(kept[group_by.value], among) if group_by else ()),
    ]
    found, rows = _looked_up(dialect, parts.join(owners, true()), call_rollups, wanted)
    amounts = [_sum(rows[name]) for name in SUMS]
    return _summed(found, parts.c.piece, _group(rows, group_by), owners.c.currency, amounts)


def _counted(
    dialect: str,
    asked: CallFilter,
    pieces: Sequence[_Piece],
    group_by: GroupBy | None,
    among: _Among,
) -> Select[Any]:
    """Ask for what must be counted call by call."""
    created_us = call_summaries.c.created_us
    wanted = [
        *conditions(asked),
        *_by_owner(asked),
        *(_within(call_summaries.c[group_by.value], among) if group_by else ()),
    ]
    if dialect == "postgresql" and all(one[2] == other[1] for one, other in pairwise(pieces)):
        found = _in_one_go(pieces, wanted)
        rows, piece = found.c, found.c.piece
    else:
        parts = _table_of(pieces)
        wanted += [created_us >= parts.c.start_us, created_us < parts.c.end_us]
        found, rows = _looked_up(dialect, parts, call_summaries, wanted)
        piece = parts.c.piece
    amounts = [
        func.count(rows.id),
        func.count(rows.answered_us),
        _sum(case((rows.is_fallback_executed, 1), else_=0)),
        _sum(rows.duration_ms),
        _sum(rows.price_micros),
    ]
    return _summed(found, piece, _group(rows, group_by), rows.currency, amounts)


def _in_one_go(pieces: Sequence[_Piece], wanted: Sequence[ColumnElement[bool]]) -> Any:
    """Read hundreds of hours, one after the other, at once; SQLite has nothing like it."""
    created_us = call_summaries.c.created_us
    starts_us = literal([start_us for _, start_us, _ in pieces], ARRAY(BigInteger))
    piece = func.width_bucket(created_us, starts_us) - 1
    (_, first_us, _), (_, _, last_us) = pieces[0], pieces[-1]
    query = select(call_summaries, piece.label("piece"))
    return query.where(*wanted, created_us >= first_us, created_us < last_us).subquery("counted")


def _by_owner(asked: CallFilter) -> list[ColumnElement[bool]]:
    """Return whose the applications asked for are: an index knows those of each customer.

    Whose calls without an application are, nothing tells.
    """
    ids = asked.application_ids
    if asked.customer_id is not None or not ids or "" in ids:
        return []
    owners = select(applications.c.customer_id)
    theirs = owners.where(applications.c.id.in_(ids))
    return [call_summaries.c.customer_id.in_(theirs)]


def _sum(amount: ColumnElement[Any]) -> ColumnElement[int]:
    """Sum up as an integer: PostgreSQL makes decimals of it, which take long to read."""
    return func.sum(amount).cast(BigInteger)


def _looked_up(
    dialect: str, outer: Any, table: Table, wanted: Sequence[ColumnElement[bool]]
) -> tuple[Any, Any]:
    """Join the wanted rows of a table, piece by piece, never the other way; return its columns too.

    OFFSET 0 and the outer join are there for that: neither planner looks past them.
    """
    if dialect == "postgresql":
        rows = select(table).where(*wanted).offset(literal_column("0")).lateral("looked_up")
        return outer.join(rows, true()), rows.c
    return outer.join(table, and_(*wanted), isouter=True), table.c


def _summed(
    found: Any,
    piece: ColumnElement[int],
    group: ColumnElement[str] | None,
    currency: ColumnElement[str],
    amounts: Sequence[ColumnElement[Any]],
) -> Select[Any]:
    keys: list[ColumnElement[Any]] = [piece, currency]
    if group is None:
        return select(piece, _EMPTY, currency, *amounts).select_from(found).group_by(*keys)
    query = select(piece, group, currency, *amounts)
    return query.select_from(found).group_by(*keys, group)


def _group(rows: Any, group_by: GroupBy | None) -> ColumnElement[str] | None:
    return None if group_by is None else rows[group_by.value]
