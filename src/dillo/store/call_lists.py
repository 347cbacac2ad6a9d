"""Lists of calls: filters and keyset pages as SQL.

Every list of a customer's calls has an index in its order, from which a page is read off. That is
slow only where a filter that no such index serves leaves little. So whatever may be rare (a caller,
a price, keys pressed) is looked at first, and where it leaves few calls, they are sorted. Where
each filter leaves many, but all together perhaps little, so many calls are looked through and no
more: the list goes on after the last of them. Which way is taken never depends on what the database
knows of its tables.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    exists,
    func,
    literal_column,
    select,
    true,
    tuple_,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from dillo.calls.archive import CallFilter, Place, Sort, SortBy
from dillo.store.named_calls import NAMED
from dillo.store.tables import call_dials, call_digits, call_summaries, transcriptions

Condition = ColumnElement[bool]

FEW = 2_000
"""So many calls are found by their ids, or sorted, in a few milliseconds."""
LOOKED_AT = 2_000
"""So many calls are looked through for a page, where the index read off is not that of the list."""

_calls = call_summaries.c
_ORDERS: dict[SortBy, ColumnElement[Any]] = {
    SortBy.CREATED: _calls.created_us,
    SortBy.DURATION: _calls.duration_ms,
    SortBy.PRICE: _calls.price_micros,
}
_NONE: ColumnElement[int] = literal_column("0")

# PostgreSQL would rather sort the calls of a busy number, of which it expects few, than read the
# next of them off the index of each month.
_READ_OFF = "SET LOCAL enable_sort = off"


def conditions(asked: CallFilter) -> list[Condition]:
    """Return what the calls asked for have in common."""
    return [*_owned(asked), *_others(asked)]


def _others(asked: CallFilter) -> list[Condition]:
    return [*_equal(asked), *_flags(asked), *_ranges(asked), *_details(asked)]


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list, in order."""

    rows: Sequence[Row[Any]]
    rest: Place | None
    """After which place the list goes on."""


async def page(
    connection: AsyncConnection, asked: CallFilter, sort: Sort, after: Place | None, take: int
) -> Page:
    """Return up to `take` calls after a place, as rows of NAMED, and where to go on."""
    if asked.text is not None and asked.has_recordings is None:
        asked = replace(asked, has_recordings=True)  # an index knows where words can be
    few = await _few(connection, asked, sort)
    is_whole = True
    if few is not None:
        query = _found(asked, few, sort, after)
    elif _is_read_off(asked, sort):
        query = _read_off(conditions(asked), sort, after)
    else:
        query, is_whole = _looked_through(asked, sort, after), False
    if few is None and connection.dialect.name == "postgresql":
        await connection.exec_driver_sql(_READ_OFF)
    found = query.limit(_written(take + 1)).subquery("found")
    named = NAMED.add_columns(found.c.place).join(found, found.c.id == _calls.id)
    rows = (await connection.execute(_sorted(named, found.c.place, found.c.id, sort))).all()
    if len(rows) > take:
        last = rows[take - 1]
        return Page(rows[:take], Place(last.place, last.id))
    return Page(rows, None if is_whole else await _horizon(connection, asked, sort, after))


async def _few(connection: AsyncConnection, asked: CallFilter, sort: Sort) -> Select[Any] | None:
    """Return a query for the ids that a filter leaves; None where each filter leaves many."""
    candidates = list(_candidates(asked, sort))
    if not candidates:
        return None
    counts = [
        select(func.count()).select_from(each.limit(FEW + 1).subquery()).scalar_subquery()
        for each in candidates
    ]
    found = (await connection.execute(select(*counts))).one()
    fewest = min(range(len(candidates)), key=found.__getitem__)
    return candidates[fewest].limit(FEW) if found[fewest] <= FEW else None


async def _horizon(
    connection: AsyncConnection, asked: CallFilter, sort: Sort, after: Place | None
) -> Place | None:
    """Return the last call that is looked at for a page; None where the list ends before.

    An index alone tells.
    """
    query = _read_off(_led(asked, sort), sort, after).offset(LOOKED_AT - 1).limit(1)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else Place(row.place, row.id)


def _is_read_off(asked: CallFilter, sort: Sort) -> bool:
    """Whether one index has exactly what is asked for, in order."""
    if sort.by is not SortBy.CREATED:
        return not _others(asked)
    others = len(_others(asked)) - len(_period(asked, _calls.created_us))
    return others <= len(_leading(asked)[:1])


