"""Webhooks that decide in the middle of a call, and all that they can do wrong."""

import json
import time
from typing import Any

import pytest
from tests.e2e.hook_servers import (
    Respond,
    answers,
    endless,
    hangs_up,
    hook_server,
    redirects,
    refused_address,
    slow,
)
from tests.e2e.node import Node, behavior, say
from tests.e2e.telephones import CALLER, Ending, act, endings, place, plan, webhook_secret

from dillo.hooks.signature import signature

FAILED, GOOD = act("Pause", Seconds=0.2), act("Pause", Seconds=0.1)


def executed(record: dict[str, Any]) -> list[str]:
    nodes = json.loads(record["ChannelBehavior"])["ChannelBehaviorNodes"]
    return [number for number in nodes if "Executions" in nodes[number]]


def asking(address: str, *others: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """Return a behavior that asks a webhook: 1 is next, 2 where it failed."""
    fields = {"Url": address, "FailedNextNode": 2} | fields
    return behavior(act("External", 1, **fields), GOOD, FAILED, *others)


def test_a_webhook_is_told_of_the_call_and_sets_variables(node: Node) -> None:
    answer = {"Variables": {"name": "Ann"}, "NextNode": "4"}
    collect = act("Collect", 1, NumberOfDigits=3, StorageKey="Order", Intro={"Text": "Order?"})
    pin = act("Collect", 2, NumberOfDigits=2, StorageKey="Pin", Sensitive=True)
    with hook_server({"order": answers(answer)}) as hooks:
        ask = act("External", 3, Url=f"{hooks.address}/order")
        greet = say("Hello {{vars.name}}.")
        held = node.hold(behavior(collect, pin, ask, FAILED, greet))
        (call,) = place(plan(node, held, "w300,123,w300,47"))
    assert call.ended_by == "callee"
    (request,) = hooks.requests
    state = request.state
    assert (state["Caller"], state["Called"], state["Node"]) == (CALLER, held.number, "2")
    assert (state["Digits"], state["Variables"]) == ({"Order": "123", "Pin": "**"}, {})
    assert state["CustomerCode"] == held.customer_code
    assert state["Timestamp"].endswith("Z")
    assert request.headers["content-type"] == "application/json"
    assert request.headers["idempotency-key"]
    at_s = int(request.headers["dillo-signature"].split(",")[0].removeprefix("t="))
    assert abs(time.time() - at_s) < 60
    signed = signature(webhook_secret(node, held), request.body, at_s)
    assert request.headers["dillo-signature"] == signed
    (record,) = node.records(held)
    assert executed(record) == ["0", "1", "2", "4"]
    nodes = json.loads(record["ChannelBehavior"])["ChannelBehaviorNodes"]
    assert nodes["2"]["Executions"][0]["Variables"] == {"name": "Ann"}


def test_a_webhook_may_be_asked_by_get(node: Node) -> None:
    with hook_server({"order": answers({})}) as hooks:
        held = node.hold(asking(f"{hooks.address}/order?a=1", Method="GET"))
        place(plan(node, held))
    (request,) = hooks.requests
    query = request.path.partition("?")[2]
    assert query.startswith("a=1&CallId=")
    assert "&Caller=%2B393703188051&" in query
    at_s = int(request.headers["dillo-signature"].split(",")[0].removeprefix("t="))
    signed = signature(webhook_secret(node, held), query.encode(), at_s)
    assert request.headers["dillo-signature"] == signed


def test_a_webhook_answers_a_whole_behavior(node: Node) -> None:
    answered = behavior(say("This is another flow."), act("Pause", Seconds=0.1))
    answered["ChannelBehaviorNodes"]["0"]["NextNode"] = 1
    with hook_server({"flow": answers(answered)}) as hooks:
        held = node.hold(asking(f"{hooks.address}/flow"))
        place(plan(node, held))
    (record,) = node.records(held)
    assert executed(record) == ["0", "1"]
    shown = json.loads(record["ChannelBehavior"])
    assert shown["ChannelBehaviorNodes"]["0"]["ActionType"] == "Say"
    (replaced,) = shown["Replaced"]
    assert list(replaced["ChannelBehaviorNodes"]) == ["0"]
    (visit,) = replaced["ChannelBehaviorNodes"]["0"]["Executions"]
    assert visit["Outcome"] == "replaced"
    assert endings(node, held) == [Ending("FlowEnded", None, "the flow ended")]


BAD: dict[str, tuple[Respond, str]] = {
    "slow": (slow, "no answer within 1 s"),
    "endless": (endless, "no answer within 1 s"),
    "huge": (answers({"Variables": {"a": "x" * 70_000}}), "larger than 65,536 bytes"),
    "malformed": (answers("{"), "not JSON"),
    "wrong": (answers("{}", content_type="text/html"), "text/html"),
    "away": (redirects("http://169.254.169.254/latest/"), "redirects"),
    "broken": (answers({}, status=500), "HTTP status 500"),
    "silent": (hangs_up, "disconnected"),
    "nowhere": (answers({"NextNode": 9}), "there is no node 9"),
    "invalid": (answers(behavior(act("Say"))), "Text: is missing"),
}


def test_whatever_a_webhook_does_the_flow_goes_on_at_its_branch(node: Node) -> None:
    with hook_server({name: respond for name, (respond, _) in BAD.items()}) as hooks:
        urls = {name: f"{hooks.address}/{name}" for name in BAD}
        urls["refused"], urls["private"] = refused_address(), "http://10.0.0.1/"
        holders = {name: node.hold(asking(url, Timeout=1)) for name, url in urls.items()}
        calls = place(*(plan(node, held) for held in holders.values()))
        assert {call.ended_by for call in calls} == {"callee"}
        for name in BAD:
            assert len(hooks.of(f"/{name}")) == 1, name  # a request that went out is never repeated
    for held in holders.values():
        (record,) = node.records(held)
        assert executed(record) == ["0", "2"]


@pytest.mark.parametrize("name", BAD)
def test_without_a_branch_the_fallback_runs_and_the_record_says_why(node: Node, name: str) -> None:
    respond, reason = BAD[name]
    with hook_server({name: respond}) as hooks:
        url = f"{hooks.address}/{name}"
        held = node.hold(behavior(act("External", Url=url, Timeout=1)), behavior(GOOD))
        place(plan(node, held))
    (record,) = node.records(held)
    assert record["IsFallbackExecuted"] is True
    (failure,) = json.loads(record["ChannelBehavior"])["Failures"]
    assert (failure["Application"], failure["Node"]) == ("primary", "0")
    assert failure["Detail"].startswith("webhook: ")
    assert reason in failure["Detail"]


def test_a_slow_webhook_delays_only_its_own_call(node: Node) -> None:
    with hook_server({"slow": slow, "quick": answers({})}) as hooks:
        slowly = node.hold(asking(f"{hooks.address}/slow", Timeout=3))
        quickly = node.hold(asking(f"{hooks.address}/quick"))
        began = time.monotonic()
        place(*(plan(node, slowly, hang_up_after_s=20) for _ in range(20)), plan(node, quickly))
        assert time.monotonic() - began < 15
    (record,) = node.records(quickly)
    assert record["CallDuration"] < 1.5
    assert executed(record) == ["0", "1"]


def test_a_caller_who_hangs_up_ends_the_waiting(node: Node) -> None:
    with hook_server({"slow": slow}) as hooks:
        ask = act("External", 2, Url=f"{hooks.address}/slow", Timeout=30)
        held = node.hold(behavior(act("Pause", 1, Seconds=0.1), ask, FAILED))
        (call,) = place(plan(node, held, hang_up_after_s=0.7))
        assert call.ended_by == "caller"
        (record,) = node.records(held)
    assert record["CallDuration"] < 3
    assert [each.reason for each in endings(node, held)] == ["CallerHungUp"]
