"""Sound as the test caller has it: 16-bit samples, 8000 a second, mono."""

import math
import wave
from pathlib import Path

import av
import numpy as np
from av.error import FFmpegError

from dillo.model.errors import PeerError
from dillo.rtp.pcm import Samples

SAMPLE_RATE = 8000


class UnreadableAudio(PeerError):
    """The file holds no sound that can be decoded."""


def read_audio(path: Path) -> Samples:
    """Return the samples of a sound file of any rate and common format. Raises UnreadableAudio."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
    try:
        with av.open(str(path)) as container:
            decoded = (
                resampled.to_ndarray()[0]
                for frame in [*container.decode(audio=0), None]
                for resampled in resampler.resample(frame)
            )
            return np.concatenate([np.zeros(0, dtype=np.int16), *decoded])
    except (FFmpegError, IndexError) as error:
        raise UnreadableAudio(f"{path}: {error}") from error


def write_wav(path: Path, samples: Samples) -> None:
    """Write samples as a 16-bit mono WAV file."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(samples.astype("<i2").tobytes())


def rms_dbfs(samples: Samples) -> float:
    """Return the level below full scale in dB: 0 for a full square wave, -inf for silence."""
    if not len(samples):
        return -math.inf
    mean_square = float(np.mean(np.square(samples, dtype=np.float64)))
    return 10 * math.log10(mean_square / 32768**2) if mean_square else -math.inf
