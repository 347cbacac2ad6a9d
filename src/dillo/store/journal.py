"""The journal: a node's own durable record of every call event, a SQLite file (WAL).

One process writes events (the `signal` process), one reads finished calls and removes them (the
`jobs` process). Events are kept in the order they happened and are committed in groups: whoever
waits for a `flush` shares one fsync with everybody else who waits.
"""

import asyncio
import logging
import sqlite3
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Self

import msgspec

from dillo.calls.ports import OpenCall
from dillo.model.errors import Unavailable
from dillo.model.events import CallEnded, CallEvent

_log = logging.getLogger(__name__)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    call_id TEXT NOT NULL,
    at_us INTEGER NOT NULL,
    is_last INTEGER NOT NULL,
    body TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS heartbeat (id INTEGER PRIMARY KEY, at_us INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS quarantine (
    call_id TEXT NOT NULL, error TEXT NOT NULL, body TEXT NOT NULL
);
"""

_NAMES = "call_id, at_us, is_last, body"
_COLUMNS = 4
_HEARTBEAT = "INSERT OR REPLACE INTO heartbeat VALUES (1, ?)"

_OPEN_CALLS = """
SELECT call_id, at_us, body FROM events
WHERE call_id NOT IN (SELECT call_id FROM events WHERE is_last) ORDER BY id
"""

# A commit that nobody waits for is put off so long, to share an fsync.
_LINGER_S = 0.05
# Under load a group is at least so far from the one before it: fewer, larger commits.
_PACE_S = 0.002
_RETRY_S = 0.5
_MAX_PENDING = 200_000
_EVENTS_A_STATEMENT = 256

# What a call has in it before anybody is told that it started: found without decoding.
_WANTED, _ANSWERED = '{"kind":"CallbackWanted"', '{"kind":"CallAnswered"'

_encode = msgspec.json.encode
_decode_event = msgspec.json.Decoder(CallEvent).decode

Entry = tuple[str, CallEvent]
"""An event and the call that it belongs to."""


def connect(path: Path, *, synchronous: str = "FULL") -> sqlite3.Connection:
    """Open a journal file, created where it is missing."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=10)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA synchronous = {synchronous}")
    connection.executescript(_SCHEMA)
    return connection


