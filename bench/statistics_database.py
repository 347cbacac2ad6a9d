"""Builds a database in which one number received a million calls in thirty days."""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from uuid import UUID

import msgspec
from sqlalchemy import create_engine

from dillo.model.events import (
    ApplicationStarted,
    CallAnswered,
    CallEnded,
    CallEvent,
    CallReceived,
    DigitReceived,
    DigitsCollected,
    EndReason,
    MediaMeasured,
    NodeEntered,
    NodeLeft,
    PromptEnded,
    PromptStarted,
    RecordingFinished,
    RecordingStarted,
    Role,
)
from dillo.model.ids import uuid7
from dillo.model.moments import from_datetime, iso_ms
from dillo.records import document, fold
from dillo.store.tables import metadata
from dillo.store.tallies import SPANS_S

NUMBER = "+442079460000"
CUSTOMER = "0199f6d2-0000-7000-8000-000000000001"
NUMBER_ID = "0199f6d2-0000-7000-8000-000000000002"
API_KEY = "a key for measuring"
FIRST_DAY, LAST_DAY = "2026-10-01", "2026-10-30"
START_US = from_datetime(datetime(2026, 10, 1, tzinfo=UTC))
DAYS = 30

_DAY_US = 86_400_000_000
_LENGTH_US = 12_000_000
_RECORDING_ID = str(UUID(int=7))


def build(path: Path, calls: int) -> None:
    """Create the database; its tallies are those that settling call by call gives."""
    path.unlink(missing_ok=True)
    engine = create_engine(f"sqlite:///{path}")
    metadata.create_all(engine)
    engine.dispose()
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode=OFF")
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("BEGIN")
        _insert_accounts(connection)
        connection.executemany(_INSERT_CALL, _rows(calls))
        for span_s in SPANS_S:
            connection.execute(_TALLY_ALL, {"span_s": span_s, "span_us": span_s * 1_000_000})
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode=WAL")


_INSERT_CALL = """
INSERT INTO calls (id, customer_id, number_id, caller, created_us, answered_us, ended_us,
    end_reason, is_fallback_executed, currency, price_micros, revision, settled_us,
    document, events)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_TALLY_ALL = """
INSERT INTO call_tallies (number_id, customer_id, span_s, starts_us, calls,
    earliest_settled_us, latest_settled_us)
SELECT number_id, customer_id, :span_s, created_us - created_us % :span_us, count(*),
       min(settled_us), max(settled_us)
FROM calls GROUP BY 1, 2, 3, 4
"""


def _insert_accounts(connection: sqlite3.Connection) -> None:
    customer = {
        "name": "Bench",
        "currency": "EUR",
        "is_prepaid": True,
        "balance_micros": 0,
        "is_suspended": False,
        "max_concurrent_calls": 10,
        "max_calls_per_second": 5.0,
        "max_call_s": 3600.0,
    }
    number = {"e164": NUMBER, "country": "GB", "number_type": "local"}
    owned = {"customer_id": CUSTOMER}
    key = {"name": "main", "key_sha256": hashlib.sha256(API_KEY.encode()).hexdigest()}
    _insert(connection, "customers", {"id": CUSTOMER, "created_us": 0, **customer})
    _insert(connection, "numbers", {"id": NUMBER_ID, "created_us": 0, **number, **owned})
    _insert(connection, "api_keys", {"id": "key", "created_us": 0, **key, **owned})
    holder = {"id": "holder", "number_id": NUMBER_ID, "from_us": 0, **owned}
    _insert(connection, "number_holders", holder)


def _insert(connection: sqlite3.Connection, table: str, row: dict[str, object]) -> None:
    marks = ",".join("?" * len(row))
    statement = f"INSERT INTO {table} ({','.join(row)}) VALUES ({marks})"
    connection.execute(statement, list(row.values()))


def _rows(calls: int) -> Iterator[tuple[object, ...]]:
    document_of_first, events = _sample()
    first_moment = iso_ms(START_US)
    step_us = DAYS * _DAY_US // calls
    for index in range(calls):
        created_us = START_US + index * step_us
        ended_us = created_us + _LENGTH_US
        call_id = str(uuid7(created_us // 1000, index.to_bytes(10, "big")))
        text = document_of_first.replace(_RECORDING_ID, call_id)
        yield (
            *(call_id, CUSTOMER, NUMBER_ID, "+393703188051", created_us, created_us, ended_us),
            *("CallerHungUp", False, "EUR", 41_200, 1, ended_us + 50_000 + index),
            *(text.replace(first_moment, iso_ms(created_us)), events),
        )


def _sample() -> tuple[str, str]:
    """Return document and events of the first call, as settlement writes them."""
    events = tuple(_events(_RECORDING_ID))
    charges = [SimpleNamespace(subject_id="", amount_micros=41_200)]
    text = document(fold(events), charges, {"version": _BEHAVIOR})
    return text, msgspec.json.encode(events).decode()


_BEHAVIOR = """{"ChannelBehaviorNodes":{"0":{"ActionType":"Menu","ChannelBehaviorAction":{"Intro":
{"Text":"For sales press 1. For support press 2.","LanguageCode":"en-GB"},"Digits":{"1":{"NextNode":
1},"2":{"NextNode":2}},"Timeout":5,"MaxAttempts":3,"StorageKey":"Department"},"NextNode":3},"2":
{"ActionType":"Record","ChannelBehaviorAction":{"MaxLength":120,"FinishOnKey":"#","PlayBeep":true,
"StorageKey":"Message","RecordingStoragePeriodCode":"3-M","LanguageCode":"en-GB"},"NextNode":3},"3":
{"ActionType":"Say","ChannelBehaviorAction":{"Text":"Goodbye."}}}}"""


def _events(recording_id: str) -> Iterator[CallEvent]:
    at = START_US
    yield CallReceived(
        at_us=at,
        call_id=str(UUID(int=8)),
        node_name="node",
        customer_id=CUSTOMER,
        number_id=NUMBER_ID,
        number=NUMBER,
        number_type="local",
        caller="+393703188051",
        currency="EUR",
    )
    yield CallAnswered(at + 1)
    yield ApplicationStarted(at + 1, Role.PRIMARY, "version")
    yield NodeEntered(at + 2, "0", "Menu")
    yield PromptStarted(at + 3, "0", "For sales press 1. For support press 2.")
    yield PromptEnded(at + 4, "0", interrupted=True)
    yield DigitReceived(at + 4, "2", "rfc4733")
    yield DigitsCollected(at + 4, "0", "Menu", "Department", "2", is_success=True)
    yield NodeLeft(at + 5, "0", "digit 2", "2")
    yield NodeEntered(at + 6, "2", "Record")
    yield RecordingStarted(at + 7, recording_id, "2", "Message", "2026/10/x.wav", "3-M")
    yield RecordingFinished(at + 3_000_000, recording_id, 3000, 24_044, "key")
    yield NodeLeft(at + 3_000_001, "2", "completed", "3")
    yield NodeEntered(at + 3_000_002, "3", "Say")
    yield PromptStarted(at + 3_000_003, "3", "Goodbye.")
    yield PromptEnded(at + 5_000_000, "3")
    yield NodeLeft(at + 5_000_001, "3", "completed")
    yield MediaMeasured(at + _LENGTH_US, 600, 0, 600, 0, 1.2, 21.0)
    yield CallEnded(at + _LENGTH_US, EndReason.CALLER_HUNG_UP)
