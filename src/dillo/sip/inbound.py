"""One inbound call as its user agent server sees it (RFC 3261 §13.3, §15)."""

from dillo.sip.call import (
    ESTABLISHED,
    Call,
    CallAction,
    CallEvent,
    CallState,
    CallTable,
    OpenOffer,
)
from dillo.sip.dialog import Dialog
from dillo.sip.routing import Address

_S, _E, _A = CallState, CallEvent, CallAction

_CANCELLED = (_S.ENDED, (_A.SEND_TERMINATED, _A.TELL_HUNG_UP, _A.FORGET))

INBOUND_CALL: CallTable = {
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
    (_S.CLOSING, _E.ACK): (_S.ENDING, (_A.STOP_ANSWER, _A.SEND_BYE)),
    (_S.CLOSING, _E.BYE): (_S.ENDED, (_A.STOP_ANSWER, _A.FORGET)),
    (_S.CLOSING, _E.NO_ACK): (_S.ENDING, (_A.SEND_BYE,)),
    **ESTABLISHED,
}


class InboundCall(Call):
    """A call that came in."""

    __slots__ = ()

    def __init__(self, dialog: Dialog, offer: OpenOffer, source: Address, contact: Address) -> None:
        super().__init__(INBOUND_CALL, CallState.RINGING, dialog, source, contact)
        self.offer = offer
