"""Recordings as their customer sees them, and the removal of their audio."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from dillo.calls.transcribed import Transcribed
from dillo.model.errors import PeerError


class UnknownRecording(PeerError):
    """The customer has no such recording."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording of a settled call."""

    id: str
    call_id: str
    path: str
    """Below the recordings folder, or in the store."""
    duration_ms: int
    size: int
    created_us: int
    expires_us: int
    deleted_us: int | None
    """When its audio was removed."""
    transcribed: Transcribed | None
    """The newest of its transcriptions."""


class RecordingBook(Protocol):
    """Recordings of settled calls. Every method raises Unavailable."""

    async def page(
        self, customer_id: str, call_id: str | None, after_id: str | None, limit: int
    ) -> Sequence[Recorded]:
        """Return a customer's recordings, of one call or all, newest first, those after one."""

    async def get(self, customer_id: str, recording_id: str) -> Recorded:
        """Return a recording. Raises UnknownRecording."""

    async def note_removed(self, actor: str, customer_id: str, recording_id: str) -> None:
        """Note that somebody removed the audio of a recording."""


class RecordedAudio(Protocol):
    """Where the audio of recordings is."""

    async def delete(self, path: str) -> None:
        """Delete a recording, wherever it is; one that is gone is no error. Raises Unavailable."""


async def remove_audio(
    book: RecordingBook, audio: RecordedAudio, actor: str, customer_id: str, recording_id: str
) -> None:
    """Remove the audio of a recording for good; its record and price stay.

    Raises UnknownRecording.
    """
    recorded = await book.get(customer_id, recording_id)
    if recorded.deleted_us is None:
        # Noted afterwards: where that fails, who asks again finishes it, and no audio is forgotten.
        await audio.delete(recorded.path)
        await book.note_removed(actor, customer_id, recording_id)
