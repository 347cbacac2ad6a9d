"""Generates finished calls of many numbers over a year, in SQLite or PostgreSQL.

One number in `NUMBERS` is busy and gets every tenth call. Rows are those that settling writes, with
short documents; tallies and sums are counted from the calls, as settling call by call counts them.
"""

import sqlite3
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from dillo.model.ids import uuid7
from dillo.model.moments import from_datetime, iso_ms
from dillo.store.migrations import migrate
from dillo.store.partitions import month_of, month_statements, months_between
from dillo.store.postgresql import connect
from dillo.store.rollups import DIMENSIONS, TOTAL, spans_of
from dillo.store.tallies import SPANS_S

NUMBERS, CUSTOMERS = 1_000, 20
START_US = from_datetime(datetime(2025, 11, 1, tzinfo=UTC))
END_US = from_datetime(datetime(2026, 11, 1, tzinfo=UTC))

_ROWS_AT_ONCE = 20_000
_COUNTRIES = ("IT", "GB", "RO", "DE", "FR", "")
_REASONS = ("CallerHungUp", "FlowEnded", "DialEnded", "Abandoned", "Error")

Row = tuple[Any, ...]


def customer_id(index: int) -> str:
    """Return the id of a customer."""
    return str(UUID(int=0xC0000 + index))


def number_id(index: int) -> str:
    """Return the id of a number; that of 0 is busy."""
    return str(UUID(int=0xA0000 + index))


def application_id(index: int) -> str:
    """Return the id of the application that a number runs."""
    return str(UUID(int=0xB0000 + index))


def e164(index: int) -> str:
    """Return a number."""
    return f"+4420{79460000 + index}"


