"""Recordings, and what was said in them."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import msgspec


class Segment(msgspec.Struct, frozen=True, kw_only=True):
    """A sentence or so."""

    channel: int
    start_s: float
    end_s: float
    text: str
    confidence: float


class Word(msgspec.Struct, frozen=True, kw_only=True):
    """A word that was heard."""

    text: str
    start_s: float
    end_s: float
    confidence: float


class TimedSegment(Segment, frozen=True, kw_only=True):
    """A sentence or so with its words, as far as the engine tells them."""

    words: Sequence[Word]


class Hearing(msgspec.Struct, frozen=True, kw_only=True):
    """A time that a recording was listened to."""

    id: str
    recording_id: str
    call_id: str
    created_at: datetime
    finished_at: datetime | None
    status: str
    """`Pending`, `Completed` or `Failed`."""
    progress: float | None
    """How much of it is done, 0 to 1."""
    language: str
    engine: str | None
    confidence: float | None
    text: str | None
    price: Decimal | None
    """0 where an earlier one was charged."""
    error: str | None


class HearingDetails(Hearing, frozen=True, kw_only=True):
    """A hearing with what was heard so far."""

    segments: Sequence[TimedSegment]


class Transcription(msgspec.Struct, frozen=True, kw_only=True):
    """What was said in a recording, as it was heard last."""

    status: str
    """`Pending`, `Completed` or `Failed`."""
    language: str
    text: str | None
    price: Decimal | None
    segments: Sequence[Segment]


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """A recording of a call."""

    id: str
    call_id: str
    created_at: datetime
    duration_s: float
    size: int
    status: str
    """`available`, `expired` or `deleted`."""
    url: str
    expires_at: datetime
    transcription: Transcription | None
