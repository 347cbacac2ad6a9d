"""Pages and sums of many calls of 1,000 numbers, in PostgreSQL and in SQLite; prints JSON.

    python -m bench.databases [--postgresql 10000000] [--sqlite 1000000] [--url URL] [--folder DIR]
        [--parts statistics lists sums connections] [--only WORDS] [--rounds 200]

Each is timed beside the plain query (OFFSET, GROUP BY) in the same run, in milliseconds. 0 calls
leaves a database out, `--plain-rounds 0` the plain queries. Without `--url` a PostgreSQL server of
Debian's is started in the folder and deleted afterwards; a database at `--url`, or a file in the
folder, is filled once and used again: `--parts` without any fills it and measures nothing. `--only`
leaves rows out that do not begin with these words. PostgreSQL reads all summaries before lists are
timed, as far as there is memory for them: a server in use has them there.
"""

import argparse
import asyncio
import gc
import json
import random
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import product
from pathlib import Path
from statistics import quantiles
from typing import Any
from zoneinfo import ZoneInfo

from bench.call_database import build_postgresql, sqlite_file, tell
from bench.generated_calls import (
    END_US,
    START_US,
    application_id,
    customer_id,
    e164,
    number_id,
)
from sqlalchemy import ColumnElement, Select, func, select
from tests.postgresql import PostgresqlServer

from dillo.calls.archive import CallFilter, GroupBy, Place, Sort, SortBy
from dillo.calls.buckets import Bucket, Unit, buckets
from dillo.model.errors import Unavailable
from dillo.model.moments import from_datetime
from dillo.store.archive import SqlCallArchive
from dillo.store.call_lists import conditions
from dillo.store.database import Database
from dillo.store.migrations import migrate
from dillo.store.postgresql import connect
from dillo.store.reading import Reading, open_reading
from dillo.store.rollups import DAY_S
from dillo.store.tables import call_summaries, call_tallies, calls
from dillo.web.v1.aggregates import MOST_SUMS

PAGE_SIZE = 20
DAY_US = 86_400_000_000
# What a server for measuring has: durable as in earnest, with room for the indexes.
OPTIONS = {
    "listen_addresses": "",
    "shared_buffers": "2GB",
    "effective_cache_size": "12GB",
    "max_wal_size": "8GB",
    "random_page_cost": "1.1",
}
_WARM = """
SELECT pg_prewarm(part.inhrelid, 'read')
FROM pg_inherits AS part JOIN pg_class AS whole ON whole.oid = part.inhparent
WHERE whole.relname IN (
    SELECT 'call_summaries'
    UNION SELECT indexname FROM pg_indexes WHERE tablename = 'call_summaries'
)
"""
_summary = call_summaries.c

Ask = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Measured:
    """A database to ask, in three ways."""

    database: Database
    reading: Reading
    archive: SqlCallArchive
    rounds: int
    plain_rounds: int
    only: str
    """How the names of rows begin."""


