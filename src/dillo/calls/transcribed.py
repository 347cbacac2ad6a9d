"""Transcriptions as their customer sees them: what was heard, and how far it has come."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from dillo.model.errors import PeerError
from dillo.records.transcript import Said


class UnknownTranscription(PeerError):
    """The customer has no such transcription."""


@dataclass(frozen=True, slots=True)
class Transcribed:
    """A transcription as it stands."""

    id: str
    recording_id: str
    call_id: str
    customer_id: str
    created_us: int
    status: str
    language: str
    engine: str | None
    """Who heard it; while it is pending, who shall."""
    text: str | None
    confidence: float | None
    said: tuple[Said, ...]
    pieces_done: int
    pieces: int | None
    """None until the recording was cut into them."""
    price_micros: int | None
    finished_us: int | None
    error: str | None

    @property
    def progress(self) -> float | None:
        """How much of it is done, 0 to 1; None before it begins."""
        if self.finished_us is not None:
            return 1.0
        if self.pieces is None:
            return None
        return round(self.pieces_done / self.pieces, 3) if self.pieces else 1.0


@dataclass(frozen=True, slots=True)
class TranscriptionFilter:
    """Which transcriptions are wanted; None for all."""

    recording_id: str | None = None
    call_id: str | None = None
    status: str | None = None


class TranscriptionBook(Protocol):
    """Transcriptions, earlier ones of a recording included. Every method raises Unavailable."""

    async def page(
        self, customer_id: str, wanted: TranscriptionFilter, after_id: str | None, limit: int
    ) -> Sequence[Transcribed]:
        """Return a customer's transcriptions, newest first, those after one."""

    async def get(self, customer_id: str, transcription_id: str) -> Transcribed:
        """Return a transcription. Raises UnknownTranscription."""
