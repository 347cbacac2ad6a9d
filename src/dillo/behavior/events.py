"""What happens to a running flow: the interpreter's inputs, stamped in UTC microseconds."""

from collections.abc import Mapping
from dataclasses import dataclass

from dillo.behavior.machine import Behavior
from dillo.model.events import LegStatus, StreamStatus


@dataclass(frozen=True, slots=True)
class Started:
    """The call is admitted and its media port is open; nothing is answered yet."""

    at_us: int


@dataclass(frozen=True, slots=True)
class PromptFinished:
    """The prompt of the last PlayPrompt played to its end; never told after StopPrompt."""

    at_us: int


@dataclass(frozen=True, slots=True)
class DigitPressed:
    """The caller pressed a key: `0`-`9`, `*`, `#`, `A`-`D`."""

    at_us: int
    digit: str
    via: str = "rfc4733"
    """`rfc4733`, `info` or `inband`."""


@dataclass(frozen=True, slots=True)
class TimerFired:
    """A timer ran out that was neither cancelled nor started anew."""

    at_us: int
    name: str


@dataclass(frozen=True, slots=True)
class RecordingEnded:
    """The recording of the last StartRecording is complete."""

    at_us: int
    duration_ms: int
    ended_by: str
    """`key`, `silence`, `max-length` or `flow`."""


@dataclass(frozen=True, slots=True)
class DialAnswered:
    """A callee of the last Dial answered, and waits to be connected; the others ring no more."""

    at_us: int
    leg_id: str


@dataclass(frozen=True, slots=True)
class DialEnded:
    """The last Dial is over: nobody answered, or the call that was answered ended."""

    at_us: int
    status: LegStatus
    """Answered, NoAnswer, Busy or Failed."""


@dataclass(frozen=True, slots=True)
class WebhookAnswer:
    """What a webhook wants: variables set, a node to go on at, or a whole behavior to go on in."""

    variables: Mapping[str, str]
    next_node: str | None = None
    """None where the flow goes on as the node says."""
    behavior: Behavior | None = None


@dataclass(frozen=True, slots=True)
class WebhookAnswered:
    """The webhook of the last CallWebhook answered in time, and something that makes sense."""

    at_us: int
    answer: WebhookAnswer


@dataclass(frozen=True, slots=True)
class WebhookFailed:
    """The webhook of the last CallWebhook could not be reached, was late, or answered nonsense."""

    at_us: int
    detail: str


@dataclass(frozen=True, slots=True)
class StreamEnded:
    """The last OpenStream is over: the server closed it, it broke off, or it never began."""

    at_us: int
    status: StreamStatus
    """Ended, Dropped or Failed."""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class ActionFailed:
    """The platform could not do what the last effects asked: a prompt failed, a file is gone."""

    at_us: int
    detail: str


@dataclass(frozen=True, slots=True)
class HungUp:
    """The caller is gone."""

    at_us: int


Event = (
    Started
    | PromptFinished
    | DigitPressed
    | TimerFired
    | RecordingEnded
    | DialAnswered
    | DialEnded
    | WebhookAnswered
    | WebhookFailed
    | StreamEnded
    | ActionFailed
    | HungUp
)
