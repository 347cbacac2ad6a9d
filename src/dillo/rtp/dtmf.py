"""Keys as tones in the audio (ITU-T Q.23, Q.24), detected for many calls at once.

A Goertzel filter is one bin of a discrete Fourier transform; here all bins of all calls are one
matrix product. Windows are 20 ms long and begin every 10 ms, so that a tone of 40 ms fills two.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dillo.rtp.g711 import LINEAR, Law

KEYS = ("123A", "456B", "789C", "*0#D")
LOW_HZ, HIGH_HZ = (697, 770, 852, 941), (1209, 1336, 1477, 1633)

WINDOW, HOP = 160, 80
NO_KEY = -1

_RATE_HZ = 8000
_OFF = (0.985, 1.0, 1.015)
"""Tones may be off by 1.5 % (Q.24): the nearest of three filters counts."""

_LEAST_POWER = 10 ** (-42 / 10)
"""Of the louder tone, relative to full scale."""
_SHARE: Final = 0.7
"""How much of a window's power the two tones have at least: in speech much is elsewhere."""
_LIKELY_SHARE: Final = 0.35
"""The same by filters at the exact frequencies, which a tone that is off does not fill."""
_NEIGHBOUR = 10 ** (6 / 10)
"""How much stronger a tone is than the next of its group."""
_MOST_TWIST, _LEAST_TWIST = 10 ** (6 / 10), 10 ** (-10 / 10)
"""High group to low group: 4 dB and -8 dB are asked for (Q.24), with a margin for noise."""
_HARMONIC = 10 ** (-13 / 10)
"""The second harmonic of a high tone, at most: voices have strong ones."""
_NOISE_OF_BIN = 8 * 2 / WINDOW
"""Of what is neither tone, how much a single bin may hold by chance: white noise puts 2 / WINDOW
of its power into each on average, and eight times that into one of 3,000."""

_HITS, _MISSES = 2, 3
"""So many windows in a row begin a key, and end it."""


def _bins(frequencies: Sequence[float]) -> NDArray[np.float32]:
    """Return what a window is multiplied with: its power at these frequencies comes of it."""
    turns = np.outer(np.arange(WINDOW), np.asarray(frequencies)) * (2 * np.pi / _RATE_HZ)
    scale = np.sqrt(2) / WINDOW
    return np.hstack([np.cos(turns), np.sin(turns)]).astype(np.float32) * np.float32(scale)


_TONES = (*LOW_HZ, *HIGH_HZ)
_NOMINAL = _bins(_TONES)
_BINS = _bins([tone * off for tone in _TONES for off in _OFF] + [2.0 * tone for tone in HIGH_HZ])
_LEVEL = {law: (np.array(LINEAR[law]) / 32768).astype(np.float32) for law in Law}
_NAMES = "".join(KEYS)


def levels(octets: bytes | bytearray, law: Law) -> NDArray[np.float32]:
    """Return G.711 as samples from -1 to 1."""
    return _LEVEL[law][np.frombuffer(octets, np.uint8)]


def keys_in(windows: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return which key each window (a row of 160 samples) has: its place in `123A456B…`, or -1."""
    found = np.full(len(windows), NO_KEY, np.int64)
    total = np.einsum("ij,ij->i", windows, windows) / WINDOW
    tones = _power(windows, _NOMINAL)
    # Most of what people say ends here.
    likely = (tones.sum(axis=1) > _LIKELY_SHARE * total) & (total > _LEAST_POWER)
    (at,) = likely.nonzero()
    if len(at):
        found[at] = _examine(windows[at], total[at])
    return found


def _power(windows: NDArray[np.float32], bins: NDArray[np.float32]) -> NDArray[np.float32]:
    sides = windows @ bins
    half = sides.shape[1] // 2
    power: NDArray[np.float32] = sides[:, :half] ** 2 + sides[:, half:] ** 2
    return power


def _examine(windows: NDArray[np.float32], total: NDArray[np.float32]) -> NDArray[np.int64]:
    power = _power(windows, _BINS)
    tones = power[:, : 3 * len(_TONES)].reshape(-1, len(_TONES), len(_OFF)).max(axis=2)
    low, high = tones[:, :4], tones[:, 4:]
    row, column = low.argmax(axis=1), high.argmax(axis=1)
    every = np.arange(len(windows))
    lower, higher = low[every, row], high[every, column]
    harmonic = power[every, 3 * len(_TONES) + column]
    noise = _NOISE_OF_BIN * np.maximum(total - lower - higher, 0)
    is_key = (
        (np.maximum(lower, higher) > _LEAST_POWER)
        & (lower + higher > _SHARE * total)
        & (higher < _MOST_TWIST * lower)
        & (higher + noise > _LEAST_TWIST * lower)
        & _stands_out(low, row, lower)
        & _stands_out(high, column, higher)
        & (harmonic < _HARMONIC * higher + noise)
    )
    return np.where(is_key, 4 * row + column, NO_KEY)


def _stands_out(
    group: NDArray[np.float32], at: NDArray[np.int64], most: NDArray[np.float32]
) -> NDArray[np.bool_]:
    others = group.copy()
    others[np.arange(len(group)), at] = 0
    second: NDArray[np.float32] = others.max(axis=1)
    stands_out: NDArray[np.bool_] = most > _NEIGHBOUR * second
    return stands_out


class ToneKeys:
    """Tells each key of one call once, when two windows in a row have it."""

    __slots__ = ("_candidate", "_hits", "_misses", "_pressed")

    def __init__(self) -> None:
        self._candidate = self._pressed = NO_KEY
        self._hits = self._misses = 0

    def window(self, key: int) -> str | None:
        """Take what the next window has; return the key that it makes certain."""
        if key == self._pressed:
            self._misses = 0
            return None
        self._misses += 1
        if self._misses >= _MISSES:
            self._pressed = NO_KEY
        self._hits = self._hits + 1 if key == self._candidate else 1
        self._candidate = key
        if key == NO_KEY or self._hits < _HITS:
            return None
        self._pressed, self._misses = key, 0
        return _NAMES[key]
