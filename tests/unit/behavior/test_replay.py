"""A replay follows a record as long as the behavior would have done the same."""

import json
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.behavior.drawn import behaviors
from tests.unit.behavior.past_call import PastCall

from dillo.behavior import Behavior, load
from dillo.behavior.events import ActionFailed, Event, HungUp
from dillo.behavior.recorded import Recorded
from dillo.behavior.replay import Replay, replay
from dillo.model.errors import MisuseError
from dillo.model.events import (
    CallEnded,
    CallEvent,
    EndReason,
    NodeEntered,
    NodeLeft,
    RecordingStarted,
)

HAPPENINGS: st.SearchStrategy[tuple[float, str | Event | EndReason]] = st.one_of(
    st.tuples(st.floats(0.1, 90), st.sampled_from("0123*#")),
    st.tuples(st.floats(0.1, 20), st.sampled_from("1#")),
    st.tuples(st.floats(0.1, 90), st.sampled_from([HungUp(0), ActionFailed(0, "no voice")])),
    st.tuples(
        st.floats(0.1, 90), st.sampled_from([EndReason.INTERRUPTED, EndReason.MEDIA_TIMEOUT])
    ),
)


@settings(deadline=None, max_examples=300)
@given(
    st.none() | behaviors(),
    st.none() | behaviors(),
    st.lists(HAPPENINGS, max_size=12),
    st.integers(0, 1000),
)
def test_the_same_version_gives_the_same_facts(
    primary: Behavior | None,
    fallback: Behavior | None,
    happenings: list[tuple[float, str | Event | EndReason]],
    seed: int,
) -> None:
    call = PastCall(Random(seed), primary, fallback)
    for seconds, what in happenings:
        if isinstance(what, str):
            call.press(what, seconds)
        else:
            call.later("in", seconds, what)
    events = call.run()
    replayed = replay(events, primary, fallback)
    assert replayed.parting is None
    assert len(replayed.facts) == len(Recorded.of(events).facts)
    assert not replayed.reworded


def behavior(**nodes: Any) -> Behavior:
    """Load nodes written as `n0=(ActionType, ChannelBehaviorAction, NextNode)`."""
    names = ("ActionType", "ChannelBehaviorAction", "NextNode")
    document = {name[1:]: dict(zip(names, node, strict=False)) for name, node in nodes.items()}
    return load(json.dumps({"ChannelBehaviorNodes": document}))


def reception(to: int = 1, timeout: float = 5, text: str = "Press 1.", **record: Any) -> Behavior:
    """Return a menu whose key 1 leads to a node, and a voicemail."""
    return behavior(
        n0=("Menu", {"Intro": {"Text": text}, "Digits": {"1": {"NextNode": to}},
                     "Timeout": timeout, "MaxAttempts": 2}, 2),
        n1=("Record", {"MaxLength": 20, "SilenceTimeout": 0, **record}, 2),
        n2=("Pause", {"Seconds": 3}),
    )  # fmt: skip


def recorded(digits: str = "1", every_s: float = 1, hangs_up_s: float = 100) -> list[CallEvent]:
    call = PastCall(Random(1), reception())
    call.press(digits, every_s)
    call.later("in", hangs_up_s, HungUp(0))
    return call.run()


def parted(replayed: Replay) -> tuple[CallEvent, CallEvent | None]:
    assert replayed.parting is not None
    return replayed.parting.recorded, replayed.parting.replayed


def test_a_key_that_leads_elsewhere_parts_there() -> None:
    old, new = parted(replay(recorded(), reception(to=2)))
    assert isinstance(old, NodeLeft)
    assert isinstance(new, NodeLeft)
    assert (old.outcome, old.next_node, new.next_node) == ("digit 1", "1", "2")


def test_other_words_do_not_part() -> None:
    replayed = replay(recorded(), reception(text="Please press 1."))
    assert replayed.parting is None
    ((old, new),) = replayed.reworded
    assert (old.summary, new.summary) == ("Press 1.", "Please press 1.")


