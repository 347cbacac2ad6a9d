"""What is asked of a prompt worker and what it answers."""

import msgspec

from dillo.workers.wire import Job, Wire


class Remembered(msgspec.Struct, frozen=True):
    """What is known about an address fetched before: the last answer to it (RFC 9111)."""

    url: str
    audio_key: str
    """The prompt made from its content."""
    etag: str | None
    last_modified: str | None
    checked_us: int
    """When the server last said that this is the content."""
    fresh_until_us: int


class MakeSpeech(Job, frozen=True, tag=True):
    """Speak a text with a voice of the engine; language is BCP 47."""

    key: str
    text: str
    language: str
    voice: str


class MakeTone(Job, frozen=True, tag=True):
    """Make a sine."""

    key: str
    frequency_hz: int
    duration_ms: int


class MakeSilence(Job, frozen=True, tag=True):
    """Make nothing audible."""

    key: str
    duration_ms: int


class MakeFile(Job, frozen=True, tag=True):
    """Decode an audio file of this machine."""

    key: str
    path: str


class MakeFetched(Job, frozen=True, tag=True):
    """Fetch and decode what is at an address, or find that what is known of it still holds."""

    url: str
    known: Remembered | None


Order = MakeTone | MakeSilence | MakeFile | MakeFetched


class Made(Job, frozen=True, tag=True):
    """The prompt is in the folder under its key."""

    key: str
    duration_ms: int
    remembered: Remembered | None = None
    """Set where it was fetched."""


class NotMade(Job, frozen=True, tag=True):
    """The prompt could not be made; `detail` is for the application's owner."""

    detail: str
    is_refused: bool = False
    """Whether the text is at fault, and the engine is not."""


Reply = Made | NotMade

WIRE: Wire[Order, Reply] = Wire(Order, Reply)
SPEECH_WIRE: Wire[MakeSpeech, Reply] = Wire(MakeSpeech, Reply)
