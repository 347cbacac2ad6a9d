"""Transcription after the call: a recording becomes text, and the record another revision."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

import msgspec

from dillo.calls import callbacks
from dillo.calls.callbacks import Callback
from dillo.model.events import CallEvent, CallReceived, RecordingStarted
from dillo.model.jobs import JobRequest
from dillo.model.money import to_decimal
from dillo.rating import ChargeLine, Tariff, rate_transcription, test_tariff
from dillo.records import fold
from dillo.records.document import (
    COMPLETED,
    FAILED,
    TranscriptionItem,
    read_transcription,
    revise,
)
from dillo.records.transcript import Said

JOB = "transcription"
DEFAULT_LANGUAGE = "en-GB"
"""Of recordings whose node names none."""

_decode_events = msgspec.json.Decoder(list[CallEvent]).decode


@dataclass(frozen=True, slots=True)
class Task:
    """A recording that is to be listened to, and how far that has come."""

    id: str
    recording_id: str
    call_id: str
    language: str
    wanted_engine: str | None
    """None for the engines of the settings, in their order."""
    path: str
    """Below the recordings folder."""
    duration_ms: int
    is_deleted: bool
    """Whether the audio is gone, its storage period being over."""
    said: tuple[Said, ...] = ()
    pieces_done: int = 0


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a recording between two silences, in samples of one channel."""

    channel: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Heard:
    """What an engine heard in a piece."""

    engine: str
    """The engine and its model, as it calls itself."""
    said: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class Concluded:
    """What came of a transcription."""

    status: str
    """`Completed` or `Failed`."""
    engine: str | None = None
    text: str | None = None
    confidence: float | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class CallState:
    """A call's record as it is before a transcription changes it."""

    document: str
    events: str
    """JSON array."""
    is_charged: bool
    """Whether an earlier transcription of this recording was charged."""


@dataclass(frozen=True, slots=True)
class Revision:
    """What a transcription changes; nothing where an earlier text stays the better one."""

    document: str
    charge: ChargeLine | None
    callbacks: tuple[Callback, ...]


class Audio(Protocol):
    """A recording, opened to be listened to."""

    @property
    def channels(self) -> int: ...

    @property
    def pieces(self) -> Sequence[Piece]:
        """The parts in which somebody speaks, in the order of time: the same each time."""

    async def listen(self, piece: Piece, language: str) -> Heard:
        """Write down what is said in a piece.

        Raises Unavailable where the same may succeed later, PeerError where it never will.
        """


class Listener(Protocol):
    """Ears."""

    async def open(self, path: str, engine: str | None) -> Audio:
        """Open a recording and find its pieces, for an engine by name or those of the settings.

        Raises Unavailable, and PeerError where there is no audio or no such engine.
        """


class Transcripts(Protocol):
    """Where transcriptions are kept. Every method raises Unavailable."""

    async def task(self, transcription_id: str) -> Task | None:
        """Return what is to be done; None where it is done, has failed or never was."""

    async def begin(self, transcription_id: str, pieces: int) -> None:
        """Note how many pieces there are."""

    async def note(self, transcription_id: str, done: int, said: Sequence[Said]) -> None:
        """Note all that was heard in the first so many pieces."""

    async def conclude(self, transcription_id: str, concluded: Concluded) -> None:
        """Revise the record, charge and tell of it, in one transaction; once."""


def request(transcription_id: str) -> JobRequest:
    """Return what makes the jobs process transcribe."""
    return JobRequest(JOB, transcription_id, {"transcription_id": transcription_id})


def revision(
    state: CallState, task: Task, concluded: Concluded, tariff: Tariff, at_us: int
) -> Revision | None:
    """Return what a transcription changes in its call's record; None for nothing.

    `tariff` is the one in force when the call was answered; a test call has its own. A recording
    is charged for the first time that it succeeds. One that was transcribed before keeps its text
    where another engine fails.
    """
    before = read_transcription(state.document, task.recording_id)
    is_completed = concluded.status == COMPLETED
    if not is_completed and before is not None and before.status == COMPLETED:
        return None
    charge, price = None, None
    if is_completed:
        if _is_test(state.events):
            tariff = test_tariff(tariff.currency)
        charge = rate_transcription(task.recording_id, task.duration_ms, tariff)
        price = to_decimal(charge.amount_micros)
        if state.is_charged:
            charge, price = None, before.price if before else Decimal(0)
    shown = TranscriptionItem(concluded.status, task.language, concluded.text, price)
    more_micros = charge.amount_micros if charge else 0
    return Revision(
        revise(state.document, task.recording_id, shown, more_micros),
        charge,
        _told(state, task, shown, at_us),
    )


def _told(
    state: CallState, task: Task, shown: TranscriptionItem, at_us: int
) -> tuple[Callback, ...]:
    body = {
        "Id": task.id,
        "RecordingId": task.recording_id,
        "Status": shown.status,
        "LanguageCode": shown.language_code,
        "Text": shown.text,
        "Price": shown.price,
    }
    return callbacks.transcribed(fold(_decode_events(state.events)), task.id, at_us, body)


def failed(error: str) -> Concluded:
    """Return what came of a transcription that came to nothing."""
    return Concluded(FAILED, error=error[:500])


def language_of(events: str, recording_id: str) -> str:
    """Return the language in which a recording was to be listened to; events are JSON."""
    for event in _decode_events(events):
        if isinstance(event, RecordingStarted) and event.recording_id == recording_id:
            return event.language or DEFAULT_LANGUAGE
    return DEFAULT_LANGUAGE


def _is_test(events: str) -> bool:
    return any(
        isinstance(event, CallReceived) and event.is_test for event in _decode_events(events)
    )
