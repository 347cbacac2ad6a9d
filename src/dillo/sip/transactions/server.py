"""Non-INVITE server transaction: RFC 3261 §17.2.2."""

from dillo.sip.transactions.machine import Action, Event, State, Table

SERVER: Table = {
    (State.TRYING, Event.SEND_1XX): (State.PROCEEDING, (Action.SEND,)),
    (State.TRYING, Event.SEND_2XX): (State.COMPLETED, (Action.SEND, Action.START_J)),
    (State.TRYING, Event.SEND_ERROR): (State.COMPLETED, (Action.SEND, Action.START_J)),
    (State.PROCEEDING, Event.REQUEST): (State.PROCEEDING, (Action.RESEND,)),
    (State.PROCEEDING, Event.SEND_1XX): (State.PROCEEDING, (Action.SEND,)),
    (State.PROCEEDING, Event.SEND_2XX): (State.COMPLETED, (Action.SEND, Action.START_J)),
    (State.PROCEEDING, Event.SEND_ERROR): (State.COMPLETED, (Action.SEND, Action.START_J)),
    (State.COMPLETED, Event.REQUEST): (State.COMPLETED, (Action.RESEND,)),
    (State.COMPLETED, Event.TIMER_J): (State.TERMINATED, ()),
}
