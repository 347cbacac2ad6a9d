"""What publishing says of the fields of a Dial, and whom a Dial can ring."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dillo.behavior import check
from dillo.behavior.callees import callee, telephone_number

A = "ChannelBehaviorAction"


def problems_of(**fields: Any) -> list[str]:
    node = {"ActionType": "Dial", A: fields}
    text = json.dumps({"ChannelBehaviorNodes": {"0": node}})
    found = check(text, holds_number=lambda number: number == "+442079460000")
    return [str(problem) for problem in found]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, f"node 0: {A}.To: is missing"),
        ({"To": []}, f"node 0: {A}.To: an array is wrong"),
        ({"To": ["sip:a@b"] * 21}, f"node 0: {A}.To: an array is wrong"),
        ({"To": "020 7946 0123"}, f'node 0: {A}.To: "020 7946 0123" is wrong: a telephone number'),
        ({"To": ["sip:a@b", 5]}, f"node 0: {A}.To: 5 is wrong"),
        ({"To": "sip:a@b?Subject=x"}, f"node 0: {A}.To: "),
        ({"To": "{{vars}}"}, f"node 0: {A}.To: {{{{vars}}}} refers to nothing"),
        ({"To": "sip:a@b", "Strategy": "sequential"}, "Simultaneous or Sequential is expected"),
        ({"To": "sip:a@b", "CallerId": "+393703188051"}, "is no number of this account"),
        ({"To": "sip:a@b", "CallerId": "bob"}, "is no number with a country dial code"),
        ({"To": "sip:a@b", "Timeout": 0}, f"node 0: {A}.Timeout: 0 is wrong"),
        ({"To": "sip:a@b", "Transcribe": True}, f"node 0: {A}.Transcribe: needs a recording"),
        ({"To": "sip:a@b", "BusyNextNode": 7}, f"node 0: {A}.BusyNextNode: there is no node 7"),
        ({"To": "sip:a@b", "RingbackUrl": "tune.mp3"}, f"node 0: {A}.RingbackUrl: "),
    ],
)
def test_what_is_wrong_is_named(fields: dict[str, Any], message: str) -> None:
    (problem,) = problems_of(**fields)
    assert message in problem


@pytest.mark.parametrize(
    "fields",
    [
        {"To": "+44 (20) 7946-0123"},
        {"To": ["00442079460123", "SIP:bob@pbx.example:5070;transport=udp", "{{vars.rota}}"]},
        {"To": "sip:{{vars.user}}@pbx.example", "CallerId": "{{called}}"},
        {"To": "sip:pbx.example", "CallerId": "442079460000", "Record": True, "Transcribe": True},
    ],
)
def test_what_is_right_passes(fields: dict[str, Any]) -> None:
    assert problems_of(**fields) == []


def test_loop_of_dials_is_refused() -> None:
    nodes = {"0": {"ActionType": "Dial", A: {"To": "sip:a@b"}, "NextNode": 0}}
    (problem,) = check(json.dumps({"ChannelBehaviorNodes": nodes}))
    assert "without waiting for the caller" in str(problem)


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=40) | st.from_regex(r"sip:[a-z;=@:.%? \r\n-]{0,20}", fullmatch=True))
def test_callee_is_safe_to_put_into_a_request(text: str) -> None:
    found = callee(text)
    if found is not None:
        assert found.isascii()
        assert not set(found) & set(' \t\r\n<>"')
        assert callee(found) == found
    assert telephone_number(text) is None or found == telephone_number(text)
