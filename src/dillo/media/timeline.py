"""A recording's timeline: what was heard, in its place, without gaps."""

_MAX_DRIFT = 8000
"""A second: further from the arrival clock, a timestamp says nothing about when it was."""


class Timeline:
    """Puts encoded audio in its place by RTP timestamp, tied to the arrival clock.

    Positions are samples (octets) since the recording began; clocks are in samples too. What is
    less than a second old stays in a window, so that late packets find their place. What was
    lost, or never sent, is silence.
    """

    __slots__ = ("_is_anchored", "_origin", "_shift", "_silence", "_start", "_window")

    def __init__(self, origin: int, silence: int) -> None:
        """`origin` is the clock at the beginning, `silence` the octet that fills gaps."""
        self._origin = origin
        self._silence = bytes((silence,))
        self._window = bytearray()
        self._start = 0
        self._shift = 0
        self._is_anchored = False

    def place(
        self, timestamp: int, octets: bytes | memoryview, clock: int, is_newest: bool
    ) -> None:
        """Put a packet's audio in its place; runs for every packet of a recorded call.

        A packet that is not the newest is only late, and dropped if its place is gone; a newest
        one that is a second off the clock belongs to a new time base.
        """
        position = (timestamp + self._shift) & 0xFFFF_FFFF
        window = self._window
        drift = position + self._origin - clock
        if (
            position - self._start == len(window)
            and -_MAX_DRIFT < drift < _MAX_DRIFT
            and self._is_anchored
        ):
            window.extend(octets)
        else:
            self._place_apart(timestamp, octets, clock, is_newest)

    def anchor(self, timestamp: int, clock: int) -> None:
        """Begin a new time base: `timestamp` is now, or follows what is already there."""
        position = max(clock - self._origin, self._start + len(self._window))
        self._shift = position - timestamp
        self._is_anchored = True

    def _place_apart(
        self, timestamp: int, octets: bytes | memoryview, clock: int, is_newest: bool
    ) -> None:
        if not self._is_anchored or (is_newest and self._is_adrift(timestamp, clock)):
            self.anchor(timestamp, clock)
        at = ((timestamp + self._shift) & 0xFFFF_FFFF) - self._start
        window = self._window
        if not 0 <= at < 4 * _MAX_DRIFT:
            return
        if at > len(window):
            window.extend(self._silence * (at - len(window)))
        window[at : at + len(octets)] = octets

    def _is_adrift(self, timestamp: int, clock: int) -> bool:
        position = (timestamp + self._shift) & 0xFFFF_FFFF
        return not -_MAX_DRIFT < position + self._origin - clock < _MAX_DRIFT

    def since(self, position: int) -> tuple[int, bytes]:
        """Return what was heard from a position on, as far as it is still here, and its start."""
        start = max(position, self._start)
        return start, bytes(self._window[start - self._start :])

    def take_settled(self, clock: int) -> bytearray:
        """Return, once, the audio that nothing can change any more: what is over a second old."""
        return self._take(clock - self._origin - _MAX_DRIFT)

    def finish(self, samples: int) -> bytearray:
        """Return the rest of a recording that is `samples` long in all."""
        return self._take(samples)

    def _take(self, end: int) -> bytearray:
        size = max(0, end - self._start)
        window = self._window
        if len(window) < size:
            window.extend(self._silence * (size - len(window)))
        taken = window[:size]
        del window[:size]
        self._start += size
        return taken
