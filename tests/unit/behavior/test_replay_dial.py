"""Replays of calls in which others were dialled."""

import json
from random import Random
from typing import Any

import pytest
from tests.unit.behavior.past_call import PastCall

from dillo.behavior import Behavior, load, nodes
from dillo.behavior.events import DialAnswered, DialEnded, Event, HungUp
from dillo.behavior.nodes.dial import Dial
from dillo.behavior.replay import Replay, replay
from dillo.model.events import LegStatus, NodeLeft


@pytest.fixture(autouse=True)
def _dial_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(nodes.KINDS, "Dial", Dial)


def dialling(**fields: Any) -> Behavior:
    action = {"To": ["+442079460123"], "Record": True, **fields}
    document = {
        "0": {"ActionType": "Dial", "ChannelBehaviorAction": action, "NextNode": 1},
        "1": {"ActionType": "Say", "ChannelBehaviorAction": {"Text": "Goodbye."}},
        "2": {"ActionType": "Hangup"},
    }
    return load(json.dumps({"ChannelBehaviorNodes": document}))


def replayed(*happenings: Event, by: Behavior | None = None) -> Replay:
    call = PastCall(Random(1), dialling())
    for second, event in enumerate(happenings, 3):
        call.later("in", second, event)
    return replay(call.run(), by or dialling())


PICKED_UP = DialAnswered(0, "leg-1")


@pytest.mark.parametrize(
    "happenings",
    [
        (PICKED_UP, DialEnded(0, LegStatus.ANSWERED)),
        (PICKED_UP, HungUp(0)),
        (DialEnded(0, LegStatus.BUSY),),
        (DialEnded(0, LegStatus.NO_ANSWER),),
        (DialEnded(0, LegStatus.FAILED),),
        (HungUp(0),),
    ],
)
def test_a_dial_fares_as_it_did(happenings: tuple[Event, ...]) -> None:
    assert replayed(*happenings).parting is None


@pytest.mark.parametrize(
    ("field", "status"),
    [
        ("BusyNextNode", LegStatus.BUSY),
        ("NoAnswerNextNode", LegStatus.NO_ANSWER),
        ("FailedNextNode", LegStatus.FAILED),
    ],
)
def test_an_outcome_that_leads_elsewhere_parts(field: str, status: LegStatus) -> None:
    parting = replayed(DialEnded(0, status), by=dialling(**{field: 2})).parting
    assert parting is not None
    assert isinstance(parting.recorded, NodeLeft)
    assert isinstance(parting.replayed, NodeLeft)
    assert (parting.recorded.next_node, parting.replayed.next_node) == ("1", "2")


def test_a_call_that_is_no_longer_recorded_parts() -> None:
    ended = DialEnded(0, LegStatus.ANSWERED)
    parting = replayed(PICKED_UP, ended, by=dialling(Record=False)).parting
    assert parting is not None
    assert type(parting.recorded).__name__ == "RecordingStarted"
