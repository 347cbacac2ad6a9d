"""What inbound and outbound calls share: their events, and the table of an established dialog."""

import enum
from collections.abc import Mapping
from typing import ClassVar

from dillo.sip.acceptance import session_body
from dillo.sip.dialog import Dialog
from dillo.sip.digest import Authenticator
from dillo.sip.message import Fields, Request
from dillo.sip.routing import Address
from dillo.sip.timers import Timer
from dillo.sip.transactions import ClientTransaction, Send, ServerTransaction


class CallState(enum.StrEnum):
    """Where a call stands."""

    RINGING = "ringing"
    """It came in, and no final response is sent."""
    ANSWERED = "answered"
    """200 is sent, again and again until the ACK."""
    PLACED = "placed"
    """It goes out, and no final response came that ends the search."""
    CONFIRMED = "confirmed"
    """The ACK is in, or sent."""
    CLOSING = "closing"
    """We want to hang up and may not before the ACK (§15)."""
    ENDING = "ending"
    """Our BYE is sent and not yet answered."""
    ENDED = "ended"


class CallEvent(enum.StrEnum):
    """What happens to a call."""

    RING = "ring"
    ANSWER = "answer"
    REFUSE = "refuse"
    HANG_UP = "hang up"
    CANCEL = "CANCEL"
    BYE = "BYE"
    ACK = "ACK"
    NO_ACK = "no ACK"
    GONE = "gone"
    """A request of ours was answered 481 or 408, or not at all (§12.2.1.2)."""
    BYE_DONE = "BYE done"
    TAKEN = "taken"
    """The peer answered with 2xx."""
    FAILED = "failed"
    """Nobody is left to be tried."""


class CallAction(enum.StrEnum):
    """What a transition asks for."""

    SEND_RINGING = "send 180"
    """Or 183, where the caller shall hear something."""
    SEND_ANSWER = "send 200"
    SEND_REFUSAL = "send refusal"
    SEND_UNAVAILABLE = "send 480"
    SEND_TERMINATED = "send 487"
    SEND_BYE = "send BYE"
    STOP_ANSWER = "stop 200"
    GIVE_UP = "give up"
    """CANCEL the INVITE that is on its way."""
    TELL_ACKNOWLEDGED = "tell acknowledged"
    TELL_ANSWER = "tell answer"
    """Only where the acknowledged 200 carried an offer of ours."""
    TELL_FAILED = "tell failed"
    TELL_HUNG_UP = "tell hung up"
    TELL_LOST = "tell lost"
    FORGET = "forget"


CallTable = Mapping[tuple[CallState, CallEvent], tuple[CallState, tuple[CallAction, ...]]]
"""The pairs in which something happens; in every other pair nothing does."""

_S, _E, _A = CallState, CallEvent, CallAction

ESTABLISHED: CallTable = {
    (_S.CONFIRMED, _E.HANG_UP): (_S.ENDING, (_A.SEND_BYE,)),
    (_S.CONFIRMED, _E.BYE): (_S.ENDED, (_A.STOP_ANSWER, _A.TELL_HUNG_UP, _A.FORGET)),
    # An ACK that comes later, or never, is that of a re-INVITE.
    (_S.CONFIRMED, _E.ACK): (_S.CONFIRMED, (_A.TELL_ANSWER, _A.STOP_ANSWER)),
    (_S.CONFIRMED, _E.NO_ACK): (_S.ENDING, (_A.SEND_BYE, _A.TELL_LOST)),
    (_S.CONFIRMED, _E.GONE): (_S.ENDING, (_A.SEND_BYE, _A.TELL_LOST)),
    (_S.ENDING, _E.ACK): (_S.ENDING, (_A.STOP_ANSWER,)),
    (_S.ENDING, _E.BYE_DONE): (_S.ENDED, (_A.STOP_ANSWER, _A.FORGET)),
}
"""From the ACK of the answer on it no longer matters who called whom."""


class OpenOffer:
    """An INVITE or UPDATE that has no final response yet."""

    __slots__ = ("request", "transaction")

    def __init__(self, request: Request, transaction: ServerTransaction) -> None:
        self.request = request
        self.transaction = transaction

    @property
    def sdp(self) -> bytes | None:
        """The offer, None where the request has none."""
        return session_body(self.request)


class SentAnswer:
    """A 200 to an INVITE that waits for its ACK (§13.3.1.4)."""

    __slots__ = ("cseq", "data", "gives_up_at", "interval_s", "is_offer", "target", "timer")

    def __init__(
        self, cseq: int, data: bytes, target: Address, gives_up_at: float, *, is_offer: bool
    ) -> None:
        self.cseq = cseq
        self.data = data
        self.target = target
        self.gives_up_at = gives_up_at
        self.is_offer = is_offer
        self.interval_s = 0.0
        self.timer: Timer | None = None


class OwnRequest:
    """A request of ours within a dialog, until it is answered."""

    __slots__ = ("body", "call", "dialog", "fields", "hop", "method", "tries")

    def __init__(self, call: "Call", method: str, fields: Fields = (), body: bytes = b"") -> None:
        self.call = call
        self.dialog = call.dialog
        self.hop = call.peer
        """Where it goes, unless the dialog knows better."""
        self.method = method
        self.fields = fields
        self.body = body
        self.tries = 0
        """How often it was sent anew with other credentials."""


class OwnOffer(OwnRequest):
    """A re-INVITE of ours (§14.1)."""

    __slots__ = ("ack", "collisions", "timer", "transaction")

    def __init__(self, call: "Call", sdp: bytes, fields: Fields) -> None:
        super().__init__(call, "INVITE", fields, sdp)
        self.collisions = 0
        """How often an offer of the peer was in its way."""
        self.transaction: ClientTransaction | None = None
        self.timer: Timer | None = None
        self.ack: Send | None = None
        """The ACK of its 2xx, to be sent whenever the 2xx comes."""

    @property
    def is_ready(self) -> bool:
        """Whether it may be sent now: it neither is on its way nor waits after a collision."""
        return self.transaction is None and self.timer is None


class Call:
    """The state of one call; the endpoint alone changes it."""

    __slots__ = (
        "asked",
        "authenticator",
        "contact",
        "dialog",
        "keys",
        "offer",
        "own_offer",
        "peer",
        "sent_answer",
        "state",
        "table",
    )

    is_ours: ClassVar[bool] = False
    """Whether we sent the INVITE that began it."""

    def __init__(
        self, table: CallTable, state: CallState, dialog: Dialog, peer: Address, contact: Address
    ) -> None:
        self.table = table
        self.state = state
        self.dialog = dialog
        self.peer = peer
        """Where requests of ours go, unless the dialog knows better."""
        self.contact = contact
        """Our own address, as the peer knows it."""
        self.offer: OpenOffer | None = None
        """The peer's, while we have not answered it."""
        self.sent_answer: SentAnswer | None = None
        self.own_offer: OwnOffer | None = None
        """Ours, while the peer has not answered it."""
        self.keys = ""
        """What is to be sent by INFO, one at a time."""
        self.asked: OwnRequest | None = None
        """The INFO or re-INVITE on its way: two at once could overtake each other, and then the
        first would be refused (§12.2.2)."""
        self.authenticator: Authenticator | None = None
