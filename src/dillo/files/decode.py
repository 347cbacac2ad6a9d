"""Audio files to samples at 8000 Hz."""

import io
from collections.abc import Iterator

import av
import av.error
import numpy as np
import soxr
from av.audio.stream import AudioStream
from av.container import InputContainer
from numpy.typing import NDArray

from dillo.files.kinds import NotAudio, sniff
from dillo.files.level import RATE_HZ, Signal

LONGEST_S = 600
_RATES_HZ = range(4_000, 384_001)
_BATCH = 1 << 16  # samples that are resampled at a time


def decode(data: bytes) -> Signal:
    """Decode a file to mono samples, resampled and band-limited to 8000 Hz.

    Raises NotAudio if it cannot be decoded, holds no sound, or lasts longer than ten minutes.
    """
    kind = sniff(data)
    try:
        with av.open(io.BytesIO(data), mode="r", format=kind) as container:
            signal = _resampled(container)
    except (av.error.FFmpegError, UnicodeDecodeError) as error:
        raise NotAudio(f"not a {kind.upper()} file that can be decoded: {error}") from error
    if not len(signal):
        raise NotAudio(f"the {kind.upper()} file holds no sound")
    return signal


def to_telephone_rate(samples: NDArray[np.int16], rate_hz: int) -> Signal:
    """Resample a whole signal of 16-bit samples."""
    signal = samples.astype(np.float32) / 32768
    return np.asarray(soxr.resample(signal, rate_hz, RATE_HZ, quality="HQ"), dtype=np.float32)


def _resampled(container: InputContainer) -> Signal:
    if not container.streams.audio:
        raise NotAudio("the file has no sound track")
    stream = container.streams.audio[0]
    if stream.rate not in _RATES_HZ:
        raise NotAudio(f"a sample rate of {stream.rate} Hz is not played")
    resampler = soxr.ResampleStream(stream.rate, RATE_HZ, 1, dtype="float32", quality="HQ")
    parts, count = [], 0
    for batch, last in _batches(container, stream):
        parts.append(resampler.resample_chunk(batch, last=last))
        count += len(parts[-1])
        if count > LONGEST_S * RATE_HZ:
            raise NotAudio(f"longer than {LONGEST_S // 60} minutes")
    return np.concatenate(parts)


def _batches(container: InputContainer, stream: AudioStream) -> Iterator[tuple[Signal, bool]]:
    """Yield the samples in batches big enough to be worth a call; the flag marks the last."""
    batch: list[Signal] = []
    size = 0
    for block in _blocks(container, stream):
        batch.append(block)
        size += len(block)
        if size >= _BATCH:
            yield np.concatenate(batch), False
            batch, size = [], 0
    yield (np.concatenate(batch) if batch else np.zeros(0, np.float32)), True


def _blocks(container: InputContainer, stream: AudioStream) -> Iterator[Signal]:
    """Yield a file's sound as mono blocks at its own rate; broken packets are left out."""
    to_mono = av.AudioResampler(format="flt", layout="mono", rate=stream.rate)
    for packet in container.demux(stream):
        try:
            frames = packet.decode()
        except av.error.InvalidDataError:
            continue
        for frame in frames:
            yield from (mono.to_ndarray()[0] for mono in to_mono.resample(frame))
    yield from (mono.to_ndarray()[0] for mono in to_mono.resample(None))
