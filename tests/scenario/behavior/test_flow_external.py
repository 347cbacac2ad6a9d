"""External: every way through it."""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dillo.behavior import Behavior, begin, check, load, step
from dillo.behavior.effects import CallWebhook
from dillo.behavior.events import DigitPressed, Started, WebhookAnswered
from dillo.behavior.nodes.external import MAX_IN_A_ROW, MAX_REPLACEMENTS
from dillo.behavior.scenario import Played
from dillo.behavior.webhook_answer import InvalidAnswer, read_answer
from dillo.model.events import (
    ApplicationFailed,
    NodeLeft,
    Role,
    WebhookReplied,
    WebhookUnanswered,
)

Holds = Callable[..., Played]

URL = "https://hooks.example/order"
SORRY = "Say Sorry, a technical error has occurred. Please call again later."


def external(**fields: Any) -> dict[str, tuple[Any, ...]]:
    """Return an External at node 0 with a Say for each way that it may go."""
    return {
        "0": ("External", {"Url": URL, **fields}, 1),
        "1": ("Say", {"Text": "Hello {{vars.name}}."}),
        "2": ("Say", {"Text": "Chosen."}),
        "3": ("Say", {"Text": "Failed."}),
    }


def document(*texts: str) -> str:
    """Return a behavior that says these texts one after the other, as a webhook answers it."""
    nodes: dict[str, dict[str, Any]] = {
        str(number): {"ActionType": "Say", "ChannelBehaviorAction": {"Text": text}}
        for number, text in enumerate(texts)
    }
    for number in range(len(texts) - 1):
        nodes[str(number)]["NextNode"] = number + 1
    return json.dumps({"ChannelBehaviorNodes": nodes})


def left(played: Played) -> list[NodeLeft]:
    return [fact for fact in played.facts if isinstance(fact, NodeLeft) and fact.node == "0"]


def test_answer_sets_variables_and_the_flow_goes_on(holds: Holds) -> None:
    played = holds(
        external(),
        f"""
        at | in                               | out
        0  | Started                          | POST {URL}
        1  | Webhook {{"Variables": {{"name": "Ann"}}}} | Answer, Say Hello Ann.
        3  | Prompt finished                  | Hang up FlowEnded
        """,
    )
    assert WebhookReplied(1_000_000, "0", {"name": "Ann"}) in played.facts
    assert left(played) == [NodeLeft(1_000_000, "0", "answered", "1")]


@pytest.mark.parametrize("number", ["2", '"2"'])
def test_answer_chooses_a_node(holds: Holds, number: str) -> None:
    played = holds(
        external(Method="GET"),
        f"""
        at | in              | out
        0  | Started         | GET {URL}
        1  | Webhook {{"NextNode": {number}}} | Answer, Say Chosen.
        3  | Prompt finished | Hang up FlowEnded
        """,
    )
    assert left(played) == [NodeLeft(1_000_000, "0", "answered", "2")]


@pytest.mark.parametrize("answer", ["", "{}", '{"Variables": null, "NextNode": null}'])
def test_answer_may_want_nothing(holds: Holds, answer: str) -> None:
    holds(
        external(),
        f"""
        at | in               | out
        0  | Started          | POST {URL}
        1  | Webhook {answer} | Answer, Say Hello .
        3  | Prompt finished  | Hang up FlowEnded
        """,
    )


def test_answer_may_be_a_whole_behavior(holds: Holds) -> None:
    graph = document("One.", "Two.")
    played = holds(
        external(),
        f"""
        at | in              | out
        0  | Started         | POST {URL}
        1  | Webhook {graph} | Answer, Say One.
        3  | Prompt finished | Say Two.
        5  | Prompt finished | Hang up FlowEnded
        """,
    )
    assert WebhookReplied(1_000_000, "0", behavior=graph) in played.facts
    assert left(played)[0] == NodeLeft(1_000_000, "0", "replaced", "0")


