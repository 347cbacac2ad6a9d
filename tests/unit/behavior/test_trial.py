"""Scenarios tried on a behavior: the way each took through its nodes."""

from dillo.behavior import load
from dillo.behavior.trial import Visit, try_suite, visits

BEHAVIOR = load(
    """{"ChannelBehaviorNodes": {
    "0": {"ActionType": "Dial", "ChannelBehaviorAction": {
        "To": "+442079460001", "BusyNextNode": 1}},
    "1": {"ActionType": "Menu", "ChannelBehaviorAction": {"Digits": {"1": {"NextNode": 1}}}}}}"""
)

SUITE = """
Scenario: Busy, then a key, then gone
at | in        | out
0  | Started   | Dial +442079460001
2  | Dial busy | Answer, Wait 5 s
3  | Digit 1   | Wait 5 s
4  | Hung up   |

Scenario: The platform breaks down
at | in          | out
0  | Started     | Dial +442079460001
1  | Failed oops |
"""


def test_the_way_through_the_nodes_is_told() -> None:
    trial = try_suite(BEHAVIOR, SUITE)
    busy, broken = trial.outcomes
    assert visits(BEHAVIOR, busy) == (
        Visit("0", "Dial", 0, 2_000_000, "busy", "1"),
        Visit("1", "Menu", 2_000_000, 3_000_000, "digit 1", "1"),
        Visit("1", "Menu", 3_000_000, 4_000_000),
    )
    assert visits(BEHAVIOR, broken) == (Visit("0", "Dial", 0, 1_000_000),)
    assert [outcome.name for outcome in trial.failed] == ["The platform breaks down"]
    assert [str(row.happening) for row in busy.rows] == [
        "Started",
        "Dial busy",
        "Digit 1",
        "Hung up",
    ]
    assert list(map(str, trial.coverage.taken)) == [
        "node 0, busy → node 1",
        "node 1, digit 1 → node 1",
    ]
