"""Runs a channel behavior: an event comes in, the next state and the effects to perform go out."""

from collections.abc import Callable, Mapping
from typing import Any, Final, assert_never

from msgspec.structs import replace

from dillo.behavior.apology import apology
from dillo.behavior.effects import Answer, Effect, HangUp, Note, PlayPrompt, Refuse
from dillo.behavior.events import (
    ActionFailed,
    DialAnswered,
    DialEnded,
    DigitPressed,
    Event,
    HungUp,
    PromptFinished,
    RecordingEnded,
    Started,
    StreamEnded,
    TimerFired,
    WebhookAnswered,
    WebhookFailed,
)
from dillo.behavior.machine import (
    DIGIT_TIMER,
    ENTRANCE,
    FAILED,
    HUNG_UP,
    Behavior,
    End,
    Fail,
    Leave,
    Move,
    Node,
    Phase,
    State,
    Status,
    Stay,
    break_off,
)
from dillo.behavior.templates import Scope
from dillo.model.events import (
    ApplicationFailed,
    ApplicationStarted,
    DigitReceived,
    EndReason,
    NodeEntered,
    NodeLeft,
    PromptEnded,
    Role,
)

MAX_NODES_PER_EVENT: Final = 1000
"""More nodes without waiting for anything are a loop, which validation should have refused."""

Step = tuple[State, tuple[Effect, ...]]


def begin(
    caller: str, called: str, primary: Behavior | None, fallback: Behavior | None = None
) -> State:
    """Return the state of a flow that waits for Started.

    `caller` and `called` are E.164 with `+`, the caller `anonymous` where withheld. An
    application that is absent, disabled or unpublished is None.
    """
    return State(primary=primary, fallback=fallback, scope=Scope(caller, called))


def step(state: State, event: Event) -> Step:
    """Return the state after an event, and what is to be done now, in this order.

    Every event is allowed in every state; one that means nothing there changes nothing.
    """
    handler = _TRANSITIONS.get((state.status, type(event)))
    return handler(state, event) if handler else (state, ())


# An event comes in.


def _start(state: State, event: Started) -> Step:
    if state.primary is not None:
        return _launch(state, Role.PRIMARY, state.primary, event.at_us)
    detail = "absent, disabled or unpublished"
    failed = Note(ApplicationFailed(event.at_us, Role.PRIMARY, None, detail))
    return _after((failed,), _fall_back(state, event.at_us))


def _to_node(state: State, event: Event) -> Step:
    """Let the current node decide what the event means to it."""
    assert state.node is not None
    handler = state.node.transitions.get((state.place.phase, type(event)))
    if handler is None:
        return state, ()
    return _follow(state, handler(state.node, state, event), event.at_us)


def _digit_pressed(state: State, event: DigitPressed) -> Step:
    _, noted = _digit_noted(state, event)
    return _after(noted, _to_node(state, event))


def _digit_noted(state: State, event: DigitPressed) -> Step:
    is_hidden = state.node is not None and state.node.hides_digits()
    digit = "?" if is_hidden else event.digit
    return state, (Note(DigitReceived(event.at_us, digit, event.via)),)


def _prompt_finished(state: State, event: PromptFinished) -> Step:
    assert state.node is not None
    if state.place.phase is not Phase.PROMPT:
        return _to_node(state, event)
    ended = Note(PromptEnded(event.at_us, state.node.number))
    return _after((ended,), _to_node(state, event))


def _timer_fired(state: State, event: TimerFired) -> Step:
    return _to_node(state, event) if event.name == DIGIT_TIMER else (state, ())


def _action_failed(state: State, event: ActionFailed) -> Step:
    return _follow(state, Fail(event.detail), event.at_us)


def _hung_up(state: State, event: HungUp) -> Step:
    """Note what is left half done: the session has nothing more to perform."""
    effects = _abandon(state, HUNG_UP, event.at_us)
    notes = tuple(effect for effect in effects if isinstance(effect, Note))
    return replace(state, status=Status.ENDED), notes


def _forgotten(state: State, event: Event) -> Step:
    return replace(state, status=Status.ENDED), ()


def _apologised(state: State, event: PromptFinished | ActionFailed) -> Step:
    detail = event.detail if isinstance(event, ActionFailed) else ""
    return replace(state, status=Status.ENDED), (HangUp(EndReason.ERROR, detail),)


# A node moves.


def _follow(state: State, move: Move, at_us: int) -> Step:
    """Do what a node decided, and enter nodes until one waits or the call is over."""
    effects: list[Effect] = []
    passed = 0
    while isinstance(move, Leave):
        passed += 1
        if passed > MAX_NODES_PER_EVENT:
            move = Fail(f"passed {MAX_NODES_PER_EVENT} nodes without waiting for anything")
            break
        effects += move.effects
        state, move, entering = _go_on(state, move, at_us)
        effects += entering
    state, last = _settle(state, move, at_us)
    return state, (*effects, *last)


def _go_on(state: State, move: Leave, at_us: int) -> tuple[State, Move, tuple[Effect, ...]]:
    assert state.node is not None
    left = replace(state, place=ENTRANCE, scope=move.scope or state.scope)
    if move.replacement is not None:
        count = state.replacements + 1
        left = replace(left, replacement=move.replacement, replacements=count)
    target = move.target
    if target is not None and target not in left.nodes:
        return left, Fail(f"refers to node {target}, which does not exist"), ()
    leaving = Note(NodeLeft(at_us, state.node.number, move.outcome, target))
    if target is None:
        return left, _FLOW_OVER, (leaving,)
    entered, following, entering = _enter(left, left.nodes[target], at_us)
    return entered, following, (leaving, *_wanted(move.replacement, at_us), *entering)


