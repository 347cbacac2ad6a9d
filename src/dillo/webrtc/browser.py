"""One browser's end of a call: ICE, DTLS-SRTP, Opus, and a data channel for keys and news."""

import asyncio
import json
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from typing import Any, Final

from aiortc import (
    InvalidStateError,
    RTCConfiguration,
    RTCDataChannel,
    RTCIceServer,
    RTCPeerConnection,
    RTCSessionDescription,
)
from aiortc.mediastreams import MediaStreamTrack

from dillo.model.browser import IceServer
from dillo.model.errors import PeerError
from dillo.webrtc.sound import Buffer, TelephoneTrack, listen

KEYS: Final = "0123456789*#ABCD"
_MOST_KEYS = 64
_CONNECTED_S = 15.0


class BrokenOffer(PeerError):
    """The browser's description is none, or one that leaves no way to talk."""


class Browser:
    """Talks and listens for the person at a browser (a `Person` of `dillo.caller`).

    Over the browser's data channel come keys, `{"key": "5"}`, and go news: `{"state": "ringing"}`,
    `answered`, `ended` with `reason` and, where it was refused, `sip_code`.
    """

    def __init__(self, ice_servers: Sequence[IceServer] = ()) -> None:
        self.keys: deque[str] = deque()
        self.is_gone = asyncio.Event()
        """Set when the connection is lost, or was never made."""
        self._connection = RTCPeerConnection(
            RTCConfiguration(
                [RTCIceServer(each.urls, each.username, each.credential) for each in ice_servers]
            )
        )
        self._spoken, self._heard = Buffer(), Buffer()
        self._channel: RTCDataChannel | None = None
        self._news: list[str] = []
        self._listening: asyncio.Task[None] | None = None
        self._connection.on("track", self._take_track)
        self._connection.on("datachannel", self._take_channel)
        self._connection.on("connectionstatechange", self._note_state)

    async def answer(self, offer: str) -> str:
        """Return the SDP answer, with all our candidates in it. Raises BrokenOffer."""
        connection = self._connection
        try:
            await connection.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        except Exception as error:  # aiortc raises whatever its parser stumbles over
            raise BrokenOffer(f"the offer cannot be used: {error}") from error
        if not any(each.kind == "audio" for each in connection.getTransceivers()):
            raise BrokenOffer("the offer has no audio")
        connection.addTrack(TelephoneTrack(self._heard.frame))
        answer = await connection.createAnswer()
        await connection.setLocalDescription(answer)
        return str(connection.localDescription.sdp)

    async def connected(self) -> bool:
        """Return whether the browser got through to us, after 15 s at the latest."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_CONNECTED_S):
                while self._connection.connectionState != "connected":
                    if self.is_gone.is_set():
                        return False
                    await asyncio.sleep(0.05)
                return True
        return False

    async def close(self) -> None:
        """End the connection."""
        if self._listening is not None:
            self._listening.cancel()
        await self._connection.close()

    # What the telephone says (dillo.caller's Person).

    def rings(self) -> None:
        self.tell(state="ringing")

    def is_answered(self) -> None:
        self.tell(state="answered")

    def speak(self) -> bytes:
        return self._spoken.frame()

    def hear(self, octets: bytes) -> None:
        self._heard.add(octets)

    def tell(self, **news: Any) -> None:
        """Send news, at once or when the browser has opened the channel."""
        self._news.append(json.dumps(news))
        self._flush()

    # What the browser does.

    def _take_track(self, track: MediaStreamTrack) -> None:
        if track.kind == "audio" and self._listening is None:
            loop = asyncio.get_running_loop()
            self._listening = loop.create_task(listen(track, self._spoken.add))

    def _take_channel(self, channel: RTCDataChannel) -> None:
        if self._channel is None:
            self._channel = channel
            channel.on("message", self._take_message)
            self._flush()

    def _take_message(self, message: object) -> None:
        try:
            document = json.loads(message) if isinstance(message, str) else None
        except ValueError:
            return
        key = document.get("key") if isinstance(document, dict) else None
        if isinstance(key, str) and len(key) == 1 and key in KEYS and len(self.keys) < _MOST_KEYS:
            self.keys.append(key)

    def _flush(self) -> None:
        if self._channel is None:
            return
        with suppress(InvalidStateError):  # not open yet, or no more
            while self._news:
                self._channel.send(self._news[0])
                del self._news[0]

    def _note_state(self) -> None:
        if self._connection.connectionState in ("failed", "closed"):
            self.is_gone.set()
