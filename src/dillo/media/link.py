"""The worker's end of the Unix socket: one client at a time."""

import socket
from pathlib import Path

from dillo.media.loop import MediaLoop
from dillo.model.framing import BrokenFrame, FrameReader, pack_frame
from dillo.model.media import Command, Ping, Pong

_CHUNK = 1 << 16
_MAX_BACKLOG = 64 * 1024 * 1024
"""A client that lets so much pile up has stopped reading."""


class ClientLink:
    """Accepts a client, hands its commands to the loop and takes events back.

    When it goes away, the calls it opened are closed, and the next one is accepted.
    """

    def __init__(self, path: Path, loop: MediaLoop) -> None:
        """Listen on a path, in place of whatever was left there."""
        self._path = path
        self._loop = loop
        self._client: socket.socket | None = None
        self._reader: FrameReader[Command | Ping] = FrameReader(Command | Ping)
        self._backlog = bytearray()
        path.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._listener.setblocking(False)
        self._listener.bind(str(path))
        path.chmod(0o600)
        self._listener.listen()
        self._listen()

    def _listen(self) -> None:
        self._loop.attend(self._listener.fileno(), self._accept)

    def _accept(self, now: float) -> None:
        try:
            client, _ = self._listener.accept()
        except OSError:
            return  # it was gone before its turn came
        client.setblocking(False)
        self._client = client
        self._reader = FrameReader(Command | Ping)
        self._loop.unwatch(self._listener.fileno())
        self._loop.attend(client.fileno(), self._receive)

    def _receive(self, now: float) -> None:
        octets = self._read()
        if octets is None:
            return
        if not octets:
            self._part()
            return
        try:
            for command in self._reader.feed(octets):
                if isinstance(command, Ping):
                    self._backlog += pack_frame([Pong()])
                else:
                    self._loop.execute(command)
        except BrokenFrame:
            self._part()

    def _read(self) -> bytes | None:
        """Return what has come, empty where the client is gone, None where nothing came."""
        assert self._client is not None
        try:
            return self._client.recv(_CHUNK)
        except BlockingIOError:
            return None
        except OSError:
            return b""

    def _part(self) -> None:
        if self._client is None:
            return
        self._loop.unwatch(self._client.fileno())
        self._client.close()
        self._client = None
        self._backlog.clear()
        self._loop.close_all()
        self._listen()

    def flush(self) -> None:
        """Send the loop's news in one frame, as far as the client takes them now."""
        if self._loop.has_news:
            if self._client is not None:
                self._backlog += pack_frame(self._loop.outbox)
            self._loop.outbox.clear()
        if self._backlog and self._client is not None:
            self._send(self._client)

    def _send(self, client: socket.socket) -> None:
        try:
            sent = client.send(self._backlog)
        except BlockingIOError:
            sent = 0
        except OSError:
            self._part()
            return
        del self._backlog[:sent]
        if len(self._backlog) > _MAX_BACKLOG:
            self._part()

    def close(self) -> None:
        """Stop listening."""
        self._listener.close()
        self._path.unlink(missing_ok=True)
