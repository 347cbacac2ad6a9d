"""Stream: every way through it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from dillo.behavior import InvalidBehavior, load
from dillo.behavior.scenario import InvalidScenario, Played, parse
from dillo.model.events import ApplicationFailed, NodeLeft, Role

Holds = Callable[..., Played]

SORRY = "Say Sorry, a technical error has occurred. Please call again later."
URL = "wss://agent.example/call"


def stream(**fields: Any) -> dict[str, tuple[Any, ...]]:
    """Return a Stream at node 0, a Say after it and another for its failure."""
    return {
        "0": ("Stream", {"Url": URL, **fields}, 1),
        "1": ("Say", {"Text": "Goodbye."}),
        "2": ("Say", {"Text": "The agent is away."}),
    }


def test_flow_goes_on_when_the_server_closes(holds: Holds) -> None:
    played = holds(
        stream(),
        f"""
        at | in              | out
        0  | Started         | Answer, Stream {URL}
        9  | Digit 5         |
        60 | Stream ended    | Say Goodbye.
        62 | Prompt finished | Hang up FlowEnded
        """,
    )
    assert NodeLeft(60_000_000, "0", "ended", "1") in played.facts


def test_stream_may_be_the_end_of_the_call(holds: Holds) -> None:
    holds(
        {"0": ("Stream", {"Url": URL})},
        f"""
        at | in           | out
        0  | Started      | Answer, Stream {URL}
        60 | Stream ended | Hang up FlowEnded
        """,
    )


@pytest.mark.parametrize("outcome", ["failed", "dropped"])
def test_failure_has_a_branch(holds: Holds, outcome: str) -> None:
    played = holds(
        stream(FailedNextNode=2),
        f"""
        at | in               | out
        0  | Started          | Answer, Stream {URL}
        5  | Stream {outcome} | Say The agent is away.
        7  | Prompt finished  | Hang up FlowEnded
        """,
    )
    assert NodeLeft(5_000_000, "0", "failed", "2") in played.facts


def test_server_that_cannot_be_reached_starts_the_fallback(holds: Holds) -> None:
    played = holds(
        stream(),
        f"""
        at | in              | out
        0  | Started         | Answer, Stream {URL}
        5  | Stream failed   | Close stream, Say Please hold.
        7  | Prompt finished | Hang up FlowEnded
        """,
        fallback={"0": ("Say", {"Text": "Please hold."})},
    )
    assert ApplicationFailed(5_000_000, Role.PRIMARY, "0", "stream: failed") in played.facts


def test_stream_that_breaks_off_goes_on_like_one_that_ended(holds: Holds) -> None:
    holds(
        stream(),
        f"""
        at | in              | out
        0  | Started         | Answer, Stream {URL}
        60 | Stream dropped  | Say Goodbye.
        62 | Prompt finished | Hang up FlowEnded
        """,
    )


def test_caller_hangs_up(holds: Holds) -> None:
    played = holds(
        stream(),
        f"""
        at | in      | out
        0  | Started | Answer, Stream {URL}
        9  | Hung up |
        """,
    )
    assert played.facts[-1] == NodeLeft(9_000_000, "0", "hung up")


def test_platform_that_fails_says_goodbye_to_the_server(holds: Holds) -> None:
    holds(
        stream(),
        f"""
        at | in              | out
        0  | Started         | Answer, Stream {URL}
        9  | Failed nobody   | Close stream, {SORRY}
        11 | Prompt finished | Hang up Error
        """,
    )


def test_stream_that_is_over_says_nothing_more(holds: Holds) -> None:
    holds(
        stream(),
        f"""
        at | in              | out
        0  | Started         | Answer, Stream {URL}
        4  | Stream ended    | Say Goodbye.
        5  | Stream ended    |
        6  | Prompt finished | Hang up FlowEnded
        """,
    )


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"Url": None}, "Url: is missing: an ASCII address that begins with wss:// or ws://"),
        ({"Url": "https://agent.example"}, "begins with wss:// or ws://"),
        ({"Url": "wss://"}, "begins with wss:// or ws://"),
        ({"Url": "ws://agent.example/#there"}, "begins with wss:// or ws://"),
        ({"Track": "outbound_track"}, "both_tracks or inbound_track is expected"),
        ({"Parameters": ["a"]}, "an object of texts is expected"),
        ({"Parameters": {"a": 1}}, "Parameters.a: 1 is wrong"),
        ({"Parameters": {"": "a"}}, "is a name of 0 characters"),
        ({"Parameters": {"a": "{{nothing}}"}}, "refers to nothing"),
        ({"Parameters": {str(n): "" for n in range(33)}}, "at most 32 are allowed"),
        ({"FailedNextNode": 7}, "there is no node 7"),
        ({"FailedNextNode": 0}, "leads back to itself"),
    ],
)
def test_what_is_wrong_with_it_is_said(fields: dict[str, Any], complaint: str) -> None:
    action = {"Url": URL, **fields}
    nodes = {"0": {"ActionType": "Stream", "ChannelBehaviorAction": action}}
    with pytest.raises(InvalidBehavior) as error:
        load(json.dumps({"ChannelBehaviorNodes": nodes}))
    assert complaint in str(error.value)


def test_scenario_with_another_outcome_is_none() -> None:
    with pytest.raises(InvalidScenario, match="Stream ended or dropped or failed"):
        parse("at | in | out\n0 | Stream lost | ")
