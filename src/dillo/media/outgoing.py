"""The stream a call sends: prompts, and silence between them."""

import random
from collections.abc import Callable
from typing import TYPE_CHECKING

from dillo.media.playlist import Playlist
from dillo.model.errors import MisuseError
from dillo.model.media import ChangePeer, Event, OpenPort, PlayFinished
from dillo.rtp.g711 import TRANSCODE, Law
from dillo.rtp.packet import HEADER, MARKER, PLAIN

if TYPE_CHECKING:
    from dillo.media.lane import Lane
    from dillo.media.phase import Phase

TICK_SAMPLES = 160
"""One round of the clock: 20 ms."""
_PATIENCE = 8000
"""A bridge that brings nothing for a second is covered with silence of our own."""


class Outgoing:
    """Where our stream is. While `is_steady` the phase of the clock it is in moves it on.

    The stream never pauses once the peer's address is known: silence keeps NAT bindings open and
    the far end's clock fed. Its timestamps go on while the peer holds the call.

    While a bridge feeds it (`is_fed`), it waits for forwarded packets instead (`is_waiting`),
    unless it plays something or the bridge has brought nothing for long. `is_forwarding` tells
    the bridge that the last packet was one of its own, so that the next one only follows on.
    """

    __slots__ = (
        "_call_id",
        "_credit",
        "_emit",
        "_has_target",
        "_is_open",
        "_octets_before",
        "_sent_before",
        "_source_is_quiet",
        "event_type",
        "frame",
        "idle",
        "is_fed",
        "is_forwarding",
        "is_steady",
        "is_waiting",
        "lane",
        "late",
        "law",
        "payload_type",
        "phase",
        "playlist",
        "row",
        "send",
        "sent",
        "sequence",
        "silence",
        "since_tick",
        "socket_errors",
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
        self.send: Callable[[bytes | memoryview], int] = _nowhere
        self._has_target = False
        self.playlist: Playlist | None = None
        self.phase: Phase | None = None
        self.lane: Lane | None = None
        self.row, self.since_tick = -1, 0
        self.sent = self.late = self.socket_errors = 0
        self.worst_late_s = 0.0
        self.frame = 0
        self.is_fed = self.is_waiting = self.is_forwarding = self._source_is_quiet = False
        self.idle = 0
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
        self.catch_up()
        self._octets_before, self._sent_before = self.octets, self.sent
        self.law = law
        self.payload_type = int(law)
        self.event_type = command.telephone_event_type
        self.frame = command.ptime_ms * 8
        self._credit = 0
        self._is_open = command.sends if isinstance(command, ChangePeer) else True
        self.is_forwarding = False
        self.silence = bytes((law.silence,)) * self.frame
        self._settle()

    def aim(self, send: Callable[[bytes | memoryview], int] | None) -> None:
        """Send with this from now on; None where the peer's address is not known."""
        self._has_target = send is not None
        self.send = send or _nowhere
        self._settle()

    def _settle(self) -> None:
        if self.lane is not None:
            self.lane.close()
        was_waiting, is_sending = self.is_waiting, self._is_open and self._has_target
        self.is_waiting = self.is_fed and self.playlist is None and not self._source_is_quiet
        self.is_forwarding = self.is_forwarding and self.is_waiting and is_sending
        self.is_steady = is_sending and not self.is_waiting and self.frame == TICK_SAMPLES
        if was_waiting and not self.is_waiting:
            self.timestamp = self.timestamp + max(0, self.idle - TICK_SAMPLES) & 0xFFFF_FFFF
            self.idle = 0
        if self.phase is not None:
            self.phase.place(self)

    def catch_up(self) -> None:
        """Bring what a row or a lane counts meanwhile up to the last packet."""
        if self.lane is not None:
            self.lane.catch_up()
        if self.phase is not None and self.row >= 0:
            self.phase.catch_up(self)

    # Taking turns with a bridge

    def feed(self, is_fed: bool) -> None:
        """Wait for a bridge's packets from now on, or no longer."""
        self.is_fed = is_fed
        self._source_is_quiet = self.is_forwarding = False
        self._settle()

    @property
    def is_free(self) -> bool:
        """Whether forwarded packets may go out: nothing plays, and the peer listens."""
        return self._is_open and self._has_target and self.playlist is None

    def give_way(self) -> tuple[int, int]:
        """Let a bridge go on; return sequence number and timestamp of its first packet."""
        elapsed = max(self.frame, self.idle)
        self._source_is_quiet = False
        self._settle()
        self.idle = 0
        self.is_forwarding = True
        return self.sequence + 1 & 0xFFFF, self.timestamp + elapsed & 0xFFFF_FFFF

    def count_forwarded(self, packets: int, octets: int) -> None:
        """Count forwarded packets with so many octets of payload each."""
        self.sent += packets
        self._octets_before += packets * (octets - self.frame)

    # Playing

    @property
    def octets(self) -> int:
        """Octets of payload sent so far."""
        return self._octets_before + (self.sent - self._sent_before) * self.frame

    def play(self, playlist: Playlist) -> None:
        """Play from the next packet on, instead of what plays now."""
        self.stop()
        self.playlist = playlist
        self._settle()

    def stop(self) -> None:
        """Go silent at the next packet."""
        if self.playlist is not None:
            self._finish(self.playlist, completed=False)

    def _finish(self, playlist: Playlist, *, completed: bool) -> None:
        self.playlist = None
        self._settle()
        self._emit(PlayFinished(self._call_id, playlist.play_id, completed))

    def edge(self, samples: int) -> tuple[int, bytes]:
        """Return marker and payload type, and payload, where a file or the play list ends."""
        playlist = self.playlist
        if playlist is None:
            return self.payload_type, self.silence
        marker = 0 if playlist.size else MARKER  # a talk spurt begins (RFC 3551 §4.1)
        octets = playlist.across(samples)
        if not octets:
            if not playlist.is_open:
                self._finish(playlist, completed=True)
            return self.payload_type, self.silence
        return marker | self.payload_type, octets + self.silence[len(octets) :]

    def send_unsteady(self) -> None:
        """Do a tick where packets are not 20 ms long, the peer holds, or a bridge feeds it.

        What is due is counted in samples, so any packet time is exact over time. Before the
        peer's address is known nothing moves, so that a prompt is not lost.
        """
        if self.is_waiting:
            self.idle += TICK_SAMPLES
            if self.idle >= _PATIENCE:
                self._source_is_quiet = True
                self._settle()
            return
        if not self._has_target:
            return
        frame = self.frame
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


def _nowhere(packet: bytes | memoryview) -> int:
    return 0


def _law(payload_type: int) -> Law:
    try:
        return Law(payload_type)
    except ValueError as error:
        raise MisuseError(f"payload type {payload_type} is not G.711") from error
