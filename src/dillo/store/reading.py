"""What the web process reads of a SQLite database, without leaving its event loop.

A page takes 0.1 to 0.2 ms. Handing it to a thread and back costs as much again, because sqlite3
gives the interpreter lock away at every row and gets it back only when the busy loop lets go.
"""

import hashlib
import hmac
import sqlite3
from collections.abc import Generator
from pathlib import Path
from typing import TypeVar

from dillo.model.clock import now_us
from dillo.model.errors import Unavailable
from dillo.store.statistics import CallPage, Query, Rows, find_page, load_statements

_BUSY_TIMEOUT_S = 1.0

T = TypeVar("T")


class SqliteReading:
    """A read-only connection; every method is one consistent snapshot.

    Every method raises Unavailable where the database does not answer.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._statements = load_statements()
        self._connection: sqlite3.Connection | None = None

    async def verify(self, customer_code: str, api_key: str) -> str | None:
        """Return the customer's id if the key is theirs and not revoked."""
        key_sha256 = hashlib.sha256(api_key.encode()).hexdigest()
        parameters: dict[str, str | int] = {"key_sha256": key_sha256, "now_us": now_us()}
        rows = self._ask(Query("key_owner", parameters))
        owner = str(rows[0][0]) if rows else ""
        is_owner = hmac.compare_digest(owner.encode(), customer_code.lower().encode())
        return owner if rows and is_owner else None

    async def page(
        self,
        customer_id: str,
        number: str,
        *,
        start_us: int,
        end_us: int,
        skip: int,
        take: int,
        as_of_us: int | None,
    ) -> CallPage | None:
        """Return a page of calls, None where the customer never held the number."""
        return self._run(find_page(customer_id, number, (start_us, end_us), (skip, take), as_of_us))

    async def recording_path(self, customer_id: str, recording_id: str) -> str | None:
        """Return a recording's path below the recordings folder, None where not theirs."""
        parameters: dict[str, str | int] = {
            "recording_id": recording_id,
            "customer_id": customer_id,
        }
        rows = self._ask(Query("recording_path", parameters))
        return str(rows[0][0]) if rows else None

    def close(self) -> None:
        """Close the connection; it opens again when needed."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _run(self, asking: Generator[Query, Rows, T]) -> T:
        self._execute("BEGIN", {})
        try:
            query = next(asking)
            while True:
                query = asking.send(self._ask(query))
        except StopIteration as answer:
            result: T = answer.value
            return result
        finally:
            self._execute("COMMIT", {})

    def _ask(self, query: Query) -> Rows:
        return self._execute(self._statements[query.name], query.parameters)

    def _execute(self, statement: str, parameters: dict[str, str | int]) -> Rows:
        try:
            if self._connection is None:
                self._connection = _open(self._path)
            return self._connection.execute(statement, parameters).fetchall()
        except sqlite3.OperationalError as error:
            raise Unavailable(f"the database does not answer: {error}") from error


def _open(path: Path) -> sqlite3.Connection:
    """Open an existing file: mode=rw because readers of a WAL share its index file."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        timeout=_BUSY_TIMEOUT_S,
        isolation_level=None,
        check_same_thread=False,
    )
    connection.execute("PRAGMA query_only=ON")
    return connection