def test_failure_in_an_answered_behavior_starts_the_fallback(holds: Holds) -> None:
    played = holds(
        external(),
        f"""
        at | in                     | out
        0  | Started                | POST {URL}
        1  | Webhook {document("One.")} | Answer, Say One.
        2  | Failed no voice        | Stop, Say Plan B.
        4  | Prompt finished        | Hang up FlowEnded
        """,
        fallback={"0": ("Say", {"Text": "Plan B."})},
    )
    assert ApplicationFailed(2_000_000, Role.PRIMARY, "0", "no voice") in played.facts


BAD_ANSWERS = [
    "failed",
    "[]",
    "{",
    '{"NextNode": 9}',
    '{"NextNode": true}',
    '{"NextNode": "one"}',
    '{"Variables": []}',
    '{"Variables": {"name": 1}}',
    '{"Variables": {"a name": "Ann"}}',
    '{"Nextnode": 1}',
    '{"ChannelBehaviorNodes": {}}',
    '{"ChannelBehaviorNodes": {"0": {"ActionType": "Say"}}}',
    '{"ChannelBehaviorNodes": {"0": {"ActionType": "Pause", "NextNode": 0}}}',
]


@pytest.mark.parametrize("answer", BAD_ANSWERS)
def test_failure_branches(holds: Holds, answer: str) -> None:
    played = holds(
        external(FailedNextNode=3),
        f"""
        at | in               | out
        0  | Started          | POST {URL}
        1  | Webhook {answer} | Answer, Say Failed.
        3  | Prompt finished  | Hang up FlowEnded
        """,
    )
    (fact,) = (fact for fact in played.facts if isinstance(fact, WebhookUnanswered))
    assert fact.detail
    assert left(played) == [NodeLeft(1_000_000, "0", "webhook failed", "3")]


@pytest.mark.parametrize("answer", BAD_ANSWERS)
def test_failure_without_a_branch_starts_the_fallback(holds: Holds, answer: str) -> None:
    played = holds(
        external(),
        f"""
        at | in               | out
        0  | Started          | POST {URL}
        1  | Webhook {answer} | Stop waiting, Answer, Say Plan B.
        3  | Prompt finished  | Hang up FlowEnded
        """,
        fallback={"0": ("Say", {"Text": "Plan B."})},
    )
    (fact,) = (fact for fact in played.facts if isinstance(fact, ApplicationFailed))
    assert fact.detail.startswith("webhook: ")


def test_failure_without_a_fallback_ends_in_an_apology(holds: Holds) -> None:
    holds(
        external(),
        f"""
        at | in              | out
        0  | Started         | POST {URL}
        5  | Webhook failed  | Stop waiting, Answer, {SORRY}
        7  | Prompt finished | Hang up Error
        """,
    )


def test_caller_may_hang_up_meanwhile_and_keys_change_nothing(holds: Holds) -> None:
    played = holds(
        external(),
        f"""
        at | in      | out
        0  | Started | POST {URL}
        1  | Digit 1 |
        2  | Hung up |
        """,
    )
    assert left(played) == [NodeLeft(2_000_000, "0", "hung up")]


def test_platform_that_fails_meanwhile_stops_waiting(holds: Holds) -> None:
    holds(
        external(),
        f"""
        at | in              | out
        0  | Started         | POST {URL}
        1  | Failed no disk  | Stop waiting, Answer, {SORRY}
        3  | Prompt finished | Hang up Error
        """,
    )


def test_sensitive_digits_are_never_sent() -> None:
    nodes = {
        "0": ("Collect", {"NumberOfDigits": 2, "Sensitive": True, "StorageKey": "Pin"}, 1),
        "1": ("Set", {"Name": "pin", "Value": "it is {{digits.Pin}}"}, 2),
        "2": ("External", {"Url": URL}),
    }
    names = ("ActionType", "ChannelBehaviorAction", "NextNode")
    fields = {number: dict(zip(names, node, strict=False)) for number, node in nodes.items()}
    behavior = load(json.dumps({"ChannelBehaviorNodes": fields}))
    state, effects = step(begin("+39370", "+4420", behavior), Started(0))
    for digit in "47":
        state, effects = step(state, DigitPressed(1, digit))
    (call,) = (effect for effect in effects if isinstance(effect, CallWebhook))
    assert (call.digits, call.variables) == ({"Pin": "**"}, {"pin": "it is **"})


