"""What happened in a call, in the order it happened: the rows of the journal.

A record is a fold over these events, a replay feeds them again. Every event is stamped `at_us`
(UTC microseconds since the epoch). Fields are only ever added, with defaults, so that a journal
written by an older version stays readable.
"""

import enum

import msgspec


class EndReason(enum.StrEnum):
    """Why a call ended."""

    CALLER_HUNG_UP = "CallerHungUp"
    FLOW_ENDED = "FlowEnded"
    DIAL_ENDED = "DialEnded"
    LIMIT_REACHED = "LimitReached"
    REJECTED = "Rejected"
    ABANDONED = "Abandoned"
    MEDIA_TIMEOUT = "MediaTimeout"
    ERROR = "Error"
    INTERRUPTED = "Interrupted"


class Role(enum.StrEnum):
    """Which of a number's two applications runs."""

    PRIMARY = "primary"
    FALLBACK = "fallback"


class LegStatus(enum.StrEnum):
    """How a dialled leg fared."""

    ANSWERED = "Answered"
    NO_ANSWER = "NoAnswer"
    BUSY = "Busy"
    FAILED = "Failed"
    CANCELED = "Canceled"


class StreamStatus(enum.StrEnum):
    """How a stream to a voice agent came to its end."""

    ENDED = "Ended"
    """The server closed it."""
    DROPPED = "Dropped"
    """It broke off, or the server did not keep to what was agreed."""
    FAILED = "Failed"
    """The server could not be reached, or refused."""
    CLOSED = "Closed"
    """The call ended, or its application failed."""


class StreamCounts(msgspec.Struct, frozen=True, omit_defaults=True):
    """What went over a stream; audio in milliseconds."""

    sent_ms: int = 0
    """Audio of the caller that the server got."""
    unsent_ms: int = 0
    """Audio of the caller that was dropped, because the server was too slow to take it."""
    played_ms: int = 0
    """Audio of the server that the caller heard."""
    unplayed_ms: int = 0
    """Audio of the server that found no room in the buffer."""
    refused: int = 0
    """Messages of the server that made no sense."""


class _Event(msgspec.Struct, frozen=True, tag_field="kind", tag=True):
    at_us: int


class CallReceived(_Event, frozen=True):
    """An INVITE arrived for a number that a customer holds."""

    call_id: str
    node_name: str
    customer_id: str
    number_id: str
    number: str
    """The called number, E.164 with `+`; TEST_NUMBER where a draft was tried without one."""
    number_type: str
    caller: str
    """E.164 with `+`, `anonymous`, or the SIP user name as sent."""
    currency: str
    primary_version_id: str | None = None
    fallback_version_id: str | None = None
    sip_call_id: str = ""
    source: str = ""
    """Signalling peer as `host:port`."""
    is_test: bool = False
    """Placed from a browser, to try an application: it costs nothing but what it dials."""


class CallAnswered(_Event, frozen=True):
    """The 200 OK is about to be sent: billing starts here."""


class ApplicationStarted(_Event, frozen=True):
    """An application's graph begins at node 0."""

    role: Role
    version_id: str


class ApplicationFailed(_Event, frozen=True):
    """An application could not run or go on; `node` is None where it never started."""

    role: Role
    node: str | None
    detail: str


class NodeEntered(_Event, frozen=True):
    """The flow reached a node."""

    node: str
    action_type: str


class NodeLeft(_Event, frozen=True):
    """The flow is done with a node; `outcome` is a word such as `completed` or `digit 1`."""

    node: str
    outcome: str
    next_node: str | None = None


class PromptStarted(_Event, frozen=True):
    """A prompt of a node began to play; `summary` is its text or address, shortened."""

    node: str
    summary: str


class PromptEnded(_Event, frozen=True):
    """A prompt played to its end, or was interrupted by a key."""

    node: str
    interrupted: bool = False


class DigitReceived(_Event, frozen=True):
    """The caller pressed a key; `*` `#` and letters included, `?` where it is sensitive."""

    digit: str
    via: str
    """`rfc4733`, `info` or `inband`."""


class DigitsCollected(_Event, frozen=True):
    """A Menu or Collect finished with these digits (masked with `*` where sensitive)."""

    node: str
    action_type: str
    storage_key: str | None
    digits: str
    is_success: bool


