"""A real PostgreSQL server of Debian's, on a Unix socket in a folder of its own."""

import itertools
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import psycopg

USER = "dillo"
# What is lost when the machine dies does not matter here; that of a killed server is all there.
OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
    "max_connections": "200",
    "max_wal_size": "256MB",
}
_START_S = 60


class PostgresqlServer:
    """Start it, stop it in every way, and make databases in it."""

    def __init__(self, options: Mapping[str, str] = OPTIONS, folder: Path | None = None) -> None:
        self._bin = newest_binaries()
        self._options = options
        # Not below pytest's folder, which other users may not enter.
        self.folder = Path(tempfile.mkdtemp(prefix="dillo-pg-", dir=folder))
        self._process: subprocess.Popen[bytes] | None = None
        self._names = (f"d{number}" for number in itertools.count(1))
        self._user = "postgres" if os.geteuid() == 0 else None  # PostgreSQL refuses to be root
        if self._user:
            shutil.chown(self.folder, self._user)
        settings = ("--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8")
        self._run(self._bin / "initdb", "-D", self.folder / "data", "-U", USER, *settings)

    def start(self) -> None:
        """Start the server and wait until it answers."""
        options = [f"-c{name}={value}" for name, value in self._options.items()]
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [self._bin / "postgres", "-D", self.folder / "data", "-k", self.folder, *options],
                stdout=log,
                stderr=log,
                user=self._user,
            )
        deadline = time.monotonic() + _START_S
        while True:
            try:
                psycopg.connect(self.url("postgres")).close()
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError((self.folder / "log").read_text()) from None
                time.sleep(0.05)
            else:
                return

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """Stop the server: SIGINT ends every connection, SIGQUIT is as if it crashed."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(60)
            self._process = None

    def close(self) -> None:
        """Stop the server and delete all it had."""
        self.stop(signal.SIGQUIT)
        shutil.rmtree(self.folder)

    def url(self, database: str) -> str:
        """Return how a database is reached."""
        return f"postgresql:///{database}?host={self.folder}&user={USER}"

    def create(self, template: str = "template1") -> str:
        """Make a database, a copy of another that nobody uses now; return its name."""
        name = next(self._names)
        self._execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, name: str) -> None:
        """Delete a database, whoever uses it."""
        self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _execute(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _run(self, *command: str | Path) -> None:
        subprocess.run(command, check=True, capture_output=True, user=self._user)


class ReusedDatabase:
    """A database that is emptied again and again, down to what its migrations left in it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._connection = psycopg.connect(url, autocommit=True)
        names = [name for (name,) in self._connection.execute(_TABLES)]
        statements = ["SET LOCAL session_replication_role = replica"]  # no foreign keys
        statements += [f"DELETE FROM {name}" for name in names]
        statements += [insert for name in names for insert in self._inserts(name)]
        self._emptying = ";".join(["BEGIN", *statements, "COMMIT"]).encode()

    def empty(self) -> None:
        """Delete what a test left, whoever still has a connection."""
        self._connection.execute(_END_OTHERS)
        self._connection.execute(self._emptying)

    def close(self) -> None:
        """Close the connection; the database stays."""
        self._connection.close()

    def _inserts(self, table: str) -> list[str]:
        """Return what gives an emptied table the rows that it has now."""
        rows = self._connection.execute(f"SELECT to_json(t)::text FROM {table} t".encode())
        return [
            f"INSERT INTO {table} SELECT * FROM json_populate_record(NULL::{table},"
            f" '{row.replace(chr(39), chr(39) * 2)}')"
            for (row,) in rows
        ]


# A partition is emptied with its table.
_TABLES = """
SELECT quote_ident(relname) FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
  AND NOT relispartition AND relname <> 'alembic_version'
"""
_END_OTHERS = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


def newest_binaries() -> Path:
    """Return the folder of the server's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=_version)
    if not found:
        raise RuntimeError("these tests need PostgreSQL: apt-get install postgresql")
    return found[-1].parent


def _version(path: Path) -> int:
    return int(path.parts[-3])
