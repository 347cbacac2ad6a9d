"""The stream a call hears: statistics, keys, and what goes into the recording."""

from collections.abc import Callable

from dillo.media.recording import Place, Recording
from dillo.model.clock import now_us
from dillo.model.media import ChangePeer, DigitHeard, Event, OpenPort
from dillo.rtp.g711 import TRANSCODE, Law
from dillo.rtp.packet import HEADER, MalformedRtp, payload_bounds
from dillo.rtp.reception import Reception
from dillo.rtp.telephone_event import KeyReceiver

_COMFORT_NOISE = 13
_NEVER = -1


class Incoming:
    """What came from the peer. `packets.receive` handles plain audio, `packet` everything else.

    Plain audio is a packet of `plain_type` from `ssrc` with a bare header: it needs no more than
    to be counted, and its payload recorded as it is.
    """

    __slots__ = (
        "_call_id",
        "_emit",
        "_event_type",
        "_keys",
        "_law",
        "_recording",
        "count",
        "heard_at",
        "plain_type",
        "reception",
        "record",
        "recv_into",
        "refused",
        "ssrc",
    )

    def __init__(self, command: OpenPort, emit: Callable[[Event], None], now: float) -> None:
        self._call_id = command.call_id
        self._emit = emit
        self._keys = KeyReceiver()
        self._recording: Recording | None = None
        self.heard_at = now
        self.ssrc: int | None = None
        self.reception: Reception | None = None
        self.count: Callable[[int, int, int], bool]
        self.record: Place | None = None
        self.recv_into: Callable[[bytearray], int]
        self.refused = 0
        self.describe(command)

    def describe(self, command: OpenPort | ChangePeer) -> None:
        """Take over the codecs."""
        self._law = Law(command.payload_type)
        self._event_type = command.telephone_event_type
        self._settle()

    def record_to(self, recording: Recording | None) -> None:
        """Record what comes from now on; None to stop."""
        self._recording = recording
        self._settle()

    def _settle(self) -> None:
        recording = self._recording
        self.record = recording.place if recording else None
        needs_transcoding = recording is not None and recording.law is not self._law
        self.plain_type = _NEVER if needs_transcoding else int(self._law)

    def knows(self, datagram: bytes | memoryview) -> bool:
        """Return whether it is RTP with a payload type that this call takes."""
        try:
            payload_bounds(datagram)
        except MalformedRtp:
            return False
        kind = datagram[1] & 0x7F
        return kind in (Law.ULAW, Law.ALAW, _COMFORT_NOISE) or kind == self._event_type

    def packet(self, datagram: bytes | memoryview, now: float, clock: int) -> None:
        """Take a packet from the peer that is not plain audio; `clock` is `now` in samples."""
        if not self.knows(datagram):
            self.refused += 1
            return
        _, kind, sequence, timestamp, ssrc = HEADER.unpack_from(datagram)
        start, end = payload_bounds(datagram)
        self.heard_at = now
        reception = self._reception_of(ssrc, sequence, timestamp, clock)
        if kind & 0x7F == self._event_type:
            reception.event_packet(sequence)
            self._hear_key(ssrc, timestamp, bytes(datagram[start:end]))
            return
        is_newest = reception.packet(sequence, timestamp, clock)
        if self._recording and kind & 0x7F != _COMFORT_NOISE:
            payload = memoryview(datagram)[start:end]
            self._record(self._recording, Law(kind & 0x7F), timestamp, payload, clock, is_newest)

    def _reception_of(self, ssrc: int, sequence: int, timestamp: int, clock: int) -> Reception:
        if self.reception is None:
            self.reception = Reception(sequence)
            self.count = self.reception.packet
        elif ssrc != self.ssrc:
            self.reception.restart(sequence)
            if self._recording:
                self._recording.timeline.anchor(timestamp, clock)
        self.ssrc = ssrc
        return self.reception

    def _hear_key(self, ssrc: int, timestamp: int, payload: bytes) -> None:
        digit = self._keys.packet(ssrc, timestamp, payload)
        if digit is not None:
            self._emit(DigitHeard(self._call_id, digit, now_us()))

    @staticmethod
    def _record(
        recording: Recording,
        law: Law,
        timestamp: int,
        payload: memoryview,
        clock: int,
        is_newest: bool,
    ) -> None:
        if law is not recording.law:
            payload = memoryview(bytes(payload).translate(TRANSCODE[law, recording.law]))
        recording.place(timestamp, payload, clock, is_newest)