def _enter(state: State, node: Node, at_us: int) -> tuple[State, Move, tuple[Effect, ...]]:
    """Enter a node; the first one that the caller hears answers the call."""
    is_first_heard = node.answers and not state.is_answered
    entered = replace(
        state,
        node=node,
        place=ENTRANCE,
        is_answered=state.is_answered or is_first_heard,
        asked=0 if node.waits_for_caller else state.asked + node.asks_others,
        language=node.language() or state.language,
    )
    note = Note(NodeEntered(at_us, node.number, node.action_type))
    effects = (note, Answer()) if is_first_heard else (note,)
    return entered, node.enter(entered, at_us), effects


def _settle(state: State, move: Stay | End | Fail, at_us: int) -> Step:
    match move:
        case Stay(place, effects, answers):
            is_answered = state.is_answered or answers
            return replace(state, place=place, is_answered=is_answered), effects
        case End():
            return _end(state, move, at_us)
        case Fail(detail):
            return _fail(state, detail, at_us)
        case _:
            assert_never(move)


def _end(state: State, move: End, at_us: int) -> Step:
    ended = replace(state, status=Status.ENDED)
    final: Effect = (
        HangUp(move.reason, move.detail)
        if state.is_answered
        else Refuse(move.sip_code, move.detail)
    )
    if move is _FLOW_OVER or state.node is None:
        return ended, (final,)
    left = Note(NodeLeft(at_us, state.node.number, move.outcome))
    return ended, (*move.effects, left, final)


# An application begins or breaks off.


def _launch(state: State, role: Role, behavior: Behavior, at_us: int) -> Step:
    """Start an application at its node 0."""
    running = replace(
        state, status=Status.RUNNING, role=role, node=None, place=ENTRANCE, replacement=None
    )
    started = Note(ApplicationStarted(at_us, role, behavior.version_id))
    node = behavior.nodes.get("0")
    if node is None:
        return _after((started,), _fail(running, "there is no node 0", at_us))
    entered, move, entering = _enter(running, node, at_us)
    before = (started, *_wanted(behavior, at_us), *entering)
    return _after(before, _follow(entered, move, at_us))


def _wanted(behavior: Behavior | None, at_us: int) -> tuple[Effect, ...]:
    """Return the note of who wants to be told of calls that run a behavior."""
    callback = behavior.callback if behavior else None
    return () if callback is None else (callback.wanted(at_us),)


def _fail(state: State, detail: str, at_us: int) -> Step:
    """Give the application up: the primary for the fallback, the fallback for an apology."""
    number = state.node.number if state.node else None
    failed = Note(ApplicationFailed(at_us, state.role, number, detail))
    effects = (*_abandon(state, FAILED, at_us), failed)
    if state.role is Role.FALLBACK:
        return _after(effects, _apologise(state))
    return _after(effects, _fall_back(state, at_us))


def _fall_back(state: State, at_us: int) -> Step:
    if state.fallback is None:
        return _apologise(state)
    return _launch(state, Role.FALLBACK, state.fallback, at_us)


def _apologise(state: State) -> Step:
    """Say sorry in the language spoken last; the call ends after it."""
    answer = () if state.is_answered else (Answer(),)
    apologising = replace(state, status=Status.APOLOGISING, is_answered=True)
    return apologising, (*answer, PlayPrompt((apology(state.language),)))


def _abandon(state: State, outcome: str, at_us: int) -> tuple[Effect, ...]:
    """Return the effects that leave the current node before it is done."""
    if state.node is None:
        return ()
    left = Note(NodeLeft(at_us, state.node.number, outcome))
    return (*break_off(state, at_us), *state.node.abandoned(state, at_us), left)


def _after(effects: tuple[Effect, ...], outcome: Step) -> Step:
    state, following = outcome
    return state, (*effects, *following)


_FLOW_OVER: Final = End(EndReason.FLOW_ENDED, 603, "the flow ended", "completed")

# A handler belongs to one type of event, which the table's key states.
_TRANSITIONS: Mapping[tuple[Status, type], Callable[[State, Any], Step]] = {
    (Status.READY, Started): _start,
    (Status.READY, HungUp): _forgotten,
    (Status.RUNNING, PromptFinished): _prompt_finished,
    (Status.RUNNING, DigitPressed): _digit_pressed,
    (Status.RUNNING, TimerFired): _timer_fired,
    (Status.RUNNING, RecordingEnded): _to_node,
    (Status.RUNNING, DialAnswered): _to_node,
    (Status.RUNNING, DialEnded): _to_node,
    (Status.RUNNING, WebhookAnswered): _to_node,
    (Status.RUNNING, WebhookFailed): _to_node,
    (Status.RUNNING, StreamEnded): _to_node,
    (Status.RUNNING, ActionFailed): _action_failed,
    (Status.RUNNING, HungUp): _hung_up,
    (Status.APOLOGISING, PromptFinished): _apologised,
    (Status.APOLOGISING, DigitPressed): _digit_noted,
    (Status.APOLOGISING, ActionFailed): _apologised,
    (Status.APOLOGISING, HungUp): _forgotten,
}
