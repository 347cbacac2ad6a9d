"""The longest and the dearest path of a behavior."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import assume, given, settings
from tests.unit.behavior.drawn import behaviors

from dillo.behavior import Behavior, check, load
from dillo.behavior.effects import StartRecording
from dillo.behavior.paths import MAX_KEPT, Path, extent
from dillo.model.prompts import Audio

Written = tuple[str, dict[str, Any], int | None]

END: Written = ("Hangup", {}, None)


def behavior(*nodes: Written) -> Behavior:
    return load(text_of(*nodes))


def text_of(*nodes: Written) -> str:
    """Return nodes written as (ActionType, ChannelBehaviorAction, NextNode), numbered from 0."""
    names = ("ActionType", "ChannelBehaviorAction", "NextNode")
    document = {
        str(number): dict(zip(names, node, strict=True)) for number, node in enumerate(nodes)
    }
    return json.dumps({"ChannelBehaviorNodes": document})


def longest(*nodes: Written) -> Path:
    return extent(behavior(*nodes)).paths[0]


INTRO = {"Url": "http://example.com/intro.wav", "Loop": 2}
KEYS = {"1": {"NextNode": 1}}


@pytest.mark.parametrize(
    ("action_type", "fields", "seconds"),
    [
        ("Pause", {"Seconds": 2.5}, 2.5),
        ("Say", {"Text": "Fourteen chars", "Loop": 3}, 3),
        ("Say", {"Text": "{{digits.Code}}"}, 5.4),  # twelve digits of 0.45 s
        ("Play", {"Url": "http://example.com/intro.wav", "Loop": 3}, 12),
        ("Record", {"MaxLength": 30}, 30.25),
        ("Record", {"MaxLength": 30, "PlayBeep": False}, 30),
        ("Menu", {"Digits": KEYS, "Timeout": 5, "MaxAttempts": 3}, 15),
        ("Menu", {"Digits": KEYS, "Intro": INTRO, "Timeout": 5, "MaxAttempts": 3}, 39),
        ("Menu", {"Digits": KEYS, "Timeout": 5, "NoDigitNextNode": 1}, 15),
        ("Menu", {"Digits": KEYS, "NoDigitNextNode": 1, "WrongDigitNextNode": 1}, 5),
        # Twice one digit of two, then both of them: 3 * 5 + (1 + 1 + 1) * 3.
        ("Collect", {"NumberOfDigits": 2, "MinDigits": 2, "Timeout": 5}, 24),
        ("Collect", {"NumberOfDigits": 4, "MaxAttempts": 1, "PlayBeep": True}, 14.25),
        ("Set", {"Name": "a", "Value": "b"}, 0),
    ],
)
def test_seconds_of_a_node(action_type: str, fields: dict[str, Any], seconds: float) -> None:
    found = extent(behavior((action_type, fields, 1), END), lambda audio: 4)
    assert found.paths[0].duration_ms == round(seconds * 1000)
    assert found.paths[0].nodes == ("0", "1")


def test_the_longest_of_two_branches_is_taken() -> None:
    path = longest(
        ("Switch", {"Cases": [{"CallerPrefix": "+39", "NextNode": 1}]}, 2),
        ("Pause", {"Seconds": 5}, 3),
        ("Pause", {"Seconds": 7}, 3),
        ("Pause", {"Seconds": 1}, None),
    )
    assert (path.nodes, path.duration_ms, path.is_answered) == (("0", "2", "3"), 8000, True)


def test_a_call_that_is_not_answered_takes_no_time() -> None:
    path = longest(("Set", {"Name": "a", "Value": "b"}, 1), ("Reject", {}, None))
    assert (path.duration_ms, path.is_answered) == (0, False)


def test_a_loop_is_passed_once_and_named() -> None:
    nodes = (
        ("Menu", {"Digits": {"1": {"NextNode": 1}, "2": {"NextNode": 2}}, "MaxAttempts": 1}, 2),
        ("Pause", {"Seconds": 100}, 0),
        ("Say", {"Text": "Fourteen chars"}, None),
    )
    found = extent(behavior(*nodes))
    assert found.loops == (("0", "1"),)
    assert [path.nodes for path in found.paths] == [("0", "1")]
    assert found.paths[0].duration_ms == 105_000


def test_what_repeats_for_ever_and_what_is_not_known() -> None:
    path = longest(
        ("Play", {"Url": "http://example.com/a.wav"}, 1), ("Say", {"Text": "x", "Loop": 0}, None)
    )
    assert path.endless == ("1",)
    assert path.unknown == (Audio("http://example.com/a.wav"),)
    assert path.duration_ms == 0


def test_shorter_paths_stay_where_their_recordings_are_dearer() -> None:
    nodes = (
        ("Menu", {"Digits": {"1": {"NextNode": 1}, "2": {"NextNode": 2}}, "MaxAttempts": 1}, 3),
        ("Record", {"MaxLength": 60, "RecordingStoragePeriodCode": "1-Y"}, None),
        ("Record", {"MaxLength": 90, "RecordingStoragePeriodCode": "7-D"}, None),
        ("Record", {"MaxLength": 50, "RecordingStoragePeriodCode": "7-D"}, None),
    )

    def price(recording: StartRecording) -> int:
        return 100 if recording.storage_period == "1-Y" else 1

    found = extent(behavior(*nodes), price=price)
    assert [path.nodes for path in found.paths] == [("0", "2"), ("0", "1")]
    assert [path.recordings[0].max_length_s for path in found.paths] == [90, 60]


def test_many_paths_are_thinned_out() -> None:
    lengths = range(100, 200)
    records: tuple[Written, ...] = tuple(
        ("Record", {"MaxLength": length}, None) for length in lengths
    )
    cases = [{"CallerPrefix": "+1", "NextNode": n} for n, _ in enumerate(records, 1)]
    nodes: tuple[Written, ...] = (("Switch", {"Cases": cases}, None), *records)
    found = extent(behavior(*nodes), price=lambda recording: -round(recording.max_length_s))
    assert len(found.paths) == MAX_KEPT
    assert found.paths[0].nodes == ("0", "100")
    assert found.paths[-1].nodes in {("0",), ("0", "1")}


def test_a_silent_caller_must_not_go_round_for_ever() -> None:
    nodes: tuple[Written, ...] = (
        ("Menu", {"Digits": {"1": {"NextNode": 1}}, "NoDigitNextNode": 0}, 1),
        ("Hangup", {}, None),
    )
    (warning,) = check(text_of(*nodes))
    assert str(warning) == "node 0: leads back to itself for ever when the caller does nothing"


def every_path(behavior: Behavior, number: str = "0") -> Iterator[tuple[str, ...]]:
    exits = behavior.nodes[number].exits()
    for target in exits or (None,):
        onward = every_path(behavior, target) if target else ((),)
        yield from ((number, *rest) for rest in onward)


@settings(deadline=None, max_examples=150)
@given(behaviors())
def test_no_path_is_longer_or_dearer(behavior: Behavior) -> None:
    def price(recording: StartRecording) -> int:
        return 5 + int(recording.node)

    def cost(duration_ms: int, recordings: int) -> int:
        return -(-duration_ms // 60_000) * 8 + recordings

    found = extent(behavior, price=price)
    assume(not found.loops)
    weighed = []
    for numbers in every_path(behavior):
        nodes = [behavior.nodes[number] for number in numbers]
        lengths = [node.longest_s(lambda _: 0) for node in nodes]
        total_ms = sum(round(length * 1000) for length in lengths if length != float("inf"))
        weighed.append((total_ms, sum(price(each) for node in nodes if (each := node.records()))))
    assert found.paths[0].duration_ms == max(duration_ms for duration_ms, _ in weighed)
    dearest = max(cost(path.duration_ms, sum(map(price, path.recordings))) for path in found.paths)
    assert dearest == max(cost(*each) for each in weighed)
