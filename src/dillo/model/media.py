"""The narrow interface of a media worker: commands in, events out, msgpack over a Unix socket.

Each message is a frame: four bytes of length (big-endian), then one msgpack array of messages, so
that a burst costs one write. `call_id` names the call in every message.
"""

import msgspec


class _Message(msgspec.Struct, frozen=True, tag=True, array_like=True):
    call_id: str


class OpenPort(_Message, frozen=True):
    """Bind an RTP and an RTCP socket for a call and start its clock; answered by PortOpened."""

    local_ip: str
    peer_ip: str | None
    """Where the peer said it wants its RTP; None while no SDP of the peer is known."""
    peer_port: int
    trusted_ips: tuple[str, ...]
    """Further addresses the first packet may come from: the signalling source behind a NAT."""
    payload_type: int
    """0 for PCMU, 8 for PCMA (RFC 3551)."""
    telephone_event_type: int | None
    """Dynamic payload type of telephone-event (RFC 4733), None where not offered."""
    ptime_ms: int
    timeout_s: float
    """MediaTimedOut is sent after so long without a packet from the peer; 0 for never."""
    hears_tones: bool = False
    """Tell keys that the peer sends as tones in its audio, having no other way."""


class ChangePeer(_Message, frozen=True):
    """A new offer or a late answer named another address, codec or packet time."""

    peer_ip: str | None
    peer_port: int
    trusted_ips: tuple[str, ...]
    payload_type: int
    telephone_event_type: int | None
    ptime_ms: int
    sends: bool = True
    """False while the peer holds the call (`sendonly` or `inactive` from its side)."""
    restarts_timeout: bool = False
    """The peer is expected to send from now on: MediaTimedOut may be told, once more."""
    hears_tones: bool = False


class PlayFiles(_Message, frozen=True):
    """Play encoded files one after the other, replacing what plays; answered by PlayFinished.

    A file holds raw G.711 octets of the call's codec, 8000 a second, no header.
    """

    play_id: int
    paths: tuple[str, ...]
    loop: int
    """How often the whole list is played; 0 for ever."""
    interjects: bool = False
    """Whether what plays now waits and goes on afterwards, as if nothing had been."""
    is_open: bool = False
    """More files follow by ExtendPlaying: until the last one, the list only falls silent where it
    runs out."""


class ExtendPlaying(_Message, frozen=True):
    """Play more files after those of an open list; in vain where it plays no more."""

    play_id: int
    paths: tuple[str, ...]
    is_last: bool


class StopPlaying(_Message, frozen=True):
    """Go silent at the next packet; PlayFinished follows with `completed` false."""

    play_id: int


class StartRecording(_Message, frozen=True):
    """Record what the peer sends, on a gapless timeline, as a G.711 WAV file.

    The two sides of a stereo recording share one clock: they are aligned to within a packet. A
    port that is not open at the worker, or closes meanwhile, is heard as silence.
    """

    recording_id: str
    path: str
    """Absolute path of the file to create."""
    max_ms: int
    silence_ms: int | None
    """End after so much silence of all who are recorded; None for never."""
    right_call_id: str | None = None
    """Stereo: left is what this port's peer sends, right what that port's peer sends."""


class StopRecording(_Message, frozen=True):
    """Finish the file; RecordingDone follows. `ended_by` is handed through."""

    recording_id: str
    ended_by: str
    trim_tail_ms: int = 0
    """Cut so much from the end: the tone of the key that ended the recording."""


class Bridge(_Message, frozen=True):
    """Forward what this port's peer sends to the peer of another port of the same worker, at once.

    One direction: two commands make a conversation. The other port stops its own silence; files
    that it plays replace the forwarded audio while they play, and so do not mix. A port forwards
    to one other, and takes from one: the newest command counts. In vain where the other port is
    not open. Packets keep the length they came with, whatever the other peer's packet time.
    """

    to_call_id: str


class Unbridge(_Message, frozen=True):
    """Forward no more what this port's peer sends."""


class ClosePort(_Message, frozen=True):
    """Finish recordings, end bridges, close the sockets; PortClosed follows."""


CallCommand = (
    ChangePeer
    | PlayFiles
    | ExtendPlaying
    | StopPlaying
    | StartRecording
    | StopRecording
    | Bridge
    | Unbridge
    | ClosePort
)
"""What an open port takes."""
Command = OpenPort | CallCommand


class PortOpened(_Message, frozen=True):
    """The call's RTP port; `port` is 0 where none could be bound, `error` then says why."""

    port: int
    error: str = ""


class PlayFinished(_Message, frozen=True):
    """A list of files played to its end, was stopped, or a file could not be read (`error`)."""

    play_id: int
    completed: bool
    error: str = ""


class DigitHeard(_Message, frozen=True):
    """A key was pressed, told once, when it begins."""

    digit: str
    at_us: int
    via: str = "rfc4733"
    """`inband` where it was heard as a tone."""


class RecordingDone(_Message, frozen=True):
    """A recording's file is complete."""

    recording_id: str
    duration_ms: int
    size: int
    ended_by: str
    """`silence`, `max-length`, what StopRecording said, `hang-up` when the port closed, or `error`
    within a second of the first octet that could not be written."""
    error: str = ""


class MediaTimedOut(_Message, frozen=True):
    """No packet came from the peer for the agreed time; told once."""


class PortClosed(_Message, frozen=True):
    """The last word on a call: its quality."""

    packets_received: int
    packets_lost: int
    packets_sent: int
    packets_late: int
    jitter_ms: float
    round_trip_ms: float | None
    remote_lost: int | None
    packets_refused: int
    worst_late_ms: float = 0.0
    """The furthest that a packet of ours left after its time; 0 below 2 ms."""
    socket_errors: int = 0
    """Reads and writes that failed, as where nobody listens any more at the peer's port."""


class PortLost(_Message, frozen=True):
    """The call's port is gone with its worker, or after an error in it; nothing follows.

    Recordings that were running can be made readable with `dillo.media.wav.repair_wav`.
    """

    error: str = ""


class Ping(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """Asks whether the worker is there; answered by Pong."""


class Pong(msgspec.Struct, frozen=True, tag=True, array_like=True):
    """The worker's loop turns."""


Event = (
    PortOpened | PlayFinished | DigitHeard | RecordingDone | MediaTimedOut | PortClosed | PortLost
)