def main() -> None:
    """Build, measure, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--postgresql", type=int, default=10_000_000)
    parser.add_argument("--sqlite", type=int, default=1_000_000)
    parser.add_argument("--url", default="")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("--parts", nargs="*", choices=list(PARTS), default=list(PARTS))
    parser.add_argument("--only", default="")
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--plain-rounds", type=int, default=5)
    options = parser.parse_args()
    result: dict[str, object] = {}
    if options.postgresql:
        with _server(options.url, options.folder) as url:
            asyncio.run(_build_once(url, options.postgresql))
            result["postgresql"] = asyncio.run(_measure(url, options.postgresql, options))
    if options.sqlite:
        url = f"sqlite:///{sqlite_file(options.folder, options.sqlite)}"
        result["sqlite"] = asyncio.run(_measure(url, options.sqlite, options))
    print(json.dumps(result, indent=2))


@contextmanager
def _server(url: str, folder: Path) -> Iterator[str]:
    if url:
        yield url
        return
    server = PostgresqlServer(OPTIONS, folder)
    try:
        server.start()
        yield server.url(server.create())
    finally:
        server.close()


async def _build_once(url: str, count: int) -> None:
    """Fill the database unless it has so many calls."""
    migrate(url)
    database = Database.open(url)
    async with database.reading() as connection:
        days = select(func.coalesce(func.sum(call_tallies.c.calls), 0))
        there = await connection.scalar(days.where(call_tallies.c.span_s == DAY_S))
    await database.close()
    if there not in (0, count):
        raise SystemExit(f"{url} has {there} calls, not {count}")
    if not there:
        await build_postgresql(url, count)


async def _measure(url: str, count: int, options: Any) -> dict[str, object]:
    async with _opened(url, options) as measured:
        costs = {f"{part}_ms": await PARTS[part](measured) for part in options.parts}
    return {"calls": count, "rounds": options.rounds, **costs}


@asynccontextmanager
async def _opened(url: str, options: Any) -> AsyncIterator[Measured]:
    database, reading = Database.open(url), open_reading(url)
    archive = SqlCallArchive(database)
    gc.freeze()  # as the web process does when it is ready
    yield Measured(database, reading, archive, options.rounds, options.plain_rounds, options.only)
    await reading.close()
    await database.close()


async def _statistics(measured: Measured) -> dict[str, object]:
    """Time pages of the busy number's October, at fixed depths and at any."""
    start_us = from_datetime(datetime(2026, 10, 1, tzinfo=UTC))
    found = await _page(measured, 0, start_us, 0)
    last = max(0, found.total - PAGE_SIZE)
    costs: dict[str, object] = {"calls_of_the_number": found.total}
    for name, skip in (("first", 0), ("middle", last // 2), ("last", last)):
        if measured.plain_rounds:
            page = await _page(measured, 0, start_us, skip)
            assert list(page.documents) == list(await _plain_page(measured, start_us, skip))
        costs[f"{name} page"] = {
            "tallies": await _timed(partial(_page, measured, 0, start_us, skip), measured.rounds),
            "plain OFFSET": await _timed(
                partial(_plain_page, measured, start_us, skip), measured.plain_rounds
            ),
        }

    async def any_page() -> None:
        day = random.randrange(0, (END_US - START_US) // DAY_US - 31)
        number = random.choice((0, random.randrange(1_000)))
        await _page(measured, number, START_US + day * DAY_US, random.randrange(last + 1))

    costs["any page of any number and month"] = {"tallies": await _timed(any_page, measured.rounds)}
    return costs


async def _page(measured: Measured, line: int, start_us: int, skip: int) -> Any:
    return await measured.reading.page(
        customer_id(line % 20),
        e164(line),
        start_us=start_us,
        end_us=start_us + 31 * DAY_US,
        skip=skip,
        take=PAGE_SIZE,
        as_of_us=None,
    )


async def _plain_page(measured: Measured, start_us: int, skip: int) -> Any:
    query = (
        select(calls.c.document)
        .where(calls.c.number_id == number_id(0), calls.c.customer_id == customer_id(0))
        .where(calls.c.created_us >= start_us, calls.c.created_us < start_us + 31 * DAY_US)
        .order_by(calls.c.created_us.desc(), calls.c.id.desc())
        .limit(PAGE_SIZE)
        .offset(skip)
    )
    async with measured.database.reading() as connection:
        return (await connection.scalars(query)).all()


FILTERS = {
    "everything": CallFilter(),
    "customer": CallFilter(customer_id=customer_id(0)),
    "number": CallFilter(customer_id=customer_id(0), number_ids=(number_id(0),)),
    "application": CallFilter(customer_id=customer_id(0), application_ids=(application_id(20),)),
    "country": CallFilter(customer_id=customer_id(0), caller_countries=("RO",)),
    "end reason": CallFilter(customer_id=customer_id(0), end_reasons=("Error",)),
    "caller": CallFilter(customer_id=customer_id(0), caller="+393701"),
    "fallback": CallFilter(customer_id=customer_id(0), is_fallback_executed=True),
    "failed": CallFilter(customer_id=customer_id(0), has_failures=True),
    "price": CallFilter(customer_id=customer_id(0), min_price_micros=10_900),
    "number and end reason": CallFilter(
        customer_id=customer_id(0), number_ids=(number_id(0),), end_reasons=("Error",)
    ),
    "a month of a number": CallFilter(
        customer_id=customer_id(0),
        number_ids=(number_id(0),),
        from_us=END_US - 31 * DAY_US,
        to_us=END_US,
    ),
}


async def _lists(measured: Measured) -> dict[str, object]:
    """Time pages of filtered lists at any depth, by cursor and by OFFSET."""
    if measured.database.is_postgresql:
        await _warm(measured.database.url)
    costs: dict[str, object] = {}
    for name, asked in FILTERS.items():
        if not name.startswith(measured.only):
            continue
        tell(name)
        depth = await _depth(measured, asked) if measured.plain_rounds else 1
        costs[name] = {
            "cursor": await _timed(partial(_list, measured, asked), measured.rounds),
            "plain OFFSET": await _timed(
                partial(_patiently, partial(_plain_list, measured, asked, depth)),
                measured.plain_rounds,
            ),
        }
    by_price = Sort(SortBy.PRICE)

    async def dearest() -> None:
        place = Place(8_000 + random.randrange(3_000), "")
        await measured.archive.page(FILTERS["customer"], by_price, place, PAGE_SIZE)

    if "customer, by price".startswith(measured.only):
        costs["customer, by price"] = {"cursor": await _timed(dearest, measured.rounds)}
    return costs


async def _warm(url: str) -> None:
    """Have PostgreSQL read the summaries of calls, their indexes too."""
    tell("reading the summaries")
    server = await connect(url, None)
    await server.execute("CREATE EXTENSION IF NOT EXISTS pg_prewarm")
    await server.execute(_WARM)
    await server.close()


async def _depth(measured: Measured, asked: CallFilter) -> int:
    query = select(func.count()).select_from(call_summaries).where(*conditions(asked))
    async with measured.database.reading() as connection:
        return int((await connection.execute(query)).scalar_one())


async def _list(measured: Measured, asked: CallFilter) -> None:
    """Read the page after a random moment: a cursor of any depth."""
    start_us, end_us = asked.from_us or START_US, asked.to_us or END_US
    place = Place(random.randrange(start_us, end_us), "")
    await measured.archive.page(asked, Sort(), place, PAGE_SIZE)


async def _plain_list(measured: Measured, asked: CallFilter, depth: int) -> None:
    query: Select[Any] = (
        select(call_summaries)
        .where(*conditions(asked))
        .order_by(_summary.created_us.desc(), _summary.id.desc())
        .limit(PAGE_SIZE)
        .offset(random.randrange(max(1, depth)))
    )
    async with measured.database.reading() as connection:
        (await connection.execute(query)).all()


async def _sums(measured: Measured) -> dict[str, object]:
    """Time a month summed up, as a whole, by day and by hour, in each kind of group."""
    end_us = END_US - 5 * DAY_US
    start_us = end_us - 30 * DAY_US
    spans = {
        "month": [Bucket("", start_us, end_us)],
        "days": list(buckets(start_us, end_us, Unit.DAY, ZoneInfo("Europe/Rome"))),
        "days of Kolkata": list(buckets(start_us, end_us, Unit.DAY, ZoneInfo("Asia/Kolkata"))),
        "hours of Kathmandu": list(
            buckets(start_us, end_us, Unit.HOUR, ZoneInfo("Asia/Kathmandu"))
        ),
    }
    costs: dict[str, object] = {}
    whose = {"customer": CallFilter(customer_id=customer_id(0)), "everybody": CallFilter()}
    for (owner, asked), (kind, span), group_by in product(
        whose.items(), spans.items(), (None, *GroupBy)
    ):
        name = f"{owner}, {kind}" + (f" and {group_by.value}" if group_by else "")
        if not name.startswith(measured.only):
            continue
        tell(name)
        period = replace(asked, from_us=start_us, to_us=end_us)
        costs[name] = {
            "sums": await _timed(
                partial(_aggregates, measured, asked, span, group_by), measured.rounds
            ),
            "plain GROUP BY": await _timed(
                partial(
                    _patiently, partial(_plain_sums, measured, period, len(span) > 1, group_by)
                ),
                measured.plain_rounds,
            ),
        }
    return costs


async def _aggregates(
    measured: Measured, asked: CallFilter, span: Sequence[Bucket], group_by: GroupBy | None
) -> None:
    """Ask for what an answer of the API has: a page of groups, and the sums of all of them."""
    if group_by is None:
        await measured.archive.sums(asked, span, None)
        return
    take = MOST_SUMS // len(span)
    page = await measured.archive.sums_page(asked, span, group_by, None, take)
    if page.rest is not None:
        whole = Bucket("", span[0].start_us, span[-1].end_us)
        await measured.archive.sums(asked, [whole], None)


async def _plain_sums(
    measured: Measured, asked: CallFilter, is_by_day: bool, group_by: GroupBy | None
) -> None:
    keys: list[ColumnElement[Any]] = [_summary.currency]
    if is_by_day:
        keys.append(_summary.created_us - _summary.created_us % DAY_US)
    if group_by is not None:
        keys.append(_summary[group_by.value])
    query = (
        select(*keys, func.count(), func.sum(_summary.duration_ms), func.sum(_summary.price_micros))
        .where(*conditions(asked))
        .group_by(*keys)
    )
    async with measured.database.reading() as connection:
        (await connection.execute(query)).all()


async def _connections(measured: Measured) -> dict[str, object]:
    """Time the first query of a connection, its opening included: it knows no table and no plan."""
    month = [Bucket("", END_US - 31 * DAY_US, END_US)]
    firsts: dict[str, Ask] = {
        "statistics page": partial(_page, measured, 0, END_US - 31 * DAY_US, 0),
        "list": partial(_list, measured, FILTERS["customer"]),
        "month": partial(_aggregates, measured, FILTERS["customer"], month, None),
    }

    async def first(ask: Ask) -> None:
        await measured.reading.close()
        await measured.database.close()
        await ask()

    return {
        name: {"first": await _timed(partial(first, ask), measured.rounds)}
        for name, ask in firsts.items()
    }


async def _patiently(ask: Ask) -> None:
    """Ask what may take longer than the platform waits for a database: it took that long then."""
    with suppress(Unavailable):
        await ask()


async def _timed(ask: Ask, rounds: int) -> dict[str, float]:
    """Return percentiles in milliseconds, of what follows a few attempts that do not count."""
    if not rounds:
        return {}
    for _ in range(min(10, rounds // 5)):
        await ask()
    taken_ms: list[float] = []
    for _ in range(rounds):
        began = time.perf_counter()
        await ask()
        taken_ms.append((time.perf_counter() - began) * 1e3)
    cuts = quantiles(taken_ms, n=100, method="inclusive")
    return {"p50": round(cuts[49], 2), "p99": round(cuts[98], 2), "max": round(max(taken_ms), 2)}


PARTS: dict[str, Callable[[Measured], Awaitable[dict[str, object]]]] = {
    "statistics": _statistics,
    "lists": _lists,
    "sums": _sums,
    "connections": _connections,
}

if __name__ == "__main__":
    main()
