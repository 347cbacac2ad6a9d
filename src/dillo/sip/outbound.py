"""One outbound call, and each INVITE of it on its way (RFC 3261 §8.1.3, §9.1, §13.2)."""

import enum
from collections.abc import Mapping

import msgspec

from dillo.sip.call import ESTABLISHED, Call, CallAction, CallEvent, CallState, CallTable
from dillo.sip.dialog import Dialog
from dillo.sip.digest import Authenticator, Credentials
from dillo.sip.routing import Address
from dillo.sip.targets import Targets
from dillo.sip.timers import Timer
from dillo.sip.transactions import ClientTransaction, Send

_S, _E, _A = CallState, CallEvent, CallAction

OUTBOUND_CALL: CallTable = {
    (_S.PLACED, _E.TAKEN): (_S.CONFIRMED, ()),
    (_S.PLACED, _E.FAILED): (_S.ENDED, (_A.TELL_FAILED, _A.FORGET)),
    (_S.PLACED, _E.HANG_UP): (_S.ENDED, (_A.GIVE_UP, _A.TELL_FAILED, _A.FORGET)),
    **ESTABLISHED,
}


class AttemptState(enum.StrEnum):
    """Where one INVITE stands."""

    CALLING = "calling"
    """Nothing came back yet."""
    PROCEEDING = "proceeding"
    UNWANTED = "unwanted"
    """Given up, but before a 1xx no CANCEL may be sent (§9.1)."""
    CANCELLED = "cancelled"
    TAKEN = "taken"
    """A 2xx came: every further one is acknowledged, and other forks are hung up."""
    OVER = "over"


class AttemptEvent(enum.StrEnum):
    """What happens to an INVITE."""

    GOT_1XX = "1xx"
    GOT_2XX = "2xx"
    GOT_ERROR = "3xx-6xx"
    SILENCE = "silence"
    """Nothing came for a while, and there are others to be asked."""
    UNREACHABLE = "unreachable"
    """The network reports that there is nobody."""
    TIME_OUT = "time out"
    GIVE_UP = "give up"


class AttemptAction(enum.StrEnum):
    """What a transition asks for."""

    TELL_PROGRESS = "tell progress"
    TAKE = "take"
    """ACK, and begin the dialog."""
    DISMISS = "dismiss"
    """ACK, and BYE unless it is our dialog."""
    WEIGH = "weigh"
    """Answer a challenge, follow a redirection, ask the next, or fail."""
    ASK_NEXT = "ask next"
    SEND_CANCEL = "send CANCEL"
    DROP = "drop"
    """Wait for no response any more."""


_AS, _AE, _AA = AttemptState, AttemptEvent, AttemptAction

