"""What the interpreter asks for; the call session performs it, in order."""

from collections.abc import Mapping
from dataclasses import dataclass

from dillo.model.events import CallEvent, EndReason
from dillo.model.prompts import Prompt


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer the call; asked once, before anything that the caller hears."""


@dataclass(frozen=True, slots=True)
class PlayPrompt:
    """Play these one after the other, the whole list `loop` times (0: for ever)."""

    prompts: tuple[Prompt, ...]
    loop: int = 1


@dataclass(frozen=True, slots=True)
class StopPrompt:
    """Fall silent; no PromptFinished follows."""


@dataclass(frozen=True, slots=True)
class StartRecording:
    """Record the caller; RecordingEnded follows when it is done."""

    node: str
    storage_key: str | None
    max_length_s: float
    silence_timeout_s: float | None
    storage_period: str
    transcribe: bool
    language: str | None
    both_sides: bool = False
    """Record the connected callee too: in stereo, the caller on the left."""


@dataclass(frozen=True, slots=True)
class StopRecording:
    """End the recording now: `key` or `flow`."""

    ended_by: str


@dataclass(frozen=True, slots=True)
class StartTimer:
    """Tell TimerFired after so long; a running timer of that name starts anew."""

    name: str
    seconds: float


@dataclass(frozen=True, slots=True)
class CancelTimer:
    """Forget a timer; harmless where it does not run."""

    name: str


@dataclass(frozen=True, slots=True)
class Dial:
    """Ring telephones; DialAnswered follows when one is answered, else DialEnded."""

    node: str
    to: tuple[str, ...]
    """E.164 numbers with `+` and SIP URIs."""
    is_sequential: bool
    """One after the other, each for `timeout_s`; else all at once, for `timeout_s` together."""
    caller_id: str | None
    """E.164 with `+`; None for the caller's own number."""
    timeout_s: float
    max_duration_s: float
    """How long caller and callee may talk."""
    ringback: Prompt | None
    """What the caller hears meanwhile, again and again; None for a ringing tone."""


@dataclass(frozen=True, slots=True)
class Connect:
    """Let the caller and the callee who answered hear each other; DialEnded follows."""


@dataclass(frozen=True, slots=True)
class StopDialing:
    """Let go of everybody who was dialled; no DialEnded follows."""


@dataclass(frozen=True, slots=True)
class CallWebhook:
    """Ask another system what to do; WebhookAnswered or WebhookFailed follows."""

    node: str
    url: str
    method: str
    """`POST` or `GET`."""
    timeout_s: float
    digits: Mapping[str, str]
    """By StorageKey; sensitive ones as `*`."""
    variables: Mapping[str, str]
    """By name; what was made of sensitive digits as `*`."""


@dataclass(frozen=True, slots=True)
class StopWebhook:
    """Wait for the webhook no longer; neither WebhookAnswered nor WebhookFailed follows."""


@dataclass(frozen=True, slots=True)
class OpenStream:
    """Join the caller with a voice agent's server; StreamEnded follows."""

    node: str
    url: str
    is_two_way: bool
    """Whether the caller hears the server; else it only listens."""
    parameters: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CloseStream:
    """Say goodbye to the server; no StreamEnded follows."""


@dataclass(frozen=True, slots=True)
class Note:
    """Write a fact into the journal."""

    event: CallEvent


@dataclass(frozen=True, slots=True)
class Refuse:
    """End the unanswered call with a SIP status."""

    sip_code: int
    detail: str = ""


@dataclass(frozen=True, slots=True)
class HangUp:
    """End the answered call."""

    reason: EndReason
    detail: str = ""


Immediate = (
    PlayPrompt
    | StopPrompt
    | StartRecording
    | StopRecording
    | StartTimer
    | CancelTimer
    | Dial
    | Connect
    | StopDialing
    | CallWebhook
    | StopWebhook
    | OpenStream
    | CloseStream
    | Note
    | Refuse
)
"""What is done, or begun, at once."""

Effect = Immediate | Answer | HangUp
