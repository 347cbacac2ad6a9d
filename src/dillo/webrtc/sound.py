"""Sound between a browser and a telephone: µ-law frames of 20 ms, and what aiortc deals in."""

import asyncio
from collections.abc import Callable
from fractions import Fraction

import numpy as np
from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame, AudioResampler

from dillo.rtp.g711 import Law
from dillo.rtp.pcm import decode, encode

RATE = 8000
FRAME = 160
"""Octets, and samples, of 20 ms."""
SILENCE = bytes((Law.ULAW.silence,)) * FRAME

_FRAME_S = FRAME / RATE
_PREFILL = 3 * FRAME
_MOST = 15 * FRAME
_TOO_LATE_S = 0.2


class Buffer:
    """What one side has said and the other is still to hear: 60 ms as a rule, never over 300.

    Both sides have a clock of their own: where the speaker's is faster, the oldest is left out.
    """

    def __init__(self) -> None:
        self._octets = bytearray()
        self._is_flowing = False

    def add(self, octets: bytes) -> None:
        """Put µ-law octets behind what is there."""
        self._octets += octets
        if len(self._octets) > _MOST:
            del self._octets[:-_PREFILL]

    def frame(self) -> bytes:
        """Return the next 20 ms, silence where there is nothing yet."""
        if not self._is_flowing and len(self._octets) < _PREFILL:
            return SILENCE
        frame = bytes(self._octets[:FRAME])
        del self._octets[:FRAME]
        self._is_flowing = len(frame) == FRAME
        return frame + SILENCE[len(frame) :]


class TelephoneTrack(MediaStreamTrack):
    """What the telephone says, for the browser; aiortc takes a frame every 20 ms and encodes it."""

    kind = "audio"

    def __init__(self, next_frame: Callable[[], bytes]) -> None:
        super().__init__()
        self._next_frame = next_frame
        self._due_at = asyncio.get_running_loop().time()
        self._samples = 0

    async def recv(self) -> AudioFrame:
        """Return the next 20 ms when their time has come."""
        if self.readyState != "live":
            raise MediaStreamError
        now = asyncio.get_running_loop().time()
        self._due_at = max(self._due_at + _FRAME_S, now - _TOO_LATE_S)
        if self._due_at > now:
            await asyncio.sleep(self._due_at - now)
        samples = decode(self._next_frame(), Law.ULAW).reshape(1, -1)
        frame = AudioFrame.from_ndarray(samples, format="s16", layout="mono")
        frame.sample_rate = RATE
        frame.pts, frame.time_base = self._samples, Fraction(1, RATE)
        self._samples += FRAME
        return frame


async def listen(track: MediaStreamTrack, hear: Callable[[bytes], None]) -> None:
    """Hand on what the browser says as µ-law, until its track ends."""
    resampler = AudioResampler(format="s16", layout="mono", rate=RATE)
    while True:
        try:
            frame = await track.recv()
        except MediaStreamError:
            return
        assert isinstance(frame, AudioFrame)
        for part in resampler.resample(frame):
            hear(encode(np.asarray(part.to_ndarray()).reshape(-1).astype(np.int16), Law.ULAW))
