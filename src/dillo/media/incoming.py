"""The stream a call hears: statistics, keys, and what goes into the recording."""

import socket
from collections.abc import Callable
from typing import TYPE_CHECKING

from dillo.media.bridge import Bridge
from dillo.media.outgoing import Outgoing
from dillo.media.sieve import Sieve
from dillo.media.tones import ToneBench, ToneEar
from dillo.media.track import Place, Track
from dillo.model.clock import now_us
from dillo.model.media import ChangePeer, DigitHeard, Event, OpenPort
from dillo.rtp.g711 import TRANSCODE, Law
from dillo.rtp.packet import HEADER, MARKER, MalformedRtp, payload_bounds
from dillo.rtp.reception import Count, Reception
from dillo.rtp.telephone_event import KeyReceiver

if TYPE_CHECKING:
    from dillo.media.intake import Intake
    from dillo.media.lane import Lane

_COMFORT_NOISE = 13
_NEVER = -1


class Incoming:
    """What came from the peer. `packet` takes everything but plain audio in order.

    Plain audio is a packet of `plain_type` from `ssrc` with a bare header: it needs no more than
    to be counted, and its payload forwarded and recorded as it is. A bridged call has a lane for
    it, any other one a seat in the intake, and the statistics are there; and where it is neither
    recorded nor listened to for tones, a sieve keeps most of it in the kernel.
    """

    __slots__ = (
        "_bench",
        "_call_id",
        "_emit",
        "_event_type",
        "_intake",
        "_keys",
        "_lane",
        "_seat",
        "_tones",
        "_track",
        "bridge",
        "heard_at",
        "law",
        "plain_type",
        "reception",
        "record",
        "recv_into",
        "refused",
        "sieve",
        "socket_errors",
        "ssrc",
    )

    def __init__(
        self,
        command: OpenPort,
        emit: Callable[[Event], None],
        now: float,
        bench: ToneBench,
    ) -> None:
        self._call_id = command.call_id
        self._emit = emit
        self._keys = KeyReceiver()
        self._bench = bench
        self._tones: ToneEar | None = None
        self._track: Track | None = None
        self._intake: Intake | None = None
        self._seat = 0
        self._lane: Lane | None = None
        self.sieve: Sieve | None = None
        self.bridge: Bridge | None = None
        self.heard_at = now
        self.ssrc: int | None = None
        self.reception: Reception | None = None
        self.record: Place | None = None
        self.recv_into: Callable[[memoryview], int]
        self.refused = self.socket_errors = 0
        self.describe(command)

    def describe(self, command: OpenPort | ChangePeer) -> None:
        """Take over the codecs."""
        self.law = Law(command.payload_type)
        self._event_type = command.telephone_event_type
        if command.hears_tones != (self._tones is not None):
            self._tones = self._tone_ear() if command.hears_tones else None
        if self._tones:
            self._tones.describe(self.law)
        self._settle()

    def record_to(self, track: Track | None) -> None:
        """Record what comes from now on; None to stop."""
        self._track = track
        self._settle()

    def forget(self, track: Track) -> None:
        """Stop recording to a track, unless another one has taken its place."""
        if self._track is track:
            self.record_to(None)

    def feed(self, out: Outgoing | None) -> None:
        """Forward what comes from now on to another call's stream; None to stop."""
        self.bridge = Bridge(out) if out else None
        self._settle()

    def listen(self, udp: socket.socket) -> None:
        """Hear what comes to a socket that is connected to the peer."""
        self.recv_into = udp.recv_into
        self.sieve = Sieve(udp)

    # A seat in the intake, or a lane

    def sit(self, intake: "Intake", seat: int) -> None:
        """Let the intake take plain audio from now on."""
        self._intake, self._seat = intake, seat
        self._lend()

    def drive(self, lane: "Lane") -> None:
        """Let a lane take the audio that it expects from now on."""
        self._lane = lane
        self._lend()

    def rise(self) -> None:
        """Take every packet as it comes from now on."""
        self.catch_up()
        self._sift(None)
        self._intake = None
        if self._lane is not None:
            self._lane.close()
            self._lane = None

    def _sift(self, kind: int | None) -> None:
        """Keep plain audio of a payload type in the kernel, or let everything pass."""
        sieve = self.sieve
        if sieve is None or sieve.kind == kind:
            return
        unseen = sieve.let_pass()
        if self.reception is not None:
            self.reception.skip(unseen)
        if kind is not None:
            sieve.keep_back(kind)

    @property
    def _unheard_type(self) -> int | None:
        """The payload type of audio that nobody listens to."""
        is_heard = self.record is not None or self.bridge is not None
        return None if is_heard or self.plain_type == _NEVER else self.plain_type

    @property
    def last_heard_at(self) -> float:
        """When anything was heard last, without catching up on the rest."""
        if self._lane is not None:
            return max(self.heard_at, self._lane.last_heard_at)
        if self._intake is None:
            return self.heard_at
        return max(self.heard_at, self._intake.heard_at(self._seat))

    def catch_up(self) -> None:
        """Bring `heard_at` and `reception` up to what the intake or a lane has counted."""
        if self._lane is not None:
            self._lane.catch_up()
        if self._intake is not None:
            heard_at, count = self._intake.settle(self._seat)
            self.heard_at = max(self.heard_at, heard_at)
            if self.reception is not None:
                self.reception.take_back(count)
                self.reception.unseen += self.sieve.take() if self.sieve else 0

    def _lend(self) -> None:
        if self._lane is not None:
            self._lane.open()
        if self._intake is not None:
            self._sift(self._unheard_type)
            count = self.reception.lend() if self.reception is not None else Count(0, 0, 0, 0.0)
            self._intake.seat(self._seat, self, count)

    def _settle(self) -> None:
        self.catch_up()
        track = self._track
        self.record = track.place if track else None
        if self._tones:
            self.record = self._tones.beside(self.record)
        needs_transcoding = track is not None and track.law is not self.law
        self.plain_type = _NEVER if needs_transcoding else int(self.law)
        if self.bridge:
            self.bridge.describe(self.law)
        self._lend()

    def knows(self, datagram: bytes | memoryview) -> bool:
        """Return whether it is RTP with a payload type that this call takes."""
        try:
            payload_bounds(datagram)
        except MalformedRtp:
            return False
        kind = datagram[1] & 0x7F
        return kind in (Law.ULAW, Law.ALAW, _COMFORT_NOISE) or kind == self._event_type

    def packet(self, datagram: bytes | memoryview, now: float, clock: int) -> None:
        """Take any packet from the peer; `clock` is `now` in samples."""
        if not self.knows(datagram):
            self.refused += 1
            return
        self.catch_up()
        try:
            self._take(datagram, now, clock)
        finally:
            self._lend()

    def _take(self, datagram: bytes | memoryview, now: float, clock: int) -> None:
        _, kind, sequence, timestamp, ssrc = HEADER.unpack_from(datagram)
        start, end = payload_bounds(datagram)
        self.heard_at = now
        reception = self._reception_of(ssrc, sequence, timestamp, clock)
        payload = bytes(datagram[start:end])
        if kind & 0x7F == self._event_type:
            is_newest = reception.event_packet(sequence)
            self._hear_key(ssrc, timestamp, payload)
            if self.bridge:
                self.bridge.pass_event(kind & MARKER, sequence, timestamp, payload, is_newest)
            return
        is_newest = reception.packet(sequence, timestamp, clock)
        if kind & 0x7F == _COMFORT_NOISE:
            return
        law = Law(kind & 0x7F)
        if self.bridge:
            self.bridge.pass_audio(law, kind & MARKER, sequence, timestamp, payload, is_newest)
        if self._track:
            self._record(self._track, law, timestamp, payload, clock, is_newest)
        if self._tones and law is self.law:
            self._tones.place(timestamp, payload, clock, is_newest)

    def _reception_of(self, ssrc: int, sequence: int, timestamp: int, clock: int) -> Reception:
        if self.reception is None:
            self.reception = Reception(sequence)
        elif ssrc != self.ssrc:
            self.reception.restart(sequence)
            if self._track:
                self._track.timeline.anchor(timestamp, clock)
            if self.bridge:
                self.bridge.interrupt()
        self.ssrc = ssrc
        return self.reception

    def _hear_key(self, ssrc: int, timestamp: int, payload: bytes) -> None:
        digit = self._keys.packet(ssrc, timestamp, payload)
        if digit is not None:
            self._emit(DigitHeard(self._call_id, digit, now_us()))

    def _tone_ear(self) -> ToneEar:
        # It does not refer to this object: calls are freed by reference counting.
        emit, call_id = self._emit, self._call_id
        return ToneEar(
            self._bench, lambda digit: emit(DigitHeard(call_id, digit, now_us(), "inband"))
        )

    @staticmethod
    def _record(
        track: Track, law: Law, timestamp: int, payload: bytes, clock: int, is_newest: bool
    ) -> None:
        if law is not track.law:
            payload = payload.translate(TRANSCODE[law, track.law])
        track.place(timestamp, payload, clock, is_newest)
