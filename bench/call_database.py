"""Fills SQLite or PostgreSQL with finished calls of many numbers over a year.

Tallies and sums are counted from the calls, as settling call by call counts them.
"""

import asyncio
import sqlite3
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.generated_calls import (
    CUSTOMERS,
    END_US,
    NUMBERS,
    POSTGRESQL,
    SQLITE,
    START_US,
    TABLES,
    Dialect,
    customer_id,
    e164,
    number_id,
    statements,
)

from dillo.store.migrations import migrate
from dillo.store.partitions import month_of, month_statements, months_between
from dillo.store.postgresql import connect
from dillo.store.rollups import DIMENSIONS, FEW_KEYS, SUMS, TOTAL, spans_of
from dillo.store.tallies import SPANS_S

_CALLS_AT_ONCE = 250_000
_CONNECTIONS = 2


def sqlite_file(folder: Path, calls: int) -> Path:
    """Return a file with so many calls and the newest schema, made where there is none."""
    path = folder / f"dillo-bench-calls-{calls}.db"
    if not path.exists():
        part = path.with_suffix(".part")
        build_sqlite(part, calls)
        part.rename(path)
    migrate(f"sqlite:///{path}")  # one of an earlier run
    return path


def build_sqlite(path: Path, calls: int, customers: int = CUSTOMERS) -> None:
    """Make a file with so many calls."""
    path.unlink(missing_ok=True)
    migrate(f"sqlite:///{path}")
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-400000"):
            file.execute(f"PRAGMA {pragma}")
        indexes = file.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
            f" AND tbl_name IN ({','.join(repr(name) for name in TABLES)})"
        ).fetchall()
        for name, _ in indexes:
            file.execute(f"DROP INDEX {name}")
        file.execute("BEGIN")
        for table, row in _accounts(customers):
            marks = ",".join("?" * len(row))
            file.execute(
                f"INSERT INTO {table} ({','.join(row)}) VALUES ({marks})", list(row.values())
            )
        for work in _work(SQLITE, calls, customers, [[sql] for _, sql in indexes]):
            for group in work:
                for statement in group:
                    file.execute(statement)
        file.execute("COMMIT")
        file.execute("PRAGMA journal_mode=WAL")


async def build_postgresql(url: str, calls: int) -> None:
    """Fill an empty database with so many calls; whoever does must be a superuser."""
    migrate(url)
    async with AsyncExitStack() as stack:
        servers = [await _server(url, stack) for _ in range(_CONNECTIONS)]
        first = servers[0]
        for month in months_between(month_of(START_US), month_of(END_US)):
            for statement in month_statements(month):
                await first.execute(statement)
        indexes = await first.fetch(_INDEXES, list(TABLES))
        for name, _ in indexes:
            await first.execute(f"DROP INDEX {name}")
        for table, row in _accounts(CUSTOMERS):
            values = [tuple(row.values())]
            await first.copy_records_to_table(table, columns=list(row), records=values)
        for work in _work(POSTGRESQL, calls, CUSTOMERS, _definitions(indexes)):
            groups = iter(work)
            async with asyncio.TaskGroup() as tasks:
                for server in servers:
                    tasks.create_task(_execute(server, groups))
        tell("VACUUM ANALYZE")
        await first.execute("VACUUM ANALYZE")


async def _server(url: str, stack: AsyncExitStack) -> Any:
    server = await connect(url, None)
    stack.push_async_callback(server.close)
    # Keys are not checked while rows are inserted.
    await server.execute("SET session_replication_role = replica")
    await server.execute("SET maintenance_work_mem = '512MB'; SET work_mem = '256MB'")
    await server.execute("SET max_parallel_maintenance_workers = 0; SET synchronous_commit = off")
    return server


async def _execute(server: Any, groups: Iterator[Sequence[str]]) -> None:
    """Execute what the other connections leave."""
    for group in groups:
        for statement in group:
            await server.execute(statement)


def _work(
    dialect: Dialect, calls: int, customers: int, indexes: Sequence[Sequence[str]]
) -> Iterator[Iterator[Sequence[str]]]:
    """Yield what is to be done one after the other, each as statements that go together.

    The groups of one may be executed at once.
    """
    yield _told([*_inserts(dialect, calls, customers)])
    yield _told(indexes)
    yield _told([[statement] for statement in sums()])
    yield _told([[statement] for statement in sums_of_everybody()])


