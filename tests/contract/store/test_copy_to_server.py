"""`dillo db copy`: everything arrives and adds up, or nothing does."""

import asyncio
import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
from tests.contract.store.crowded import crowd

from dillo.accounts import Change, customers
from dillo.store.copying import NotCopied, copy
from dillo.store.database import Database, sqlite_path
from dillo.store.migrations import migrate
from dillo.store.registry import sql_registry
from dillo.store.tables import metadata


@pytest.fixture
async def full_file(sqlite_url: str, change: Change) -> Path:
    """A file with calls of some customers."""
    database = Database.open(sqlite_url)
    await crowd(database, change, 30)
    await database.close()
    return sqlite_path(sqlite_url)


async def _copy(source: Path, url: str) -> list[tuple[str, int, int]]:
    told: list[tuple[str, int, int]] = []
    await copy(source, url, lambda *progress: told.append(progress))
    return told


def _rows(url: str, table: str) -> int:
    with psycopg.connect(url) as connection:
        ((count,),) = connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchall()
        return int(count)


async def test_every_row_arrives_and_the_platform_goes_on_with_it(
    full_file: Path, new_postgresql_url: str, change: Change
) -> None:
    migrate(new_postgresql_url)
    told = await _copy(full_file, new_postgresql_url)
    assert {table for table, *_ in told} == set(metadata.tables)
    with closing(sqlite3.connect(full_file)) as file:
        for table in metadata.tables:
            (there,) = file.execute(f"SELECT count(*) FROM {table}").fetchone()
            assert _rows(new_postgresql_url, table) == there, table
    assert _rows(new_postgresql_url, "calls_default") == 0
    database = Database.open(new_postgresql_url)
    registry = sql_registry(database)
    customer = await customers.create(registry, change, "Afterwards")
    assert (await registry.customers.get(customer.id)).name == "Afterwards"
    await database.close()


async def test_a_target_in_use_is_refused(full_file: Path, postgresql_url: str) -> None:
    await _copy(full_file, postgresql_url)
    calls = _rows(postgresql_url, "calls")
    with pytest.raises(NotCopied, match="in use"):
        await _copy(full_file, postgresql_url)
    assert _rows(postgresql_url, "calls") == calls


async def test_what_postgresql_refuses_leaves_the_target_empty(
    full_file: Path, postgresql_url: str
) -> None:
    with closing(sqlite3.connect(full_file)) as file:
        file.execute("PRAGMA foreign_keys = OFF")
        file.execute("UPDATE calls SET number_id = 'none' WHERE rowid = 1")
        file.commit()
    with pytest.raises(NotCopied, match="PostgreSQL refuses"):
        await _copy(full_file, postgresql_url)
    assert _rows(postgresql_url, "customers") == 0
    assert _rows(postgresql_url, "settlement_clock") == 1


async def test_a_cent_that_changes_on_the_way_is_found(
    full_file: Path, new_postgresql_url: str
) -> None:
    await asyncio.to_thread(migrate, new_postgresql_url)
    with psycopg.connect(new_postgresql_url) as connection:
        connection.execute(
            "CREATE FUNCTION steal() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN NEW.amount_micros := NEW.amount_micros + 1; RETURN NEW; END $$"
        )
        connection.execute(
            "CREATE TRIGGER steal BEFORE INSERT ON charge_lines"
            " FOR EACH ROW EXECUTE FUNCTION steal()"
        )
    with pytest.raises(NotCopied, match=r"charge_lines\.amount_micros"):
        await _copy(full_file, new_postgresql_url)
    assert _rows(new_postgresql_url, "calls") == 0


async def test_a_file_of_an_older_schema_is_refused(
    full_file: Path, postgresql_url: str, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(full_file)) as file:
        file.execute("UPDATE alembic_version SET version_num = '0001'")
        file.commit()
    with pytest.raises(NotCopied, match="dillo db migrate"):
        await _copy(full_file, postgresql_url)
    with pytest.raises(NotCopied, match="there is no"):
        await _copy(tmp_path / "none.db", postgresql_url)


async def test_the_command_says_what_it_copied(full_file: Path, new_postgresql_url: str) -> None:
    command = [sys.executable, "-m", "dillo", "db", "copy", "--json"]
    command += ["--from", f"sqlite:///{full_file}", "--to", new_postgresql_url]
    done = await asyncio.to_thread(
        subprocess.run, command, check=False, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    tables = {each["name"]: each for each in json.loads(done.stdout)["tables"]}
    assert tables["calls"]["rows"] == 30
    assert tables["calls"]["sums"]["price"] == tables["charge_lines"]["sums"]["amount"] > 0
