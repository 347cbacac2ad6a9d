"""Many rows in one statement.

On PostgreSQL they travel as one array a column: a statement a row costs several times as much.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, Boolean, Float, Integer, Table, Text
from sqlalchemy.ext.asyncio import AsyncConnection

Row = Mapping[str, Any]

# In this order: a BigInteger is an Integer too.
_ARRAYS = (
    (BigInteger, "bigint"),
    (Integer, "integer"),
    (Boolean, "boolean"),
    (Float, "double precision"),
    (Text, "text"),
)


async def insert_rows(connection: AsyncConnection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows that all have the same columns."""
    if not rows:
        return
    await _add(connection, table, rows, "")


async def add_rows(
    connection: AsyncConnection, table: Table, rows: Sequence[Row], updates: str
) -> None:
    """Insert rows, or where one of the same key is there do the `updates`.

    These are written as after ON CONFLICT … DO UPDATE SET; no two rows may have the same key.
    """
    if not rows:
        return
    key = ", ".join(column.name for column in table.primary_key.columns)
    await _add(connection, table, rows, f" ON CONFLICT ({key}) DO UPDATE SET {updates}")


async def _add(
    connection: AsyncConnection, table: Table, rows: Sequence[Row], conflict: str
) -> None:
    names = tuple(rows[0])
    if connection.dialect.name == "postgresql":
        columns = tuple([row[name] for row in rows] for name in names)
        await connection.exec_driver_sql(_statement(table, names) + conflict, columns)
        return
    marks = ", ".join("?" * len(names))
    statement = f"INSERT INTO {table.name} ({', '.join(names)}) VALUES ({marks})"  # noqa: S608
    values = [tuple([row[name] for name in names]) for row in rows]  # in whatever order they are
    await connection.exec_driver_sql(statement + conflict, values)


@lru_cache(maxsize=256)
def _statement(table: Table, names: tuple[str, ...]) -> str:
    arrays = (f"${place}::{_array(table, name)}[]" for place, name in enumerate(names, start=1))
    listed = ", ".join(names)
    return f"INSERT INTO {table.name} ({listed}) SELECT * FROM unnest({', '.join(arrays)})"  # noqa: S608


def _array(table: Table, name: str) -> str:
    kind = table.c[name].type
    return next(array for known, array in _ARRAYS if isinstance(kind, known))
