"""Finished calls of many numbers, generated inside of SQLite or PostgreSQL: the statements for it.

One number in `NUMBERS` is busy and gets every tenth call. Rows are those that settling writes, with
short documents; they are the same in every run and in both databases.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from dillo.model.moments import from_datetime

NUMBERS, CUSTOMERS = 1_000, 20
START_US = from_datetime(datetime(2025, 11, 1, tzinfo=UTC))
END_US = from_datetime(datetime(2026, 11, 1, tzinfo=UTC))

_COUNTRIES = ("IT", "GB", "RO", "DE", "FR", "")
_REASONS = ("CallerHungUp", "FlowEnded", "DialEnded", "Abandoned", "Error")
_CUSTOMER, _NUMBER, _APPLICATION, _VERSION = 0xC0000, 0xA0000, 0xB0000, 0xD0000
_E164 = 44_20_79460000


def customer_id(index: int) -> str:
    """Return the id of a customer."""
    return str(UUID(int=_CUSTOMER + index))


def number_id(index: int) -> str:
    """Return the id of a number; that of 0 is busy."""
    return str(UUID(int=_NUMBER + index))


def application_id(index: int) -> str:
    """Return the id of the application that a number runs."""
    return str(UUID(int=_APPLICATION + index))


def e164(index: int) -> str:
    """Return a number."""
    return f"+{_E164 + index}"


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a database writes what SQL leaves open."""

    hex12: str
    """A number as twelve hexadecimal digits."""
    seven: str
    """A number as seven decimal digits."""
    iso: str
    """Microseconds as a moment in words."""


SQLITE = Dialect(
    "printf('%012x', {})",
    "printf('%07d', {})",
    "strftime('%Y-%m-%dT%H:%M:%fZ', {} / 1e6, 'unixepoch')",
)
POSTGRESQL = Dialect(
    "lpad(to_hex({}), 12, '0')",
    "lpad(CAST({} AS TEXT), 7, '0')",
    "to_char(to_timestamp({} / 1e6) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"')",
)


def statements(
    dialect: Dialect, span: tuple[int, int], calls: int, customers: int
) -> Iterator[str]:
    """Yield what inserts calls `[first, last)` of so many: into every table that settling fills."""
    yield f"CREATE TEMPORARY TABLE made AS {_made(dialect, span, calls, customers)}"
    for table, columns in TABLES.items():
        yield (
            f"INSERT INTO {table} ({', '.join(columns)})"
            f" SELECT {', '.join(columns.values())} FROM made ORDER BY i"
        )
    yield "DROP TABLE made"


_SAME = ("customer_id", "number_id", "caller", "created_us", "answered_us", "ended_us")
_ALSO = ("end_reason", "is_fallback_executed", "currency", "price_micros", "settled_us")
_CALLS = {name: name for name in ("id", *_SAME, *_ALSO, "document")}
_SUMMARIES = {name: name for name in ("id", *_SAME, *_ALSO, "application_id", "version_id")}
TABLES: Mapping[str, Mapping[str, str]] = {
    "calls": _CALLS | {"revision": "1", "events": "'[]'"},
    "call_summaries": _SUMMARIES
    | {
        "caller_country": "caller_country",
        "duration_ms": "duration_us / 1000",
        "revision": "1",
        "mos": "4.2",
        "recordings": "CASE WHEN dice % 4 = 0 THEN 1 ELSE 0 END",
        "digits": "dice % 3",
        "dials": "CASE WHEN dice % 5 = 0 THEN 1 ELSE 0 END",
        "failures": "CASE WHEN dice % 200 = 0 THEN 1 ELSE 0 END",
        "warnings": "0",
    },
    "charge_lines": {
        "id": "charge_id",
        "call_id": "id",
        "kind": "'call'",
        "subject_id": "''",
        "amount_micros": "price_micros",
        "explanation": "'{}'",
        "created_us": "ended_us",
    },
}
"""The columns of each table, and what they have of a call that was made."""


def _made(dialect: Dialect, span: tuple[int, int], calls: int, customers: int) -> str:
    """Return the query for calls, one a row, with what several tables have of them."""
    first, last = span
    step_us = (END_US - START_US) // calls
    return f"""
        WITH RECURSIVE series(i) AS (
            SELECT CAST({first} AS BIGINT) WHERE {first} < {last}
            UNION ALL SELECT i + 1 FROM series WHERE i < {last - 1}
        ), dealt AS (
            SELECT i, {START_US} + i * {step_us} AS created_us,
                ((i * 2654435761) >> 7) & 4294967295 AS dice
            FROM series
        ), called AS (
            SELECT i, created_us, dice, dice % 300 * 1000000 AS duration_us,
                CASE WHEN i % 10 = 0 THEN 0 ELSE dice % {NUMBERS} END AS line,
                {_chosen("dice % 97", _REASONS)} AS end_reason,
                created_us + dice % 300 * 1000000 AS ended_us
            FROM dealt
        ), known AS (
            SELECT called.*, {_uuid7(dialect, "created_us", "i")} AS id,
                {_uuid7(dialect, "ended_us", "(i + 1)")} AS charge_id,
                {_uuid(dialect, _CUSTOMER, f"line % {customers}")} AS customer_id,
                {_uuid(dialect, _NUMBER, "line")} AS number_id,
                '+39370' || {dialect.seven.format("(dice % 10000000)")} AS caller
            FROM called
        )
        SELECT known.*, {_uuid(dialect, _APPLICATION, "line")} AS application_id,
            {_uuid(dialect, _VERSION, "line")} AS version_id,
            {_chosen("dice % 31", _COUNTRIES)} AS caller_country,
            CASE WHEN end_reason = 'Abandoned' THEN NULL ELSE created_us END AS answered_us,
            dice % 50 = 0 AS is_fallback_executed, 'EUR' AS currency,
            8000 + duration_us / 100000 AS price_micros,
            ended_us + 1000000 + i AS settled_us, {_document(dialect)} AS document
        FROM known
    """


def _chosen(dice: str, values: Sequence[str]) -> str:
    cases = " ".join(f"WHEN {index} THEN '{value}'" for index, value in enumerate(values))
    return f"CASE {dice} % {len(values)} {cases} END"


def _uuid(dialect: Dialect, base: int, index: str) -> str:
    return f"'00000000-0000-0000-0000-' || {dialect.hex12.format(f'({base} + {index})')}"


def _uuid7(dialect: Dialect, moment_us: str, index: str) -> str:
    ms, last = dialect.hex12.format(f"({moment_us} / 1000)"), dialect.hex12.format(index)
    return f"substr({ms}, 1, 8) || '-' || substr({ms}, 9, 4) || '-7000-8000-' || {last}"


def _document(dialect: Dialect) -> str:
    members = {
        "CustomerCode": "customer_id",
        "CreatedOnUtc": dialect.iso.format("created_us"),
        "TelephoneNumber": "caller",
        "InboundActiveNumber": f"'+' || CAST({_E164} + line AS TEXT)",
        "InboundActiveNumberId": "number_id",
        "ChannelBehavior": "id",
    }
    words = " || ',' || ".join(
        f"""'"{name}":"' || {value} || '"'""" for name, value in members.items()
    )
    rest = (
        ',"CallDuration":12,"IsFallbackExecuted":false,"Price":0.0412,'
        '"Recordings":[],"CollectedDigits":[],"DialActions":[]}'
    )
    return f"'{{' || {words} || '{rest}'"
