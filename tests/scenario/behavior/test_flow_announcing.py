"""Say, Play, Pause, Hangup and Reject."""

from collections.abc import Callable

import pytest

from dillo.behavior.scenario import Played
from dillo.model.events import (
    ApplicationStarted,
    DigitReceived,
    NodeEntered,
    NodeLeft,
    PromptEnded,
    PromptStarted,
    Role,
)

Holds = Callable[..., Played]


def test_say_answers_speaks_and_the_flow_ends(holds: Holds) -> None:
    played = holds(
        {"0": ("Say", {"Text": "Welcome."})},
        """
        at | in              | out
        0  | Started         | Answer, Say Welcome.
        2  | Prompt finished | Hang up FlowEnded
        """,
    )
    assert played.facts == (
        ApplicationStarted(0, Role.PRIMARY, "v1"),
        NodeEntered(0, "0", "Say"),
        PromptStarted(0, "0", "Welcome."),
        PromptEnded(2_000_000, "0"),
        NodeLeft(2_000_000, "0", "completed"),
    )


def test_say_repeats_and_answers_once(holds: Holds) -> None:
    holds(
        {"0": ("Say", {"Text": "One.", "Loop": 3}, 1), "1": ("Say", {"Text": "Two."})},
        """
        at | in              | out
        0  | Started         | Answer, Say One. x 3
        6  | Prompt finished | Say Two.
        8  | Prompt finished | Hang up FlowEnded
        """,
    )


def test_endless_play_lasts_until_the_caller_hangs_up(holds: Holds) -> None:
    played = holds(
        {"0": ("Play", {"Url": "https://example.com/hold.mp3", "Loop": 0})},
        """
        at  | in      | out
        0   | Started | Answer, Play https://example.com/hold.mp3 x ever
        600 | Hung up |
        """,
    )
    assert played.facts[-2:] == (
        PromptEnded(600_000_000, "0", interrupted=True),
        NodeLeft(600_000_000, "0", "hung up"),
    )


def test_uploaded_prompt(holds: Holds) -> None:
    holds(
        {"0": ("Play", {"PromptId": "p1"})},
        """
        at | in              | out
        0  | Started         | Answer, Play prompt p1
        2  | Prompt finished | Hang up FlowEnded
        """,
    )


def test_keys_pressed_during_an_announcement_do_nothing_but_are_noted(holds: Holds) -> None:
    played = holds(
        {"0": ("Say", {"Text": "Welcome."})},
        """
        at | in              | out
        0  | Started         | Answer, Say Welcome.
        1  | Digit 5         |
        2  | Prompt finished | Hang up FlowEnded
        """,
    )
    assert DigitReceived(1_000_000, "5", "rfc4733") in played.facts


def test_text_without_words_is_passed_over(holds: Holds) -> None:
    played = holds(
        {"0": ("Say", {"Text": "{{vars.nothing}} "})},
        """
        at | in      | out
        0  | Started | Answer, Hang up FlowEnded
        """,
    )
    assert played.facts[-1] == NodeLeft(0, "0", "nothing to say")


def test_pause_answers_and_lets_the_caller_hear_silence(holds: Holds) -> None:
    holds(
        {"0": ("Pause", {"Seconds": 2.5}, 1), "1": ("Hangup",)},
        """
        at  | in              | out
        0   | Started         | Answer, Silence 2.5 s
        1   | Digit 1         |
        2.5 | Prompt finished | Hang up FlowEnded
        """,
    )


@pytest.mark.parametrize(
    ("action", "fields", "status"),
    [
        ("Reject", {}, 603),
        ("Reject", {"Cause": "Busy"}, 486),
        ("Reject", {"Cause": "NotFound"}, 404),
        ("Reject", {"Cause": "Unavailable"}, 503),
        ("Hangup", {}, 603),
        ("Hangup", {"Cause": "NoAnswer"}, 480),
    ],
)
def test_ending_before_an_answer_refuses(
    holds: Holds, action: str, fields: dict[str, str], status: int
) -> None:
    holds(
        {"0": (action, fields)},
        f"""
        at | in      | out
        0  | Started | Refuse {status}
        """,
    )


@pytest.mark.parametrize(
    ("action", "reason", "outcome"),
    [("Reject", "Rejected", "rejected"), ("Hangup", "FlowEnded", "hung up")],
)
def test_ending_after_an_answer_hangs_up(
    holds: Holds, action: str, reason: str, outcome: str
) -> None:
    played = holds(
        {"0": ("Say", {"Text": "Sorry."}, 1), "1": (action, {"Cause": "Busy"})},
        f"""
        at | in              | out
        0  | Started         | Answer, Say Sorry.
        2  | Prompt finished | Hang up {reason}
        """,
    )
    assert played.facts[-1] == NodeLeft(2_000_000, "1", outcome)


def test_flow_that_ends_without_an_answer_refuses(holds: Holds) -> None:
    holds(
        {"0": ("Set", {"Name": "x", "Value": "1"})},
        """
        at | in      | out
        0  | Started | Refuse 603
        """,
    )


def test_caller_who_hangs_up_is_not_hung_up_on(holds: Holds) -> None:
    holds(
        {"0": ("Say", {"Text": "Welcome."})},
        """
        at  | in      | out
        0   | Started | Answer, Say Welcome.
        0.5 | Hung up |
        """,
    )