def _inserts(dialect: Dialect, calls: int, customers: int) -> Iterator[Sequence[str]]:
    for first in range(0, calls, _CALLS_AT_ONCE):
        span = first, min(first + _CALLS_AT_ONCE, calls)
        yield [*statements(dialect, span, calls, customers)]


def _definitions(indexes: Sequence[Any]) -> list[list[str]]:
    """Return what makes indexes of all months anew; those of the same columns go together.

    The index of a month is named after its columns: made at once, two would get the same name.
    """
    groups: dict[str, list[str]] = defaultdict(list)
    for _, definition in indexes:
        groups[definition.partition(" ON ")[2].partition(")")[0]].append(
            definition.replace(" ON ONLY ", " ON ")
        )
    return list(groups.values())


def _told(groups: Sequence[Sequence[str]]) -> Iterator[Sequence[str]]:
    for number, group in enumerate(groups, 1):
        tell(f"{number} of {len(groups)}: {' '.join(group[-1].split())[:70]}")
        yield group


_INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
FROM pg_index
WHERE indrelid::regclass::text = ANY($1::text[])
  AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)
"""


def _accounts(customers: int) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield rows of customers and numbers."""
    for index in range(customers):
        yield (
            "customers",
            {
                "id": customer_id(index),
                "name": f"Customer {index}",
                "currency": "EUR",
                "is_prepaid": False,
                "balance_micros": 0,
                "is_suspended": False,
                "max_concurrent_calls": 10,
                "max_calls_per_second": 5.0,
                "max_call_s": 3600.0,
                "created_us": 0,
            },
        )
    for index in range(NUMBERS):
        holder = customer_id(index % customers)
        number = {"id": number_id(index), "e164": e164(index), "customer_id": holder}
        yield "numbers", number | {"country": "GB", "number_type": "local", "created_us": 0}
        held = {"id": f"holder-{index}", "number_id": number["id"], "customer_id": holder}
        yield "number_holders", held | {"from_us": 0}


def sums() -> Iterator[str]:
    """Yield the statements that count tallies and sums from the calls."""
    for span_s in SPANS_S:
        yield f"""
            INSERT INTO call_tallies (number_id, customer_id, span_s, starts_us, calls,
                earliest_settled_us, latest_settled_us)
            SELECT number_id, customer_id, {span_s}, created_us - created_us % {span_s}000000,
                count(*), min(settled_us), max(settled_us)
            FROM call_summaries GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
        """
    for scope in (TOTAL, *DIMENSIONS):
        for span_s in spans_of(scope):
            yield _rollup(span_s, f"'{scope}'")
    for span_s in spans_of(number_id(0)):
        yield _rollup(span_s, "number_id")


def sums_of_everybody() -> Iterator[str]:
    """Yield the statements that add up the sums of all customers."""
    same = ", ".join(("scope", "span_s", "starts_us", *DIMENSIONS))
    totals = ", ".join(f"sum({name})" for name in SUMS)
    for scope in sorted(FEW_KEYS):
        yield f"""
            INSERT INTO call_rollups (customer_id, {same}, {", ".join(SUMS)})
            SELECT currency, {same}, {totals}
            FROM call_rollups JOIN customers ON customers.id = customer_id
            WHERE scope = '{scope}' GROUP BY currency, {same}
        """


def _rollup(span_s: int, scope: str) -> str:
    """Sum up calls for a scope: by one thing, or by everything for each number."""
    columns = [
        name
        if scope == f"'{name}'" or (scope == "number_id" and name != "number_id")
        else "'' AS " + name
        for name in DIMENSIONS
    ]
    return f"""
        INSERT INTO call_rollups (customer_id, scope, span_s, starts_us, {", ".join(DIMENSIONS)},
            calls, answered, fallbacks, duration_ms, price_micros)
        SELECT customer_id, {scope}, {span_s}, created_us - created_us % {span_s}000000,
            {", ".join(columns)}, count(*), count(answered_us),
            sum(CASE WHEN is_fallback_executed THEN 1 ELSE 0 END), sum(duration_ms),
            sum(price_micros)
        FROM call_summaries GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8
    """


def tell(progress: str) -> None:
    """Show progress on standard error."""
    print(f"{datetime.now(UTC):%H:%M:%S} {progress}", file=sys.stderr, flush=True)
