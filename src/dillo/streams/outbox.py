"""What the caller has said and done, and a server is still to be told."""

import asyncio
from collections import deque
from collections.abc import Callable

Wording = Callable[[], bytes]
"""Words a message when it leaves, so that messages are numbered in the order in which they do."""


class Outbox:
    """A bounded queue towards a server that may be slow.

    Of audio the newest is kept: an agent that has fallen behind is better off with what the caller
    says now. Keys and marks go before audio, and are never dropped: `put` tells when there are
    too many.
    """

    def __init__(self, max_audio: int, max_other: int) -> None:
        """`max_audio` and `max_other` are numbers of messages."""
        self._audio: deque[tuple[int, bytes]] = deque(maxlen=max_audio)
        self._other: deque[Wording] = deque()
        self._max_other = max_other
        self._has_some = asyncio.Event()
        self.dropped = 0
        """Octets of audio dropped."""

    def put_audio(self, timestamp_ms: int, payload: bytes) -> None:
        """Queue audio of the caller, in place of the oldest where there is no room."""
        if len(self._audio) == self._audio.maxlen:
            self.dropped += len(self._audio[0][1])
        self._audio.append((timestamp_ms, payload))
        self._has_some.set()

    def put(self, message: Wording) -> bool:
        """Queue another message; false where there is no room."""
        if len(self._other) >= self._max_other:
            return False
        self._other.append(message)
        self._has_some.set()
        return True

    async def take(self) -> Wording | tuple[int, bytes]:
        """Return the next message, or the next audio with its timestamp; wait for it."""
        while True:
            if self._other:
                return self._other.popleft()
            if self._audio:
                return self._audio.popleft()
            self._has_some.clear()
            await self._has_some.wait()
