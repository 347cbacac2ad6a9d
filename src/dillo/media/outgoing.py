"""The stream a call sends: prompts, and silence between them."""

import random
from collections.abc import Callable

from dillo.media.playlist import Playlist
from dillo.model.errors import MisuseError
from dillo.model.media import ChangePeer, Event, OpenPort, PlayFinished
from dillo.rtp.g711 import TRANSCODE, Law
from dillo.rtp.packet import HEADER, MARKER, PLAIN

TICK_SAMPLES = 160
"""One round of the clock: 20 ms."""


class Outgoing:
    """Where our stream is. `packets.send_due` moves it on while `is_steady`.

    The stream never pauses once the peer's address is known: silence keeps NAT bindings open and
    the far end's clock fed. Its timestamps go on while the peer holds the call.
    """

    __slots__ = (
        "_call_id",
        "_credit",
        "_emit",
        "_frame",
        "_has_target",
        "_is_open",
        "_octets_before",
        "_sent_before",
        "is_steady",
        "late",
        "law",
        "payload_type",
        "playlist",
        "send",
        "sent",
        "sequence",
        "silence",
        "ssrc",
        "timestamp",
        "worst_late_s",
    )

    def __init__(self, command: OpenPort, emit: Callable[[Event], None]) -> None:
        self._call_id = command.call_id
        self._emit = emit
        self.ssrc = random.getrandbits(32)
        self.sequence = random.getrandbits(16)
        self.timestamp = random.getrandbits(32)
        self.send: Callable[[bytes], int] = _nowhere
        self._has_target = False
        self.playlist: Playlist | None = None
        self.sent = self.late = 0
        self.worst_late_s = 0.0
        self._frame = 0
        self._sent_before = self._octets_before = 0
        self.law = _law(command.payload_type)
        self.describe(command)

    def describe(self, command: OpenPort | ChangePeer) -> None:
        """Take over codec, packet time and direction; what plays goes on in the new codec.

        Raises MisuseError for anything but G.711 in packets of 10 to 60 ms.
        """
        law = _law(command.payload_type)
        if not 10 <= command.ptime_ms <= 60:
            raise MisuseError(f"packets of {command.ptime_ms} ms, not 10 to 60")
        if self.playlist is not None and law is not self.law:
            self.playlist.translate(TRANSCODE[self.law, law])
        self._octets_before, self._sent_before = self.octets, self.sent
        self.law = law
        self.payload_type = int(law)
        self._frame = command.ptime_ms * 8
        self._credit = 0
        self._is_open = command.sends if isinstance(command, ChangePeer) else True
        self.silence = bytes((law.silence,)) * self._frame
        self._settle()

    def aim(self, send: Callable[[bytes], int] | None) -> None:
        """Send with this from now on; None where the peer's address is not known."""
        self._has_target = send is not None
        self.send = send or _nowhere
        self._settle()

    def _settle(self) -> None:
        is_sending = self._is_open and self._has_target
        self.is_steady = is_sending and self._frame == TICK_SAMPLES

    @property
    def octets(self) -> int:
        """Octets of payload sent so far."""
        return self._octets_before + (self.sent - self._sent_before) * self._frame

    def play(self, playlist: Playlist) -> None:
        """Play from the next packet on, instead of what plays now."""
        self.stop()
        self.playlist = playlist

    def stop(self) -> None:
        """Go silent at the next packet."""
        if self.playlist is not None:
            self._finish(self.playlist, completed=False)

    def _finish(self, playlist: Playlist, *, completed: bool) -> None:
        self.playlist = None
        self._emit(PlayFinished(self._call_id, playlist.play_id, completed))

    def edge(self, samples: int) -> tuple[int, bytes]:
        """Return marker and payload type, and payload, where a file or the play list ends."""
        playlist = self.playlist
        if playlist is None:
            return self.payload_type, self.silence
        marker = 0 if playlist.size else MARKER  # a talk spurt begins (RFC 3551 §4.1)
        octets = playlist.across(samples)
        if not octets:
            self._finish(playlist, completed=True)
            return self.payload_type, self.silence
        return marker | self.payload_type, octets + self.silence[len(octets) :]

    def send_unsteady(self) -> None:
        """Do a tick where packets are not 20 ms long, or the peer holds the call.

        What is due is counted in samples, so any packet time is exact over time. Before the
        peer's address is known nothing moves, so that a prompt is not lost.
        """
        if not self._has_target:
            return
        frame = self._frame
        self._credit += TICK_SAMPLES
        while self._credit >= frame:
            self._credit -= frame
            kind, payload = self.edge(frame)
            self.timestamp = self.timestamp + frame & 0xFFFF_FFFF
            if self._is_open:
                self.sequence = self.sequence + 1 & 0xFFFF
                header = HEADER.pack(PLAIN, kind, self.sequence, self.timestamp, self.ssrc)
                self.send(header + payload)
                self.sent += 1


def _nowhere(packet: bytes) -> int:
    return 0


def _law(payload_type: int) -> Law:
    try:
        return Law(payload_type)
    except ValueError as error:
        raise MisuseError(f"payload type {payload_type} is not G.711") from error
