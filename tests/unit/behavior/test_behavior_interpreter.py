"""What the interpreter does where a behavior or an event is not as it should be."""

import json
from itertools import product
from typing import Any

import pytest

from dillo.behavior import Behavior, State, begin, load, step
from dillo.behavior.effects import Answer, CancelTimer, Effect, HangUp, Note, PlayPrompt, Refuse
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
    WebhookAnswer,
    WebhookAnswered,
    WebhookFailed,
)
from dillo.behavior.machine import Node, Phase, Status
from dillo.behavior.nodes import KINDS
from dillo.behavior.nodes.set import Set
from dillo.behavior.templates import Template, plain
from dillo.model.events import (
    ApplicationFailed,
    DigitReceived,
    EndReason,
    LegStatus,
    Role,
    StreamStatus,
)
from dillo.model.prompts import Speech

A_SECOND = 1_000_000


def behavior(**nodes: Any) -> Behavior:
    """Load nodes written as `n0=(ActionType, ChannelBehaviorAction, NextNode)`."""
    names = ("ActionType", "ChannelBehaviorAction", "NextNode")
    document = {name[1:]: dict(zip(names, node, strict=False)) for name, node in nodes.items()}
    return load(json.dumps({"ChannelBehaviorNodes": document}), "v1")


def set_node(number: str, next_node: str | None) -> Node:
    return Set(number=number, next_node=next_node, name="x", value=Template((plain("y"),)))


def run(state: State, *events: Event) -> tuple[State, list[Effect]]:
    effects: list[Effect] = []
    for event in events:
        state, more = step(state, event)
        effects += more
    return state, effects


def failures(effects: list[Effect]) -> list[ApplicationFailed]:
    notes = [effect.event for effect in effects if isinstance(effect, Note)]
    return [event for event in notes if isinstance(event, ApplicationFailed)]


def test_node_that_refers_to_nothing_fails() -> None:
    broken = Behavior({"0": set_node("0", "7")})
    _, effects = run(begin("+391", "+442", broken), Started(5))
    assert failures(effects) == [
        ApplicationFailed(5, Role.PRIMARY, "0", "refers to node 7, which does not exist")
    ]
    assert isinstance(effects[-1], PlayPrompt)
    assert effects[-2] == Answer()


def test_behavior_without_node_0_fails() -> None:
    _, effects = run(begin("+391", "+442", Behavior({})), Started(5))
    assert failures(effects) == [ApplicationFailed(5, Role.PRIMARY, None, "there is no node 0")]


def test_loop_that_spins_is_cut_off() -> None:
    spinning = Behavior({"0": set_node("0", "1"), "1": set_node("1", "0")})
    state, effects = run(begin("+391", "+442", spinning), Started(5))
    (failure,) = failures(effects)
    assert failure.detail == "passed 1000 nodes without waiting for anything"
    assert state.status is Status.APOLOGISING


def test_spinning_fallback_ends_in_the_apology() -> None:
    spinning = Behavior({"0": set_node("0", "0")})
    _, effects = run(begin("+391", "+442", spinning, spinning), Started(5))
    assert [failure.role for failure in failures(effects)] == [Role.PRIMARY, Role.FALLBACK]


def test_variable_cannot_grow_for_ever() -> None:
    doubling = behavior(
        n0=("Set", {"Name": "x", "Value": "0123456789{{vars.x}}{{vars.x}}"}, 1),
        n1=("Menu", {"Digits": {"1": {"NextNode": 0}}}, 2),
        n2=("Hangup",),
    )
    presses = [DigitPressed(at, "1") for at in range(20)]
    state, _ = run(begin("+391", "+442", doubling), Started(0), *presses)
    assert len(state.scope.variables["x"].text) == 4000


def test_key_says_how_it_came() -> None:
    _, effects = run(
        begin("+391", "+442", behavior(n0=("Pause", {}))), Started(0), DigitPressed(1, "1", "info")
    )
    assert effects[-1] == Note(DigitReceived(1, "1", "info"))


def test_waiting_is_cancelled_when_a_key_comes() -> None:
    menu = behavior(n0=("Menu", {"Digits": {"1": {}}}))
    _, effects = run(begin("+391", "+442", menu), Started(0), DigitPressed(1, "1"))
    assert CancelTimer("digit") in effects
    assert effects[-1] == HangUp(EndReason.FLOW_ENDED, "the flow ended")


def test_refusal_says_why() -> None:
    _, effects = run(begin("+391", "+442", behavior(n0=("Reject", {"Cause": "Busy"}))), Started(0))
    assert effects[-1] == Refuse(486, "Busy")


