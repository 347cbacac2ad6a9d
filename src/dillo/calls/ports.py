"""What the call engine needs of the edges, as small Protocols; the adapters implement them."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from dillo.model import streams
from dillo.model.events import CallEvent
from dillo.model.media import Command, Event, OpenPort
from dillo.model.prompts import Prompt, Speech


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
    max_forwards: int = 70
    """What was left of the INVITE's Max-Forwards (RFC 3261 §8.1.1.6)."""
    depth: int = 0
    """How many of our own numbers dialled each other before this call (X-Dillo-Depth)."""
    test_mark: str = ""
    """What says that it is a test call (X-Dillo-Test-Call), still to be verified."""


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

    def progress(self, sdp: bytes | None) -> None:
        """Send 183 with the SDP of early media, 180 without."""

    def answer(self, sdp: bytes) -> None:
        """Send 200 OK with our SDP, again and again until the ACK (RFC 3261 §13.3.1.4)."""

    def refuse(self, status: int, detail: str = "") -> None:
        """End an unanswered INVITE with a 4xx, 5xx or 6xx; `detail` goes into a Warning header."""

    def accept_offer(self, sdp: bytes) -> None:
        """Answer the pending re-INVITE or UPDATE with 200 and our SDP."""

    def decline_offer(self, status: int) -> None:
        """Answer the pending re-INVITE or UPDATE with an error; the session goes on unchanged."""

    def offer(self, sdp: bytes, on_answer: Callable[[int, bytes | None], None]) -> None:
        """Send a re-INVITE; `on_answer` gets the final status, and the SDP of a 2xx."""

    def press_digit(self, digit: str) -> None:
        """Send a key by INFO (`application/dtmf-relay`)."""

    def hang_up(self) -> None:
        """Send BYE once the ACK is in (RFC 3261 §15), or give up the INVITE before an answer."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where an outbound leg goes, and as whom."""

    uri: str
    """The Request-URI, `sip:+442079460123@carrier.example`."""
    hops: tuple[str, ...]
    """`host[:port]` of the trunk's addresses, tried in order; empty: where the URI says
    (RFC 3263: SRV, then A)."""
    caller: str
    """User part of From, and of P-Asserted-Identity on a trunk: E.164 with `+`, or `anonymous`
    (then with `Privacy: id`, RFC 3323)."""
    username: str | None = None
    """Digest credentials of the trunk."""
    password: str | None = None
    max_forwards: int = 70
    """What is left of the inbound call's Max-Forwards, minus one."""
    headers: tuple[tuple[str, str], ...] = ()
    """More header fields, such as `("X-Dillo-Depth", "1")`."""


class OutboundListener(Protocol):
    """What an outbound leg tells its call; every method returns at once."""

    def progressed(self, status: int, answer: bytes | None) -> None:
        """A 101 to 199 came; `answer` is the SDP of early media, where there is any."""

    def answered(self, answer: bytes) -> None:
        """A 2xx came with an SDP answer; the ACK is sent already."""

    def failed(self, status: int, reason: str) -> None:
        """The last word of a leg that was not answered: the final status after redirects, digest
        and fail-over; 408 where no answer came at all, 487 cancelled, 503 unreachable."""

    def offered(self, offer: bytes | None) -> None:
        """A re-INVITE or UPDATE arrived; answer with `accept_offer` or `decline_offer`."""

    def acknowledged(self, answer: bytes) -> None:
        """An ACK brought the answer to our offer, which a re-INVITE without one had asked for."""

    def digit_pressed(self, digit: str) -> None:
        """A key came by SIP INFO."""

    def hung_up(self) -> None:
        """The callee sent BYE (already answered)."""

    def lost(self, detail: str) -> None:
        """The dialog died: a request of ours was answered 481 or 408."""


class OutboundLeg(Protocol):
    """The SIP side of one dialled call."""

    def cancel(self) -> None:
        """Give up before the answer: CANCEL now, or as soon as a 1xx came (RFC 3261 §9.1).

        A 200 that crosses it is acknowledged and hung up; the listener hears `failed(487)`.
        """

    def hang_up(self) -> None:
        """Send BYE after the answer."""

    def accept_offer(self, sdp: bytes) -> None:
        """Answer the callee's pending re-INVITE or UPDATE with 200 and our SDP."""

    def decline_offer(self, status: int) -> None:
        """Answer the callee's pending re-INVITE or UPDATE with an error."""

    def offer(self, sdp: bytes, on_answer: Callable[[int, bytes | None], None]) -> None:
        """Send a re-INVITE; `on_answer` gets the final status, and the SDP of a 2xx."""

    def press_digit(self, digit: str) -> None:
        """Send a key by INFO (`application/dtmf-relay`)."""