@dataclass(frozen=True, slots=True)
class Loader:
    """The rows of one database."""

    calls: int
    customers: int = CUSTOMERS

    def accounts(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Yield rows of customers and numbers."""
        for index in range(self.customers):
            yield (
                "customers",
                {
                    "id": customer_id(index),
                    "name": f"Customer {index}",
                    "currency": "EUR",
                    "is_prepaid": False,
                    "balance_micros": 0,
                    "is_suspended": False,
                    "max_concurrent_calls": 10,
                    "max_calls_per_second": 5.0,
                    "max_call_s": 3600.0,
                    "created_us": 0,
                },
            )
        for index in range(NUMBERS):
            holder = customer_id(index % self.customers)
            number = {"id": number_id(index), "e164": e164(index), "customer_id": holder}
            yield (
                "numbers",
                number | {"country": "GB", "number_type": "local", "created_us": 0},
            )
            held = {"id": f"holder-{index}", "number_id": number["id"], "customer_id": holder}
            yield "number_holders", held | {"from_us": 0}

    def rows(self) -> Iterator[tuple[Row, Row, Row]]:
        """Yield a row of `calls`, one of `call_summaries` and one of `charge_lines` a call."""
        step_us = (END_US - START_US) // self.calls
        for index in range(self.calls):
            yield _rows(index, START_US + index * step_us, self.customers)


CALLS = (
    *("id", "customer_id", "number_id", "caller", "created_us", "answered_us", "ended_us"),
    *("end_reason", "is_fallback_executed", "currency", "price_micros", "revision", "settled_us"),
    *("document", "events"),
)
SUMMARIES = (
    *("id", "customer_id", "number_id", "application_id", "version_id", "caller"),
    *("caller_country", "created_us", "answered_us", "ended_us", "duration_ms", "end_reason"),
    *("sip_code", "is_fallback_executed", "currency", "price_micros", "revision", "mos"),
    *("recordings", "digits", "dials", "failures", "warnings", "settled_us"),
)
CHARGES = ("id", "call_id", "kind", "subject_id", "amount_micros", "explanation", "created_us")
TABLES = {"calls": CALLS, "call_summaries": SUMMARIES, "charge_lines": CHARGES}


def _rows(index: int, created_us: int, customers: int) -> tuple[Row, Row, Row]:
    dice = (index * 2_654_435_761) >> 7 & 0xFFFF_FFFF  # spread, and the same in every run
    line = 0 if index % 10 == 0 else dice % NUMBERS
    call_id = str(uuid7(created_us // 1000, index.to_bytes(10, "big")))
    customer, number = customer_id(line % customers), number_id(line)
    duration_us = (dice % 300) * 1_000_000
    ended_us = created_us + duration_us
    caller = f"+39370{dice % 10_000_000:07}"
    price = 8_000 + duration_us // 100_000
    reason = _REASONS[dice % 97 % len(_REASONS)]
    answered_us = None if reason == "Abandoned" else created_us
    is_fallback = dice % 50 == 0
    settled_us = ended_us + 1_000_000 + index
    common = (call_id, customer, number)
    call = (
        *(*common, caller, created_us, answered_us, ended_us, reason, is_fallback, "EUR", price),
        *(1, settled_us, _document(call_id, customer, caller, line, created_us), "[]"),
    )
    summary = (
        *(*common, application_id(line), str(UUID(int=0xD0000 + line)), caller),
        *(_COUNTRIES[dice % 31 % len(_COUNTRIES)], created_us, answered_us, ended_us),
        *(duration_us // 1000, reason, None, is_fallback, "EUR", price, 1, 4.2),
        *(int(dice % 4 == 0), dice % 3, int(dice % 5 == 0), int(dice % 200 == 0), 0, settled_us),
    )
    line_id = str(uuid7(ended_us // 1000, (index + 1).to_bytes(10, "big")))
    return call, summary, (line_id, call_id, "call", "", price, "{}", ended_us)


def _document(call_id: str, customer: str, caller: str, line: int, created_us: int) -> str:
    return (
        f'{{"CustomerCode":"{customer}","CreatedOnUtc":"{iso_ms(created_us)}",'
        f'"TelephoneNumber":"{caller}","InboundActiveNumber":"{e164(line)}",'
        f'"InboundActiveNumberId":"{number_id(line)}","CallDuration":12,'
        f'"IsFallbackExecuted":false,"Price":0.0412,"ChannelBehavior":"{call_id}",'
        '"Recordings":[],"CollectedDigits":[],"DialActions":[]}'
    )


def sums() -> Iterator[str]:
    """Yield the statements that count tallies and sums from the calls."""
    for span_s in SPANS_S:
        yield f"""
            INSERT INTO call_tallies (number_id, customer_id, span_s, starts_us, calls,
                earliest_settled_us, latest_settled_us)
            SELECT number_id, customer_id, {span_s}, created_us - created_us % {span_s}000000,
                count(*), min(settled_us), max(settled_us)
            FROM call_summaries GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
        """
    for scope in (TOTAL, *DIMENSIONS):
        for span_s in spans_of(scope):
            yield _rollup(span_s, f"'{scope}'")
    for span_s in spans_of(number_id(0)):
        yield _rollup(span_s, "number_id")


def _rollup(span_s: int, scope: str) -> str:
    """Sum up calls for a scope: by one thing, or by everything for each number."""
    columns = [
        name
        if scope == f"'{name}'" or (scope == "number_id" and name != "number_id")
        else "'' AS " + name
        for name in DIMENSIONS
    ]
    return f"""
        INSERT INTO call_rollups (customer_id, scope, span_s, starts_us, {", ".join(DIMENSIONS)},
            calls, answered, fallbacks, duration_ms, price_micros)
        SELECT customer_id, {scope}, {span_s}, created_us - created_us % {span_s}000000,
            {", ".join(columns)}, count(*), count(answered_us),
            sum(CASE WHEN is_fallback_executed THEN 1 ELSE 0 END), sum(duration_ms),
            sum(price_micros)
        FROM call_summaries GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8
    """


def sqlite_file(folder: Path, calls: int) -> Path:
    """Return a file with so many calls and the newest schema, made where there is none."""
    path = folder / f"dillo-bench-calls-{calls}.db"
    if not path.exists():
        part = path.with_suffix(".part")
        build_sqlite(part, calls)
        part.rename(path)
    migrate(f"sqlite:///{path}")  # one of an earlier run
    return path


def build_sqlite(path: Path, calls: int, customers: int = CUSTOMERS) -> None:
    """Make a file with so many calls."""
    path.unlink(missing_ok=True)
    migrate(f"sqlite:///{path}")
    loader = Loader(calls, customers)
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-400000"):
            file.execute(f"PRAGMA {pragma}")
        indexes = file.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
            f" AND tbl_name IN ({','.join(repr(name) for name in TABLES)})"
        ).fetchall()
        for name, _ in indexes:
            file.execute(f"DROP INDEX {name}")
        file.execute("BEGIN")
        for table, row in loader.accounts():
            marks = ",".join("?" * len(row))
            file.execute(
                f"INSERT INTO {table} ({','.join(row)}) VALUES ({marks})", list(row.values())
            )
        for batch in _batches(loader):
            for (table, columns), rows in zip(TABLES.items(), batch, strict=True):
                marks = ",".join("?" * len(columns))
                file.executemany(
                    f"INSERT INTO {table} ({','.join(columns)}) VALUES ({marks})", rows
                )
        for statement in (*(sql for _, sql in indexes), *sums()):
            tell(_opening(statement))
            file.execute(statement)
        file.execute("COMMIT")
        file.execute("PRAGMA journal_mode=WAL")


async def build_postgresql(url: str, calls: int) -> None:
    """Fill an empty database with so many calls, by COPY."""
    migrate(url)
    loader = Loader(calls)
    server = await connect(url, None)
    # Keys are not checked while rows are copied; whoever copies must be a superuser.
    await server.execute("SET session_replication_role = replica")
    await server.execute("SET maintenance_work_mem = '512MB'; SET work_mem = '256MB'")
    for month in months_between(month_of(START_US), month_of(END_US)):
        for statement in month_statements(month):
            await server.execute(statement)
    indexes = await server.fetch(_INDEXES, list(TABLES))
    for name, _ in indexes:
        await server.execute(f"DROP INDEX {name}")
    for table, row in loader.accounts():
        await server.copy_records_to_table(table, columns=list(row), records=[tuple(row.values())])
    for batch in _batches(loader):
        for (table, columns), rows in zip(TABLES.items(), batch, strict=True):
            await server.copy_records_to_table(table, columns=columns, records=rows)
    for statement in (*(definition for _, definition in indexes), *sums()):
        tell(_opening(statement))
        await server.execute(statement.replace(" ON ONLY ", " ON "))
    await server.execute("VACUUM ANALYZE")
    await server.close()


_INDEXES = """
SELECT indexrelid::regclass::text, pg_get_indexdef(indexrelid)
FROM pg_index
WHERE indrelid::regclass::text = ANY($1::text[])
  AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid)
"""


def _opening(statement: str) -> str:
    return " ".join(statement.split())[:70]


def _batches(loader: Loader) -> Iterator[Sequence[Sequence[Row]]]:
    rows, done = loader.rows(), 0
    while batch := list(islice(rows, _ROWS_AT_ONCE)):
        yield list(zip(*batch, strict=True))
        done += len(batch)
        tell(f"{done:,} of {loader.calls:,} calls")


def tell(progress: str) -> None:
    """Show progress on standard error."""
    print(f"{datetime.now(UTC):%H:%M:%S} {progress}", file=sys.stderr, flush=True)