def _led(asked: CallFilter, sort: Sort) -> list[Condition]:
    """Return what the index that a list is looked through by tells of its calls."""
    if sort.by is not SortBy.CREATED:
        return _owned(asked)
    return [*_owned(asked), *_period(asked, _calls.created_us), *_leading(asked)[:1]]


def _leading(asked: CallFilter) -> list[Condition]:
    """Return what indexes begin with, and then are in the order of time."""
    single = [column == values[0] for column, values in _lists(_indexed(asked)) if len(values) == 1]
    return [*single, *_rare(_indexed(asked))]


def _indexed(asked: CallFilter) -> CallFilter:
    """Return what of a filter indexes know of; of all customers' calls they know less."""
    if asked.customer_id is not None:
        return replace(asked, version_ids=())
    return CallFilter(
        from_us=asked.from_us,
        to_us=asked.to_us,
        number_ids=asked.number_ids,
        min_duration_ms=asked.min_duration_ms,
        max_duration_ms=asked.max_duration_ms,
        min_price_micros=asked.min_price_micros,
        max_price_micros=asked.max_price_micros,
    )


def _candidates(asked: CallFilter, sort: Sort) -> Iterator[Select[Any]]:
    """Yield queries for the ids that pass one filter, each answered by one index alone.

    Only of indexes in the order of time is a period asked.
    """
    asked = _indexed(asked)
    own, period = _owned(asked), _period(asked, _calls.created_us)
    for narrow in _ranges(asked):
        yield select(_calls.id).where(*own, narrow)
    for table, matches in _detail_matches(asked):
        mine = table.c.customer_id == asked.customer_id
        yield select(table.c.call_id).where(mine, *matches).distinct()
    equal = _equal(asked)
    if len(equal) > 1 or (equal and sort.by is not SortBy.CREATED):
        for condition in equal:
            yield select(_calls.id).where(*own, *period, condition)
    if sort.by is not SortBy.CREATED and period:
        yield select(_calls.id).where(*own, *period)


def _found(asked: CallFilter, few: Select[Any], sort: Sort, after: Place | None) -> Select[Any]:
    """Ask for those of a few calls that pass all filters, sorted."""
    # An expression is in the order of no index.
    order = _ORDERS[sort.by] + _NONE
    query = select(_calls.id, order.label("place")).where(
        *conditions(asked), _calls.id.in_(few), *_after(order, sort, after)
    )
    return _sorted(query, order, _calls.id, sort)


def _read_off(wanted: Sequence[Condition], sort: Sort, after: Place | None) -> Select[Any]:
    """Ask for calls in the order of an index."""
    order = _ORDERS[sort.by]
    query = select(_calls.id, order.label("place"))
    return _sorted(query.where(*wanted, *_after(order, sort, after)), order, _calls.id, sort)


def _looked_through(asked: CallFilter, sort: Sort, after: Place | None) -> Select[Any]:
    """Ask for those that pass all filters of the next calls in the order of an index.

    They are judged one after the other: no more are read than fill the page.
    """
    passes = and_(true(), *_others(asked)).label("passes")
    near = _read_off(_led(asked, sort), sort, after).add_columns(passes)
    looked_at = near.limit(_written(LOOKED_AT)).subquery("looked_at")
    return select(looked_at.c.id, looked_at.c.place).where(looked_at.c.passes)


def _written(count: int) -> ColumnElement[int]:
    """Return a number that planners see: PostgreSQL takes a bound limit for a tenth of all rows."""
    return literal_column(str(count))


def _after(order: ColumnElement[Any], sort: Sort, after: Place | None) -> list[Condition]:
    if after is None:
        return []
    here, place = tuple_(order, _calls.id), tuple_(after.value, after.call_id)
    return [here < place if sort.is_descending else here > place]


def _sorted(
    query: Select[Any], order: ColumnElement[Any], call_id: ColumnElement[str], sort: Sort
) -> Select[Any]:
    if sort.is_descending:
        return query.order_by(order.desc(), call_id.desc())
    return query.order_by(order, call_id)


def _owned(asked: CallFilter) -> list[Condition]:
    return [] if asked.customer_id is None else [_calls.customer_id == asked.customer_id]


def _period(asked: CallFilter, created_us: ColumnElement[int]) -> list[Condition]:
    found: list[Condition] = []
    if asked.from_us is not None:
        found.append(created_us >= asked.from_us)
    if asked.to_us is not None:
        found.append(created_us < asked.to_us)
    return found


