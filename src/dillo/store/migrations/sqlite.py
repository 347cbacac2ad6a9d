"""Migrates a SQLite file, in one transaction: a new one to the newest schema in one go."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from dillo.model.errors import Unavailable
from dillo.store import migrations
from dillo.store.migrations import Migrated

NEWEST = migrations.SCRIPTS / "newest.sql"
"""What all revisions together make of an empty file."""


def migrate_file(path: Path) -> Migrated:
    """Bring a file to the newest schema. Raises Unavailable."""
    path.parent.mkdir(parents=True, exist_ok=True)
    patience_s = migrations.PATIENCE_S
    try:
        with closing(sqlite3.connect(path, timeout=patience_s, isolation_level=None)) as file:
            # The version is read without Alembic, whose import takes a quarter of a second.
            before = _revision(file)
            if before is not None and migrations.is_current(before):
                return Migrated(before, before)
            _enter_wal(file, patience_s)
            if _create(file):
                return Migrated(None, migrations.HEAD)
        return upgrade_file(path)
    except sqlite3.OperationalError as error:
        raise Unavailable(f"cannot migrate {path}: {error}") from error


def _revision(file: sqlite3.Connection) -> str | None:
    exists = "SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'"
    if file.execute(exists).fetchone() is None:
        return None
    row = file.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if row is None else str(row[0])


def _enter_wal(file: sqlite3.Connection, patience_s: float) -> None:
    """Switch to WAL, again and again: SQLite does not queue for this lock."""
    deadline = time.monotonic() + patience_s
    while True:
        try:
            file.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _create(file: sqlite3.Connection) -> bool:
    """Write the newest schema into an empty file, without SQLAlchemy; False where it has tables."""
    file.execute("BEGIN IMMEDIATE")
    with file:
        if file.execute("SELECT 1 FROM sqlite_master").fetchone() is not None:
            return False
        for statement in NEWEST.read_text().split(";\n"):
            file.execute(statement)
    return True


def upgrade_file(path: Path) -> Migrated:
    """Run the revisions that a file lacks, one after the other."""
    from sqlalchemy import create_engine, event

    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": migrations.PATIENCE_S})
    # DDL is part of the transaction only if sqlite3 does not decide where that begins.
    event.listen(engine, "connect", lambda file, _: setattr(file, "isolation_level", None))
    event.listen(engine, "begin", lambda on: on.exec_driver_sql("BEGIN IMMEDIATE"))
    with engine.begin() as connection:
        # Another process may have migrated while this one waited.
        before = _revision(connection.connection.driver_connection)  # type: ignore[arg-type]
        migrations.upgrade(connection)
    engine.dispose()
    return Migrated(before, migrations.HEAD)