class JournalWriter:
    """Appends events from the event loop; commits them in groups on a thread of its own."""

    def __init__(self, path: Path) -> None:
        self._connection = connect(path)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="journal")
        self._pending: list[Entry] = []
        self._beat_us: int | None = None
        self._waiters: list[asyncio.Future[None]] = []
        self._commit: asyncio.Future[None] | None = None
        self._wake: asyncio.TimerHandle | None = None
        self._last_commit_at = 0.0
        self._is_failing = False
        self.events_written = 0
        self.commits = 0
        self.failures = 0

    @property
    def has_room(self) -> bool:
        """Whether another call may be begun: what cannot be written yet must fit into memory."""
        return len(self._pending) < _MAX_PENDING

    @property
    def queued(self) -> int:
        """Events that no commit has begun to write yet."""
        return len(self._pending)

    def append(self, call_id: str, event: CallEvent) -> None:
        """Queue an event for the next group commit, in order; returns at once."""
        self._pending.append((call_id, event))
        self._commit_soon()

    async def flush(self) -> None:
        """Return when everything appended before is on disk.

        Raises Unavailable where it cannot be written, a full disk for one; the events stay queued
        and are tried again.
        """
        if self._is_failing or not self.has_room:
            raise Unavailable("the journal cannot be written")
        if not self._pending and self._commit is None:
            return
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[None] = loop.create_future()
        self._waiters.append(waiter)
        if self._commit is None:
            if self._wake is not None:
                self._wake.cancel()
            wait_s = self._last_commit_at + _PACE_S - loop.time()
            self._wake = loop.call_later(max(wait_s, 0), self._begin_commit)
        await waiter

    async def close(self) -> None:
        """Write what is queued, as far as that is possible, and close the file."""
        if self._commit is not None:
            await asyncio.wait({self._commit})
        if self._wake is not None:
            self._wake.cancel()
        loop = asyncio.get_running_loop()
        entries, self._pending = self._pending, []
        groups = _grouped(entries)
        try:
            await loop.run_in_executor(self._thread, self._write, groups, self._beat_us)
            self.events_written += len(entries)
        except sqlite3.Error as error:
            _log.error("%d events are lost: %s", len(entries), error)
        self._thread.shutdown()
        self._connection.close()

    def beat(self, at_us: int) -> None:
        """Note that this node lives: calls cut off by a crash are billed up to here.

        It is committed with the events queued before it and never without them: a call whose end
        is among them must not live longer by it.
        """
        self._beat_us = at_us
        self._commit_soon()

    def open_calls(self) -> list[OpenCall]:
        """Return the calls that an earlier run of this node left open, oldest first.

        A damaged event is passed over here: whoever reads the finished call will find it.
        """
        row = self._connection.execute("SELECT at_us FROM heartbeat WHERE id = 1").fetchone()
        beat_us = row[0] if row else 0
        events: dict[str, list[CallEvent]] = {}
        alive_us: dict[str, int] = {}
        for call_id, at_us, body in self._connection.execute(_OPEN_CALLS):
            alive_us[call_id] = max(at_us, alive_us.get(call_id, beat_us))
            known = events.setdefault(call_id, [])
            with suppress(msgspec.DecodeError):
                known.append(_decode_event(body))
        return [
            OpenCall(call_id, tuple(known), alive_us[call_id]) for call_id, known in events.items()
        ]

    def _commit_soon(self) -> None:
        """Commit after a while, to share an fsync, unless a commit is due or under way."""
        if self._wake is None and self._commit is None:
            self._wake = asyncio.get_running_loop().call_later(_LINGER_S, self._begin_commit)

    def _begin_commit(self) -> None:
        self._wake = None
        entries, self._pending = self._pending, []
        waiters, self._waiters = self._waiters, []
        beat_us, self._beat_us = self._beat_us, None
        if not entries and beat_us is None:
            self._settle(waiters, None)
            return
        loop = asyncio.get_running_loop()
        self._commit = loop.run_in_executor(self._thread, self._write, _grouped(entries), beat_us)
        self._commit.add_done_callback(lambda done: self._committed(done, entries, waiters))

    def _write(self, groups: list[list[str | int]], beat_us: int | None) -> None:
        if beat_us is None and len(groups) == 1:
            self._insert(groups[0])
            return
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            for group in groups:
                self._insert(group)
            if beat_us is not None:
                self._connection.execute(_HEARTBEAT, (beat_us,))
            self._connection.execute("COMMIT")
        finally:
            # A full disk may have rolled back already.
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def _insert(self, group: list[str | int]) -> None:
        self._connection.execute(_insert_of(len(group) // _COLUMNS), group)

    def _committed(
        self,
        done: asyncio.Future[None],
        entries: list[Entry],
        waiters: list[asyncio.Future[None]],
    ) -> None:
        loop = asyncio.get_running_loop()
        self._commit = None
        self._last_commit_at = loop.time()
        error = done.exception()
        if error is not None:
            self._pending[:0] = entries
            self.failures += 1
            if not self._is_failing:
                _log.error("journal cannot be written: %s", error)
        else:
            self.events_written += len(entries)
            self.commits += 1
        self._is_failing = error is not None
        self._settle(waiters, error)
        if self._wake is None and (self._pending or self._waiters or self._beat_us is not None):
            delay_s = _RETRY_S if error else _PACE_S if self._waiters else _LINGER_S
            self._wake = loop.call_later(delay_s, self._begin_commit)

    def _settle(self, waiters: Iterable[asyncio.Future[None]], error: BaseException | None) -> None:
        for waiter in waiters:
            if waiter.done():
                continue
            if error is None:
                waiter.set_result(None)
            else:
                waiter.set_exception(Unavailable(f"the journal cannot be written: {error}"))


def _grouped(entries: list[Entry]) -> list[list[str | int]]:
    """Return the columns of events one after the other, as many as a statement takes together."""
    return [
        [
            column
            for call_id, event in entries[start : start + _EVENTS_A_STATEMENT]
            for column in (
                call_id,
                event.at_us,
                1 if type(event) is CallEnded else 0,
                _encode(event).decode(),
            )
        ]
        for start in range(0, len(entries), _EVENTS_A_STATEMENT)
    ]


@cache
def _insert_of(events: int) -> str:
    """Return a statement that inserts so many events.

    One for all of a group: the interpreter lock is given up and taken back once, however many
    events the group holds, so a commit never makes the event loop wait for its turn again and
    again.
    """
    row = f"({', '.join('?' * _COLUMNS)})"
    return f"INSERT INTO events ({_NAMES}) VALUES {', '.join([row] * events)}"  # noqa: S608


@dataclass(frozen=True, slots=True)
class FinishedCall:
    """A complete call as the journal has it; `rows` are what to remove once it is settled."""

    call_id: str
    ended_us: int
    rows: tuple[int, ...]
    bodies: tuple[str, ...]

    def events(self) -> tuple[CallEvent, ...]:
        """Return the call's events in order. Raises msgspec.DecodeError for a damaged one."""
        return tuple(map(_decode_event, self.bodies))

    def as_json(self) -> str:
        """Return the call's events as a JSON array."""
        return f"[{','.join(self.bodies)}]"


class JournalReader:
    """Reads finished calls in the order they ended; used by one process, beside the writer."""

    def __init__(self, path: Path) -> None:
        # A removal that a crash undoes is done again (settling is idempotent): no fsync for it.
        self._connection = connect(path, synchronous="NORMAL")
        self._position = 0
        self._open: dict[str, list[tuple[int, str]]] = {}
        self._wanted: set[str] = set()
        self._begun: dict[str, None] = {}
        self.has_more = False
        """Whether the last `read` stopped at its limit, so that more events wait."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def read(self, limit: int) -> list[FinishedCall]:
        """Return the calls that ended within the next `limit` events; empty where none did."""
        rows = self._connection.execute(
            "SELECT id, call_id, at_us, is_last, body FROM events WHERE id > ? ORDER BY id LIMIT ?",
            (self._position, limit),
        ).fetchall()
        finished = []
        for row_id, call_id, at_us, is_last, body in rows:
            self._open.setdefault(call_id, []).append((row_id, body))
            if body.startswith((_WANTED, _ANSWERED)):
                self._note_begun(call_id, is_wanted=body.startswith(_WANTED))
            if is_last:
                finished.append(self._finish(call_id, at_us))
        self.has_more = len(rows) == limit
        if rows:
            self._position = rows[-1][0]
        return finished

    def begun(self) -> list[FinishedCall]:
        """Return the calls going on that somebody may want to be told of, since it was last asked.

        They are as far as they were read; `ended_us` is 0.
        """
        begun, self._begun = self._begun, {}
        return [self._as_far(call_id) for call_id in begun]

    def remove(self, calls: Sequence[FinishedCall]) -> None:
        """Forget settled calls. Raises Unavailable where that cannot be written now."""
        ids = [row for call in calls for row in call.rows]
        try:
            self._connection.execute(
                "DELETE FROM events WHERE id IN (SELECT value FROM json_each(?))",
                (_encode(ids).decode(),),
            )
        except sqlite3.OperationalError as error:
            raise Unavailable(f"the journal cannot be written: {error}") from error

    def quarantine(self, call: FinishedCall, error: str) -> None:
        """Set aside a call that cannot be settled, so that it is kept and blocks no other."""
        self._connection.execute("BEGIN IMMEDIATE")
        self._connection.execute(
            "INSERT INTO quarantine VALUES (?, ?, ?)",
            (call.call_id, error, call.as_json()),
        )
        self.remove([call])
        self._connection.execute("COMMIT")

    def _note_begun(self, call_id: str, *, is_wanted: bool) -> None:
        if is_wanted:
            self._wanted.add(call_id)
        if call_id in self._wanted:
            self._begun[call_id] = None

    def _as_far(self, call_id: str) -> FinishedCall:
        rows, bodies = zip(*self._open[call_id], strict=True)
        return FinishedCall(call_id, 0, rows, bodies)

    def _finish(self, call_id: str, ended_us: int) -> FinishedCall:
        kept = self._open.pop(call_id)
        self._wanted.discard(call_id)
        self._begun.pop(call_id, None)
        rows, bodies = zip(*kept, strict=True)
        return FinishedCall(call_id, ended_us, rows, bodies)
