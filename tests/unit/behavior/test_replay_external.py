"""Replays of calls in which webhooks were asked."""

import json
from random import Random
from typing import Any

import pytest
from tests.unit.behavior.past_call import PastCall

from dillo.behavior import Behavior, load
from dillo.behavior.events import Event, HungUp, WebhookAnswer, WebhookAnswered, WebhookFailed
from dillo.behavior.replay import Replay, replay
from dillo.behavior.webhook_answer import read_answer
from dillo.model.events import NodeLeft


def said(text: str) -> dict[str, Any]:
    return {"ActionType": "Say", "ChannelBehaviorAction": {"Text": text}}


def asking(**fields: Any) -> Behavior:
    ask = {"Url": "http://hooks.example/", "FailedNextNode": 2, **fields}
    nodes = {
        "0": {"ActionType": "External", "ChannelBehaviorAction": ask, "NextNode": 1},
        "1": said("Hello {{vars.name}}."),
        "2": said("Sorry."),
    }
    return load(json.dumps({"ChannelBehaviorNodes": nodes}))


def replayed(happening: Event, by: Behavior | None = None, of: Behavior | None = None) -> Replay:
    call = PastCall(Random(1), of or asking())
    call.later("in", 3, happening)
    return replay(call.run(), by or asking())


BEHAVIOR = read_answer(json.dumps({"ChannelBehaviorNodes": {"0": said("Another flow.")}}))


@pytest.mark.parametrize(
    "happening",
    [
        WebhookAnswered(0, WebhookAnswer({"name": "Ann"})),
        WebhookAnswered(0, WebhookAnswer({}, "2")),
        WebhookAnswered(0, BEHAVIOR),
        WebhookFailed(0, "HTTP status 500"),
        HungUp(0),
    ],
)
def test_a_webhook_answers_as_it_did(happening: Event) -> None:
    assert replayed(happening).parting is None


def test_a_failure_without_a_branch_comes_again() -> None:
    bare = asking(FailedNextNode=None)
    assert replayed(WebhookFailed(0, "HTTP status 500"), of=bare, by=bare).parting is None


def test_an_answer_that_leads_elsewhere_parts() -> None:
    parting = replayed(WebhookFailed(0, "late"), by=asking(FailedNextNode=1)).parting
    assert parting is not None
    assert isinstance(parting.recorded, NodeLeft)
