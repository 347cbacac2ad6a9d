"""RTP of one load call: a socket of its own, packets built before, what was heard counted."""

import secrets
import struct

import numpy as np

from dillo.caller.ports import bind_pair
from dillo.rtp.g711 import Law
from dillo.rtp.pcm import encode
from dillo.rtp.telephone_event import key_packets

FRAME_SAMPLES = 160
LATE_S = 0.040
"""A packet is late after so long a pause, where its timestamp belongs to the one before."""

_PERIOD = 2 * np.pi * np.arange(FRAME_SAMPLES) / 20
_TONE = encode((8000 * np.sin(_PERIOD)).astype(np.int16), Law.ULAW)
"""400 Hz, eight whole periods a frame: no recording of it is silent."""
_MAX_DROPOUT = 3000
_HEADER = struct.Struct("!BBHII")
_PLACE = struct.Struct("!HI")
_BUFFER = bytearray(2048)


class Stream:
    """Sends and hears; `send_next` and `hear` run 50 times a second each."""

    __slots__ = (
        "_expected",
        "_frame",
        "_heard_at_s",
        "_heard_timestamp",
        "_keys",
        "_receive",
        "_rtcp",
        "_rtp",
        "_send",
        "_sequence",
        "_ssrc",
        "_timestamp",
        "event_type",
        "late",
        "lost",
        "port",
        "received",
        "sent",
        "unsent",
    )

    def __init__(self, ip: str) -> None:
        # The RTCP port is held and never read, so that reports to it are no errors to the peer.
        self._rtp, self._rtcp = bind_pair(ip)
        self.port: int = self._rtp.getsockname()[1]
        self.event_type = 101
        self.sent = self.unsent = self.received = self.lost = self.late = 0
        self._send = self._rtp.send
        self._receive = self._rtp.recv_into
        self._ssrc = secrets.randbits(32)
        self._sequence = secrets.randbits(16)
        self._timestamp = secrets.randbits(32)
        self._frame = bytearray(_HEADER.pack(0x80, Law.ULAW, 0, 0, self._ssrc) + _TONE)
        self._keys: list[bytes] = []
        self._expected = -1
        self._heard_timestamp = 0
        self._heard_at_s = 0.0

    def fileno(self) -> int:
        """Return the RTP socket, for epoll."""
        return self._rtp.fileno()

    def connect(self, address: tuple[str, int], event_type: int) -> None:
        """Send to the callee, and hear nobody else, from now on."""
        self._rtp.connect(address)
        self.event_type = event_type

    def press(self, key: str) -> None:
        """Send the packets of a key in place of the next frames."""
        packets = key_packets(
            key,
            payload_type=self.event_type,
            sequence=self._sequence,
            timestamp=self._timestamp,
            ssrc=self._ssrc,
        )
        self._keys = [bytes(packet) for packet in packets][::-1]

    def send_next(self) -> None:
        """Send the packet of this 20 ms."""
        packet: bytes | bytearray = self._frame
        if self._keys:
            packet = self._keys.pop()
        else:
            _PLACE.pack_into(self._frame, 2, self._sequence, self._timestamp)
        self._sequence = (self._sequence + 1) & 0xFFFF
        self._timestamp = (self._timestamp + FRAME_SAMPLES) & 0xFFFF_FFFF
        try:
            self._send(packet)
            self.sent += 1
        except OSError:
            self.unsent += 1  # the callee's port is closed, or our buffers are full

    def hear(self, now_s: float) -> None:
        """Take in one packet: count losses, and pauses that its timestamp does not explain."""
        try:
            self._receive(_BUFFER)
        except OSError:
            return
        sequence, timestamp = _PLACE.unpack_from(_BUFFER, 2)
        self.received += 1
        if sequence != self._expected:
            self._count_lost(sequence)
        self._expected = (sequence + 1) & 0xFFFF
        if now_s - self._heard_at_s > LATE_S and self.received > 1:
            step = (timestamp - self._heard_timestamp) & 0xFFFF_FFFF
            self.late += step <= 2 * FRAME_SAMPLES
        self._heard_at_s = now_s
        self._heard_timestamp = timestamp

    def _count_lost(self, sequence: int) -> None:
        missing = (sequence - self._expected) & 0xFFFF
        if self._expected >= 0 and missing < _MAX_DROPOUT:
            self.lost += missing

    def close(self) -> None:
        """Close both sockets."""
        self._rtp.close()
        self._rtcp.close()
