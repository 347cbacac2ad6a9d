"""Non-INVITE client transaction: RFC 3261 §17.1.2."""

from dillo.sip.transactions.machine import Action, Event, State, Table

_COMPLETE = (State.COMPLETED, (Action.PASS, Action.START_K))

CLIENT: Table = {
    (State.INITIAL, Event.SEND_REQUEST): (
        State.TRYING,
        (Action.SEND, Action.START_E, Action.START_F),
    ),
    (State.TRYING, Event.TIMER_E): (State.TRYING, (Action.RESEND, Action.DOUBLE_E)),
    (State.TRYING, Event.TIMER_F): (State.TERMINATED, (Action.TIME_OUT,)),
    (State.TRYING, Event.GOT_1XX): (State.PROCEEDING, (Action.PASS,)),
    (State.TRYING, Event.GOT_2XX): _COMPLETE,
    (State.TRYING, Event.GOT_ERROR): _COMPLETE,
    (State.PROCEEDING, Event.TIMER_E): (State.PROCEEDING, (Action.RESEND, Action.SLOW_E)),
    (State.PROCEEDING, Event.TIMER_F): (State.TERMINATED, (Action.TIME_OUT,)),
    (State.PROCEEDING, Event.GOT_1XX): (State.PROCEEDING, (Action.PASS,)),
    (State.PROCEEDING, Event.GOT_2XX): _COMPLETE,
    (State.PROCEEDING, Event.GOT_ERROR): _COMPLETE,
    (State.COMPLETED, Event.TIMER_K): (State.TERMINATED, ()),
}
