"""Callers who talk with voice agents, through the whole platform."""

import base64
import json
import os
import signal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.e2e.agents import Conversation, agent, echo
from tests.e2e.node import Held, Node, behavior
from tests.e2e.telephones import act, find, noise, place, plan

from dillo.caller import write_wav


def visit(record: dict[str, Any]) -> dict[str, Any]:
    """Return what happened at node 0."""
    (only,) = json.loads(record["ChannelBehavior"])["ChannelBehaviorNodes"]["0"]["Executions"]
    return dict(only)


def streaming(node: Node, url: str, **fields: Any) -> Held:
    """Return a number that hands callers to an agent, then lets them hear a second of silence."""
    stream = act("Stream", 1, Url=url, **fields)
    return node.hold(behavior(stream, act("Pause", Seconds=0.2), act("Pause", Seconds=0.4)))


@pytest.mark.parametrize("law", ["pcmu", "pcma"])
def test_caller_hears_itself_from_an_agent_that_echoes(
    node: Node, tmp_path: Path, law: str
) -> None:
    sent = noise(2)
    write_wav(tmp_path / "sent.wav", sent)
    with agent(echo) as echoing:
        held = streaming(node, echoing.url, Parameters={"from": "{{caller}}"})
        script = "w500,a,w500,5,w300,#"
        (call,) = place(plan(node, held, script, audio=tmp_path / "sent.wav", law=law))
    (talk,) = echoing.conversations
    assert (call.status, call.ended_by) == (200, "callee")
    heard = find(sent, call.heard)
    assert heard.likeness > 0.98
    # Half a second of waiting before it was said, and what the two ways took.
    assert 0.5 < heard.offset / 8000 < 2
    start = talk.heard[1]["start"]
    assert talk.heard[0] == {"event": "connected", "protocol": "Call", "version": "1.0.0"}
    assert (start["customParameters"], start["tracks"]) == ({"from": "+393703188051"}, ["inbound"])
    assert start["accountSid"] == held.customer_code
    keys = [each["dtmf"]["digit"] for each in talk.heard if each["event"] == "dtmf"]
    assert keys == ["5", "#"]
    numbers = [int(each["sequenceNumber"]) for each in talk.heard[1:]]
    assert numbers == list(range(1, len(numbers) + 1))
    (record,) = node.records(held)
    there = visit(record)
    assert (there["Outcome"], there["NextNode"]) == ("ended", "1")
    assert there["Stream"]["Status"] == "Ended"
    assert there["Stream"]["Sent"] > 3
    assert there["Stream"]["Played"] > 2
    assert "secret" not in json.dumps(there)


def test_agent_hears_when_the_caller_hangs_up(node: Node) -> None:
    with agent(echo) as echoing:
        held = streaming(node, echoing.url)
        (call,) = place(plan(node, held, hang_up_after_s=0.7))
        (record,) = node.records(held)
    (talk,) = echoing.conversations
    assert call.ended_by == "caller"
    assert talk.events() == ["connected", "start", "media", "stop"]
    assert talk.heard[-1]["stop"]["callSid"] == talk.heard[1]["start"]["callSid"]
    assert (visit(record)["Outcome"], visit(record)["Stream"]["Status"]) == ("hung up", "Closed")


def test_agent_that_only_listens_is_not_heard(node: Node, tmp_path: Path) -> None:
    write_wav(tmp_path / "sent.wav", noise(1))
    with agent(echo) as echoing:
        held = streaming(node, echoing.url, Track="inbound_track")
        (call,) = place(plan(node, held, "w300,a,w300,#", audio=tmp_path / "sent.wav"))
    assert np.abs(call.heard).max() <= 8
    (record,) = node.records(held)
    assert "Played" not in visit(record)["Stream"]


async def _hush(conversation: Conversation) -> None:
    """Say two seconds at once, unsay them after the first mark, and leave after the second."""
    while (message := await conversation.listen()) is not None:
        if message["event"] == "start":
            await _say(conversation, 0.5, "first")
            await _say(conversation, 60, "second")
        elif message["event"] == "mark" and message["mark"]["name"] == "first":
            await conversation.send("clear")
        elif message["event"] == "mark":
            return


async def _say(conversation: Conversation, seconds: float, mark: str) -> None:
    octets = base64.b64encode(bytes(range(160)) * round(seconds * 50)).decode()
    await conversation.send("media", media={"payload": octets})
    await conversation.send("mark", mark={"name": mark})


def test_agent_can_be_interrupted(node: Node) -> None:
    with agent(_hush) as hushed:
        held = streaming(node, hushed.url)
        place(plan(node, held))
    (talk,) = hushed.conversations
    marks = [each["mark"]["name"] for each in talk.heard if each["event"] == "mark"]
    assert marks == ["first", "second"]
    (record,) = node.records(held)
    assert 0.5 <= visit(record)["Stream"]["Played"] < 10
    assert record["CallDuration"] < 20


def test_agent_that_cannot_be_reached_has_a_branch_or_the_fallback(node: Node) -> None:
    nowhere = "ws://127.0.0.1:9/call"
    branching = streaming(node, nowhere, FailedNextNode=2)
    failing = node.hold(behavior(act("Stream", Url=nowhere)), behavior(act("Pause", Seconds=0.2)))
    private = streaming(node, "ws://10.1.2.3/call", FailedNextNode=2)
    place(*(plan(node, held) for held in (branching, failing, private)))
    (record,) = node.records(branching)
    assert (visit(record)["Outcome"], visit(record)["NextNode"]) == ("failed", "2")
    assert visit(record)["Stream"]["Status"] == "Failed"
    (fallen,) = node.records(failing)
    assert fallen["IsFallbackExecuted"] is True
    (refused,) = node.records(private)
    assert "is not public" in visit(refused)["Stream"]["Detail"]


def test_gateway_that_dies_ends_its_streams_and_comes_back(own_node: Node) -> None:
    killed: list[int] = []

    async def kill_then_echo(conversation: Conversation) -> None:
        if not killed:
            killed.append(own_node.children()["streams"])
            os.kill(killed[0], signal.SIGKILL)
        await echo(conversation)

    own_node.start()
    with agent(kill_then_echo) as echoing:
        held = streaming(own_node, echoing.url, FailedNextNode=2)
        calls = 0
        while len(echoing.conversations) < 2 and calls < 20:
            # While the gateway comes back it is waited for, and the key waits too.
            place(plan(own_node, held, "w300,#"))
            calls += 1
    last, *_, first = own_node.records(held, calls)
    assert visit(first)["Stream"]["Detail"] == "the stream gateway is gone"
    assert (visit(first)["Stream"]["Status"], visit(first)["NextNode"]) == ("Dropped", "2")
    assert visit(last)["Outcome"] == "ended"
