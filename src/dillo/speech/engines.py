"""The two interfaces of speech, and the values that pass through them.

An engine runs in a worker process of its own, one text or one recording at a time: it may take
its time, block, and crash. Whoever makes one must be quick and load nothing: models are loaded
when they are needed first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from dillo.model.errors import PeerError, Unavailable

if TYPE_CHECKING:  # whoever only asks for the voices need not wait for numpy
    import numpy as np
    from numpy.typing import NDArray

ANY_LANGUAGE = "*"


class EngineMissing(Unavailable):
    """An engine cannot be used here; the message says in one sentence what it lacks."""


class EngineFailed(Unavailable):
    """An engine was asked and did not deliver; another one may."""


class SpeechRefused(PeerError):
    """No engine will ever do this: the text is too long, or the audio is none."""


@dataclass(frozen=True, slots=True)
class Sound:
    """Mono samples."""

    samples: "NDArray[np.int16]"
    rate_hz: int

    @property
    def duration_s(self) -> float:
        return len(self.samples) / self.rate_hz


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice of an engine."""

    name: str
    """What a `VoiceId` calls it."""
    languages: tuple[str, ...]
    """BCP 47 tags in lower case that it speaks, its own first; `*` for whatever it is given;
    none for a timbre, which the engine can give to any language."""
    aliases: tuple[str, ...] = ()
    """Other names of it."""


class Synthesizer(Protocol):
    """Speaks."""

    @property
    def version(self) -> str:
        """What tells its audio from that of other engines and releases: cached audio has it."""

    def voices(self) -> Sequence[Voice]:
        """Return its voices, the one to prefer for a language before others; loads nothing."""

    def load(self) -> None:
        """Load whatever the first text needs: its worker has just been started for one.

        Raises EngineFailed, EngineMissing.
        """

    def synthesize(self, text: str, voice: str, language: str) -> Iterator[Sound]:
        """Speak plain text, by parts as they are made.

        `voice` is the name of one of its voices, `language` BCP 47. Raises EngineFailed,
        SpeechRefused.
        """


@dataclass(frozen=True, slots=True)
class Word:
    """A word that was heard, from and to when, and how sure the engine is of it, 0 to 1."""

    text: str
    start_s: float
    end_s: float
    confidence: float


@dataclass(frozen=True, slots=True)
class Segment:
    """A sentence or so that was heard."""

    text: str
    start_s: float
    end_s: float
    confidence: float
    """0 to 1."""
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was said; no segments where nothing was."""

    language: str
    segments: tuple[Segment, ...]
    engine: str = ""
    """Who heard it, `faster-whisper base`."""

    @property
    def text(self) -> str:
        return " ".join(segment.text for segment in self.segments)

    @property
    def confidence(self) -> float:
        """The mean of the segments, by how long they last; 0 where there is none."""
        spans = [max(segment.end_s - segment.start_s, 0.01) for segment in self.segments]
        weighed = zip(self.segments, spans, strict=True)
        return sum(part.confidence * span for part, span in weighed) / sum(spans) if spans else 0.0


class Transcriber(Protocol):
    """Listens."""

    @property
    def version(self) -> str:
        """The engine and its model, as a transcript names them."""

    def transcribe(self, audio: Sound, language: str) -> Transcript:
        """Write down what is said, in a language (BCP 47).

        Raises EngineFailed; SpeechRefused for a language that it does not know.
        """