def test_a_version_that_would_still_have_waited_parts() -> None:
    replayed = replay(recorded(digits=""), reception(timeout=9))
    old, new = parted(replayed)
    assert type(old).__name__ == "PromptStarted"  # the second attempt
    assert new is None
    assert replayed.parting is not None
    assert replayed.parting.node == "0"


def test_a_version_that_would_not_have_waited_parts() -> None:
    old, _ = parted(replay(recorded(digits="1", every_s=6), reception(timeout=0.5)))
    assert type(old).__name__ == "DigitReceived"


@pytest.mark.parametrize("fields", [{"StorageKey": "x"}, {"RecordingStoragePeriodCode": "7-D"}])
def test_a_recording_that_is_kept_otherwise_parts(fields: dict[str, Any]) -> None:
    old, new = parted(replay(recorded(), reception(**fields)))
    assert isinstance(old, RecordingStarted)
    assert isinstance(new, RecordingStarted)


@pytest.mark.parametrize("length", [10, 40])
def test_a_recording_that_would_be_longer_or_shorter_parts(length: int) -> None:
    old, new = parted(replay(recorded(), reception(MaxLength=length)))
    assert isinstance(old, NodeLeft)
    assert (old.outcome, new) == ("max-length", None)


def test_a_key_that_no_longer_ends_a_recording_parts() -> None:
    events = recorded(digits="1#", every_s=4)
    assert replay(events, reception()).parting is None
    old, new = parted(replay(events, reception(FinishOnKey="")))
    assert isinstance(old, NodeLeft)
    assert (old.outcome, new) == ("key", None)


def test_a_flow_that_goes_on_after_the_end_parts() -> None:
    longer = behavior(n0=("Pause", {}, 1), n1=("Say", {"Text": "More."}))
    events = PastCall(Random(1), behavior(n0=("Pause", {}))).run()
    old, new = parted(replay(events, longer))
    assert isinstance(old, NodeLeft)
    assert isinstance(new, NodeLeft)
    assert (old.next_node, new.next_node) == (None, "1")


def test_another_end_parts() -> None:
    events = PastCall(Random(1), behavior(n0=("Reject", {"Cause": "Busy"}))).run()
    old, new = parted(replay(events, behavior(n0=("Reject", {"Cause": "NotFound"}))))
    assert isinstance(old, CallEnded)
    assert isinstance(new, CallEnded)
    assert (old.sip_code, new.sip_code) == (486, 404)


def test_another_first_node_parts_at_once() -> None:
    old, new = parted(replay(recorded(), behavior(n0=("Pause", {}))))
    assert isinstance(old, NodeEntered)
    assert isinstance(new, NodeEntered)


PIN = {"NumberOfDigits": 4, "Sensitive": True, "StorageKey": "Pin", "FinishOnKey": "#"}


@pytest.mark.parametrize("pressed", ["1234", "1239", "9999", "12#", "#"])
def test_sensitive_keys_are_guessed(pressed: str) -> None:
    asking = behavior(
        n0=("Collect", PIN, 1),
        n1=("Switch", {"Cases": [{"Digits": "Pin", "Equals": ["1234", "12"], "NextNode": 2}]}, 3),
        n2=("Say", {"Text": "Welcome."}),
        n3=("Say", {"Text": "Wrong."}),
    )
    call = PastCall(Random(1), asking)
    call.press(pressed, 1)
    replayed = replay(call.run(), asking)
    assert replayed.parting is None
    assert replayed.is_masked


def test_what_the_caller_does_may_be_cut_off_by_the_platform() -> None:
    events = recorded()
    cut = [*events[:6], CallEnded(events[6].at_us, EndReason.INTERRUPTED)]
    assert replay(cut, reception()).parting is None


def test_a_call_that_was_refused_at_the_door_has_nothing_to_replay() -> None:
    events = recorded()
    refused = [events[0], CallEnded(events[1].at_us, EndReason.LIMIT_REACHED, 486)]
    assert replay(refused, reception()).parting is None


def test_a_record_begins_with_the_call() -> None:
    with pytest.raises(MisuseError, match="begins with CallReceived"):
        replay(recorded()[1:], reception())
