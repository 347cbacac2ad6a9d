"""Listens to a recording: opened, cut at its silences, and transcribed piece by piece."""

import asyncio
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dillo.calls.transcribing import Heard, Piece
from dillo.model.errors import PeerError
from dillo.records.transcript import Said, SaidWord
from dillo.rtp.g711 import Law
from dillo.rtp.pcm import Samples, decode
from dillo.speech.cutting import RATE_HZ, pieces
from dillo.speech.engines import Segment, Sound
from dillo.speech.transcription import Transcription

_LAWS = {7: Law.ULAW, 6: Law.ALAW}
_CHUNK = struct.Struct("<4sI")


class NoAudio(PeerError):
    """There is no recording that could be listened to."""


@dataclass(frozen=True, slots=True)
class OpenRecording:
    """A recording in memory (calls.transcribing.Audio)."""

    sides: tuple[Samples, ...]
    pieces: Sequence[Piece]
    engines: Transcription

    @property
    def channels(self) -> int:
        return len(self.sides)

    async def listen(self, piece: Piece, language: str) -> Heard:
        """Write down what is said in a piece. Raises EngineFailed, SpeechRefused."""
        sound = Sound(self.sides[piece.channel][piece.start : piece.end], RATE_HZ)
        heard = await self.engines.transcribe(sound, language)
        begins_ms = piece.start * 1000 // RATE_HZ
        said = tuple(_said(segment, piece.channel, begins_ms) for segment in heard.segments)
        return Heard(heard.engine, said)


def _said(segment: Segment, channel: int, begins_ms: int) -> Said:
    """Place what was heard in a piece in its recording."""

    def placed_ms(seconds: float) -> int:
        return begins_ms + round(seconds * 1000)

    return Said(
        channel=channel,
        start_ms=placed_ms(segment.start_s),
        end_ms=placed_ms(segment.end_s),
        text=segment.text,
        confidence=round(segment.confidence, 3),
        words=tuple(
            SaidWord(
                text=word.text,
                start_ms=placed_ms(word.start_s),
                end_ms=placed_ms(word.end_s),
                confidence=round(word.confidence, 3),
            )
            for word in segment.words
        ),
    )


async def open_recording(path: Path, engines: Transcription) -> OpenRecording:
    """Read a recording and cut it. Raises NoAudio."""
    return await asyncio.to_thread(_open, path, engines)


def _open(path: Path, engines: Transcription) -> OpenRecording:
    try:
        sides = read_g711(path.read_bytes())
    except FileNotFoundError as error:
        raise NoAudio("the audio is not there any more") from error
    cut = [Piece(side, *span) for side, samples in enumerate(sides) for span in pieces(samples)]
    cut.sort(key=lambda piece: (piece.start, piece.channel))
    return OpenRecording(sides, cut, engines)


def read_g711(octets: bytes) -> tuple[Samples, ...]:
    """Return the channels of a G.711 WAV file. Raises NoAudio."""
    law, channels, at = None, 1, 12
    while octets[:4] == b"RIFF" and at + _CHUNK.size <= len(octets):
        name, size = _CHUNK.unpack_from(octets, at)
        at += _CHUNK.size
        if name == b"fmt ":
            tag, channels = struct.unpack_from("<HH", octets, at)
            law = _LAWS.get(tag)
        elif name == b"data" and law is not None:
            samples = decode(octets[at : at + size], law)
            return tuple(samples[side::channels].copy() for side in range(channels))
        at += size + size % 2
    raise NoAudio("the file is no G.711 recording")