class Outbound(Protocol):
    """The way out: places calls over SIP."""

    def dial(
        self, destination: Destination, offer: bytes, listener: OutboundListener
    ) -> OutboundLeg:
        """Send an INVITE with our SDP offer; returns at once."""


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
    """A version of a phone application, or a draft as it was tried."""

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
    """What the customer may still spend, credit included; None where the account is not
    prepaid."""
    max_concurrent_calls: int
    max_calls_per_second: float
    max_call_s: float
    number_max_concurrent_calls: int | None
    primary: Application | None
    """None where absent, disabled or unpublished."""
    fallback: Application | None
    number_max_calls_per_second: float | None = None
    trunk_hosts: tuple[str, ...] = ()
    """`host[:port]` of the trunk that its calls come over; empty where that is any."""


@dataclass(frozen=True, slots=True)
class Carrier:
    """A trunk that a dialled call can leave through."""

    name: str
    hosts: tuple[str, ...]
    """`host[:port]`, tried in order."""
    username: str | None = None
    password: str | None = None


class Carriers(Protocol):
    """The trunks, as they are now."""

    async def towards(self, number: str) -> Carrier | None:
        """Return the trunk with the longest prefix of an E.164 number with `+`, if one fits.

        Raises Unavailable.
        """


class Origins(Protocol):
    """Where calls come from."""

    async def admits(self, invitation: Invitation, hosts: Collection[str]) -> bool:
        """Whether an INVITE came from one of these hosts (`host[:port]`), or from this node."""


class Directory(Protocol):
    """Numbers and who holds them, as they are now."""

    async def find(self, number: str) -> NumberEntry | None:
        """Return the entry of an E.164 number with `+`, None where nobody holds it."""

    async def draft(self, customer_id: str, version_id: str) -> Application | None:
        """Return a draft that is to be tried, None where the customer has no such."""

    async def tester(self, version_id: str) -> NumberEntry | None:
        """Return TEST_NUMBER as if the owner of a draft held it, and it ran that draft.

        None where there is no such draft.
        """


@dataclass(frozen=True, slots=True)
class PreparedPrompt:
    """A prompt ready to send: raw G.711 files in both laws, 8000 octets a second."""

    ulaw_path: str
    alaw_path: str
    duration_ms: int
    warnings: tuple[str, ...] = ()
    """What is not as the application wants it: another voice, another engine."""


class PromptFailed(Exception):
    """A prompt could not be fetched, decoded or synthesised; the message says why."""


class Prompts(Protocol):
    """Makes prompts ready to send; what was made once is found again by content."""

    def cached(self, prompt: Prompt, customer_id: str) -> PreparedPrompt | None:
        """Return the prompt if it is ready now, without waiting."""

    async def prepare(
        self, prompt: Prompt, customer_id: str, due_in_s: float = 0
    ) -> PreparedPrompt:
        """Return the prompt, made if need be, for a customer. Raises PromptFailed.

        `due_in_s` tells when it shall be heard: for so long nobody waits for it in silence.
        """

    def pace(self, speech: Speech) -> float:
        """Return how many characters a second such a text is spoken at, while a caller waits."""

    def expect(self, language: str, voice: str | None) -> None:
        """Let the engine that would speak get ready: a text for it may come soon."""


@dataclass(frozen=True, slots=True)
class WebhookRequest:
    """What a webhook is told, and how."""

    customer_id: str
    url: str
    method: str
    """`POST`, with the state as JSON, or `GET`, with the state in the query."""
    timeout_s: float
    idempotency_key: str
    """The same whenever the same thing is told again."""
    state: Mapping[str, object]


class Webhooks(Protocol):
    """Other systems that are asked what to do."""

    async def ask(self, request: WebhookRequest) -> str:
        """Return the JSON that was answered, an empty text where nothing was.

        Raises PeerError for what will not be called or taken, Unavailable where nothing came.
        """


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

    async def open(
        self, command: OpenPort, on_event: OnMediaEvent, beside: MediaPort | None = None
    ) -> MediaPort:
        """Open a port on the least loaded worker, or beside another; events go to `on_event`.

        Only ports of one worker can be bridged.

        Raises Unavailable where no worker is connected or none has a port left.
        """


OnStreamEvent = Callable[[streams.Event], None]


class Streams(Protocol):
    """The gateway to voice agents; every method returns at once."""

    def open(self, order: streams.OpenStream, on_event: OnStreamEvent) -> None:
        """Open a stream; `on_event` hears StreamOpened, if it comes to that, and StreamClosed."""

    def press_digit(self, stream_id: str, digit: str) -> None:
        """Tell the server of a key; in vain where the stream is over."""

    def close(self, stream_id: str) -> None:
        """End a stream; StreamClosed follows, unless it is over."""
