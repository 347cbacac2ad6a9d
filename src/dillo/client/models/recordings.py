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
