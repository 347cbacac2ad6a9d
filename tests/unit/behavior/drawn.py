"""Behaviors drawn at random."""

import json
from typing import Any

from hypothesis import strategies as st

from dillo.behavior import Behavior, load

LAST = 5
INTROS = st.sampled_from(
    [None, {"Text": "Hello {{vars.x}}{{digits.K}}."}, {"Text": "{{vars.x}}"}, {"Url": "http://a/"}]
)
ANYWHERE = st.none() | st.integers(0, LAST)


def fields_of(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(fields)


WAITING = {
    "Menu": fields_of(
        Intro=INTROS,
        Digits=fields_of(**{"1": st.builds(dict, NextNode=ANYWHERE)}),
        MaxAttempts=st.integers(1, 2),
        NoDigitNextNode=ANYWHERE,
        WrongDigitNextNode=ANYWHERE,
        StorageKey=st.just("K"),
    ),
    "Collect": fields_of(
        Intro=INTROS,
        NumberOfDigits=st.integers(2, 3),
        MinDigits=st.integers(1, 2),
        MaxAttempts=st.integers(1, 2),
        PlayBeep=st.booleans(),
        NoInputNextNode=ANYWHERE,
        Sensitive=st.booleans(),
        StorageKey=st.just("K"),
    ),
    "Record": fields_of(PlayBeep=st.booleans()),
}
PASSING = {
    "Say": fields_of(Text=st.just("{{vars.x}}!"), Loop=st.integers(0, 2)),
    "Play": st.just({"PromptId": "p"}),
    "Dial": fields_of(
        To=st.sampled_from(["sip:a@b", "{{vars.x}}"]),
        Record=st.booleans(),
        BusyNextNode=st.none() | st.just(LAST),
    ),
    "Stream": fields_of(
        Url=st.just("wss://a"),
        Parameters=st.just({"x": "{{digits.K}}"}),
        FailedNextNode=st.none() | st.just(LAST),
    ),
    "Pause": st.just({"Seconds": 1}),
    "Switch": st.just({"Cases": [{"Digits": "K", "Equals": "1", "NextNode": LAST}]}),
    "Set": st.just({"Name": "x", "Value": "{{digits.K}}{{vars.x}}{{vars.x}}"}),
    "Hangup": st.just({}),
    "Reject": st.just({}),
}


@st.composite
def behaviors(draw: st.DrawFn) -> Behavior:
    """Draw a valid behavior: only nodes that wait for the caller may lead back."""
    nodes = {}
    for number in range(LAST + 1):
        kinds = WAITING if number == LAST else PASSING | WAITING
        action_type = draw(st.sampled_from(sorted(kinds)))
        onward = ANYWHERE if action_type in WAITING else st.integers(number + 1, LAST)
        nodes[str(number)] = {
            "ActionType": action_type,
            "ChannelBehaviorAction": draw(kinds[action_type]),
            "NextNode": draw(onward),
        }
    return load(json.dumps({"ChannelBehaviorNodes": nodes}))
