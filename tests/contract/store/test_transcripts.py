"""Transcriptions revise records: text, price, ledger and callbacks in one transaction, once."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import select, text

from dillo.accounts import Change, customers, numbers
from dillo.calls.settlement import price
from dillo.calls.transcribing import Concluded, Heard, Piece, failed
from dillo.files.recordings import Recordings
from dillo.jobs.retention import delete_expired
from dillo.jobs.transcription import hear_all
from dillo.model.errors import Unavailable
from dillo.model.events import (
    CallAnswered,
    CallbackWanted,
    CallEnded,
    CallEvent,
    CallReceived,
    EndReason,
    RecordingFinished,
    RecordingStarted,
)
from dillo.model.ids import new_id
from dillo.records.transcript import Said
from dillo.store.database import Database
from dillo.store.job_requests import SqlJobRequests
from dillo.store.recordings import SqlRecordings
from dillo.store.registry import sql_registry
from dillo.store.settlement import SqlBooks
from dillo.store.tables import calls
from dillo.store.transcribed import SqlTranscriptionBook
from dillo.store.transcripts import NoRecording, SqlTranscripts

S = 1_000_000
AT = 1_790_000_000 * S
HELLO = Concluded("Completed", "whisper base", "Hello.", 0.9)
A_MINUTE = Decimal("0.02")


class Books:
    """A customer with a call of two recordings: one to transcribe, one that a crash left empty."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.transcripts = SqlTranscripts(database)
        self.book = SqlTranscriptionBook(database)
        self.call_id, self.recording_id, self.lost_id = new_id(), new_id(), new_id()
        self.customer_id = ""

    async def settle(self, change: Change, *, is_test: bool = False) -> None:
        registry = sql_registry(self.database)
        customer = await customers.create(registry, change, "Acme", opening_micros=20 * S)
        self.customer_id = customer.id
        await numbers.add(registry, change, "+442079460000")
        number = await numbers.buy(registry, change, "+442079460000", customer.id)
        events: list[CallEvent] = [
            CallReceived(
                AT, self.call_id, "a", customer.id, number.id, number.e164, number.number_type,
                "+393703188051", customer.currency, is_test=is_test,
            ),
            CallbackWanted(AT, None, "http://hooks.example/", "POST"),
            CallAnswered(AT + S),
            RecordingStarted(
                AT + S, self.recording_id, "0", None, "r.wav", "3-M", True, "it-IT"
            ),
            RecordingFinished(AT + 9 * S, self.recording_id, 8_000, 64_058, "hang-up"),
            RecordingStarted(AT + 9 * S, self.lost_id, "1", None, "s.wav", "3-M", True, "it-IT"),
            RecordingFinished(AT + 9 * S, self.lost_id, 0, 0, "interrupted"),
            CallEnded(AT + 10 * S, EndReason.CALLER_HUNG_UP),
        ]  # fmt: skip
        books = SqlBooks(self.database)
        settled = await price(books, events, msgspec.json.encode(events).decode())
        assert await books.settle([settled]) == 1

    async def shown(self) -> tuple[Any, Any]:
        """Return the call's price, and what it tells of the transcriptions."""
        async with self.database.reading() as connection:
            row = (await connection.execute(select(calls))).mappings().one()
        document = json.loads(row["document"], parse_float=Decimal)
        assert Decimal(row["price_micros"]) / S == document["Price"]
        return document["Price"], [each["Transcription"] for each in document["Recordings"]]

    async def rows(self, query: str) -> list[Any]:
        async with self.database.reading() as connection:
            return [tuple(row) for row in await connection.execute(text(query))]

    async def pending_id(self) -> str:
        (pending,) = await self.book.pending()
        return pending.id


@pytest.fixture
async def books(database: Database, change: Change) -> Books:
    books = Books(database)
    await books.settle(change)
    return books


def item(status: str, words: str | None = None, cost: Decimal | None = None) -> dict[str, Any]:
    return {"Status": status, "LanguageCode": "it-IT", "Text": words, "Price": cost}


async def test_settling_asks_for_what_can_be_transcribed(books: Books) -> None:
    assert (await books.shown())[1] == [item("Pending"), item("Failed")]
    (asked,) = await SqlJobRequests(books.database).waiting(2**62, 10)
    assert (asked.job, asked.id) == ("transcription", await books.pending_id())
    task = await books.transcripts.task(asked.arguments["transcription_id"])
    assert task is not None
    assert (task.recording_id, task.path, task.language) == (books.recording_id, "r.wav", "it-IT")


async def test_what_was_said_in_a_test_call_costs_nothing(
    database: Database, change: Change
) -> None:
    books = Books(database)
    await books.settle(change, is_test=True)
    await books.transcripts.conclude(await books.pending_id(), HELLO)
    price, transcriptions = await books.shown()
    assert (price, transcriptions[0]["Price"]) == (0, 0)


