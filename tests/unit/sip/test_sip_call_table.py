"""Every pair of state and event of an inbound call; what is not drawn does nothing."""

from dillo.sip.inbound import INBOUND_CALL, CallAction, CallEvent, CallState

GRID = """
ringing   | ring    | ringing: send 180
ringing   | answer  | answered: send 200
ringing   | refuse  | ended: send refusal, forget
ringing   | hang up | ended: send 480, forget
ringing   | CANCEL  | ended: send 487, tell hung up, forget
ringing   | BYE     | ended: send 487, tell hung up, forget
answered  | ACK     | confirmed: tell acknowledged, stop 200
answered  | hang up | closing:
answered  | BYE     | ended: stop 200, tell hung up, forget
answered  | no ACK  | ending: send BYE, tell lost
confirmed | ACK     | confirmed: tell answer, stop 200
confirmed | hang up | ending: send BYE
confirmed | BYE     | ended: stop 200, tell hung up, forget
confirmed | no ACK  | ending: send BYE, tell lost
closing   | ACK     | ending: stop 200, send BYE
closing   | BYE     | ended: stop 200, forget
closing   | no ACK  | ending: send BYE
ending    | ACK     | ending: stop 200
ending    | BYE done | ended: stop 200, forget
"""


def test_every_state_and_event() -> None:
    expected = {}
    for row in GRID.strip().split("\n"):
        state, event, outcome = (cell.strip() for cell in row.split("|"))
        after, _, names = outcome.partition(":")
        actions = tuple(CallAction(name.strip()) for name in names.split(",") if name.strip())
        expected[CallState(state), CallEvent(event)] = (CallState(after), actions)
    for state in CallState:
        for event in CallEvent:
            assert INBOUND_CALL.get((state, event)) == expected.get((state, event)), (state, event)


def test_a_call_is_forgotten_exactly_when_it_ends() -> None:
    for after, actions in INBOUND_CALL.values():
        assert (after is CallState.ENDED) == (CallAction.FORGET in actions)