def looping(answer: str) -> tuple[int, str]:
    """Return how often a webhook that always answers the same is asked, and why not again."""
    behavior = behavior_of_external()
    state, effects = step(begin("+39370", "+4420", behavior), Started(0))
    asked = 0
    while any(isinstance(effect, CallWebhook) for effect in effects):
        asked += 1
        state, effects = step(state, WebhookAnswered(asked, read_answer(answer)))
    (failed,) = (
        effect.event
        for effect in effects
        if hasattr(effect, "event") and isinstance(effect.event, ApplicationFailed)
    )
    return asked, failed.detail


def behavior_of_external() -> Behavior:
    fields = {"ActionType": "External", "ChannelBehaviorAction": {"Url": URL}}
    return load(json.dumps({"ChannelBehaviorNodes": {"0": fields}}))


def test_webhooks_that_send_the_flow_round_are_given_up() -> None:
    asked, detail = looping('{"NextNode": 0}')
    assert asked == MAX_IN_A_ROW
    assert detail == f"{MAX_IN_A_ROW} webhooks in a row without waiting for the caller"


def test_behaviors_that_replace_each_other_are_given_up() -> None:
    menu = {
        "ActionType": "Menu",
        "ChannelBehaviorAction": {"Digits": {"1": {"NextNode": 1}}, "Timeout": 1},
    }
    ask = {"ActionType": "External", "ChannelBehaviorAction": {"Url": URL}}
    answer = read_answer(json.dumps({"ChannelBehaviorNodes": {"0": menu, "1": ask}}))
    state, effects = step(begin("+39370", "+4420", behavior_of_external()), Started(0))
    asked = 0
    while any(isinstance(effect, CallWebhook) for effect in effects):
        asked += 1
        state, effects = step(state, WebhookAnswered(asked, answer))
        state, effects = step(state, DigitPressed(asked, "1"))
    assert asked == MAX_REPLACEMENTS + 1


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({}, "ChannelBehaviorAction.Url: is missing"),
        ({"Url": "ftp://a/"}, "begins with http"),
        ({"Url": URL, "Method": "PUT"}, "POST or GET is expected"),
        ({"Url": URL, "Timeout": 31}, "from 1 to 30"),
        ({"Url": URL, "FailedNextNode": 7}, "there is no node 7"),
        ({"Url": URL, "Retries": 7}, "Retries: is unknown"),
    ],
)
def test_publishing_names_what_is_wrong(fields: dict[str, Any], problem: str) -> None:
    node = {"ActionType": "External", "ChannelBehaviorAction": fields}
    (found,) = check(json.dumps({"ChannelBehaviorNodes": {"0": node}}))
    assert problem in str(found)


def test_publishing_knows_that_a_webhook_may_choose_any_node() -> None:
    ask = {"ActionType": "External", "ChannelBehaviorAction": {"Url": URL}, "NextNode": 1}
    nodes = {"0": ask, "1": {"ActionType": "Hangup"}, "2": {"ActionType": "Reject"}}
    assert check(json.dumps({"ChannelBehaviorNodes": nodes})) == ()
    nodes["1"] = ask | {"NextNode": 0}
    (problem,) = check(json.dumps({"ChannelBehaviorNodes": nodes}))
    assert "without waiting for the caller" in str(problem)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda each: st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=5), each),
    max_leaves=8,
)
NAMES = st.sampled_from(["Variables", "NextNode", "ChannelBehaviorNodes", "Other"])


@settings(deadline=None, max_examples=200)
@given(st.text() | (JSON | st.dictionaries(NAMES, JSON)).map(json.dumps))
def test_any_answer_is_read_or_refused(text: str) -> None:
    with suppress(InvalidAnswer):
        assert all(isinstance(value, str) for value in read_answer(text).variables.values())
