"""What was said in a recording, and how it reads."""

from collections.abc import Iterable, Sequence
from itertools import groupby

import msgspec

SPEAKERS = ("Caller", "Callee")
"""Who speaks in the left and the right channel of a stereo recording."""


class SaidWord(msgspec.Struct, frozen=True):
    """A word that was heard, and how sure the engine is of it, 0 to 1."""

    text: str
    start_ms: int
    end_ms: int
    confidence: float


class Said(msgspec.Struct, frozen=True):
    """A sentence or so that was heard in one channel."""

    channel: int
    start_ms: int
    end_ms: int
    text: str
    confidence: float
    """0 to 1."""
    words: tuple[SaidWord, ...] = ()
    """None of engines that do not tell."""


def written(said: Iterable[Said], channels: int) -> str:
    """Return a transcript as text, in the order in which it was said.

    Of a stereo recording it says who spoke: a line for each turn, `Caller: …` or `Callee: …`.
    """
    ordered = sorted(said, key=lambda each: (each.start_ms, each.channel))
    if channels == 1:
        return _joined(ordered)
    turns = groupby(ordered, key=lambda each: each.channel)
    return "\n".join(f"{SPEAKERS[channel]}: {_joined(turn)}" for channel, turn in turns)


def confidence(said: Sequence[Said]) -> float:
    """Return how sure the engine was on the whole, by how long each part lasts; 0 for none."""
    spans = [max(each.end_ms - each.start_ms, 10) for each in said]
    weighed = zip(said, spans, strict=True)
    return sum(each.confidence * span for each, span in weighed) / sum(spans) if spans else 0.0


def _joined(said: Iterable[Said]) -> str:
    return " ".join(each.text for each in said if each.text)
