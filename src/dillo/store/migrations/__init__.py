"""The schema's revisions and `migrate`, which brings a database to the newest one."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

from dillo.model.errors import Unavailable
from dillo.store.address import sqlite_path

HEAD = "0009"
"""The newest revision; a test holds it against the files in `versions`."""

_PATIENCE_S = 10.0


def migrate(url: str) -> None:
    """Bring a database to the newest schema; quick where there is nothing to do.

    Creates the SQLite file and its folder. Any number of processes may do this at once: one
    migrates in one transaction, the others wait for it. Raises Unavailable where that takes over
    ten seconds or the file cannot be opened, InvalidDatabaseUrl for no SQLite URL.
    """
    path = sqlite_path(url)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with closing(sqlite3.connect(path, timeout=_PATIENCE_S, isolation_level=None)) as file:
            # The version is read without Alembic, whose import takes a quarter of a second.
            if _revision(file) == HEAD:
                return
            _enter_wal(file)
        _upgrade(path)
    except sqlite3.OperationalError as error:
        raise Unavailable(f"cannot migrate {path}: {error}") from error


def _revision(file: sqlite3.Connection) -> str | None:
    exists = "SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'"
    if file.execute(exists).fetchone() is None:
        return None
    row = file.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if row is None else str(row[0])


def _enter_wal(file: sqlite3.Connection) -> None:
    """Switch to WAL, again and again: SQLite does not queue for this lock."""
    deadline = time.monotonic() + _PATIENCE_S
    while True:
        try:
            file.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


def _upgrade(path: Path) -> None:
    from alembic import command
    from alembic.config import Config
    from sqlalchemy import create_engine, event

    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": _PATIENCE_S})
    # DDL is part of the transaction only if sqlite3 does not decide where that begins.
    event.listen(engine, "connect", lambda file, _: setattr(file, "isolation_level", None))
    event.listen(engine, "begin", lambda on: on.exec_driver_sql("BEGIN IMMEDIATE"))
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    engine.dispose()