ATTEMPT: Mapping[
    tuple[AttemptState, AttemptEvent], tuple[AttemptState, tuple[AttemptAction, ...]]
] = {
    (_AS.CALLING, _AE.GOT_1XX): (_AS.PROCEEDING, (_AA.TELL_PROGRESS,)),
    (_AS.CALLING, _AE.GOT_2XX): (_AS.TAKEN, (_AA.TAKE,)),
    (_AS.CALLING, _AE.GOT_ERROR): (_AS.OVER, (_AA.WEIGH,)),
    (_AS.CALLING, _AE.SILENCE): (_AS.UNWANTED, (_AA.ASK_NEXT,)),
    (_AS.CALLING, _AE.UNREACHABLE): (_AS.OVER, (_AA.DROP, _AA.ASK_NEXT)),
    (_AS.CALLING, _AE.TIME_OUT): (_AS.OVER, (_AA.ASK_NEXT,)),
    (_AS.CALLING, _AE.GIVE_UP): (_AS.UNWANTED, ()),
    (_AS.PROCEEDING, _AE.GOT_1XX): (_AS.PROCEEDING, (_AA.TELL_PROGRESS,)),
    (_AS.PROCEEDING, _AE.GOT_2XX): (_AS.TAKEN, (_AA.TAKE,)),
    (_AS.PROCEEDING, _AE.GOT_ERROR): (_AS.OVER, (_AA.WEIGH,)),
    (_AS.PROCEEDING, _AE.GIVE_UP): (_AS.CANCELLED, (_AA.SEND_CANCEL,)),
    (_AS.UNWANTED, _AE.GOT_1XX): (_AS.CANCELLED, (_AA.SEND_CANCEL,)),
    (_AS.UNWANTED, _AE.GOT_2XX): (_AS.TAKEN, (_AA.DISMISS,)),
    (_AS.UNWANTED, _AE.GOT_ERROR): (_AS.OVER, ()),
    (_AS.UNWANTED, _AE.UNREACHABLE): (_AS.OVER, (_AA.DROP,)),
    (_AS.UNWANTED, _AE.TIME_OUT): (_AS.OVER, ()),
    (_AS.CANCELLED, _AE.GOT_2XX): (_AS.TAKEN, (_AA.DISMISS,)),
    (_AS.CANCELLED, _AE.GOT_ERROR): (_AS.OVER, ()),
    # §9.1: 64*T1 after the CANCEL nobody will answer the INVITE any more.
    (_AS.CANCELLED, _AE.TIME_OUT): (_AS.OVER, (_AA.DROP,)),
    (_AS.TAKEN, _AE.GOT_2XX): (_AS.TAKEN, (_AA.DISMISS,)),
}
"""The pairs in which something happens; in every other pair nothing does."""


class Order(msgspec.Struct, frozen=True):
    """A call to be placed."""

    uri: str
    """Whom to call, also the To."""
    offer: bytes
    caller: str
    """User part of From, unescaped; `anonymous` withholds it (RFC 3323)."""
    hops: tuple[str, ...] = ()
    """`host[:port]` to be asked one after the other; empty: where the URI says."""
    credentials: Credentials | None = None
    max_forwards: int = 70
    headers: tuple[tuple[str, str], ...] = ()

    @property
    def is_anonymous(self) -> bool:
        """Whether the callee must not learn who calls."""
        return self.caller in {"", "anonymous"}


_NOWHERE: Address = ("", 0)


class OutboundCall(Call):
    """A call that goes out; before the answer its dialog is a proposal without remote tag."""

    __slots__ = ("attempt", "failure", "order", "targets", "tries")
    is_ours = True

    def __init__(self, order: Order, call_id: str, tag: str) -> None:
        dialog = Dialog.propose(call_id, tag, order.uri)
        super().__init__(OUTBOUND_CALL, CallState.PLACED, dialog, _NOWHERE, _NOWHERE)
        self.order = order
        self.targets = Targets()
        self.attempt: Attempt | None = None
        """The INVITE whose answer we want, None while a name is looked up."""
        self.tries = 0
        """How often the present hop was sent credentials."""
        self.failure = (503, "has no address")
        """Status and reason of the last attempt that failed."""
        if order.credentials is not None:
            self.authenticator = Authenticator(order.credentials)

    @property
    def is_trusted(self) -> bool:
        """Whether it is at a host that the operator named: a hop, not what a URI or a 3xx says."""
        return bool(self.order.hops) and self.targets.is_given


class Attempt:
    """One INVITE, as long as something may come back."""

    __slots__ = ("acks", "call", "early", "state", "timer", "transaction")

    def __init__(self, call: OutboundCall, transaction: ClientTransaction) -> None:
        self.call = call
        self.transaction = transaction
        self.state = AttemptState.CALLING
        self.timer: Timer | None = None
        """Of silence, and after the CANCEL of patience."""
        self.early: dict[str | None, bytes] = {}
        """The SDP of provisional responses by the fork (To tag) that sent it."""
        self.acks: dict[str | None, Send] = {}
        """The ACK that every fork which answered gets, whenever its 2xx comes."""
