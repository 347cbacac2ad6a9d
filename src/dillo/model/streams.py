"""The interface of the stream gateway: commands in, events out, as with a media worker.

Frames are those of `dillo.model.framing`. `stream_id` names the stream in every message.
"""

import msgspec

from dillo.model.events import StreamCounts, StreamStatus


class _Message(msgspec.Struct, frozen=True, tag=True, array_like=True):
    stream_id: str


class OpenStream(_Message, frozen=True):
    """Connect to a WebSocket server, and be the RTP peer of a media port; StreamOpened follows.

    StreamClosed alone follows where the server cannot be reached. The gateway sends RTP (PCMU,
    20 ms) to the port for as long as the stream is open, silence included, so that the port finds
    it without being told where it is.
    """

    call_id: str
    account_id: str
    url: str
    """`ws://` or `wss://`."""
    parameters: dict[str, str]
    """Handed to the server as customParameters."""
    is_two_way: bool
    """Whether what the server sends is played to the caller."""
    rtp_ip: str
    rtp_port: int
    """The media port."""


class PressDigit(_Message, frozen=True):
    """Tell the server of a key that the caller pressed."""

    digit: str


class CloseStream(_Message, frozen=True):
    """Say goodbye to the server; StreamClosed follows at once."""


Command = OpenStream | PressDigit | CloseStream


class StreamOpened(_Message, frozen=True):
    """The server answered the handshake: audio flows from now on."""


class StreamClosed(_Message, frozen=True):
    """The last word on a stream."""

    status: StreamStatus
    detail: str
    counts: StreamCounts


Event = StreamOpened | StreamClosed
