"""Every pair of state and event of a call and of an INVITE; what is not drawn does nothing."""

import enum
from collections.abc import Mapping

import pytest

from dillo.sip.call import CallAction, CallEvent, CallState
from dillo.sip.inbound import INBOUND_CALL
from dillo.sip.outbound import (
    ATTEMPT,
    OUTBOUND_CALL,
    AttemptAction,
    AttemptEvent,
    AttemptState,
)

ESTABLISHED = """
confirmed | ACK      | confirmed: tell answer, stop 200
confirmed | hang up  | ending: send BYE
confirmed | BYE      | ended: stop 200, tell hung up, forget
confirmed | no ACK   | ending: send BYE, tell lost
confirmed | gone     | ending: send BYE, tell lost
ending    | ACK      | ending: stop 200
ending    | BYE done | ended: stop 200, forget
"""

INBOUND = """
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
closing   | ACK     | ending: stop 200, send BYE
closing   | BYE     | ended: stop 200, forget
closing   | no ACK  | ending: send BYE
"""

OUTBOUND = """
placed | taken   | confirmed:
placed | failed  | ended: tell failed, forget
placed | hang up | ended: give up, tell failed, forget
"""

INVITE = """
calling    | 1xx         | proceeding: tell progress
calling    | 2xx         | taken: take
calling    | 3xx-6xx     | over: weigh
calling    | silence     | unwanted: ask next
calling    | unreachable | over: drop, ask next
calling    | time out    | over: ask next
calling    | give up     | unwanted:
proceeding | 1xx         | proceeding: tell progress
proceeding | 2xx         | taken: take
proceeding | 3xx-6xx     | over: weigh
proceeding | give up     | cancelled: send CANCEL
unwanted   | 1xx         | cancelled: send CANCEL
unwanted   | 2xx         | taken: dismiss
unwanted   | 3xx-6xx     | over:
unwanted   | unreachable | over: drop
unwanted   | time out    | over:
cancelled  | 2xx         | taken: dismiss
cancelled  | 3xx-6xx     | over:
cancelled  | time out    | over: drop
taken      | 2xx         | taken: dismiss
"""

Table = Mapping[tuple[enum.StrEnum, enum.StrEnum], tuple[enum.StrEnum, tuple[enum.StrEnum, ...]]]


@pytest.mark.parametrize(
    ("table", "grid", "state", "event", "action"),
    [
        (INBOUND_CALL, INBOUND + ESTABLISHED, CallState, CallEvent, CallAction),
        (OUTBOUND_CALL, OUTBOUND + ESTABLISHED, CallState, CallEvent, CallAction),
        (ATTEMPT, INVITE, AttemptState, AttemptEvent, AttemptAction),
    ],
    ids=["inbound", "outbound", "INVITE"],
)
def test_every_state_and_event(
    table: Table,
    grid: str,
    state: type[enum.StrEnum],
    event: type[enum.StrEnum],
    action: type[enum.StrEnum],
) -> None:
    expected = {}
    for row in filter(None, grid.split("\n")):
        before, happens, outcome = (cell.strip() for cell in row.split("|"))
        after, _, names = outcome.partition(":")
        actions = tuple(action(name.strip()) for name in names.split(",") if name.strip())
        expected[state(before), event(happens)] = (state(after), actions)
    for pair in [(one, other) for one in state for other in event]:
        assert table.get(pair) == expected.get(pair), pair


def test_a_call_is_forgotten_exactly_when_it_ends() -> None:
    for after, actions in [*INBOUND_CALL.values(), *OUTBOUND_CALL.values()]:
        assert (after is CallState.ENDED) == (CallAction.FORGET in actions)
