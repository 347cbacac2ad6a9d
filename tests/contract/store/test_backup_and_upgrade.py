"""What operators do to a database that is in use: back it up, restore it, bring its schema up."""

import asyncio
import shutil
import subprocess
from pathlib import Path

import msgspec
import psycopg
import pytest
from bench.settlement import Party, events_of, found_party
from tests.postgresql import PostgresqlServer, newest_binaries

from dillo.calls.settlement import price
from dillo.model.clock import now_us
from dillo.store import migrations
from dillo.store.database import Database
from dillo.store.migrations import HEAD, migrate
from dillo.store.registry import sql_registry
from dillo.store.settlement import SqlBooks
from dillo.store.tables import metadata

NEXT = '''
"""Add what a next version might: a column, a table that refers to calls, an index."""

import sqlalchemy as sa
from alembic import op

revision = "9998"
down_revision = "{head}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("calls", sa.Column("mood", sa.Text(), nullable=True))
    op.create_index("ix_calls_mood", "calls", ["mood"])
    op.create_table(
        "moods",
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_moods_call_id"),
        sa.PrimaryKeyConstraint("call_id", name="pk_moods"),
    )
'''


@pytest.fixture
def next_version(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make `migrate` that of a next version with one more revision."""
    scripts = tmp_path / "migrations"
    shutil.copytree(migrations.SCRIPTS, scripts)
    (scripts / "versions" / "9998_next.py").write_text(NEXT.format(head=HEAD))
    monkeypatch.setattr(migrations, "SCRIPTS", scripts)
    monkeypatch.setattr(migrations, "HEAD", "9998")


@pytest.fixture(params=["sqlite", "postgresql"])
def own_url(request: pytest.FixtureRequest) -> str:
    """A migrated database whose schema may be changed."""
    if request.param == "sqlite":
        return str(request.getfixturevalue("sqlite_url"))
    url = str(request.getfixturevalue("new_postgresql_url"))
    migrate(url)
    return url


async def _settle(database: Database, party: Party, calls: int) -> None:
    books = SqlBooks(database)
    for _ in range(calls):
        events = events_of(party, now_us())
        call = await price(books, events, msgspec.json.encode(events).decode())
        assert await books.settle([call]) == 1


async def test_calls_are_settled_while_and_after_the_schema_is_brought_up(
    own_url: str, request: pytest.FixtureRequest
) -> None:
    database = Database.open(own_url)
    party = await found_party(sql_registry(database))
    await _settle(database, party, 5)
    request.getfixturevalue("next_version")
    settling = asyncio.create_task(_settle(database, party, 40))
    done = await asyncio.to_thread(migrate, own_url)
    assert (done.before, done.after) == (HEAD, "9998")
    await settling
    await _settle(database, party, 5)  # by the version that knows nothing of moods
    async with database.reading() as connection:
        count = await connection.exec_driver_sql("SELECT count(*) FROM calls WHERE mood IS NULL")
        assert count.scalar_one() == 50
        differing = """
            SELECT count(*) FROM calls JOIN call_summaries ON call_summaries.id = calls.id
            WHERE calls.price_micros <> call_summaries.price_micros
        """
        assert (await connection.exec_driver_sql(differing)).scalar_one() == 0
    await database.close()


async def test_a_dump_is_restored_with_every_row(
    postgresql_server: PostgresqlServer,
    new_postgresql_url: str,
    tmp_path: Path,
) -> None:
    await asyncio.to_thread(migrate, new_postgresql_url)
    database = Database.open(new_postgresql_url)
    party = await found_party(sql_registry(database))
    await _settle(database, party, 20)
    await database.close()
    programs, dump = newest_binaries(), str(tmp_path / "dillo.dump")
    restored = postgresql_server.url(name := postgresql_server.create())
    for command in (
        ["pg_dump", "--format=custom", "--file", dump, new_postgresql_url],
        ["pg_restore", "--no-owner", "--exit-on-error", f"--dbname={restored}", dump],
    ):
        program = [str(programs / command[0]), *command[1:]]
        await asyncio.to_thread(subprocess.run, program, check=True, capture_output=True)
    assert _counts(restored) == _counts(new_postgresql_url)
    again = Database.open(restored)
    await _settle(again, party, 3)
    await again.close()
    assert _counts(restored)["calls"] == 23
    postgresql_server.drop(name)


def _counts(url: str) -> dict[str, int]:
    with psycopg.connect(url) as connection:
        return {
            table: connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchall()[0][0]
            for table in metadata.tables
        }
