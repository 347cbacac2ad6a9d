"""Files of scenarios: reading them, running them, what they cover."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dillo.behavior import Behavior, load
from dillo.behavior.coverage import coverage
from dillo.behavior.scenario import InvalidScenario
from dillo.behavior.suite import MAX_SHOWN, parse_suite, run

MENU = load(
    """{"ChannelBehaviorNodes": {
    "0": {"ActionType": "Menu", "ChannelBehaviorAction": {
        "Digits": {"1": {"NextNode": 1}}, "MaxAttempts": 1}},
    "1": {"ActionType": "Collect", "ChannelBehaviorAction": {
        "NumberOfDigits": 2, "MaxAttempts": 1}, "NextNode": 2},
    "2": {"ActionType": "Say", "ChannelBehaviorAction": {
        "Text": "Line one.\\nLine {{caller}}."}}}}"""
)

HOLDS = """
# A remark.
Scenario: Two digits
Caller: +393703188051
Called: +442079460001
Now: 2026-07-01 09:30 Europe/London

at | in              | out
0  | Started         | Answer, Wait 5 s
1  | Digit 1         | Wait 5 s
2  | Digit 4         | Wait 3 s
3  | Digit 5         | Say Line one. Line +393703188051.
5  | Prompt finished | Hang up FlowEnded

Scenario: Nothing
at | in      | out
0  | Started | Answer, Wait 5 s
5  | Timer fired | Hang up DialEnded
"""


def test_a_file_holds_scenarios() -> None:
    first, second = parse_suite(HOLDS)
    assert (first.name, first.caller, first.called) == (
        "Two digits",
        "+393703188051",
        "+442079460001",
    )
    assert first.starts_us == 1_782_894_600_000_000
    assert second.name == "Nothing"
    assert len(second.rows) == 2


def test_a_scenario_holds_or_shows_the_difference() -> None:
    first, second = (run(MENU, scenario) for scenario in parse_suite(HOLDS))
    assert first.holds
    assert second.difference == (
        "  0      | Started          | Answer, Wait 5 s",
        "- 5      | Timer fired      | Hang up DialEnded",
        "+ 5      | Timer fired      | Hang up FlowEnded",
    )


def test_endless_scenarios_are_cut_short() -> None:
    again = load(
        """{"ChannelBehaviorNodes": {"0": {"ActionType": "Menu", "ChannelBehaviorAction": {
        "Digits": {"1": {}}, "NoDigitNextNode": 0}}}}"""
    )
    (scenario,) = parse_suite("Scenario: x\nat | in | out\n0 | Started | nothing")
    outcome = run(again, scenario)
    assert not outcome.holds
    assert len(outcome.difference) <= 2 * MAX_SHOWN
    assert outcome.difference[-1] == "+ …"


def test_branches_are_covered() -> None:
    facts = [fact for scenario in parse_suite(HOLDS) for fact in run(MENU, scenario).facts]
    found = coverage(MENU, facts)
    assert list(map(str, found.taken)) == [
        "node 0, digit 1 → node 1",
        "node 0, no digit → end",
        "node 1, done → node 2",
        "node 2, done → end",
    ]
    assert list(map(str, found.missed)) == [
        "node 0, wrong digit → end",
        "node 1, no input → node 2",
    ]


def test_a_node_that_is_left_early_takes_no_branch() -> None:
    text = """
    Scenario: Hung up
    at | in      | out
    0  | Started | Answer, Wait 5 s
    1  | Hung up |
    """
    (scenario,) = parse_suite(text.replace("\n    ", "\n"))
    outcome = run(MENU, scenario)
    assert outcome.holds
    assert coverage(MENU, outcome.facts).taken == ()


DIAL = load(
    """{"ChannelBehaviorNodes": {
    "0": {"ActionType": "Dial", "ChannelBehaviorAction": {
        "To": "+442079460001", "FailedNextNode": 1}},
    "1": {"ActionType": "Say", "ChannelBehaviorAction": {"Text": "Sorry."}}}}"""
)


def taken(behavior: Behavior, text: str) -> list[str]:
    facts = [fact for scenario in parse_suite(text) for fact in run(behavior, scenario).facts]
    return list(map(str, coverage(behavior, facts).taken))


def test_a_dial_that_fails_takes_its_branch() -> None:
    text = """
