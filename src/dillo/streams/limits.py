"""How far a server of a stream may go."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The bounds of one stream."""

    connect_s: float = 5.0
    """From looking up the name to the end of the handshake."""
    playout_s: float = 60.0
    """Audio of the server that may wait to be played."""
    unsent_audio: int = 250
    """Packets of the caller (5 s) that may wait for the server."""
    unsent_other: int = 1000
    """Keys and marks that may wait for the server."""
    stalled_s: float = 10.0
    """A server that takes nothing, or answers no ping, for so long is let go."""
    message_octets: int = 1 << 20
    marks: int = 1000
    """Marks that may wait to be reached."""
    refused: int = 100
    """Messages that make no sense, until the server is let go."""
    units_per_s: float = 1000.0
    """How fast messages are read: one and each KiB of it is a unit. Speech in messages of 20 ms
    is read fifteen times as fast as it is spoken."""
    farewell_s: float = 1.0
    """For the stop message and the closing handshake, each."""
