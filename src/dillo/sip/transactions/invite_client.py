"""INVITE client transaction: RFC 3261 §17.1.1 with the Accepted state of RFC 6026 §7.2."""

from dillo.sip.transactions.machine import Action, Event, State, Table

_ACCEPT = (State.ACCEPTED, (Action.PASS, Action.START_M))
_REJECT = (State.COMPLETED, (Action.ACKNOWLEDGE, Action.PASS, Action.START_D))

INVITE_CLIENT: Table = {
    (State.INITIAL, Event.SEND_REQUEST): (
        State.CALLING,
        (Action.SEND, Action.START_A, Action.START_B),
    ),
    (State.CALLING, Event.TIMER_A): (State.CALLING, (Action.RESEND, Action.DOUBLE_A)),
    (State.CALLING, Event.TIMER_B): (State.TERMINATED, (Action.TIME_OUT,)),
    (State.CALLING, Event.GOT_1XX): (State.PROCEEDING, (Action.PASS,)),
    (State.CALLING, Event.GOT_2XX): _ACCEPT,
    (State.CALLING, Event.GOT_ERROR): _REJECT,
    (State.PROCEEDING, Event.GOT_1XX): (State.PROCEEDING, (Action.PASS,)),
    (State.PROCEEDING, Event.GOT_2XX): _ACCEPT,
    (State.PROCEEDING, Event.GOT_ERROR): _REJECT,
    # Every 2xx goes to the user, who sends the ACK again.
    (State.ACCEPTED, Event.GOT_2XX): (State.ACCEPTED, (Action.PASS,)),
    (State.ACCEPTED, Event.TIMER_M): (State.TERMINATED, ()),
    (State.COMPLETED, Event.GOT_ERROR): (State.COMPLETED, (Action.ACKNOWLEDGE,)),
    (State.COMPLETED, Event.TIMER_D): (State.TERMINATED, ()),
}
