"""What the test caller sends: its script as RTP packets, one for every 20 ms."""

import random
from collections.abc import Callable, Iterator
from typing import assert_never

import numpy as np

from dillo.caller.audio import SAMPLE_RATE
from dillo.caller.script import DigitScript, Press, Speak, Step, Wait
from dillo.rtp.g711 import Law
from dillo.rtp.packet import RtpPacket
from dillo.rtp.pcm import Samples, encode
from dillo.rtp.telephone_event import key_packets

FRAME_MS = 20
FRAME_SAMPLES = SAMPLE_RATE * FRAME_MS // 1000

KEY_MS = 100
"""How long a key is held; as long a pause follows it (ITU-T Q.24 wants 40 ms of each)."""

HESITATION_MS = 200
"""The script begins with the first packet heard, or so long after the answer at the latest."""


class Talk:
    """Yields the datagram of each 20 ms, for ever: keys, sound, and silence in between.

    `law` and `event_type` are as last agreed on. A key is handed to `press_by_info`, to be sent
    as SIP INFO, where that is wanted or the callee takes no telephone-events.
    """

    def __init__(
        self,
        script: DigitScript,
        sound: Samples,
        press_by_info: Callable[[str], None],
        *,
        by_info: bool = False,
    ) -> None:
        self.law = Law.ULAW
        self.event_type: int | None = None
        self.is_heard = False
        """Set by whoever receives the first packet of the callee."""
        self.digits_sent = ""
        self._steps = script.with_speech().steps
        self._sound = sound
        self._press_by_info = press_by_info
        self._by_info = by_info
        self.ssrc = random.getrandbits(32)
        self._sequence = random.getrandbits(16)
        self.timestamp = random.getrandbits(32)
        """That of the next packet."""

    def datagrams(self) -> Iterator[bytes]:
        """Yield one datagram for each 20 ms, without end."""
        for _ in range(HESITATION_MS // FRAME_MS):
            if self.is_heard:
                break
            yield self._frame()
        for step in self._steps:
            yield from self._perform(step)
        while True:
            yield self._frame()

    def _perform(self, step: Step) -> Iterator[bytes]:
        match step:
            case Press(key):
                return self._press(key)
            case Wait(duration_ms):
                return self._silence(duration_ms)
            case Speak():
                return self._speak()
            case _:
                assert_never(step)

    def _press(self, key: str) -> Iterator[bytes]:
        self.digits_sent += key
        if self._by_info or self.event_type is None:
            self._press_by_info(key)
            yield from self._silence(KEY_MS)
        else:
            yield from self._press_by_event(key, self.event_type)
        yield from self._silence(KEY_MS)

    def _press_by_event(self, key: str, event_type: int) -> Iterator[bytes]:
        for packet in key_packets(
            key,
            payload_type=event_type,
            sequence=self._sequence,
            timestamp=self.timestamp,
            ssrc=self.ssrc,
            duration_ms=KEY_MS,
        ):
            self._advance()
            yield bytes(packet)

    def _silence(self, duration_ms: int) -> Iterator[bytes]:
        for _ in range(0, duration_ms, FRAME_MS):
            yield self._frame()

    def _speak(self) -> Iterator[bytes]:
        for start in range(0, len(self._sound), FRAME_SAMPLES):
            yield self._frame(self._sound[start : start + FRAME_SAMPLES])

    def _frame(self, sound: Samples | None = None) -> bytes:
        samples = np.zeros(FRAME_SAMPLES, dtype=np.int16)
        if sound is not None:
            samples[: len(sound)] = sound
        return self._packet(encode(samples, self.law))

    def _packet(self, payload: bytes) -> bytes:
        packet = RtpPacket(int(self.law), self._sequence, self.timestamp, self.ssrc, payload)
        self._advance()
        return bytes(packet)

    def _advance(self) -> None:
        self._sequence = (self._sequence + 1) & 0xFFFF
        self.timestamp = (self.timestamp + FRAME_SAMPLES) & 0xFFFF_FFFF
