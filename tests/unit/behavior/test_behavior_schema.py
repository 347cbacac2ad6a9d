"""The JSON Schema of a channel behavior: it knows every field, and agrees with the check."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.behavior.test_behavior_docs import EXAMPLES

from dillo.behavior import Severity, check
from dillo.behavior.nodes import KINDS
from dillo.behavior.reader import Reader
from dillo.behavior.report import Report
from dillo.behavior.schema import behavior_schema

SCHEMA = behavior_schema()
VALIDATOR = jsonschema_rs.Draft202012Validator(SCHEMA)
FILES = sorted((Path(__file__).parents[3] / "docs" / "examples").glob("*.json"))


def action_of(name: str) -> dict[str, Any]:
    schema: dict[str, Any] = SCHEMA["$defs"][name]["properties"]["ChannelBehaviorAction"]
    return schema


@pytest.mark.parametrize("name", KINDS)
def test_an_action_has_all_its_fields_with_words(name: str) -> None:
    fields = Reader(Report(frozenset(), lambda _: True), "0", "", {})
    KINDS[name].read("0", None, fields)
    described = action_of(name)["properties"]
    assert sorted(described) == sorted(fields.known_names())
    assert all(field["title"] and field["description"] for field in described.values())


def test_a_field_has_its_range_unit_and_default() -> None:
    assert action_of("Menu")["properties"]["Timeout"] == {
        "type": "number",
        "minimum": 0.5,
        "maximum": 120,
        "default": 5,
        "x-unit": "s",
        "title": "Wait",
        "description": "How long to wait for the first key after the intro.",
    }
    assert action_of("Dial")["required"] == ["To"]
    assert "required" not in action_of("Collect")
    case = action_of("Switch")["properties"]["Cases"]["items"]
    assert case["properties"]["LocalTime"]["required"] == ["From", "To"]
    assert case["required"] == ["NextNode"]


@pytest.mark.parametrize("text", [*EXAMPLES, *(path.read_text("utf-8") for path in FILES)])
def test_every_example_is_valid(text: str) -> None:
    assert VALIDATOR.is_valid(json.loads(text))


@pytest.mark.parametrize(
    "action",
    [
        {"ActionType": "Say"},
        {"ActionType": "Say", "ChannelBehaviorAction": {"Text": 1}},
        {"ActionType": "Shout", "ChannelBehaviorAction": {}},
        {"ActionType": "Play", "ChannelBehaviorAction": {"Loop": 1}},
        {"ActionType": "Play", "ChannelBehaviorAction": {"Url": "http://a/", "PromptId": "b"}},
        {"ActionType": "Menu", "ChannelBehaviorAction": {"Digits": {"x": {}}}},
        {"ActionType": "Menu", "ChannelBehaviorAction": {"Digits": {}}},
        {"ActionType": "Pause", "ChannelBehaviorAction": {"Seconds": 0}},
        {"ActionType": "Set", "ChannelBehaviorAction": {"Name": "a b", "Value": ""}},
        {"ActionType": "Hangup", "Next": 1},
    ],
)
def test_what_the_check_refuses_the_schema_refuses(action: dict[str, Any]) -> None:
    document = {"ChannelBehaviorNodes": {"0": action}}
    assert any(each.severity is Severity.ERROR for each in check(json.dumps(document)))
    assert not VALIDATOR.is_valid(document)


SCALARS = st.sampled_from(["", "x", "+442079460000", "1-M", "en-GB", "http://a/", 0, 1, 2.5, True])


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Draw one node with any of its fields, each with some value."""
    name = draw(st.sampled_from(list(KINDS)))
    fields = list(action_of(name)["properties"])
    action = draw(st.dictionaries(st.sampled_from(fields), SCALARS))
    return {"ChannelBehaviorNodes": {"0": {"ActionType": name, "ChannelBehaviorAction": action}}}


@settings(deadline=None, max_examples=300)
@given(documents())
def test_the_schema_takes_whatever_the_check_takes(document: dict[str, Any]) -> None:
    problems = check(json.dumps(document))
    if not any(problem.severity is Severity.ERROR for problem in problems):
        assert VALIDATOR.is_valid(document)


def test_patterns_are_those_of_ecma_262() -> None:
    patterns = re.findall(r'"pattern": "((?:[^"\\]|\\.)*)"', json.dumps(SCHEMA))
    assert all(re.compile(json.loads(f'"{pattern}"')) for pattern in patterns)
