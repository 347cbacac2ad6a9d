"""Replays of calls in which a voice agent took part."""

import json
from random import Random
from typing import Any

import pytest
from tests.unit.behavior.past_call import PastCall

from dillo.behavior import Behavior, load
from dillo.behavior.events import Event, HungUp, StreamEnded
from dillo.behavior.replay import Replay, replay
from dillo.model import events as facts
from dillo.model.events import CallEvent, NodeLeft, StreamStatus


def streaming(**fields: Any) -> Behavior:
    action = {"Url": "wss://agent.example/", **fields}
    document = {
        "0": {"ActionType": "Stream", "ChannelBehaviorAction": action, "NextNode": 1},
        "1": {"ActionType": "Say", "ChannelBehaviorAction": {"Text": "Goodbye."}},
        "2": {"ActionType": "Hangup"},
    }
    return load(json.dumps({"ChannelBehaviorNodes": document}))


def record_of(behavior: Behavior, happening: Event) -> list[CallEvent]:
    """Return the record of a call, with what a session notes of its stream."""
    call = PastCall(Random(1), behavior)
    call.later("in", 3, happening)
    record: list[CallEvent] = []
    for fact in call.run():
        if isinstance(fact, NodeLeft) and fact.node == "0" and isinstance(happening, StreamEnded):
            ended = facts.StreamEnded(fact.at_us, "0", "s", happening.status, happening.detail)
            record.append(ended)
        record.append(fact)
    return record


def replayed(happening: Event, made: Behavior, by: Behavior) -> Replay:
    return replay(record_of(made, happening), by)


HAPPENINGS = [
    StreamEnded(0, StreamStatus.ENDED),
    StreamEnded(0, StreamStatus.DROPPED, "no pings"),
    StreamEnded(0, StreamStatus.FAILED, "HTTP 403"),
    HungUp(0),
]


@pytest.mark.parametrize("happening", HAPPENINGS)
@pytest.mark.parametrize("fields", [{}, {"FailedNextNode": 2}])
def test_a_stream_fares_as_it_did(happening: Event, fields: dict[str, Any]) -> None:
    assert replayed(happening, streaming(**fields), streaming(**fields)).parting is None


@pytest.mark.parametrize("happening", HAPPENINGS[1:3])
def test_another_branch_is_a_parting(happening: Event) -> None:
    parting = replayed(happening, streaming(), streaming(FailedNextNode=2)).parting
    assert parting is not None
    assert isinstance(parting.recorded, NodeLeft)
    assert parting.recorded.next_node in ("1", None)
