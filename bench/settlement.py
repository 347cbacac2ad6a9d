"""How many finished calls a second one node settles into each database; prints JSON.

    python -m bench.settlement [--calls 5000] [--database sqlite|postgresql|both]

Calls go the way of a node: their events into its journal, and from there by its forwarder, which
folds, prices and stores them. Every call has a menu, a digit and a recording, so three charge
lines. The commit is durable (synchronous=FULL, fsync=on); the files lie where TMPDIR says.
"""

import argparse
import asyncio
import json
import resource
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.postgresql import PostgresqlServer

from dillo.accounts import Change, Registry, applications, customers, numbers
from dillo.accounts.ports import Application, Customer, Number
from dillo.jobs.forwarder import Forwarder
from dillo.model.clock import now_us
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
from dillo.model.ids import new_id
from dillo.store.database import Database
from dillo.store.journal import FinishedCall, JournalReader, JournalWriter
from dillo.store.migrations import migrate
from dillo.store.registry import sql_registry
from dillo.store.settlement import SqlBooks

S = 1_000_000
_CALLS_A_COMMIT = 100
BEHAVIOR = json.dumps(
    {
        "ChannelBehaviorNodes": {
            "0": {
                "ActionType": "Menu",
                "ChannelBehaviorAction": {
                    "Intro": {"Text": "For sales press 1. For support press 2."},
                    "Digits": {"1": {"NextNode": 1}},
                },
                "NextNode": 1,
            },
            "1": {"ActionType": "Record", "ChannelBehaviorAction": {"MaxLength": 3}, "NextNode": 2},
            "2": {"ActionType": "Say", "ChannelBehaviorAction": {"Text": "Goodbye."}},
        }
    }
)

Party = tuple[Customer, Number, Application]


async def found_party(registry: Registry) -> Party:
    """Make a customer with a number and an application."""
    change = Change.by("bench")
    customer = await customers.create(registry, change, "Bench")
    number = await numbers.add(registry, change, "+442079460000")
    await numbers.buy(registry, change, number.e164, customer.id)
    published = await applications.publish(registry, change, customer.id, "Bench", BEHAVIOR)
    return customer, number, published.application


def events_of(party: Party, at: int) -> list[CallEvent]:
    """Return the events of the 12 s call of the benchmark."""
    customer, number, application = party
    recording_id, call_id = new_id(), new_id()
    return [
        CallReceived(
            at, call_id, "bench", customer.id, number.id, number.e164, number.number_type,
            "+393703188051", customer.currency, application.version_id,
        ),
        ApplicationStarted(at, Role.PRIMARY, str(application.version_id)),
        CallAnswered(at),
        NodeEntered(at, "0", "Menu"),
        PromptStarted(at, "0", "For sales press 1. For support press 2."),
        DigitReceived(at + 5 * S, "1", "rfc4733"),
        PromptEnded(at + 5 * S, "0", interrupted=True),
        DigitsCollected(at + 5 * S, "0", "Menu", "Department", "1", True),
        NodeLeft(at + 5 * S, "0", "digit 1", "1"),
        NodeEntered(at + 5 * S, "1", "Record"),
        RecordingStarted(at + 5 * S, recording_id, "1", "Message", f"{recording_id}.wav", "3-M"),
        RecordingFinished(at + 8 * S, recording_id, 3_000, 24_058, "max-length"),
        NodeLeft(at + 8 * S, "1", "recorded", "2"),
        NodeEntered(at + 8 * S, "2", "Say"),
        NodeLeft(at + 10 * S, "2", "completed"),
        MediaMeasured(at + 11 * S, 600, 0, 600, 0, 0.4, 1.0),
        CallEnded(at + 11 * S, EndReason.FLOW_ENDED),
    ]  # fmt: skip


def measure_all(calls: int, kinds: Sequence[str]) -> dict[str, dict[str, float]]:
    """Measure on each database, in files of its own."""
    measured = {}
    if "sqlite" in kinds:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "dillo.db"
            measured["sqlite"] = asyncio.run(measure(f"sqlite:///{path}", calls))
            measured["sqlite"]["database_bytes_per_call"] = round(database_size(path) / calls)
    if "postgresql" in kinds:
        server = PostgresqlServer({"listen_addresses": "", "shared_buffers": "512MB"})
        try:
            server.start()
            measured["postgresql"] = asyncio.run(measure(server.url(server.create()), calls))
        finally:
            server.close()
    return measured


async def measure(url: str, calls: int) -> dict[str, float]:
    """Settle so many calls of a journal; return calls a second."""
    migrate(url)
    database = Database.open(url)
    party = await found_party(sql_registry(database))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "journal.db"
        began = time.perf_counter()
        await _write_journal(path, party, calls)
        written_s = time.perf_counter() - began
        began, began_cpu = time.perf_counter(), _cpu_s()
        with JournalReader(path) as journal:
            forwarder: Forwarder[FinishedCall] = Forwarder(journal, SqlBooks(database))
            forwarder.stop()  # when all that has ended is settled
            await forwarder.run()
        elapsed, cpu = time.perf_counter() - began, _cpu_s() - began_cpu
    await database.close()
    assert forwarder.calls_settled == calls
    return {
        "calls": calls,
        "journal_calls_per_second": round(calls / written_s),
        "calls_per_second": round(calls / elapsed),
        "cpu_ms_per_call": round(cpu / calls * 1_000, 3),
    }


async def _write_journal(path: Path, party: Party, calls: int) -> None:
    journal, start_us = JournalWriter(path), now_us()
    for index in range(calls):
        events = events_of(party, start_us + index * 1_000)
        assert isinstance(events[0], CallReceived)
        for event in events:
            journal.append(events[0].call_id, event)
        if index % _CALLS_A_COMMIT == 0:
            await journal.flush()
    await journal.flush()
    await journal.close()


def database_size(path: Path) -> int:
    """Return the bytes of the database and its WAL."""
    return sum(each.stat().st_size for each in path.parent.glob(f"{path.name}*"))


def _cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    arguments.add_argument("--calls", type=int, default=5_000)
    arguments.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    chosen = arguments.parse_args()
    kinds = ["sqlite", "postgresql"] if chosen.database == "both" else [chosen.database]
    print(json.dumps(measure_all(chosen.calls, kinds)))