async def test_success_raises_the_price_once_and_is_told(books: Books) -> None:
    before, _ = await books.shown()
    settled = await books.rows("SELECT settled_us, revision FROM calls")
    transcription_id = await books.pending_id()
    for _ in range(2):
        await books.transcripts.conclude(transcription_id, HELLO)
    now, shown = await books.shown()
    assert (now, shown[0]) == (before + A_MINUTE, item("Completed", "Hello.", A_MINUTE))
    assert await books.rows("SELECT settled_us, revision - 1 FROM calls") == settled
    assert await books.rows("SELECT price_micros, revision FROM call_summaries") == [
        (int(now * S), settled[0][1] + 1)
    ]
    charges = await books.rows(
        "SELECT subject_id, amount_micros FROM charge_lines WHERE kind = 'transcription'"
    )
    assert charges == [(books.recording_id, 20_000)]
    moved = await books.rows(
        "SELECT kind, amount_micros FROM ledger_entries"
        " WHERE kind IN ('call', 'transcription') ORDER BY at_us"
    )
    assert moved == [("call", -int(before * S)), ("transcription", -20_000)]
    ((payload,),) = await books.rows(
        "SELECT payload FROM outbox WHERE topic = 'transcription.ready'"
    )
    told = json.loads(payload, parse_float=Decimal)["Transcription"]
    assert told == item("Completed", "Hello.", A_MINUTE) | {
        "Id": transcription_id,
        "RecordingId": books.recording_id,
    }


async def test_failure_costs_nothing_and_another_try_may_succeed(books: Books) -> None:
    before, _ = await books.shown()
    await books.transcripts.conclude(await books.pending_id(), failed("no ears"))
    assert await books.shown() == (before, [item("Failed"), item("Failed")])
    assert await books.rows("SELECT count(*) FROM outbox WHERE topic = 'transcription.failed'") == [
        (1,)
    ]
    (again,) = await books.transcripts.ask_again(books.recording_id, None)
    await books.transcripts.conclude(again, HELLO)
    assert (await books.shown())[0] == before + A_MINUTE


async def test_another_engine_replaces_the_text_for_nothing_and_the_old_one_stays(
    books: Books,
) -> None:
    await books.transcripts.conclude(await books.pending_id(), HELLO)
    once, _ = await books.shown()
    first, _ = await books.transcripts.ask_again(books.call_id, "other")
    assert (await books.shown())[1][0]["Text"] == "Hello."
    await books.transcripts.conclude(first, Concluded("Completed", "other", "Hallo!", 0.8))
    assert await books.shown() == (
        once,
        [item("Completed", "Hallo!", A_MINUTE), item("Failed")],
    )
    kept = await books.book.of(books.recording_id)
    assert [(each.engine, each.text, each.price_micros) for each in kept] == [
        ("whisper base", "Hello.", 20_000),
        ("other", "Hallo!", 0),
    ]
    (third,) = await books.transcripts.ask_again(books.recording_id, "broken")
    await books.transcripts.conclude(third, failed("no ears"))
    assert (await books.shown())[1][0]["Text"] == "Hallo!"


async def test_what_does_not_exist_cannot_be_transcribed(books: Books) -> None:
    with pytest.raises(NoRecording):
        await books.transcripts.ask_again(new_id(), None)


class Pieces:
    """A stereo recording of three pieces, whose engine dies once."""

    channels = 2
    pieces = (Piece(0, 0, 8000), Piece(1, 8000, 16000), Piece(0, 20000, 24000))

    def __init__(self, dies_at: int) -> None:
        self.dies_at = dies_at
        self.listened: list[Piece] = []

    async def listen(self, piece: Piece, language: str) -> Heard:
        if self.pieces.index(piece) == self.dies_at:
            raise RuntimeError("killed")
        self.listened.append(piece)
        said = Said(piece.channel, piece.start // 8, piece.end // 8, f"from {piece.start}", 0.9)
        return Heard(f"whisper {language}", (said,))


async def test_after_a_crash_it_goes_on_with_the_next_piece(books: Books) -> None:
    transcription_id = await books.pending_id()
    await books.transcripts.begin(transcription_id, 3)
    task = await books.transcripts.task(transcription_id)
    assert task is not None
    with pytest.raises(RuntimeError):
        await hear_all(books.transcripts, task, Pieces(dies_at=2))
    (half,) = await books.book.pending()
    assert (half.pieces_done, half.pieces, half.progress) == (2, 3, 0.667)
    task = await books.transcripts.task(transcription_id)
    assert task is not None
    rest = Pieces(dies_at=-1)
    concluded = await hear_all(books.transcripts, task, rest)
    assert rest.listened == [Pieces.pieces[2]]
    assert concluded.engine == "whisper it-IT"
    assert concluded.text == "Caller: from 0\nCallee: from 8000\nCaller: from 20000"


async def test_audio_is_deleted_when_its_time_is_over_and_the_record_stays(
    books: Books, tmp_path: Path
) -> None:
    folder = tmp_path / "recordings"
    folder.mkdir()
    (folder / "r.wav").write_bytes(b"RIFF")
    await _expire(books)
    expiry, audio = SqlRecordings(books.database), Recordings(folder)
    assert await delete_expired(expiry, audio) == 2
    assert list(folder.iterdir()) == []
    assert await delete_expired(expiry, audio) == 0
    task = await books.transcripts.task(await books.pending_id())
    assert task is not None
    assert task.is_deleted
    _, shown = await books.shown()
    assert shown[0]["Status"] == "Pending"


class Away:
    """A store that does not answer."""

    async def delete(self, path: str) -> None:
        raise Unavailable("the store is away")


async def test_what_cannot_be_deleted_now_is_deleted_later(books: Books, tmp_path: Path) -> None:
    await _expire(books)
    expiry = SqlRecordings(books.database)
    with pytest.raises(Unavailable):
        await delete_expired(expiry, Away())
    assert await delete_expired(expiry, Recordings(tmp_path)) == 2


async def _expire(books: Books) -> None:
    async with books.database.writing() as connection:
        await connection.execute(text("UPDATE recordings SET expires_us = 1"))
