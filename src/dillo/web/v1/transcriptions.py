"""`/api/v1/transcriptions`: what was heard in recordings, word by word, and what is under way."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from dillo.calls.transcribed import Transcribed, TranscriptionBook, TranscriptionFilter
from dillo.records.transcript import Said
from dillo.web.v1.documents import (
    Document,
    Id,
    Identifier,
    Moment,
    Money,
    Page,
    maybe_moment,
    moment,
    money,
)
from dillo.web.v1.gate import Viewer
from dillo.web.v1.pages import Paging

_LIST = "transcriptions"
_TAGS: list[Any] = ["Recordings"]

OfCall = Annotated[Identifier | None, Query(description="Only those of a call")]
OfRecording = Annotated[Identifier | None, Query(description="Only those of a recording")]
TranscriptionStatus = Literal["Pending", "Completed", "Failed"]
OfStatus = Annotated[TranscriptionStatus | None, Query(description="Only those that are so")]
Progress = Annotated[
    float | None,
    Field(description="How much of it is done, 0 to 1; null before it begins", examples=[0.5]),
]


class SpokenSegment(Document):
    """A sentence or so."""

    channel: Annotated[int, Field(description="0 is the caller, 1 whoever was dialled")]
    start_s: Annotated[float, Field(description="Since the recording began, to the millisecond")]
    end_s: float
    text: str
    confidence: Annotated[float, Field(description="0 to 1")]


class SpokenWord(Document):
    """A word that was heard."""

    text: str
    start_s: Annotated[float, Field(description="Since the recording began, to the millisecond")]
    end_s: float
    confidence: Annotated[float, Field(description="0 to 1")]


class TimedSegment(SpokenSegment):
    """A sentence or so with its words."""

    words: Annotated[
        list[SpokenWord], Field(description="Empty where the engine does not tell them")
    ]


class Transcription(Document):
    """A time that a recording was listened to."""

    id: Identifier
    recording_id: Identifier
    call_id: Identifier
    created_at: Moment
    finished_at: Moment | None
    status: TranscriptionStatus
    progress: Progress
    language: Annotated[str, Field(examples=["it-IT"])]
    engine: Annotated[
        str | None,
        Field(
            description="Who heard it; while it is pending, who shall, null for the first that can",
            examples=["faster-whisper 1.2.1 base"],
        ),
    ]
    confidence: Annotated[float | None, Field(description="0 to 1")]
    text: str | None
    price: Annotated[Money | None, Field(description="0 where an earlier one was charged")]
    error: Annotated[str | None, Field(description="Why it failed")]


class TranscriptionDetails(Transcription):
    """A transcription with the times of its words."""

    segments: Annotated[list[TimedSegment], Field(description="What was heard so far")]


def add_transcriptions(router: APIRouter, book: TranscriptionBook) -> None:
    """Add the routes of transcriptions."""

    @router.get("/transcriptions", tags=_TAGS)
    async def list_transcriptions(
        asker: Viewer,
        asked: Paging,
        recording_id: OfRecording = None,
        call_id: OfCall = None,
        status: OfStatus = None,
    ) -> Page[Transcription]:
        """List transcriptions, newest first, those under way and earlier ones included."""
        wanted = TranscriptionFilter(recording_id, call_id, status)
        rows = await book.page(asker.customer_id, wanted, asked.after_id(_LIST), asked.take)
        return asked.page(_LIST, rows, _shown, lambda transcribed: (transcribed.id,))

    @router.get("/transcriptions/{transcription_id}", tags=_TAGS)
    async def get_transcription(asker: Viewer, transcription_id: Id) -> TranscriptionDetails:
        """Show a transcription with the times of its words."""
        return _detailed(await book.get(asker.customer_id, transcription_id))


def segment_fields(said: Said) -> dict[str, Any]:
    """Return the fields of a segment."""
    return {
        "channel": said.channel,
        "start_s": said.start_ms / 1000,
        "end_s": said.end_ms / 1000,
        "text": said.text,
        "confidence": said.confidence,
    }


def _shown(transcribed: Transcribed) -> Transcription:
    return Transcription(**_fields(transcribed))


def _detailed(transcribed: Transcribed) -> TranscriptionDetails:
    segments = [_timed(said) for said in transcribed.said]
    return TranscriptionDetails(**_fields(transcribed), segments=segments)


def _timed(said: Said) -> TimedSegment:
    words = [
        SpokenWord(
            text=word.text,
            start_s=word.start_ms / 1000,
            end_s=word.end_ms / 1000,
            confidence=word.confidence,
        )
        for word in said.words
    ]
    return TimedSegment(**segment_fields(said), words=words)


def _fields(each: Transcribed) -> dict[str, Any]:
    return {
        "id": each.id,
        "recording_id": each.recording_id,
        "call_id": each.call_id,
        "created_at": moment(each.created_us),
        "finished_at": maybe_moment(each.finished_us),
        "status": each.status,
        "progress": each.progress,
        "language": each.language,
        "engine": each.engine,
        "confidence": each.confidence,
        "text": each.text,
        "price": None if each.price_micros is None else money(each.price_micros),
        "error": each.error,
    }
