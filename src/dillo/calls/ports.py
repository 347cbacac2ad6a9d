"""What the call engine needs of the edges, as small Protocols; the adapters implement them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from dillo.model.events import CallEvent
from dillo.model.media import Command, Event, OpenPort
from dillo.model.prompts import Prompt


@dataclass(frozen=True, slots=True)
class Invitation:
    """An INVITE that opened a new dialog, as far as the call engine cares."""

    sip_call_id: str
    called: str
    """User part of the Request-URI, unescaped."""
    caller: str
    """User part of the From or P-Asserted-Identity URI, unescaped; empty where withheld."""
    offer: bytes | None
    """The SDP body, None where the INVITE has none."""
    source_ip: str
    source_port: int
    local_ip: str
    """The address that the INVITE arrived at: RTP is offered there too."""


class LegListener(Protocol):
    """What a SIP leg tells its call; every method returns at once."""

    def acknowledged(self, answer: bytes | None) -> None:
        """The ACK arrived, with the peer's SDP answer where our 200 carried the offer."""

    def offered(self, offer: bytes | None) -> None:
        """A re-INVITE or UPDATE arrived; answer with `accept_offer` or `decline_offer`."""

    def digit_pressed(self, digit: str) -> None:
        """A key came by SIP INFO."""

    def hung_up(self) -> None:
        """The peer sent BYE after the answer, or CANCEL before it (both already answered)."""

    def lost(self, detail: str) -> None:
        """The dialog died: no ACK came in 32 s, or a request of ours was answered 481 or 408."""


class InboundLeg(Protocol):
    """The SIP side of one inbound call."""

    @property
    def invitation(self) -> Invitation: ...

    def listen(self, listener: LegListener) -> None:
        """Name who hears what happens to this leg from now on."""

    def ring(self) -> None:
        """Send 180 Ringing."""

    def answer(self, sdp: bytes) -> None:
        """Send 200 OK with our SDP, again and again until the ACK (RFC 3261 §13.3.1.4)."""

    def refuse(self, status: int, detail: str = "") -> None:
        """End an unanswered INVITE with a 4xx, 5xx or 6xx; `detail` goes into a Warning header."""

    def accept_offer(self, sdp: bytes) -> None:
        """Answer the pending re-INVITE or UPDATE with 200 and our SDP."""

    def decline_offer(self, status: int) -> None:
        """Answer the pending re-INVITE or UPDATE with an error; the session goes on unchanged."""

    def hang_up(self) -> None:
        """Send BYE once the ACK is in (RFC 3261 §15), or give up the INVITE before an answer."""


@dataclass(frozen=True, slots=True)
class OpenCall:
    """A call that the journal has no end of, and when this node was last known to live."""

    call_id: str
    events: tuple[CallEvent, ...]
    last_sign_of_life_us: int


class Journal(Protocol):
    """The node's own durable record of every call event."""

    @property
    def has_room(self) -> bool:
        """Whether another call may be begun: what cannot be written yet must fit into memory."""

    def append(self, call_id: str, event: CallEvent) -> None:
        """Queue an event for the next group commit, in order; returns at once."""

    async def flush(self) -> None:
        """Return when everything appended before is on disk. Raises Unavailable if it cannot."""

    def open_calls(self) -> list[OpenCall]:
        """Return the calls that an earlier run of this node left open, oldest first."""


@dataclass(frozen=True, slots=True)
class Application:
    """A published version of a phone application."""

    version_id: str
    name: str
    behavior: str
    """The channel behavior as JSON text."""


@dataclass(frozen=True, slots=True)
class NumberEntry:
    """All that admission needs to know of an active number and its holder."""

    number_id: str
    number: str
    number_type: str
    customer_id: str
    currency: str
    is_suspended: bool
    balance_micros: int | None
    """What the customer may still spend; None where the account is not prepaid."""
    max_concurrent_calls: int
    max_calls_per_second: float
    max_call_s: float
    number_max_concurrent_calls: int | None
    primary: Application | None
    """None where absent, disabled or unpublished."""
    fallback: Application | None


class Directory(Protocol):
    """Numbers and who holds them, as they are now."""

    async def find(self, number: str) -> NumberEntry | None:
        """Return the entry of an E.164 number with `+`, None where nobody holds it."""


@dataclass(frozen=True, slots=True)
class PreparedPrompt:
    """A prompt ready to send: raw G.711 files in both laws, 8000 octets a second."""

    ulaw_path: str
    alaw_path: str
    duration_ms: int


class PromptFailed(Exception):
    """A prompt could not be fetched, decoded or synthesised; the message says why."""


class Prompts(Protocol):
    """Makes prompts ready to send; what was made once is found again by content."""

    def cached(self, prompt: Prompt, customer_id: str) -> PreparedPrompt | None:
        """Return the prompt if it is ready now, without waiting."""

    async def prepare(self, prompt: Prompt, customer_id: str) -> PreparedPrompt:
        """Return the prompt, made if need be, for a customer. Raises PromptFailed."""


OnMediaEvent = Callable[[Event], None]


class MediaPort(Protocol):
    """The RTP side of one call, in a media worker."""

    @property
    def call_id(self) -> str: ...

    @property
    def rtp_port(self) -> int: ...

    def send(self, command: Command) -> None:
        """Hand a command to the worker; returns at once, does nothing where it is gone."""


class MediaPool(Protocol):
    """The node's media workers."""

    async def open(self, command: OpenPort, on_event: OnMediaEvent) -> MediaPort:
        """Open a port on the least loaded worker; what happens there goes to `on_event`.

        Raises Unavailable where no worker is connected or none has a port left.
        """
