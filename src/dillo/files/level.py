"""Makes any audio sit well in a telephone call: trimmed, at one loudness, never clipped.

Everything works on mono float32 samples of full scale 1.0 at 8000 Hz. Levels are in dBov: 0 dBov
is the power of a full-scale square wave (ITU-T G.100.1).
"""

import numpy as np
from numpy.typing import NDArray

Signal = NDArray[np.float32]

RATE_HZ = 8000

TARGET_DBOV = -20.0
"""Active speech level of every prompt: -13.9 dBm0 in G.711, as loud as networks let speech be."""

PEAK = 10 ** (-1 / 20)
"""No sample goes above -1 dBFS."""

_MOST_GAIN = 10 ** (30 / 20)  # what is quieter still is noise, and stays quiet
_MARGIN = 10 ** (-15.9 / 10)  # ITU-T P.56: active is what lies at most 15.9 dB below the level
_FRAME = RATE_HZ * 20 // 1000
_STEP = RATE_HZ * 10 // 1000
_DEAD_BELOW_LOUDEST = 10 ** (-45 / 20)
_DEAD = 10 ** (-66 / 20)
_LEAD_IN, _TAIL = RATE_HZ * 20 // 1000, RATE_HZ * 60 // 1000
_LOOK_AHEAD = 32  # samples: 4 ms


def trim(signal: Signal, most_ms: int | None = None) -> Signal:
    """Cut dead air off both ends, at most `most_ms` off each.

    Dead is what lies 45 dB below the loudest 10 ms, or below -66 dBFS; 20 ms of it stay before the
    first sound and 60 ms after the last, so that soft beginnings and ends are heard.
    """
    steps = len(signal) // _STEP
    peaks = np.abs(signal[: steps * _STEP]).reshape(steps, _STEP).max(axis=1, initial=0)
    alive = np.flatnonzero(peaks > max(_DEAD, peaks.max(initial=0) * _DEAD_BELOW_LOUDEST))
    if not len(alive):
        return signal[:0] if most_ms is None else signal
    start = max(0, int(alive[0]) * _STEP - _LEAD_IN)
    end = min(len(signal), (int(alive[-1]) + 1) * _STEP + _TAIL)
    if most_ms is not None:
        most = most_ms * RATE_HZ // 1000
        start, end = min(start, most), max(end, len(signal) - most)
    return signal[start:end]


def active_level_dbov(signal: Signal) -> float:
    """Return the level of a signal while it is active, -inf for silence.

    The method of ITU-T P.56 on frames of 20 ms: the mean power of those frames that are at most
    15.9 dB below that same mean, found by iteration.
    """
    frames = len(signal) // _FRAME
    power = np.square(signal[: frames * _FRAME], dtype=np.float64)
    power = power.reshape(frames, _FRAME).mean(axis=1)
    level = power.mean() if frames else 0.0
    for _ in range(16):
        active = power[power >= level * _MARGIN]
        if not len(active) or active.mean() == level:
            break
        level = active.mean()
    return float(10 * np.log10(level)) if level > 0 else float("-inf")


def normalise(signal: Signal) -> Signal:
    """Bring a signal to TARGET_DBOV with its peaks below PEAK; silence stays silent."""
    level = active_level_dbov(signal)
    if level == float("-inf"):
        return signal
    gain = min(10 ** ((TARGET_DBOV - level) / 20), _MOST_GAIN)
    return limit(signal * np.float32(gain))


def limit(signal: Signal) -> Signal:
    """Turn the gain down around peaks above PEAK, smoothly and before they come."""
    magnitude = np.abs(signal)
    if magnitude.max(initial=0) <= PEAK:
        return signal
    needed = np.minimum(1, PEAK / np.maximum(magnitude, PEAK))
    # The least gain within ±_LOOK_AHEAD, averaged over as many: never above what a peak needs.
    window = 2 * _LOOK_AHEAD + 1
    padded = np.pad(needed, 2 * _LOOK_AHEAD, constant_values=1)
    least = np.lib.stride_tricks.sliding_window_view(padded, window).min(axis=1)
    gain = np.convolve(least, np.full(window, 1 / window), mode="valid")
    return np.asarray(signal * gain, dtype=np.float32)


def to_samples(signal: Signal) -> NDArray[np.int16]:
    """Round to 16-bit samples."""
    return np.rint(np.clip(signal, -1, 1) * 32767).astype(np.int16)


def tone(frequency_hz: float, duration_ms: int) -> Signal:
    """Return a sine at TARGET_DBOV, faded in and out over 5 ms so that it does not click."""
    count = duration_ms * RATE_HZ // 1000
    fade = RATE_HZ * 5 // 1000
    sine = np.sin(2 * np.pi * frequency_hz / RATE_HZ * np.arange(count))
    edge = np.minimum(1, np.arange(count) / fade)
    amplitude = np.sqrt(2) * 10 ** (TARGET_DBOV / 20)
    return np.asarray(sine * edge * edge[::-1] * amplitude, dtype=np.float32)
