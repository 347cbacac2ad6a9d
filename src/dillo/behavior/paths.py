"""The longest and the dearest way through a behavior, known before anybody calls.

A path passes no node twice: where nodes lead back to each other, the edges that close the loop
(those to a node that a depth-first walk is still below) are left out, and the loop is named
instead. Every other path is weighed by its length and by what its recordings cost. What a call of
some length costs is not known here, so all paths are kept that no other one beats in both: the
longest of them comes first, and the dearest is among them whatever a minute costs.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from dillo.behavior.durations import AudioLength
from dillo.behavior.effects import StartRecording
from dillo.behavior.graph import edges_of, loops, postorder, reachable_from_start
from dillo.behavior.machine import Behavior, Node
from dillo.model.prompts import Audio

MAX_KEPT: Final = 32
"""More paths than this that are longer but cheaper than the next are thinned out evenly."""

RecordingPrice = Callable[[StartRecording], int]
"""Returns what the longest recording of a kind costs, in micros."""


@dataclass(frozen=True, slots=True)
class Path:
    """A way from node 0 to an end of the flow, each step as slow as it can be."""

    nodes: tuple[str, ...]
    duration_ms: int
    recordings: tuple[StartRecording, ...]
    is_answered: bool
    endless: tuple[str, ...]
    """Nodes whose prompt repeats until the caller hangs up: counted with no time at all."""
    unknown: tuple[Audio, ...]
    """Files whose length is not known: counted with no time either."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How far a behavior can go."""

    paths: tuple[Path, ...]
    """Longest first; each further one has dearer recordings."""
    loops: tuple[tuple[str, ...], ...]
    """Nodes that lead back to each other, as often as the caller likes."""


@dataclass(frozen=True, slots=True)
class _Trail:
    """The best way found from a node on."""

    duration_ms: int
    recordings_micros: int
    number: str
    following: "_Trail | None"

    def numbers(self) -> Iterator[str]:
        trail: _Trail | None = self
        while trail is not None:
            yield trail.number
            trail = trail.following


def extent(
    behavior: Behavior,
    audio_s: Callable[[Audio], float | None] = lambda audio: None,
    price: RecordingPrice = lambda recording: 0,
) -> Extent:
    """Return the longest and the dearest paths of a behavior, and the loops on its paths.

    `audio_s` gives the seconds of an audio file, None where they are not known.
    """
    reachable = reachable_from_start(behavior.nodes)
    nodes = {number: behavior.nodes[number] for number in sorted(reachable, key=int)}
    trails: dict[str, list[_Trail]] = {}
    edges = edges_of(nodes)
    for number in postorder(edges):
        # A node that is not finished yet is one that this walk came through: a way back.
        onward = [trail for to in dict.fromkeys(edges[number]) for trail in trails.get(to, ())]
        trails[number] = _best(_prolonged(nodes[number], onward, audio_s, price))
    found = (tuple(trail.numbers()) for trail in trails["0"])
    paths = tuple(_path([nodes[number] for number in numbers], audio_s) for numbers in found)
    return Extent(paths, tuple(sorted(loops(nodes), key=lambda loop: int(loop[0]))))


def _prolonged(
    node: Node,
    onward: list[_Trail],
    audio_s: Callable[[Audio], float | None],
    price: RecordingPrice,
) -> Iterator[_Trail]:
    recording = node.records()
    own_ms = _known_ms(node, lambda audio: audio_s(audio) or 0)
    own_micros = price(recording) if recording else 0
    for trail in onward:
        duration_ms = own_ms + trail.duration_ms
        yield _Trail(duration_ms, own_micros + trail.recordings_micros, node.number, trail)
    if not onward or None in node.exits():
        yield _Trail(own_ms, own_micros, node.number, None)


def _known_ms(node: Node, audio_s: AudioLength) -> int:
    seconds = node.longest_s(audio_s)
    return 0 if math.isinf(seconds) else round(seconds * 1000)


def _best(trails: Iterable[_Trail]) -> list[_Trail]:
    """Return the trails that no other one beats both in length and in price, longest first."""
    ordered = sorted(trails, key=lambda each: (-each.duration_ms, -each.recordings_micros))
    best: list[_Trail] = []
    for trail in ordered:
        if not best or trail.recordings_micros > best[-1].recordings_micros:
            best.append(trail)
    if len(best) <= MAX_KEPT:
        return best
    return [best[round(index * (len(best) - 1) / (MAX_KEPT - 1))] for index in range(MAX_KEPT)]


def _path(nodes: list[Node], audio_s: Callable[[Audio], float | None]) -> Path:
    unknown: dict[Audio, None] = {}
    durations = [_known_ms(node, partial(_noting, unknown, audio_s)) for node in nodes]
    recordings = tuple(recording for node in nodes if (recording := node.records()))
    return Path(
        nodes=tuple(node.number for node in nodes),
        duration_ms=sum(durations),
        recordings=recordings,
        is_answered=any(node.answers for node in nodes),
        endless=tuple(node.number for node in nodes if math.isinf(node.longest_s(lambda _: 0))),
        unknown=tuple(unknown),
    )


def _noting(
    unknown: dict[Audio, None], audio_s: Callable[[Audio], float | None], audio: Audio
) -> float:
    seconds = audio_s(audio)
    if seconds is None:
        unknown[audio] = None
    return seconds or 0
