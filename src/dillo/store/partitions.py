"""The months that PostgreSQL keeps the tables of calls in.

A month of calls is a range of their ids, because a UUIDv7 begins with its moment: so the id stays
the primary key, of which there is one in all months together, and other tables may refer to it.
Months are made ahead of their first call. What fits in none, because making it failed again and
again, is kept in the partition `…_default`, so no call is ever refused.
"""

import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from dillo.model.errors import Unavailable
from dillo.model.ids import uuid7
from dillo.model.moments import from_datetime, to_datetime
from dillo.store.database import Database

_log = structlog.get_logger(__name__)

BY_ID = ("calls", "call_summaries", "call_digits", "call_dials", "charge_lines", "recordings")
BY_MOMENT = ("call_tallies",)

_AHEAD = 2
# Two nodes may make the same month at once; one waits for the other.
_LOCK = "SELECT pg_advisory_xact_lock(230756352)"
# A month that cannot be had soon, because a backup reads the tables, is tried again later: there
# are months left until it is needed.
_LOCK_TIMEOUT, _RETRY_S = "SET LOCAL lock_timeout = '1s'", 60.0
_PATIENCE = 5
"""So often calls wait for a month that they belong to, instead of going without one for good."""

Month = tuple[int, int]
"""Year and month."""


class Partitions:
    """Makes months before they are needed; remembers those that are there."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._there: set[Month] = set()
        self._next_try_at = 0.0
        self._waits = 0

    async def prepare(self, moments_us: Iterable[int]) -> None:
        """Make the months of these moments and those after them; costs nothing where they are.

        Raises Unavailable where one that is needed now cannot be had yet, a few times.
        """
        if not self._database.is_postgresql or time.monotonic() < self._next_try_at:
            return
        needed = {month_of(moment_us) for moment_us in moments_us}
        wanted = {later for month in needed for later in months(month, _AHEAD + 1)}
        for month in sorted(wanted - self._there):
            await self._make(month, is_needed=month in needed)

    async def _make(self, month: Month, *, is_needed: bool) -> None:
        try:
            async with self._database.writing() as connection:
                await make_month(connection, month)
        except Unavailable as error:
            if is_needed and self._waits < _PATIENCE:
                self._waits += 1
                raise
            _log.warning("a month is made later", month=_name(month), error=str(error))
            self._next_try_at = time.monotonic() + _RETRY_S
            return
        except DBAPIError as error:
            # Calls of this month are in the default partition already, and stay there.
            _log.warning("a month has no partition", month=_name(month), error=str(error.orig))
        self._there.add(month)
        self._waits = 0


async def make_month(connection: AsyncConnection, month: Month) -> None:
    """Make the partitions of a month where they are missing, in the caller's transaction."""
    await connection.exec_driver_sql(_LOCK_TIMEOUT)
    await connection.exec_driver_sql(_LOCK)
    for statement in month_statements(month):
        await connection.exec_driver_sql(statement)


def month_of(moment_us: int) -> Month:
    """Return the UTC month of a moment."""
    moment = to_datetime(moment_us)
    return moment.year, moment.month


def months(first: Month, count: int) -> Iterator[Month]:
    """Yield a month and those after it."""
    year, month = first
    for _ in range(count):
        yield year, month
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)


def months_between(first: Month, last: Month) -> Iterator[Month]:
    """Yield the months from one to another, both included."""
    (year, month), (last_year, last_month) = first, last
    return months(first, (last_year - year) * 12 + last_month - month + 1)


def month_statements(month: Month) -> Iterator[str]:
    """Yield what makes the partitions of a month where they are missing."""
    first, after = months(month, 2)
    bounds = {
        BY_ID: (f"'{_first_id(first)}'", f"'{_first_id(after)}'"),
        BY_MOMENT: (_start_us(first), _start_us(after)),
    }
    for tables, (low, high) in bounds.items():
        for table in tables:
            yield (
                f"CREATE TABLE IF NOT EXISTS {table}_{_name(month)} PARTITION OF {table}"
                f" FOR VALUES FROM ({low}) TO ({high})"
            )


def _name(month: Month) -> str:
    return f"{month[0]}_{month[1]:02}"


def _first_id(month: Month) -> str:
    """Return what no id of the month is less than."""
    return f"{str(uuid7(_start_us(month) // 1000, bytes(10)))[:14]}0000-0000-000000000000"


def _start_us(month: Month) -> int:
    return from_datetime(datetime(*month, 1, tzinfo=UTC))
