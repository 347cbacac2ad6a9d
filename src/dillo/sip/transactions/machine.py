"""The vocabulary of the four transaction tables (RFC 3261 §17, RFC 6026 §7)."""

import enum
from collections.abc import Mapping


class State(enum.StrEnum):
    """Where a transaction stands; INITIAL is a client's before its request is sent."""

    INITIAL = "initial"
    CALLING = "calling"
    TRYING = "trying"
    PROCEEDING = "proceeding"
    ACCEPTED = "accepted"
    COMPLETED = "completed"
    CONFIRMED = "confirmed"
    TERMINATED = "terminated"


class Event(enum.StrEnum):
    """What happens to a transaction: the user sends, the peer is heard, a timer fires."""

    SEND_REQUEST = "send request"
    SEND_1XX = "send 1xx"
    SEND_2XX = "send 2xx"
    SEND_ERROR = "send 3xx-6xx"
    REQUEST = "request"
    ACK = "ACK"
    GOT_1XX = "1xx"
    GOT_2XX = "2xx"
    GOT_ERROR = "3xx-6xx"
    TIMER_A = "A"
    TIMER_B = "B"
    TIMER_D = "D"
    TIMER_E = "E"
    TIMER_F = "F"
    TIMER_G = "G"
    TIMER_H = "H"
    TIMER_I = "I"
    TIMER_J = "J"
    TIMER_K = "K"
    TIMER_L = "L"
    TIMER_M = "M"


class Action(enum.StrEnum):
    """What a transition asks for."""

    SEND = "send"
    """Send the user's message, and keep it."""
    RESEND = "resend"
    """Send what was sent last once more."""
    ACKNOWLEDGE = "acknowledge"
    """Send the ACK of a 3xx-6xx (RFC 3261 §17.1.1.3)."""
    PASS = "pass"  # noqa: S105 - no password
    """Tell the user what was received."""
    TIME_OUT = "time out"
    """Tell the user that nobody answers."""
    START_A = "start A"
    DOUBLE_A = "double A"
    START_E = "start E"
    DOUBLE_E = "double E"
    SLOW_E = "slow E"
    START_G = "start G"
    DOUBLE_G = "double G"
    START_B = "start B"
    START_D = "start D"
    START_F = "start F"
    START_H = "start H"
    START_I = "start I"
    START_J = "start J"
    START_K = "start K"
    START_L = "start L"
    START_M = "start M"


Transition = tuple[State, tuple[Action, ...]]
Table = Mapping[tuple[State, Event], Transition]
"""The pairs in which something happens; in every other pair nothing does."""


def step(table: Table, state: State, event: Event) -> Transition:
    """Return the next state and what to do."""
    return table.get((state, event)) or (state, ())
