"""G.711 WAV files: a header that is completed at the end, or by a repair after a crash.

Multimedia Data Standards Update (Microsoft, 1994): formats 7 (µ-law) and 6 (A-law) carry an
extended `fmt ` chunk and a `fact` chunk with the number of samples.
"""

import fcntl
import struct
import time
from itertools import product
from pathlib import Path
from typing import BinaryIO

from dillo.model.errors import DilloError
from dillo.rtp.g711 import Law

SAMPLE_RATE = 8000
_HEADER = struct.Struct("<4sI4s4sIHHIIHHH4sII4sI")
HEADER_SIZE = _HEADER.size
_WRITER_S, _WRITER_POLL_S = 5.0, 0.02
_FORMAT_TAGS = {Law.ULAW: 7, Law.ALAW: 6}


class NotARecording(DilloError):
    """The file does not begin with the header of a recording."""


def wav_header(law: Law, samples: int, channels: int = 1) -> bytes:
    """Return the 58 octets before `samples` octets of audio for each channel."""
    octets = samples * channels
    return _HEADER.pack(
        b"RIFF",
        HEADER_SIZE - 8 + octets + octets % 2,
        b"WAVE",
        b"fmt ",
        18,
        _FORMAT_TAGS[law],
        channels,
        SAMPLE_RATE,
        SAMPLE_RATE * channels,
        channels,
        8,
        0,
        b"fact",
        4,
        samples,
        b"data",
        octets,
    )


def interleave(left: bytearray, right: bytearray) -> bytearray:
    """Return two channels of the same length as one stream: left, right, left, right."""
    octets = bytearray(2 * len(left))
    octets[::2] = left
    octets[1::2] = right
    return octets


def repair_wav(path: Path | str) -> tuple[int, int]:
    """Complete the header of a recording that was cut off; return (duration in ms, file size).

    A complete file is left as it is. One that a worker is still writing is waited for, five seconds
    at most. Raises OSError, and NotARecording where not even the header was written.
    """
    with Path(path).open("r+b") as file:
        _await_writer(file)
        head = file.read(HEADER_SIZE)
        law, told, channels = _read_header(head)
        size = file.seek(0, 2)
        octets = size - HEADER_SIZE
        if told and (told * channels + 1) // 2 * 2 == octets:
            return told * 1000 // SAMPLE_RATE, size
        samples = octets // channels
        if octets % 2:
            file.write(b"\0")  # RIFF chunks are padded to even lengths
        file.seek(0)
        file.write(wav_header(law, samples, channels))
        return samples * 1000 // SAMPLE_RATE, size + octets % 2


def _await_writer(file: BinaryIO) -> None:
    """Return once nobody writes the file, or it has taken too long: its worker hangs."""
    deadline = time.monotonic() + _WRITER_S
    while time.monotonic() < deadline:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(_WRITER_POLL_S)
        else:
            return


def _read_header(head: bytes) -> tuple[Law, int, int]:
    """Return the law, samples and channels that a header tells. Raises NotARecording."""
    if len(head) == HEADER_SIZE:
        samples = _HEADER.unpack(head)[-3]
        for law, channels in product(Law, (1, 2)):
            if head == wav_header(law, samples, channels):
                return law, samples, channels
    raise NotARecording("no header of a G.711 recording")
