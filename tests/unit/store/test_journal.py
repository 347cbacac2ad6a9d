"""The journal keeps every event, in order, through crashes, full disks and removals."""

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from dillo.model.errors import Unavailable
from dillo.model.events import CallAnswered, CallEnded, CallEvent, DigitReceived, EndReason
from dillo.store.journal import JournalReader, JournalWriter

ENDED = CallEnded(30, EndReason.FLOW_ENDED)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.db"


@pytest.fixture
def reader(path: Path) -> Iterator[JournalReader]:
    with JournalReader(path) as opened:
        yield opened


async def write(path: Path, *events: tuple[str, CallEvent]) -> None:
    writer = JournalWriter(path)
    for call_id, event in events:
        writer.append(call_id, event)
    await writer.close()


async def test_finished_calls_come_back_whole_and_in_order(
    path: Path, reader: JournalReader
) -> None:
    digit = DigitReceived(20, "5", "rfc4733")
    await write(path, ("a", CallAnswered(10)), ("b", CallAnswered(11)), ("a", digit), ("a", ENDED))
    (finished,) = reader.read(limit=100)
    assert finished.call_id == "a"
    assert finished.events() == (CallAnswered(10), digit, ENDED)


async def test_a_call_may_end_many_reads_after_it_began(path: Path, reader: JournalReader) -> None:
    await write(path, ("a", CallAnswered(10)), ("a", CallAnswered(11)), ("a", ENDED))
    assert reader.read(limit=1) == []
    assert reader.read(limit=1) == []
    assert reader.has_more
    (finished,) = reader.read(limit=1)
    assert len(finished.events()) == 3
    assert reader.read(limit=1) == []
    assert not reader.has_more


async def test_flush_returns_once_the_events_are_on_disk(path: Path) -> None:
    writer = JournalWriter(path)
    writer.append("a", CallAnswered(10))
    await writer.flush()
    with sqlite3.connect(path) as other:
        assert other.execute("SELECT count(*) FROM events").fetchone() == (1,)
    await writer.close()


async def test_many_waiters_share_few_commits(path: Path) -> None:
    writer = JournalWriter(path)
    for call in range(100):
        writer.append(str(call), CallAnswered(call))
    await writer.flush()
    assert writer.events_written == 100
    assert writer.commits == 1
    await writer.close()


async def test_whoever_flushes_during_a_commit_does_not_wait_for_the_next_event(
    path: Path,
) -> None:
    writer = JournalWriter(path)
    writer.append("a", CallAnswered(10))
    writer._begin_commit()
    async with asyncio.timeout(5):
        await writer.flush()
    await writer.close()


async def test_what_is_queued_when_the_journal_closes_is_written(path: Path) -> None:
    writer = JournalWriter(path)
    writer.append("a", CallAnswered(10))
    writer._begin_commit()
    writer.append("a", ENDED)
    await writer.close()
    with JournalReader(path) as reader:
        assert [call.ended_us for call in reader.read(limit=10)] == [30]


async def test_a_heartbeat_is_never_on_disk_before_the_events_queued_ahead_of_it(
    path: Path,
) -> None:
    writer = JournalWriter(path)
    writer._connection.execute("PRAGMA max_page_count = 1")
    for index in range(2000):
        writer.append(f"call-{index}", CallAnswered(index))
    writer.beat(5000)
    with pytest.raises(Unavailable):
        await writer.flush()
    await writer.close()
    writer = JournalWriter(path)
    assert writer.open_calls() == []
    assert not writer._connection.execute("SELECT * FROM heartbeat").fetchall()
    await writer.close()


async def test_a_damaged_event_does_not_hide_the_open_call_it_is_of(path: Path) -> None:
    await write(path, ("cut", CallAnswered(40)), ("cut", DigitReceived(50, "5", "info")))
    with sqlite3.connect(path) as other:
        other.execute("UPDATE events SET body = '{' WHERE at_us = 50")
    writer = JournalWriter(path)
    (cut,) = writer.open_calls()
    assert (cut.events, cut.last_sign_of_life_us) == ((CallAnswered(40),), 50)
    await writer.close()


async def test_settled_calls_are_forgotten_and_their_rows_never_reused(
    path: Path, reader: JournalReader
) -> None:
    await write(path, ("a", ENDED))
    reader.remove(reader.read(limit=10))
    await write(path, ("b", ENDED))
    assert [call.call_id for call in reader.read(limit=10)] == ["b"]


async def test_a_new_reader_sees_what_was_not_removed(path: Path, reader: JournalReader) -> None:
    await write(path, ("a", CallAnswered(10)), ("a", ENDED))
    reader.read(limit=10)
    with JournalReader(path) as second:
        assert [call.call_id for call in second.read(limit=10)] == ["a"]


async def test_open_calls_end_at_the_last_sign_of_life(path: Path) -> None:
    await write(path, ("done", CallAnswered(5)), ("done", ENDED), ("cut", CallAnswered(40)))
    writer = JournalWriter(path)
    (cut,) = writer.open_calls()
    assert (cut.call_id, cut.last_sign_of_life_us) == ("cut", 40)
    writer.beat(70)
    await writer.close()
    writer = JournalWriter(path)
    assert writer.open_calls()[0].last_sign_of_life_us == 70
    await writer.close()


async def test_events_wait_out_a_disk_that_cannot_be_written(path: Path) -> None:
    writer = JournalWriter(path)
    writer._connection.execute("PRAGMA max_page_count = 1")  # what a full disk looks like
    for index in range(2000):
        writer.append(f"call-{index}", CallAnswered(index))
    with pytest.raises(Unavailable, match="journal cannot be written"):
        await writer.flush()
    writer._connection.execute("PRAGMA max_page_count = 100000")
    writer._begin_commit()
    assert writer._commit is not None
    await writer._commit
    await writer.close()
    assert writer.events_written == 2000


async def test_a_damaged_call_is_set_aside_and_blocks_no_other(
    path: Path, reader: JournalReader
) -> None:
    await write(path, ("bad", ENDED), ("good", ENDED))
    bad, good = reader.read(limit=10)
    reader.quarantine(bad, "no CallReceived")
    with JournalReader(path) as second:
        assert [call.call_id for call in second.read(limit=10)] == [good.call_id]
    with sqlite3.connect(path) as other:
        assert other.execute("SELECT call_id, error FROM quarantine").fetchall() == [
            ("bad", "no CallReceived")
        ]
