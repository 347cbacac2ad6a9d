"""Every pair of state and event of the four transaction tables, drawn as grids.

A cell says `next-state: actions`; `-` is nothing, which is also what every event has that is not
drawn. A final state does nothing at all.
"""

import pytest

from dillo.sip.transactions.client import CLIENT
from dillo.sip.transactions.invite_client import INVITE_CLIENT
from dillo.sip.transactions.invite_server import INVITE_SERVER
from dillo.sip.transactions.machine import Action, Event, State, Table, step
from dillo.sip.transactions.server import SERVER

GRIDS: dict[str, tuple[Table, str]] = {
    "invite server": (
        INVITE_SERVER,
        """
        proceeding | request      | proceeding: resend
        proceeding | send 1xx     | proceeding: send
        proceeding | send 2xx     | accepted: send, start L
        proceeding | send 3xx-6xx | completed: send, start G, start H
        accepted   | request      | -
        accepted   | send 2xx     | accepted: send
        accepted   | ACK          | accepted: pass
        accepted   | L            | terminated:
        completed  | request      | completed: resend
        completed  | G            | completed: resend, double G
        completed  | H            | terminated: time out
        completed  | ACK          | confirmed: start I
        confirmed  | request      | -
        confirmed  | ACK          | -
        confirmed  | G            | -
        confirmed  | I            | terminated:
        """,
    ),
    "server": (
        SERVER,
        """
        trying     | request      | -
        trying     | send 1xx     | proceeding: send
        trying     | send 2xx     | completed: send, start J
        trying     | send 3xx-6xx | completed: send, start J
        proceeding | request      | proceeding: resend
        proceeding | send 1xx     | proceeding: send
        proceeding | send 2xx     | completed: send, start J
        proceeding | send 3xx-6xx | completed: send, start J
        completed  | request      | completed: resend
        completed  | send 2xx     | -
        completed  | J            | terminated:
        """,
    ),
    "invite client": (
        INVITE_CLIENT,
        """
        initial    | send request | calling: send, start A, start B
        calling    | A            | calling: resend, double A
        calling    | B            | terminated: time out
        calling    | 1xx          | proceeding: pass
        calling    | 2xx          | accepted: pass, start M
        calling    | 3xx-6xx      | completed: acknowledge, pass, start D
        proceeding | 1xx          | proceeding: pass
        proceeding | 2xx          | accepted: pass, start M
        proceeding | 3xx-6xx      | completed: acknowledge, pass, start D
        proceeding | A            | -
        proceeding | B            | -
        accepted   | 1xx          | -
        accepted   | 2xx          | accepted: pass
        accepted   | 3xx-6xx      | -
        accepted   | M            | terminated:
        completed  | 2xx          | -
        completed  | 3xx-6xx      | completed: acknowledge
        completed  | D            | terminated:
        """,
    ),
    "client": (
        CLIENT,
        """
        initial    | send request | trying: send, start E, start F
        trying     | E            | trying: resend, double E
        trying     | F            | terminated: time out
        trying     | 1xx          | proceeding: pass
        trying     | 2xx          | completed: pass, start K
        trying     | 3xx-6xx      | completed: pass, start K
        proceeding | E            | proceeding: resend, slow E
        proceeding | F            | terminated: time out
        proceeding | 1xx          | proceeding: pass
        proceeding | 2xx          | completed: pass, start K
        proceeding | 3xx-6xx      | completed: pass, start K
        completed  | 2xx          | -
        completed  | E            | -
        completed  | F            | -
        completed  | K            | terminated:
        """,
    ),
}


def expected_of(grid: str) -> dict[tuple[State, Event], tuple[State, tuple[Action, ...]]]:
    rows = [[cell.strip() for cell in row.split("|")] for row in grid.split("\n") if "|" in row]
    expected = {}
    for state, event, outcome in rows:
        if outcome != "-":
            after, _, actions = outcome.partition(":")
            names = [name.strip() for name in actions.split(",") if name.strip()]
            expected[State(state), Event(event)] = (State(after), tuple(map(Action, names)))
    return expected


@pytest.mark.parametrize("name", GRIDS)
def test_every_state_and_event(name: str) -> None:
    table, grid = GRIDS[name]
    expected = expected_of(grid)
    for state in State:
        for event in Event:
            outcome = step(table, state, event)
            assert outcome == expected.get((state, event), (state, ())), (state, event)


@pytest.mark.parametrize("name", GRIDS)
def test_every_timer_that_starts_is_heard(name: str) -> None:
    table, _ = GRIDS[name]
    started = {
        Event(action.partition(" ")[2])
        for _, actions in table.values()
        for action in actions
        if action.startswith("start ")
    }
    heard = {event for _, event in table if len(event) == 1}
    assert started == heard
