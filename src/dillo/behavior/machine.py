"""What every kind of node shares: the state of a flow, and the moves that a node answers with."""

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Final, Self

import msgspec

from dillo.behavior.callbacks import Callback
from dillo.behavior.durations import AudioLength
from dillo.behavior.effects import (
    CancelTimer,
    CloseStream,
    Effect,
    Note,
    StartRecording,
    StopDialing,
    StopPrompt,
    StopRecording,
    StopWebhook,
)
from dillo.behavior.reader import Reader
from dillo.behavior.templates import Scope
from dillo.model.events import EndReason, PromptEnded, Role

DEFAULT_LANGUAGE: Final = "en-GB"
DIGIT_TIMER: Final = "digit"
"""The one timer that nodes use: how long the caller may take for the next key."""
HUNG_UP: Final = "hung up"
FAILED: Final = "failed"
"""The outcomes of a node that is left before it is done."""


# Whole numbers hash in C, which the look-up in a transition table is made of.
class Phase(enum.IntEnum):
    """What a node is in the middle of."""

    ENTERING = enum.auto()
    PROMPT = enum.auto()
    TONE = enum.auto()
    """A beep or silence: a prompt that the journal does not mention."""
    WAITING = enum.auto()
    RECORDING = enum.auto()
    STOPPING = enum.auto()
    DIALING = enum.auto()
    TALKING = enum.auto()
    REQUESTING = enum.auto()
    STREAMING = enum.auto()


class Place(msgspec.Struct, frozen=True):
    """How far the current node has come."""

    phase: Phase
    attempt: int = 1
    digits: str = ""


ENTRANCE: Final = Place(Phase.ENTERING)


class Status(enum.IntEnum):
    """What the flow as a whole is doing."""

    READY = enum.auto()
    RUNNING = enum.auto()
    APOLOGISING = enum.auto()
    ENDED = enum.auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One numbered node of a behavior; each kind is a subclass in a file of its own.

    `transitions` is the kind's machine: what it does in a phase when an event comes. A pair that
    is not in it leaves the node as it is.
    """

    number: str
    next_node: str | None

    action_type: ClassVar[str]
    answers: ClassVar[bool] = True
    """The caller hears something of it, so the call is answered before it begins."""
    waits_for_caller: ClassVar[bool] = False
    """The flow cannot pass it without giving the caller time to do something."""
    asks_others: ClassVar[bool] = False
    """Another system decides, and may send the flow to any node."""
    ends_call: ClassVar[bool] = False
    transitions: ClassVar["Transitions"] = {}

    @classmethod
    def read(cls, number: str, next_node: str | None, fields: Reader) -> Self:
        """Read the node's ChannelBehaviorAction; what is wrong goes into the reader's report."""
        raise NotImplementedError

    def enter(self, state: "State", at_us: int) -> "Move":
        """Begin; `state` is the flow's, already at this node."""
        raise NotImplementedError

    def branches(self) -> Mapping[str, str | None]:
        """Return by name the ways that the flow may take from here; None is the end of the flow."""
        return {"done": self.next_node}

    def branch_of(self, outcome: str) -> str:
        """Return the name of the branch that an outcome (see NodeLeft) takes."""
        return "done"

    def exits(self) -> tuple[str | None, ...]:
        """Return where the flow may go from here; None is the end of the flow."""
        return tuple(self.branches().values())

    def when_silent(self) -> tuple[str | None, ...]:
        """Return where the flow may go from here with a caller who does nothing."""
        return self.exits()

    def longest_s(self, audio_s: AudioLength) -> float:
        """Return how many seconds one pass through the node lasts at most; may be infinite."""
        return 0

    def records(self) -> StartRecording | None:
        """Return the recording that a pass through the node makes."""
        return None

    def language(self) -> str | None:
        """Return the language the node speaks, None where it does not speak."""
        return None

    def hides_digits(self) -> bool:
        """Return whether keys pressed in this node are kept out of the journal."""
        return False

    def abandoned(self, state: "State", at_us: int) -> tuple[Effect, ...]:
        """Return what is still to be noted when the call or the application breaks off here."""
        return ()


@dataclass(frozen=True, slots=True)
class Behavior:
    """A validated graph of nodes by number, which begins at node `0`; safe to share and to keep."""

    nodes: Mapping[str, Node]
    version_id: str = ""
    """The published version of an application that it is."""
    callback: Callback | None = None
    """Who wants to be told of every call that runs it."""
    text: str = ""
    """The JSON that it was read from, where a webhook answered it: it is published nowhere."""


class State(msgspec.Struct, frozen=True):
    """Everything about a running flow; `interpreter.step` turns one into the next."""

    primary: Behavior | None
    fallback: Behavior | None
    scope: Scope
    status: Status = Status.READY
    role: Role = Role.PRIMARY
    node: Node | None = None
    place: Place = ENTRANCE
    is_answered: bool = False
    language: str = DEFAULT_LANGUAGE
    """The language spoken last: an apology uses it."""
    replacement: Behavior | None = None
    """What a webhook answered, and runs in place of the application's own graph."""
    replacements: int = 0
    """How many of these there were."""
    asked: int = 0
    """How many nodes asked another system since the flow last waited for the caller."""

    @property
    def nodes(self) -> Mapping[str, Node]:
        """The nodes of the graph that runs."""
        own = self.primary if self.role is Role.PRIMARY else self.fallback
        behavior = self.replacement or own
        return behavior.nodes if behavior else {}


class Stay(msgspec.Struct, frozen=True):
    """The node goes on, and waits for an event."""

    place: Place
    effects: tuple[Effect, ...] = ()
    answers: bool = False
    """The effects answer the call, which was not answered before."""


class Leave(msgspec.Struct, frozen=True):
    """The node is done and the flow goes on at `target`; None ends it."""

    outcome: str
    target: str | None
    effects: tuple[Effect, ...] = ()
    scope: Scope | None = None
    """The values of the call from now on, None where they did not change."""
    replacement: Behavior | None = None
    """The graph that `target` is in, None where it is the one that runs."""


class End(msgspec.Struct, frozen=True):
    """The node ends the call: by hanging up, or by a refusal while it is not answered yet."""

    reason: EndReason
    sip_code: int
    detail: str
    outcome: str
    effects: tuple[Effect, ...] = ()


class Fail(msgspec.Struct, frozen=True):
    """The application cannot go on: its fallback takes over, once."""

    detail: str


Move = Stay | Leave | End | Fail

# A handler belongs to one kind of node and one type of event, which the table's key states and
# the type system cannot.
Transitions = Mapping[tuple[Phase, type], Callable[[Any, State, Any], Move]]


_STOPS: Mapping[Phase, tuple[Effect, ...]] = {
    Phase.PROMPT: (StopPrompt(),),
    Phase.TONE: (StopPrompt(),),
    Phase.WAITING: (CancelTimer(DIGIT_TIMER),),
    Phase.RECORDING: (StopRecording("flow"),),
    Phase.DIALING: (StopDialing(),),
    Phase.TALKING: (StopDialing(),),
    Phase.REQUESTING: (StopWebhook(),),
    Phase.STREAMING: (CloseStream(),),
}


def break_off(state: State, at_us: int) -> tuple[Effect, ...]:
    """Return the effects that stop whatever the current node has running, and note it."""
    stops = _STOPS.get(state.place.phase, ())
    if state.place.phase is Phase.PROMPT and state.node is not None:
        return (*stops, Note(PromptEnded(at_us, state.node.number, interrupted=True)))
    return stops