Scenario: Nobody can be reached
at | in              | out
0  | Started         | Dial +442079460001
1  | Dial failed     | Answer, Say Sorry.
3  | Prompt finished | Hang up FlowEnded
"""
    assert taken(DIAL, text) == ["node 0, failed → node 1", "node 1, done → end"]


def test_an_application_that_fails_takes_no_branch() -> None:
    text = """
Scenario: The platform breaks down
at | in          | out
0  | Started     | Dial +442079460001
1  | Failed oops | Stop dialing, Answer, Say sorry
"""
    assert taken(DIAL, text) == []


def test_nodes_of_a_webhooks_answer_are_not_those_of_the_behavior() -> None:
    asking = load(
        """{"ChannelBehaviorNodes": {
        "0": {"ActionType": "External", "ChannelBehaviorAction": {"Url": "https://example.com"}},
        "1": {"ActionType": "Say", "ChannelBehaviorAction": {"Text": "Never."}}}}"""
    )
    answer = """{"ChannelBehaviorNodes": {
        "0": {"ActionType": "Set", "ChannelBehaviorAction": {"Name": "a", "Value": "b"},
              "NextNode": 7},
        "7": {"ActionType": "Say", "ChannelBehaviorAction": {"Text": "Hello."}}}}"""
    text = f"""
Scenario: The webhook answers a behavior
at | in | out
0 | Started | POST https://example.com
1 | Webhook {" ".join(answer.split())} | Answer, Say Hello.
"""
    assert taken(asking, text) == ["node 0, answered → end"]


TABLE = "at | in | out\n0 | Started | Answer"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "there is no scenario"),
        ("# only a remark", "there is no scenario"),
        (TABLE, "line 1: 'at | in | out': a line Scenario: NAME is expected"),
        (f"Scenario:\n{TABLE}", "line 1: 'Scenario:': a line Scenario: NAME is expected"),
        ("Scenario: x", "x: a table headed at | in | out is expected"),
        ("Scenario: x\n0 | Started | Answer", "x: a table headed at | in | out is expected"),
        ("Scenario: x\nat | in | out", "x: the first row must be Started"),
        ("Scenario: x\nat | in | out\n0 | Digit 1 |", "x: the first row must be Started"),
        ("Scenario: x\nat | in | out\n0 | Dance |", "x: 'Dance' is unknown"),
        (f"Scenario: x\nTime: 1\n{TABLE}", "line 2: 'Time: 1': Caller, Called, Now or a row"),
        (f"Scenario: x\nCaller: 12\n{TABLE}", "line 2: 'Caller: 12': '12' has no known country"),
        (f"Scenario: x\nNow: today\n{TABLE}", "line 2: 'Now: today': a date, a time and a time"),
        (f"Scenario: x\nNow: 2026-02-30 10:00 UTC\n{TABLE}", "line 2"),
        (f"Scenario: x\nNow: 2026-02-03 10:00 Nowhere\n{TABLE}", "line 2"),
        (f"Scenario: x\nNow: 2026-02-03 10:00+01:00 UTC\n{TABLE}", "line 2"),
        (f"Scenario: x\nNow: 2026-02-03 10:00 ../x\n{TABLE}", "line 2"),
    ],
)
def test_what_is_no_scenario_is_refused(text: str, message: str) -> None:
    with pytest.raises(InvalidScenario) as caught:
        parse_suite(text)
    assert str(caught.value).startswith(message)


@settings(deadline=None, max_examples=200)
@given(
    st.lists(
        st.sampled_from(["Scenario: x", "Now: 2026-01-01 1 UTC", "at|in|out", "0|Started|", "#"])
        | st.text(max_size=20)
    )
)
def test_any_text_is_read_or_refused(lines: list[str]) -> None:
    try:
        parse_suite("\n".join(lines))
    except InvalidScenario as error:
        str(error).encode()
