"""A call that somebody talks and listens in, instead of a script: how a browser calls."""

from collections import deque
from collections.abc import Callable, Iterator
from typing import Protocol

import numpy as np

from dillo.caller.hearing import Hearing
from dillo.caller.script import DigitScript
from dillo.caller.talk import Talk
from dillo.rtp.g711 import TRANSCODE, Law
from dillo.rtp.packet import RtpPacket
from dillo.rtp.serial import timestamp_distance

_TO_ULAW, _FROM_ULAW = TRANSCODE[Law.ALAW, Law.ULAW], TRANSCODE[Law.ULAW, Law.ALAW]


class Person(Protocol):
    """Whoever calls. Audio is µ-law, 8000 Hz; every method returns at once."""

    keys: deque[str]
    """Keys that were pressed and are still to be sent."""

    def rings(self) -> None:
        """The callee rings."""

    def is_answered(self) -> None:
        """The callee took the call."""

    def speak(self) -> bytes:
        """Return the next 20 ms, 160 octets."""

    def hear(self, octets: bytes) -> None:
        """Hear what the callee said, in order, without what was lost."""


class LiveTalk(Talk):
    """Yields what a person says and which keys they press."""

    def __init__(
        self, person: Person, press_by_info: Callable[[str], None], *, by_info: bool = False
    ) -> None:
        super().__init__(DigitScript(), np.zeros(0, np.int16), press_by_info, by_info=by_info)
        self._person = person

    def datagrams(self) -> Iterator[bytes]:
        """Yield one datagram for each 20 ms, without end."""
        while True:
            while self._person.keys:
                yield from self._press(self._person.keys.popleft())
            frame = self._person.speak()
            yield self._packet(frame.translate(_FROM_ULAW) if self.law is Law.ALAW else frame)


class LiveHearing(Hearing):
    """Hands on the audio of each packet instead of keeping it."""

    def __init__(self, person: Person) -> None:
        super().__init__()
        self._person = person
        self._last: int | None = None

    def _keep(self, packet: RtpPacket, arrival: int, law: Law) -> None:
        if self._last is not None and timestamp_distance(packet.timestamp, self._last) <= 0:
            return  # what comes after its successor is too late to be heard
        self._last = packet.timestamp
        octets = packet.payload
        self._person.hear(octets.translate(_TO_ULAW) if law is Law.ALAW else octets)
