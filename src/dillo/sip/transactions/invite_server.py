"""INVITE server transaction: RFC 3261 §17.2.1 with the Accepted state of RFC 6026 §7.1."""

from dillo.sip.transactions.machine import Action, Event, State, Table

INVITE_SERVER: Table = {
    (State.PROCEEDING, Event.REQUEST): (State.PROCEEDING, (Action.RESEND,)),
    (State.PROCEEDING, Event.SEND_1XX): (State.PROCEEDING, (Action.SEND,)),
    (State.PROCEEDING, Event.SEND_2XX): (State.ACCEPTED, (Action.SEND, Action.START_L)),
    (State.PROCEEDING, Event.SEND_ERROR): (
        State.COMPLETED,
        (Action.SEND, Action.START_G, Action.START_H),
    ),
    # The user sends its 2xx again until the ACK; a repeated INVITE is only absorbed.
    (State.ACCEPTED, Event.SEND_2XX): (State.ACCEPTED, (Action.SEND,)),
    (State.ACCEPTED, Event.ACK): (State.ACCEPTED, (Action.PASS,)),
    (State.ACCEPTED, Event.TIMER_L): (State.TERMINATED, ()),
    (State.COMPLETED, Event.REQUEST): (State.COMPLETED, (Action.RESEND,)),
    (State.COMPLETED, Event.TIMER_G): (State.COMPLETED, (Action.RESEND, Action.DOUBLE_G)),
    (State.COMPLETED, Event.TIMER_H): (State.TERMINATED, (Action.TIME_OUT,)),
    (State.COMPLETED, Event.ACK): (State.CONFIRMED, (Action.START_I,)),
    (State.CONFIRMED, Event.TIMER_I): (State.TERMINATED, ()),
}
