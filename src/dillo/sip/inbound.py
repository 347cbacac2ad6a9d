"""One inbound call as its user agent server sees it (RFC 3261 §13.3, §15)."""

import enum
from collections.abc import Mapping

from dillo.sip.acceptance import session_body
from dillo.sip.dialog import Dialog
from dillo.sip.message import Request
from dillo.sip.routing import Address
from dillo.sip.timers import Timer
from dillo.sip.transactions import ServerTransaction


class CallState(enum.StrEnum):
    """Where a call stands."""

    RINGING = "ringing"
    """No final response is sent."""
    ANSWERED = "answered"
    """200 is sent, again and again until the ACK."""
    CONFIRMED = "confirmed"
    """The ACK is in."""
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
    BYE_DONE = "BYE done"


class CallAction(enum.StrEnum):
    """What a transition asks for."""

    SEND_RINGING = "send 180"
    SEND_ANSWER = "send 200"
    SEND_REFUSAL = "send refusal"
    SEND_UNAVAILABLE = "send 480"
    SEND_TERMINATED = "send 487"
    SEND_BYE = "send BYE"
    STOP_ANSWER = "stop 200"
    TELL_ACKNOWLEDGED = "tell acknowledged"
    TELL_ANSWER = "tell answer"
    """Only where the acknowledged 200 carried an offer of ours."""
    TELL_HUNG_UP = "tell hung up"
    TELL_LOST = "tell lost"
    FORGET = "forget"


_S, _E, _A = CallState, CallEvent, CallAction

_CANCELLED = (_S.ENDED, (_A.SEND_TERMINATED, _A.TELL_HUNG_UP, _A.FORGET))

INBOUND_CALL: Mapping[tuple[CallState, CallEvent], tuple[CallState, tuple[CallAction, ...]]] = {
    (_S.RINGING, _E.RING): (_S.RINGING, (_A.SEND_RINGING,)),
    (_S.RINGING, _E.ANSWER): (_S.ANSWERED, (_A.SEND_ANSWER,)),
    (_S.RINGING, _E.REFUSE): (_S.ENDED, (_A.SEND_REFUSAL, _A.FORGET)),
    (_S.RINGING, _E.HANG_UP): (_S.ENDED, (_A.SEND_UNAVAILABLE, _A.FORGET)),
    (_S.RINGING, _E.CANCEL): _CANCELLED,
    (_S.RINGING, _E.BYE): _CANCELLED,
    (_S.ANSWERED, _E.ACK): (_S.CONFIRMED, (_A.TELL_ACKNOWLEDGED, _A.STOP_ANSWER)),
    (_S.ANSWERED, _E.HANG_UP): (_S.CLOSING, ()),
    (_S.ANSWERED, _E.BYE): (_S.ENDED, (_A.STOP_ANSWER, _A.TELL_HUNG_UP, _A.FORGET)),
    (_S.ANSWERED, _E.NO_ACK): (_S.ENDING, (_A.SEND_BYE, _A.TELL_LOST)),
    (_S.CONFIRMED, _E.HANG_UP): (_S.ENDING, (_A.SEND_BYE,)),
    (_S.CONFIRMED, _E.BYE): (_S.ENDED, (_A.STOP_ANSWER, _A.TELL_HUNG_UP, _A.FORGET)),
    # An ACK that comes later, or never, is that of a re-INVITE.
    (_S.CONFIRMED, _E.ACK): (_S.CONFIRMED, (_A.TELL_ANSWER, _A.STOP_ANSWER)),
    (_S.CONFIRMED, _E.NO_ACK): (_S.ENDING, (_A.SEND_BYE, _A.TELL_LOST)),
    (_S.CLOSING, _E.ACK): (_S.ENDING, (_A.STOP_ANSWER, _A.SEND_BYE)),
    (_S.CLOSING, _E.BYE): (_S.ENDED, (_A.STOP_ANSWER, _A.FORGET)),
    (_S.CLOSING, _E.NO_ACK): (_S.ENDING, (_A.SEND_BYE,)),
    (_S.ENDING, _E.ACK): (_S.ENDING, (_A.STOP_ANSWER,)),
    (_S.ENDING, _E.BYE_DONE): (_S.ENDED, (_A.STOP_ANSWER, _A.FORGET)),
}
"""The pairs in which something happens; in every other pair nothing does."""


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


class InboundCall:
    """The state of one call; the endpoint alone changes it."""

    __slots__ = ("contact", "dialog", "offer", "sent_answer", "source", "state")

    def __init__(self, dialog: Dialog, offer: OpenOffer, source: Address, contact: Address) -> None:
        self.dialog = dialog
        self.source = source
        self.contact = contact
        """Our own address, as the peer knows it."""
        self.state = CallState.RINGING
        self.offer: OpenOffer | None = offer
        self.sent_answer: SentAnswer | None = None
