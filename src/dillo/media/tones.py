"""Keys heard as tones, of all calls whose peers have no other way to send them."""

from collections.abc import Callable

import numpy as np

from dillo.rtp.dtmf import HOP, WINDOW, ToneKeys, keys_in, levels
from dillo.rtp.g711 import Law

Place = Callable[[int, bytes | memoryview, int, bool], None]

_LONGEST_GAP = 8 * WINDOW
_HALF = 1 << 31


class ToneEar:
    """Gathers the audio of one call, and tells the keys in it."""

    __slots__ = ("_bench", "_expected", "_is_waiting", "_keys", "_told", "law", "pending")

    def __init__(self, bench: "ToneBench", told: Callable[[str], None]) -> None:
        self._bench = bench
        self._told = told
        self._keys = ToneKeys()
        self._expected: int | None = None
        self._is_waiting = False
        self.law = Law.ULAW
        self.pending = bytearray()

    def describe(self, law: Law) -> None:
        """Take over the codec."""
        if law is not self.law:
            self.pending.clear()
        self.law = law

    def place(
        self, timestamp: int, octets: bytes | memoryview, clock: int, is_newest: bool
    ) -> None:
        """Take a packet's audio; one that comes late is left out, a gap is silence."""
        if not is_newest:
            return
        if self._expected is not None:
            gap = timestamp - self._expected & 0xFFFF_FFFF
            if 0 < gap < _HALF:
                self.pending += bytes((self.law.silence,)) * min(gap, _LONGEST_GAP)
        self._expected = timestamp + len(octets) & 0xFFFF_FFFF
        self.pending += octets
        self._wait()

    def _wait(self) -> None:
        if not self._is_waiting and len(self.pending) >= WINDOW + HOP:
            self._is_waiting = True
            self._bench.waiting.append(self)

    def beside(self, record: Place | None) -> Place:
        """Return what takes audio for this and for a recording."""
        if record is None:
            return self.place
        hear = self.place

        def both(timestamp: int, octets: bytes | memoryview, clock: int, is_newest: bool) -> None:
            record(timestamp, octets, clock, is_newest)
            hear(timestamp, octets, clock, is_newest)

        return both

    def take(self) -> bytes:
        """Return the next two windows, which overlap, and keep what the ones after need."""
        taken = bytes(self.pending[: WINDOW + HOP])
        del self.pending[:WINDOW]
        self._is_waiting = False
        self._wait()
        return taken

    def tell(self, first: int, second: int) -> None:
        """Take what the two windows have."""
        for key in (first, second):
            digit = self._keys.window(key)
            if digit is not None:
                self._told(digit)


class ToneBench:
    """Listens to the calls that have enough new audio, in one step of numpy for all of them."""

    def __init__(self) -> None:
        self.waiting: list[ToneEar] = []

    def listen(self) -> None:
        """Tell the keys in what came since the last time."""
        while self.waiting:
            ears, self.waiting = self.waiting, []
            for law in Law:
                some = [ear for ear in ears if ear.law is law]
                if some:
                    _listen(some, law)


def _listen(ears: list[ToneEar], law: Law) -> None:
    audio = levels(b"".join([ear.take() for ear in ears]), law)
    rows = audio.reshape(len(ears), WINDOW + HOP)
    found = keys_in(np.vstack([rows[:, :WINDOW], rows[:, HOP:]])).tolist()
    for ear, first, second in zip(ears, found[: len(ears)], found[len(ears) :], strict=True):
        ear.tell(first, second)
