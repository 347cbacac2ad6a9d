"""Status callbacks: when a call wants to be told of."""

import json
from typing import Any

import pytest

from dillo.behavior import begin, check, load
from dillo.behavior.scenario import play
from dillo.model.events import CallbackWanted

TABLE = """
at | in              | out
0  | Started         |
9  | Hung up         |
"""


def wanted(document: dict[str, Any], table: str = TABLE) -> list[CallbackWanted]:
    behavior = load(json.dumps(document))
    facts = play(begin("+39370", "+4420", behavior), table).facts
    return [fact for fact in facts if isinstance(fact, CallbackWanted)]


def menu(**fields: Any) -> dict[str, Any]:
    action = {"Digits": {"1": {"NextNode": 0}}, "Timeout": 20, **fields}
    return {"ActionType": "Menu", "ChannelBehaviorAction": action, "NextNode": 1}


SAY = {"ActionType": "Say", "ChannelBehaviorAction": {"Text": "x", "Loop": 0}}


def test_a_menu_wants_a_callback_for_the_calls_that_come_to_it() -> None:
    asking = menu(OptionStatusCallbackUrl="http://a/", OptionStatusCallbackMethod="GET")
    document = {"ChannelBehaviorNodes": {"0": asking, "1": SAY}}
    assert wanted(document) == [CallbackWanted(0, "0", "http://a/", "GET")]
    assert check(json.dumps(document)) == ()
    document = {"ChannelBehaviorNodes": {"0": SAY, "1": asking}}
    assert wanted(document) == []


def test_an_application_wants_one_for_all_its_calls() -> None:
    document = {"StatusCallbackUrl": "http://a/", "ChannelBehaviorNodes": {"0": SAY}}
    assert wanted(document) == [CallbackWanted(0, None, "http://a/", "POST")]


def test_a_behavior_that_a_webhook_answers_may_want_one_too() -> None:
    answer = json.dumps({"StatusCallbackUrl": "http://b/", "ChannelBehaviorNodes": {"0": SAY}})
    ask = {"ActionType": "External", "ChannelBehaviorAction": {"Url": "http://a/"}}
    table = f"""
    at | in               | out
    0  | Started          |
    1  | Webhook {answer} |
    9  | Hung up          |
    """
    found = wanted({"ChannelBehaviorNodes": {"0": ask}}, table)
    assert found == [CallbackWanted(1_000_000, None, "http://b/", "POST")]


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"StatusCallbackUrl": "a"}, 'StatusCallbackUrl: "a" is wrong'),
        ({"StatusCallbackMethod": "PUT"}, "GET or POST is expected"),
    ],
)
def test_publishing_checks_them(fields: dict[str, str], problem: str) -> None:
    option = {f"Option{name}": value for name, value in fields.items()}
    for document in (
        {**fields, "ChannelBehaviorNodes": {"0": SAY}},
        {"ChannelBehaviorNodes": {"0": menu(**option), "1": SAY}},
    ):
        (found,) = check(json.dumps(document))
        assert problem in str(found)
