"""Whatever a text holds, and whatever happens in whatever order, nothing breaks."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.behavior.drawn import behaviors

from dillo.behavior import Behavior, InvalidBehavior, Severity, begin, check, load, step
from dillo.behavior.effects import Answer, Effect, HangUp, PlayPrompt, Refuse, StartRecording
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
)
from dillo.behavior.machine import DIGIT_TIMER, Status
from dillo.behavior.nodes import KINDS
from dillo.behavior.reader import KEYS
from dillo.model.events import LegStatus, StreamStatus

# fmt: off
FIELDS = st.sampled_from([
    "ActionType", "ChannelBehaviorAction", "NextNode", "Text", "Url", "Intro", "Digits", "Cases",
    "Loop", "Name", "Value", "Cause", "LanguageCode", "TimeZone", "Weekdays", "LocalTime", "From",
    "To", "Equals", "Variable", "CallerPrefix", "Seconds", "FinishOnKey", "PromptId", "0", "1",
    "RecordingStoragePeriodCode", "NumberOfDigits", "MinDigits", "#",
])
# fmt: on
WORDS = st.sampled_from(
    [*KINDS, "Dial", "{{caller}}", "{{", "+39", "09:00", "UTC", "en-GB", "1-M", "\ud800", "\0"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=6),
    max_leaves=20,
)
NODE = st.fixed_dictionaries(
    {"ActionType": st.sampled_from(sorted(KINDS)), "ChannelBehaviorAction": JSON}
)
NODES = st.dictionaries(st.sampled_from(["0", "1", "2", "x"]), NODE | JSON, max_size=4)


def loads_or_is_invalid(text: str) -> None:
    errors = [problem for problem in check(text) if problem.severity is Severity.ERROR]
    if not errors:
        load(text)
        return
    with pytest.raises(InvalidBehavior) as caught:
        load(text)
    assert list(caught.value.problems) == errors
    str(caught.value).encode()


@settings(deadline=None, max_examples=100)
@given(NODES)
def test_any_nodes_load_or_are_invalid(nodes: dict[str, Any]) -> None:
    loads_or_is_invalid(json.dumps({"ChannelBehaviorNodes": nodes}))


@settings(deadline=None, max_examples=100)
@given(st.text() | JSON.map(json.dumps))
def test_any_text_loads_or_is_invalid(text: str) -> None:
    loads_or_is_invalid(text)


EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.just(PromptFinished(1)),
    st.builds(DigitPressed, st.just(1), st.sampled_from(KEYS)),
    st.just(DigitPressed(1, "1")),
    st.just(TimerFired(1, DIGIT_TIMER)),
    st.just(TimerFired(1, "another")),
    st.builds(RecordingEnded, st.just(1), st.just(5), st.sampled_from(["key", "silence", "flow"])),
    st.just(DialAnswered(1, "leg")),
    st.builds(DialEnded, st.just(1), st.sampled_from(LegStatus)),
    st.builds(StreamEnded, st.just(1), st.sampled_from(StreamStatus)),
    st.sampled_from([ActionFailed(1, "no voice"), HungUp(1), Started(1)]),
)


@settings(deadline=None, max_examples=150)
@given(st.none() | behaviors(), st.none() | behaviors(), st.lists(EVENTS, max_size=30))
def test_any_sequence_of_events_is_survived(
    primary: Behavior | None, fallback: Behavior | None, events: list[Event]
) -> None:
    state = begin("+391", "+442", primary, fallback)
    seen: list[Effect] = []
    for event in [Started(0), *events]:
        was_over = state.status is Status.ENDED
        state, effects = step(state, event)
        assert not (was_over and effects), "something follows the end"
        seen += effects
    assert_sound(seen, is_over=state.status is Status.ENDED, events=events)


def assert_sound(effects: list[Effect], *, is_over: bool, events: list[Event]) -> None:
    """Assert that a call is answered at most once, before it is heard, and ends at most once."""
    answers = [index for index, effect in enumerate(effects) if isinstance(effect, Answer)]
    ends = [index for index, effect in enumerate(effects) if isinstance(effect, HangUp | Refuse)]
    heard = [
        i for i, effect in enumerate(effects) if isinstance(effect, PlayPrompt | StartRecording)
    ]
    assert len(answers) <= 1
    assert len(ends) <= 1
    assert not heard or (answers and answers[0] < heard[0])
    if ends:
        assert is_over
        assert ends[0] == len(effects) - 1
        assert isinstance(effects[-1], HangUp if answers else Refuse)
    elif is_over:
        assert HungUp(1) in events
