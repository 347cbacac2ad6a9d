"""A finished call as one value: what the statistics, prices and replays are made from."""

from dataclasses import dataclass, field

from dillo.model.events import EndReason, Role, StreamCounts, StreamStatus
from dillo.records.quality import Quality


@dataclass(frozen=True, slots=True)
class StreamVisit:
    """A voice agent's part in a call."""

    stream_id: str
    started_us: int | None = None
    """None where it never began."""
    status: StreamStatus = StreamStatus.DROPPED
    """How it ended; a crash leaves it Dropped."""
    detail: str = ""
    ended_us: int | None = None
    counts: StreamCounts = field(default_factory=StreamCounts)


@dataclass(frozen=True, slots=True)
class Execution:
    """One visit of the flow to a node."""

    role: Role
    node: str
    action_type: str
    entered_us: int
    left_us: int
    outcome: str
    """What the node left with, such as `completed`; `call ended` where the call ended in it."""
    next_node: str | None
    digits: str | None = None
    recording_id: str | None = None
    variables: tuple[tuple[str, str], ...] = ()
    """Names and values that a Set or a webhook stored."""
    stream: StreamVisit | None = None


@dataclass(frozen=True, slots=True)
class Recording:
    """What was recorded of the caller."""

    recording_id: str
    node: str
    storage_key: str | None
    created_us: int
    duration_ms: int
    size: int
    """Bytes of the WAV file; 0 where a crash left it unknown."""
    path: str
    storage_period: str
    expires_us: int
    transcribe: bool
    language: str | None
    ended_by: str


@dataclass(frozen=True, slots=True)
class CollectedDigits:
    """What a Menu or Collect got from the caller; masked where sensitive."""

    node: str
    action_type: str
    storage_key: str | None
    digits: str
    is_success: bool
    created_us: int


@dataclass(frozen=True, slots=True)
class DialAction:
    """One dialled leg."""

    leg_id: str
    node: str
    telephone_number: str
    status: str
    """Answered, NoAnswer, Busy, Failed or Canceled."""
    sip_code: int | None
    created_us: int
    answered_us: int | None
    hung_up_us: int | None
    caller: str = ""
    """As whom it was rung."""

    @property
    def duration_ms(self) -> int:
        """From answer to hang-up; 0 where unanswered."""
        return span_ms(self.answered_us, self.hung_up_us)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why an application could not run or go on; `node` is None where it never started."""

    role: Role
    node: str | None
    detail: str


@dataclass(frozen=True, slots=True)
class Replacement:
    """A channel behavior that a webhook answered, in which the flow went on."""

    role: Role
    behavior: str
    first_execution: int
    """Index of the first visit to one of its nodes."""


@dataclass(frozen=True, slots=True)
class CallRecord:
    """Everything about a finished call but its price. Moments are UTC microseconds."""

    call_id: str
    node_name: str
    customer_id: str
    number_id: str
    number: str
    """The called number, E.164 with `+`."""
    number_type: str
    is_test: bool
    """Placed from a browser, to try an application."""
    caller: str
    currency: str
    created_us: int
    answered_us: int | None
    ended_us: int
    end_reason: EndReason
    end_detail: str
    sip_code: int | None
    applications: tuple[tuple[Role, str], ...]
    """Role and version id of each application that was executed, in order."""
    executions: tuple[Execution, ...] = ()
    recordings: tuple[Recording, ...] = ()
    collected: tuple[CollectedDigits, ...] = ()
    dials: tuple[DialAction, ...] = ()
    replacements: tuple[Replacement, ...] = ()
    callbacks: tuple[tuple[str, str], ...] = ()
    """Address and HTTP method of whoever wants to be told of this call."""
    failures: tuple[Failure, ...] = ()
    warnings: tuple[str, ...] = ()
    quality: Quality | None = None

    @property
    def is_answered(self) -> bool:
        """Whether the call was answered, and so is charged for."""
        return self.answered_us is not None

    @property
    def duration_ms(self) -> int:
        """From answer to hang-up; 0 where unanswered."""
        return span_ms(self.answered_us, self.ended_us)

    @property
    def is_fallback_executed(self) -> bool:
        """Whether the fallback application was executed."""
        return any(role is Role.FALLBACK for role, _ in self.applications)


def span_ms(start_us: int | None, end_us: int | None) -> int:
    """Return the whole milliseconds between two moments, 0 where one is missing or they cross."""
    if start_us is None or end_us is None:
        return 0
    return max(0, end_us - start_us) // 1000
