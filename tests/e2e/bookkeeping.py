"""Holds a node's books to what its callers saw: nothing lost, nothing twice, all paid."""

import asyncio
import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row
from tests.e2e.crowd import Seen

from dillo.caller import read_audio
from dillo.model.money import to_decimal
from dillo.records.record import span_ms

_SETTLED_S = 30
_MARGIN_US = 300_000
"""How far the callers' moments may be from the node's."""
_BEAT_US = 1_500_000
"""A call that was cut off ends at most so long before the crash."""


@dataclass(frozen=True, slots=True)
class Crash:
    """What was killed, and when."""

    victim: str
    at_us: int

    @property
    def cuts_calls(self) -> bool:
        return self.victim not in ("web", "jobs")


class Books:
    """The journal and the database of a node, read beside it."""

    def __init__(self, home: Path, postgresql_url: str = "") -> None:
        self._home = home
        self._postgresql_url = postgresql_url

    def query(self, database: str, text: str) -> list[dict[str, Any]]:
        if self._postgresql_url and database == "dillo.db":
            with psycopg.connect(self._postgresql_url) as server:
                return server.cursor(row_factory=dict_row).execute(text.encode()).fetchall()
        uri = f"{(self._home / database).as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True, timeout=10)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(text)]

    def calls(self) -> list[dict[str, Any]]:
        columns = "id, answered_us, ended_us, end_reason, price_micros, document, events"
        calls = self.query("dillo.db", f"SELECT {columns} FROM calls")
        for call in calls:
            call["sip_call_id"] = json.loads(call["events"])[0].get("sip_call_id")
        return calls

    async def settled(self) -> None:
        """Return once no call waits in the journal. Raises TimeoutError."""
        async with asyncio.timeout(_SETTLED_S):
            while self.query("journal.db", "SELECT 1 FROM events LIMIT 1"):  # noqa: ASYNC110
                await asyncio.sleep(0.1)

    def check(self, seen: Iterable[Seen], crashes: Sequence[Crash]) -> Counter[str]:
        """Assert all there is to assert; returns how many calls ended for which reason."""
        calls = self.calls()
        assert not self.query("journal.db", "SELECT * FROM quarantine")
        times = Counter(call["sip_call_id"] for call in calls)
        assert max(times.values()) == 1, [call for call in times if times[call] > 1]
        lost = [call for call in seen if call.is_answered and call.sip_call_id not in times]
        assert not lost
        by_sip_id = {call["sip_call_id"]: call for call in calls}
        for one in seen:
            if one.is_answered:
                _check_end(by_sip_id[one.sip_call_id], one, crashes)
        self._check_money(calls)
        self._check_recordings()
        return Counter(call["end_reason"] for call in calls)

    def _check_money(self, calls: Iterable[dict[str, Any]]) -> None:
        lines = self.query(
            "dillo.db",
            "SELECT call_id, sum(amount_micros) AS amount FROM charge_lines GROUP BY call_id",
        )
        charged = {line["call_id"]: line["amount"] for line in lines}
        entries = self.query("dillo.db", "SELECT * FROM ledger_entries WHERE kind = 'call'")
        paid = {entry["reference"]: -entry["amount_micros"] for entry in entries}
        assert len(paid) == len(entries)
        for call in calls:
            price = call["price_micros"]
            assert price == charged.get(call["id"], 0) == paid.get(call["id"], 0), call
            is_billed = span_ms(call["answered_us"], call["ended_us"]) > 0
            assert (price > 0) == is_billed, call
            listed = json.loads(call["document"], parse_float=Decimal, parse_int=Decimal)
            assert listed["Price"] == to_decimal(price)

    def _check_recordings(self) -> None:
        for recording in self.query("dillo.db", "SELECT * FROM recordings"):
            if recording["duration_ms"]:
                path = self._home / "recordings" / recording["path"]
                assert path.stat().st_size == recording["size"], recording
                assert len(read_audio(path)) // 8 == recording["duration_ms"], recording


def _check_end(call: dict[str, Any], seen: Seen, crashes: Sequence[Crash]) -> None:
    """A call that a crash cut off is Interrupted at its last sign of life; no other is."""
    assert call["answered_us"] is not None, (call, seen)
    around = [
        crash
        for crash in crashes
        if crash.cuts_calls
        and call["answered_us"] - _MARGIN_US <= crash.at_us <= call["ended_us"] + _BEAT_US
    ]
    if call["end_reason"] == "Interrupted":
        assert around, (call, seen)
        # By the last of these: the others may have hit another worker than the call's.
        assert call["ended_us"] <= around[-1].at_us + 10 * _MARGIN_US, (call, seen, around)
    for crash in crashes:
        outlived = seen.answered_us + _MARGIN_US < crash.at_us < seen.ended_us - 10 * _MARGIN_US
        if crash.cuts_calls and outlived and crash.victim != "media-0":
            assert call["end_reason"] == "Interrupted", (call, seen, crash)