@pytest.mark.parametrize(
    ("language", "spoken"), [("it-CH", "it-CH"), ("ro", "ro"), ("ja-JP", "en-GB")]
)
def test_apology_is_in_the_language_spoken_last(language: str, spoken: str) -> None:
    primary = behavior(n0=("Say", {"Text": "x", "LanguageCode": language}))
    _, effects = run(begin("+391", "+442", primary), Started(0), ActionFailed(1, "no voice"))
    (prompt,) = effects[-1].prompts if isinstance(effects[-1], PlayPrompt) else ()
    assert isinstance(prompt, Speech)
    assert prompt.language == spoken


def test_an_event_before_the_start_means_nothing() -> None:
    ready = begin("+391", "+442", None)
    for event in EVERY_EVENT[1:-1]:
        assert step(ready, event) == (ready, ())
    state, effects = step(ready, HungUp(1))
    assert (state.status, effects) == (Status.ENDED, ())


EVERY_EVENT: tuple[Event, ...] = (
    Started(1),
    PromptFinished(1),
    DigitPressed(1, "5"),
    TimerFired(1, "digit"),
    TimerFired(1, "another"),
    RecordingEnded(1, 1000, "silence"),
    RecordingEnded(1, 1000, "flow"),
    ActionFailed(1, "no voice"),
    DialAnswered(1, "leg"),
    DialEnded(1, LegStatus.BUSY),
    WebhookAnswered(1, WebhookAnswer({})),
    WebhookFailed(1, "no answer"),
    StreamEnded(1, StreamStatus.ENDED),
    HungUp(1),
)

IN_PHASE: dict[tuple[str, Phase], tuple[dict[str, Any], tuple[Event, ...], set[int]]] = {
    # The node, how it gets into the phase, and which of EVERY_EVENT move it on from there.
    ("Say", Phase.PROMPT): ({"Text": "x"}, (), {1}),
    ("Play", Phase.PROMPT): ({"PromptId": "p"}, (), {1}),
    ("Pause", Phase.TONE): ({"Seconds": 1}, (), {1}),
    ("Menu", Phase.PROMPT): ({"Intro": {"Text": "x"}, "Digits": {"1": {}}}, (), {1, 2}),
    ("Menu", Phase.WAITING): ({"Digits": {"1": {}}}, (), {2, 3}),
    ("Collect", Phase.PROMPT): ({"Intro": {"Text": "x"}}, (), {1, 2}),
    ("Collect", Phase.TONE): ({"PlayBeep": True}, (), {1, 2}),
    ("Collect", Phase.WAITING): ({}, (), {2, 3}),
    ("Record", Phase.TONE): ({"PlayBeep": True}, (), {1}),
    ("Record", Phase.RECORDING): ({"PlayBeep": False, "FinishOnKey": "5"}, (), {2, 5}),
    ("Record", Phase.STOPPING): (
        {"PlayBeep": False, "FinishOnKey": "5"},
        (DigitPressed(0, "5"),),
        {5},
    ),
    ("Dial", Phase.DIALING): ({"To": "sip:a@b"}, (), {8, 9}),
    ("External", Phase.REQUESTING): ({"Url": "http://a/"}, (), {10, 11}),
    ("Dial", Phase.TALKING): ({"To": "sip:a@b"}, (DialAnswered(0, "leg"),), {9}),
    ("Stream", Phase.STREAMING): ({"Url": "wss://a"}, (), {12}),
}


@pytest.mark.parametrize(
    ("case", "index"), list(product(IN_PHASE, range(len(EVERY_EVENT)))), ids=str
)
def test_every_event_in_every_phase(case: tuple[str, Phase], index: int) -> None:
    fields, way, moving = IN_PHASE[case]
    nodes = behavior(n0=(case[0], fields, 1), n1=("Hangup",))
    before, _ = run(begin("+391", "+442", nodes), Started(0), *way)
    assert before.place.phase is case[1]
    after, effects = step(before, EVERY_EVENT[index])
    ends = {EVERY_EVENT.index(ActionFailed(1, "no voice")), EVERY_EVENT.index(HungUp(1))}
    assert (after != before) == (index in moving | ends)
    if index not in moving | ends:
        assert all(isinstance(effect, Note) for effect in effects)


def test_every_phase_of_every_kind_is_walked() -> None:
    tables = {(name, phase) for name, kind in KINDS.items() for phase, _ in kind.transitions}
    assert tables == set(IN_PHASE)