def _lists(asked: CallFilter) -> Iterator[tuple[ColumnElement[str], tuple[str, ...]]]:
    pairs = (
        (_calls.number_id, asked.number_ids),
        (_calls.application_id, asked.application_ids),
        (_calls.version_id, asked.version_ids),
        (_calls.caller_country, asked.caller_countries),
        (_calls.end_reason, asked.end_reasons),
    )
    return ((column, values) for column, values in pairs if values)


def _equal(asked: CallFilter) -> list[Condition]:
    return [
        column == values[0] if len(values) == 1 else column.in_(values)
        for column, values in _lists(asked)
    ]


def _flags(asked: CallFilter) -> list[Condition]:
    found = _period(asked, _calls.created_us)
    if asked.settled_until_us is not None:
        found.append(_calls.settled_us <= asked.settled_until_us)
    if asked.sip_code is not None:
        found.append(_calls.sip_code == asked.sip_code)
    if asked.is_answered is not None:
        is_not = _calls.answered_us.is_(None)
        found.append(~is_not if asked.is_answered else is_not)
    found += _rare(asked)
    flags = (
        (_calls.is_fallback_executed, asked.is_fallback_executed),
        (_calls.is_test, asked.is_test),
    )
    found += [~flag for flag, is_wanted in flags if is_wanted is False]
    counts = (
        (_calls.recordings, None if asked.has_recordings else asked.has_recordings),
        (_calls.digits, asked.has_digits),
        (_calls.dials, asked.has_dials),
        (_calls.failures, None if asked.has_failures else asked.has_failures),
        (_calls.warnings, asked.has_warnings),
    )
    found += [
        column > _NONE if has else column == _NONE for column, has in counts if has is not None
    ]
    return found


def _rare(asked: CallFilter) -> list[Condition]:
    """Return the conditions of partial indexes, which are chosen by their text: nothing bound."""
    pairs = (
        (_calls.is_fallback_executed, asked.is_fallback_executed),
        (_calls.is_test, asked.is_test),
        (_calls.recordings > _NONE, asked.has_recordings),
        (_calls.failures > _NONE, asked.has_failures),
    )
    return [condition for condition, wanted in pairs if wanted]


def _ranges(asked: CallFilter) -> list[Condition]:
    found: list[Condition] = []
    if asked.caller is not None:
        found.append(_begins_with(_calls.caller, asked.caller))
    limits: tuple[tuple[ColumnElement[Any], Any, Any], ...] = (
        (_calls.duration_ms, asked.min_duration_ms, asked.max_duration_ms),
        (_calls.price_micros, asked.min_price_micros, asked.max_price_micros),
        (_calls.mos, asked.min_mos, asked.max_mos),
    )
    for column, least, most in limits:
        if least is not None and most is not None:
            found.append(column.between(least, most))
        elif least is not None:
            found.append(column >= least)
        elif most is not None:
            found.append(column <= most)
    return found


def _begins_with(column: ColumnElement[str], prefix: str) -> Condition:
    """Compare as a range, which every index serves whatever its collation does to LIKE."""
    if not prefix:
        return column.is_not(None)
    following = prefix[:-1] + chr(ord(prefix[-1]) + 1)
    return (column >= prefix) & (column < following)


def _details(asked: CallFilter) -> list[Condition]:
    found: list[Condition] = [
        exists().where(table.c.call_id == _calls.id, *matches)
        for table, matches in _detail_matches(asked)
    ]
    return [*found, *_said(asked)]


def _said(asked: CallFilter) -> list[Condition]:
    if asked.text is None:
        return []
    said = func.lower(transcriptions.c.text).contains(asked.text.lower(), autoescape=True)
    return [exists().where(transcriptions.c.call_id == _calls.id, said)]


def _detail_matches(asked: CallFilter) -> Iterator[tuple[Any, list[Condition]]]:
    digits = _set(
        (call_digits.c.storage_key, asked.storage_key), (call_digits.c.digits, asked.digits)
    )
    dials = _set(
        (call_dials.c.status, asked.dial_status), (call_dials.c.telephone_number, asked.dialed)
    )
    for table, matches in ((call_digits, digits), (call_dials, dials)):
        if matches:
            yield table, matches


def _set(*pairs: tuple[Any, str | None]) -> list[Condition]:
    return [column == value for column, value in pairs if value is not None]
