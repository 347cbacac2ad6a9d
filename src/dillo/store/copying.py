"""Copies a SQLite database into an empty PostgreSQL one, in one transaction, and checks it.

Either everything arrives and every count and every sum of money is the same, or nothing does.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy import Boolean, Column, Float, Table

from dillo.model.errors import PeerError, Unavailable
from dillo.store import migrations
from dillo.store.partitions import month_of, month_statements, months_between
from dillo.store.postgresql import Connection, connect
from dillo.store.tables import metadata

_ROWS_AT_ONCE = 5_000
# Every change of any kind leaves a row in one of these.
_TELLING = ("audit_log", "customers", "users", "calls", "tariffs")

OnProgress = Callable[[str, int, int], None]
"""Told a table, how many of its rows are copied, and how many there are."""


class NotCopied(PeerError):
    """The copy cannot be made; the target is as it was."""


@dataclass(frozen=True, slots=True)
class CopiedTable:
    """A table of which source and target have the same."""

    name: str
    rows: int
    sums_micros: Mapping[str, int]
    """By money column."""


async def copy(source: Path, target_dsn: str, on_progress: OnProgress) -> Sequence[CopiedTable]:
    """Copy a file into a migrated database that nobody has used yet.

    The file is locked meanwhile, so that nothing is left behind. Raises NotCopied, Unavailable.
    """
    target = await connect(target_dsn, None)
    try:
        with closing(_open(source)) as file:
            async with target.transaction():
                await _check_unused(target)
                return await _copy(file, target, on_progress)
    except (sqlite3.OperationalError, OSError, asyncpg.PostgresConnectionError) as error:
        raise Unavailable(f"the copy broke off: {error}") from error
    except asyncpg.PostgresError as error:
        raise NotCopied(f"PostgreSQL refuses what is in {source}: {error}") from error
    finally:
        await target.close()


def _open(path: Path) -> sqlite3.Connection:
    if not path.exists():
        raise NotCopied(f"there is no {path}")
    file = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
    (revision,) = file.execute("SELECT version_num FROM alembic_version").fetchone()
    if revision != migrations.HEAD:
        file.close()
        raise NotCopied(f"{path} has an older schema ({revision}): run `dillo db migrate` first")
    file.execute("BEGIN IMMEDIATE")
    return file


async def _check_unused(target: Connection) -> None:
    for name in _TELLING:
        if await target.fetchval(f"SELECT EXISTS (SELECT 1 FROM {name})"):  # noqa: S608
            raise NotCopied(f"the target is in use: it has rows in {name}")


async def _copy(
    file: sqlite3.Connection, target: Connection, on_progress: OnProgress
) -> Sequence[CopiedTable]:
    tables = metadata.sorted_tables
    for statement in _months(file):
        await target.execute(statement)
    for table in reversed(tables):  # what migrations left there
        await target.execute(f"DELETE FROM {table.name}")  # noqa: S608
    copied = []
    for table in tables:
        rows = await _copy_table(file, target, table, partial(on_progress, str(table.name)))
        copied.append(await _check(file, target, table, rows))
    return copied


def _months(file: sqlite3.Connection) -> Iterator[str]:
    """Yield what makes the partitions of all calls there are."""
    first_us, last_us = file.execute("SELECT min(created_us), max(ended_us) FROM calls").fetchone()
    if first_us is not None:
        for month in months_between(month_of(first_us), month_of(last_us)):
            yield from month_statements(month)


async def _copy_table(
    file: sqlite3.Connection, target: Connection, table: Table, on_progress: Callable[..., None]
) -> int:
    names = [column.name for column in table.columns]
    (total,) = file.execute(f"SELECT count(*) FROM {table.name}").fetchone()  # noqa: S608
    on_progress(0, total)
    converted = _conversions(table.columns)
    cursor = file.execute(f"SELECT {','.join(names)} FROM {table.name}")  # noqa: S608
    done = 0
    while rows := await asyncio.to_thread(cursor.fetchmany, _ROWS_AT_ONCE):
        await target.copy_records_to_table(
            table.name, columns=names, records=[converted(row) for row in rows]
        )
        done += len(rows)
        on_progress(done, total)
    return done


def _conversions(columns: Iterable[Column[Any]]) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """Return what makes of a row of SQLite, which knows no booleans, one of PostgreSQL."""
    kinds = [
        bool if isinstance(each.type, Boolean) else float if isinstance(each.type, Float) else None
        for each in columns
    ]
    if not any(kinds):
        return lambda row: row
    return lambda row: tuple(
        value if kind is None or value is None else kind(value)
        for kind, value in zip(kinds, row, strict=True)
    )


async def _check(
    file: sqlite3.Connection, target: Connection, table: Table, copied: int
) -> CopiedTable:
    count = f"SELECT count(*) FROM {table.name}"  # noqa: S608
    (there,) = file.execute(count).fetchone()
    arrived = await target.fetchval(count)
    if not copied == there == arrived:
        raise NotCopied(f"{table.name} has {there} rows, of which {arrived} arrived")
    sums: dict[str, int] = {}
    for query, name in _sum_queries(table):
        of_source = [tuple(row) for row in file.execute(query)]
        of_target = [
            (*row[:-1], None if row[-1] is None else int(row[-1]))
            for row in await target.fetch(query)
        ]
        if sorted(of_source, key=repr) != sorted(of_target, key=repr):
            raise NotCopied(f"the sums of {table.name}.{name} differ")
        sums[str(name)] = sum(row[-1] or 0 for row in of_source)
    return CopiedTable(str(table.name), copied, sums)


def _sum_queries(table: Table) -> Iterator[tuple[str, str]]:
    """Yield the queries for the sums of money in a table, for each customer where it knows them."""
    for column in table.columns:
        if not column.name.endswith("_micros"):
            continue
        if "customer_id" in table.columns:
            yield (
                f"SELECT customer_id, sum({column.name}) FROM {table.name}"  # noqa: S608
                " GROUP BY customer_id",
                column.name,
            )
        else:
            yield f"SELECT sum({column.name}) FROM {table.name}", column.name  # noqa: S608
