"""One side of a recording: its timeline, and an ear where it must be known who speaks."""

from collections.abc import Callable

from dillo.media.ear import Ear
from dillo.media.timeline import Timeline
from dillo.rtp.g711 import TRANSCODE, Law

Place = Callable[[int, bytes | memoryview, int, bool], None]


class Track:
    """What one peer says while it is recorded, kept in the law it speaks. Clocks are in samples."""

    __slots__ = ("_to_file", "ear", "law", "timeline")

    def __init__(self, law: Law, file_law: Law, clock: int, ear: Ear | None = None) -> None:
        """Begin at `clock`; with an ear if it must be known when the peer speaks."""
        self.law = law
        self.timeline = Timeline(clock, law.silence)
        self.ear = ear
        self._to_file = TRANSCODE.get((law, file_law))

    @property
    def place(self) -> Place:
        """What takes a packet's timestamp, audio, arrival, and whether it is the newest."""
        return self.timeline.place

    def listen(self) -> None:
        """Let the ear hear what came since the last time; one frame at a time would cost more."""
        if self.ear:
            self.ear.hear(*self.timeline.since(self.ear.position))

    def take_settled(self, clock: int) -> bytearray:
        """Return, once, what can change no more, in the law of the file."""
        self.listen()
        return self._translated(self.timeline.take_settled(clock))

    def finish(self, samples: int) -> bytearray:
        """Return the rest of a recording that is `samples` long in all."""
        return self._translated(self.timeline.finish(samples))

    def _translated(self, octets: bytearray) -> bytearray:
        return octets.translate(self._to_file) if self._to_file else octets
