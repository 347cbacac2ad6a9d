"""What happens to a running flow: the interpreter's inputs, stamped in UTC microseconds."""

from dataclasses import dataclass

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
    | StreamEnded
    | ActionFailed
    | HungUp
)
