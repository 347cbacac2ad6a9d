"""Behaviors written in Python."""

import json
import re
import runpy
from pathlib import Path
from typing import Any

import pytest

from dillo.behavior import InvalidBehavior, check, load
from dillo.behavior.build import (
    Step,
    build,
    collect,
    dial,
    external,
    hangup,
    menu,
    pause,
    play,
    record,
    reject,
    say,
    set_variable,
    stream,
    switch,
)
from dillo.behavior.nodes import KINDS
from dillo.behavior.suite import parse_suite, run

DOCS = Path(__file__).parents[3] / "docs"
EXAMPLES = DOCS / "examples"


def nodes(first: Step) -> Any:
    return json.loads(build(first))["ChannelBehaviorNodes"]


def test_steps_are_numbered_in_the_order_they_are_come_upon() -> None:
    bye = say("Bye.")
    flow = set_variable("a", "b", then=menu("Press 1.", {"1": bye}, then=hangup("Busy")))
    written = nodes(flow)
    assert [node["ActionType"] for node in written.values()] == ["Set", "Menu", "Say", "Hangup"]
    assert written["0"] == {
        "ActionType": "Set",
        "ChannelBehaviorAction": {"Name": "a", "Value": "b"},
        "NextNode": 1,
    }
    assert written["1"]["ChannelBehaviorAction"] == {
        "Intro": {"Text": "Press 1."},
        "Digits": {"1": {"NextNode": 2}},
    }


def test_steps_may_lead_back() -> None:
    first = menu(say("Noch einmal?", language="de-DE", loop=2), no_digit=reject())
    first.on("1", first).on("2", None)
    written = nodes(first.then(pause(2)))
    assert written["0"]["NextNode"] == 2
    assert written["0"]["ChannelBehaviorAction"] == {
        "Intro": {"Text": "Noch einmal?", "LanguageCode": "de-DE", "Loop": 2},
        "Digits": {"1": {"NextNode": 0}, "2": {}},
        "NoDigitNextNode": 1,
    }


def test_every_condition_can_be_written() -> None:
    end = reject("Busy")
    flow = switch(default=end)
    flow.case(end, variable="v", equals="1", caller="anonymous", caller_prefix=["+39", "+40"])
    flow.case(end, digits="k", equals=("1", "2"), public_holiday="IT", time_zone="Europe/Rome")
    flow.case(
        end,
        public_holiday=("IT", "BZ"),
        local_time=("09:00", "17:00"),
        weekdays="Monday",
        time_zone="Europe/Rome",
    )
    cases = nodes(flow)["0"]["ChannelBehaviorAction"]["Cases"]
    assert [sorted(case) for case in cases] == [
        ["Caller", "CallerPrefix", "Equals", "NextNode", "Variable"],
        ["Digits", "Equals", "NextNode", "PublicHoliday", "TimeZone"],
        ["LocalTime", "NextNode", "PublicHoliday", "TimeZone", "Weekdays"],
    ]
    assert cases[1]["PublicHoliday"] == {"Country": "IT"}


def test_every_field_of_every_action_can_be_written() -> None:
    end = hangup()
    step = say("x")
    everything = [
        say("x", language="it", voice="v", loop=2),
        play("http://example.com/a.wav", prompt_id="p", loop=2),
        pause(1),
        menu(step, {"1": end}, timeout=1, attempts=1, no_digit=end, wrong_digit=end,
             storage_key="k", callback_url="http://example.com/", callback_method="GET"),
        collect(step, storage_key="k", digits=4, at_least=2, finish_on_key="#", timeout=1,
                between=1, beep=True, attempts=1, sensitive=True, no_input=end),
        record(storage_key="k", max_length=5, finish_on_key="#", silence_timeout=1, beep=False,
               storage_period="7-D", transcribe=True, language="it"),
        dial("+442079460001", "sip:bob@example.com", strategy="Sequential", timeout=20,
             caller_id="{{caller}}", max_duration=60, record=True, transcribe=True,
             storage_key="k", storage_period="7-D", language="it", busy=end, failed=end,
             ringback_url="http://example.com/a.wav", answered=end, no_answer=end),
        external("http://example.com/", method="GET", timeout=2, failed=end),
        stream("wss://example.com/a", track="inbound_track", parameters={"a": "b"}, failed=end),
        switch(default=end).case(end, caller="anonymous"),
        set_variable("a", "b"),
        hangup("Busy"),
        reject("Busy"),
    ]  # fmt: skip
    assert {each.action_type for each in everything} >= set(KINDS)
    for each in everything:
        documented = fields_of(each.action_type)
        assert not documented or set(each.fields) == documented


def fields_of(action_type: str) -> set[str]:
    """Return the fields of an action as its reference page has them."""
    page = DOCS / "reference" / "actions" / f"{action_type.lower()}.md"
    table = page.read_text("utf-8").partition("| `Cause` | SIP")[0]
    rows = table.partition("\nA case has")[0]
    return set(re.findall(r"^\| `(\w+)` \| [^|]+\| [^|]*\| ", rows, re.MULTILINE))


def test_mistakes_are_found() -> None:
    with pytest.raises(InvalidBehavior, match="Loop: 5000 is wrong"):
        build(say("x", loop=5000))
    spinning = say("x")
    with pytest.raises(InvalidBehavior, match="leads back to itself"):
        build(spinning.then(spinning))


def test_the_example_writes_the_file_and_its_scenarios_hold() -> None:
    written = build(runpy.run_path(str(EXAMPLES / "opening_hours.py"))["hours"])
    text = (EXAMPLES / "opening-hours.json").read_text("utf-8")
    assert written + "\n" == text
    assert check(text) == ()
    scenarios = parse_suite((EXAMPLES / "opening-hours.scenarios").read_text("utf-8"))
    for scenario in scenarios:
        assert run(load(text), scenario).difference == ()


def test_the_guide_shows_the_files() -> None:
    guide = (DOCS / "how-to" / "prove-an-application.md").read_text("utf-8")
    (shown,) = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    assert shown == (EXAMPLES / "opening_hours.py").read_text("utf-8")
    blocks = re.findall(r"```text\n(Scenario:.*?)```", guide, re.DOTALL)
    suite = (EXAMPLES / "opening-hours.scenarios").read_text("utf-8")
    assert blocks
    assert all(block in suite for block in blocks)
