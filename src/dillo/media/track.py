"""One side of a recording: its timeline, and when it was last loud."""

from collections.abc import Callable

from dillo.media.timeline import Timeline
from dillo.rtp.g711 import LOUD, TRANSCODE, Law

_SPEECH_SHARE = 8
"""A packet is speech when at least one sample in so many is loud."""

Place = Callable[[int, bytes | memoryview, int, bool], None]


class Track:
    """What one peer says while it is recorded, kept in the law it speaks. Clocks are in samples."""

    __slots__ = ("_loud", "_to_file", "last_loud", "law", "listens", "timeline")

    def __init__(self, law: Law, file_law: Law, clock: int, *, listens: bool) -> None:
        """Begin at `clock`; `listens` if it must be known when the peer speaks."""
        self.law = law
        self.timeline = Timeline(clock, law.silence)
        self.last_loud = clock
        self.listens = listens
        self._loud = LOUD[law]
        self._to_file = TRANSCODE.get((law, file_law))

    @property
    def place(self) -> Place:
        """What takes a packet's timestamp, audio, arrival, and whether it is the newest."""
        return self._place_and_listen if self.listens else self.timeline.place

    def _place_and_listen(
        self, timestamp: int, octets: bytes | memoryview, clock: int, is_newest: bool
    ) -> None:
        loud = bytes(octets).translate(self._loud).count(1)
        if loud * _SPEECH_SHARE >= len(octets):
            self.last_loud = clock
        self.timeline.place(timestamp, octets, clock, is_newest)

    def take_settled(self, clock: int) -> bytearray:
        """Return, once, what can change no more, in the law of the file."""
        return self._translated(self.timeline.take_settled(clock))

    def finish(self, samples: int) -> bytearray:
        """Return the rest of a recording that is `samples` long in all."""
        return self._translated(self.timeline.finish(samples))

    def _translated(self, octets: bytearray) -> bytearray:
        return octets.translate(self._to_file) if self._to_file else octets
