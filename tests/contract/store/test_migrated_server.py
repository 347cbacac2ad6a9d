"""The schema on PostgreSQL: that of the tables, made by any number of processes at once."""

import asyncio
import subprocess
import sys
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, func, select

from dillo.model.errors import Unavailable
from dillo.model.moments import from_datetime
from dillo.store import partitions
from dillo.store.database import Database
from dillo.store.migrations import HEAD, migrate
from dillo.store.partitions import BY_ID, BY_MOMENT, make_month
from dillo.store.tables import metadata


def _is_ours(part: Any, name: str | None, kind: str, *_: object) -> bool:
    """Leave out partitions, and the keys that refer to them."""
    if kind == "foreign_key_constraint":
        return all(
            key.target_fullname.partition(".")[0] in metadata.tables for key in part.elements
        )
    return kind != "table" or name in metadata.tables


def _columns(url: str) -> list[tuple[object, ...]]:
    query = """
        SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns
        WHERE table_schema = 'public' ORDER BY 1, 2
    """
    with psycopg.connect(url) as connection:
        return connection.execute(query).fetchall()


def test_migrations_create_exactly_the_tables(new_postgresql_url: str) -> None:
    assert migrate(new_postgresql_url).before is None
    engine = create_engine(new_postgresql_url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": _is_ours})
        differences = compare_metadata(context, metadata)
    engine.dispose()
    assert differences == []


async def test_migrating_again_changes_nothing(new_postgresql_url: str) -> None:
    await asyncio.to_thread(migrate, new_postgresql_url)
    before = _columns(new_postgresql_url)
    again = migrate(new_postgresql_url)  # inside an event loop
    assert (again.before, again.after, again.did_something) == (HEAD, HEAD, False)
    assert _columns(new_postgresql_url) == before


def test_a_newer_schema_is_left_alone(new_postgresql_url: str) -> None:
    migrate(new_postgresql_url)
    with psycopg.connect(new_postgresql_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    assert migrate(new_postgresql_url).after == "9999"


def test_processes_may_migrate_at_once(new_postgresql_url: str) -> None:
    program = f"from dillo.store.migrations import migrate; migrate({new_postgresql_url!r})"
    running = [
        subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE) for _ in range(3)
    ]
    errors = [process.communicate()[1] for process in running]
    assert [process.returncode for process in running] == [0, 0, 0], errors
    with psycopg.connect(new_postgresql_url) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(HEAD,)]


@pytest.mark.parametrize(
    "url", ["postgresql:///none?host=/nowhere", "postgresql://u:geheim@127.0.0.1:1/d"]
)
def test_a_server_that_does_not_answer_is_unavailable(url: str) -> None:
    with pytest.raises(Unavailable, match="does not answer") as error:
        migrate(url)
    assert "geheim" not in str(error.value)


async def test_every_table_of_calls_is_partitioned_by_month(new_postgresql_url: str) -> None:
    await asyncio.to_thread(migrate, new_postgresql_url)
    database = Database.open(new_postgresql_url)
    for month in ((2026, 12), (2027, 1), (2026, 12)):
        async with database.writing() as connection:
            await make_month(connection, month)
    bounds = """
        SELECT relname, pg_get_expr(relpartbound, oid) AS bound FROM pg_class
        WHERE relispartition AND relkind = 'r' ORDER BY relname
    """
    async with database.reading() as connection:
        rows = (await connection.exec_driver_sql(bounds)).all()
    found = {row.relname: row.bound for row in rows}
    await database.close()
    assert set(found) == {
        f"{table}_{part}"
        for table in (*BY_ID, *BY_MOMENT)
        for part in ("default", "2026_12", "2027_01")
    }
    ids = "('01a22ee6-b000-0000-0000-000000000000') TO ('01a2ce8b-d400-0000-0000-000000000000')"
    assert found["calls_2026_12"] == f"FOR VALUES FROM {ids}"


async def test_calls_wait_for_their_month_a_few_times_and_then_do_without(
    new_postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(partitions, "_LOCK_TIMEOUT", "SET LOCAL lock_timeout = '10ms'")
    monkeypatch.setattr(partitions, "_PATIENCE", 2)
    await asyncio.to_thread(migrate, new_postgresql_url)
    database = Database.open(new_postgresql_url)
    months = partitions.Partitions(database)
    moment_us = from_datetime(datetime(2026, 12, 5, tzinfo=UTC))
    async with await psycopg.AsyncConnection.connect(new_postgresql_url) as backup:
        await backup.execute("LOCK TABLE calls IN ACCESS SHARE MODE")
        await backup.execute("LOCK TABLE calls_default IN ACCESS SHARE MODE")
        for _ in range(2):
            with pytest.raises(Unavailable):
                await months.prepare([moment_us])
        await months.prepare([moment_us])
    await partitions.Partitions(database).prepare([moment_us])
    async with database.reading() as connection:
        made = await connection.scalar(select(func.to_regclass("calls_2026_12")))
    await database.close()
    assert made is not None