class VariableSet(_Event, frozen=True):
    """A Set node stored a value."""

    node: str
    name: str
    value: str


class RecordingStarted(_Event, frozen=True):
    """The caller is being recorded to a file, which a crash leaves readable."""

    recording_id: str
    node: str
    storage_key: str | None
    path: str
    """Below the recordings folder, `/`-separated."""
    storage_period: str
    """`7-D`, `3-M`, `1-Y`."""
    transcribe: bool = False
    language: str | None = None


class RecordingFinished(_Event, frozen=True):
    """The recording's file is complete: a WAV of `size` bytes that lasts `duration_ms`."""

    recording_id: str
    duration_ms: int
    size: int
    ended_by: str
    """`hang-up`, `key`, `silence`, `max-length`, `flow` or `interrupted`."""


class LegDialed(_Event, frozen=True):
    """A telephone is being rung for a Dial."""

    leg_id: str
    node: str
    telephone_number: str
    """E.164 with `+`, or a SIP URI."""
    caller: str
    """As whom it is rung: E.164 with `+`, `anonymous`, or a SIP user name."""


class LegAnswered(_Event, frozen=True):
    """The callee answered: the leg is billed from here."""

    leg_id: str


class LegConnected(_Event, frozen=True):
    """The caller and a callee who answered hear each other from now on."""

    node: str
    leg_id: str


class LegEnded(_Event, frozen=True):
    """A leg is over; one that was answered ends as Answered."""

    leg_id: str
    status: LegStatus
    sip_code: int | None = None
    """The final status of its INVITE; None where none was sent."""
    detail: str = ""


class WebhookReplied(_Event, frozen=True):
    """A webhook answered an External node."""

    node: str
    variables: dict[str, str] = {}
    next_node: str | None = None
    behavior: str | None = None
    """The channel behavior, as JSON, in which the flow goes on from its node 0."""


class WebhookUnanswered(_Event, frozen=True):
    """A webhook failed, and the flow goes on at the node's FailedNextNode."""

    node: str
    detail: str


class StreamStarted(_Event, frozen=True):
    """A voice agent's server took the call: it hears the caller from now on."""

    node: str
    stream_id: str
    url: str
    """Without user, password and query, which may hold secrets."""


class StreamEnded(_Event, frozen=True):
    """A stream is over, or never began (Failed)."""

    node: str
    stream_id: str
    status: StreamStatus
    detail: str = ""
    counts: StreamCounts = StreamCounts()


class CallbackWanted(_Event, frozen=True):
    """The owner wants to be told what becomes of this call."""

    node: str | None
    """The Menu that says so; None where the application as a whole does."""
    url: str
    method: str


class Warned(_Event, frozen=True):
    """Something worth telling the application's owner that did not stop the call."""

    detail: str


class MediaMeasured(_Event, frozen=True):
    """How the media of the call was; sent once, when its port closes."""

    packets_received: int
    packets_lost: int
    packets_sent: int
    packets_late: int
    """Packets of ours that left more than 20 ms after their time."""
    jitter_ms: float
    round_trip_ms: float | None
    """None where the peer sent no receiver report."""
    remote_lost: int | None = None
    packets_refused: int = 0
    """Packets from a source that is not the call's peer, or that were no RTP."""
    socket_errors: int = 0
    """Reads and writes of its RTP socket that failed."""


class CallEnded(_Event, frozen=True):
    """The call is over; nothing follows this event."""

    reason: EndReason
    sip_code: int | None = None
    detail: str = ""


CallEvent = (
    CallReceived
    | CallAnswered
    | ApplicationStarted
    | ApplicationFailed
    | NodeEntered
    | NodeLeft
    | PromptStarted
    | PromptEnded
    | DigitReceived
    | DigitsCollected
    | VariableSet
    | RecordingStarted
    | RecordingFinished
    | LegDialed
    | LegAnswered
    | LegConnected
    | LegEnded
    | WebhookReplied
    | WebhookUnanswered
    | StreamStarted
    | StreamEnded
    | CallbackWanted
    | Warned
    | MediaMeasured
    | CallEnded
)
