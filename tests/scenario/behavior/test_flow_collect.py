"""Collect: every way through it."""

from collections.abc import Callable
from typing import Any

from dillo.behavior.scenario import Played
from dillo.model.events import (
    CallEvent,
    DigitReceived,
    DigitsCollected,
    NodeLeft,
    PromptStarted,
    VariableSet,
)

Holds = Callable[..., Played]


def collect(**fields: Any) -> dict[str, tuple[Any, ...]]:
    """Return a Collect of four digits at node 0, which goes on at node 1."""
    action = {
        "Intro": {"Text": "Code?"},
        "NumberOfDigits": 4,
        "StorageKey": "Code",
        "MaxAttempts": 1,
        **fields,
    }
    return {
        "0": ("Collect", action, 1),
        "1": ("Say", {"Text": "Got {{digits.Code}}."}),
        "2": ("Say", {"Text": "Nothing."}),
    }


def collected(played: Played) -> list[CallEvent]:
    return [fact for fact in played.facts if isinstance(fact, DigitsCollected)]


def test_enough_digits_finish_it(holds: Holds) -> None:
    played = holds(
        collect(NumberOfDigits=2),
        """
        at | in              | out
        0  | Started         | Answer, Say Code?
        1  | Digit 1         | Stop, Wait 3 s
        2  | Digit *         | Say Got 1*.
        4  | Prompt finished | Hang up FlowEnded
        """,
    )
    assert collected(played) == [DigitsCollected(2_000_000, "0", "Collect", "Code", "1*", True)]
    assert NodeLeft(2_000_000, "0", "digits", "1") in played.facts


def test_finishing_key_ends_it(holds: Holds) -> None:
    played = holds(
        collect(),
        """
        at | in              | out
        0  | Started         | Answer, Say Code?
        2  | Prompt finished | Wait 5 s
        3  | Digit 7         | Wait 3 s
        4  | Digit #         | Say Got 7.
        6  | Prompt finished | Hang up FlowEnded
        """,
    )
    assert NodeLeft(4_000_000, "0", "key", "1") in played.facts


def test_pause_between_digits_ends_it(holds: Holds) -> None:
    played = holds(
        collect(InterDigitTimeout=2),
        """
        at | in              | out
        0  | Started         | Answer, Say Code?
        1  | Digit 7         | Stop, Wait 2 s
        2  | Digit 8         | Wait 2 s
        4  | Timer fired     | Say Got 78.
        6  | Prompt finished | Hang up FlowEnded
        """,
    )
    assert NodeLeft(4_000_000, "0", "timeout", "1") in played.facts


def test_without_a_finishing_key_hash_is_a_digit(holds: Holds) -> None:
    holds(
        collect(FinishOnKey="", NumberOfDigits=1),
        """
        at | in              | out
        0  | Started         | Answer, Say Code?
        1  | Digit #         | Stop, Say Got #.
        3  | Prompt finished | Hang up FlowEnded
        """,
    )


def test_no_digit_asks_again_and_then_goes_on(holds: Holds) -> None:
    played = holds(
        collect(MaxAttempts=2, Timeout=1),
        """
        at | in              | out
        0  | Started         | Answer, Say Code?
        2  | Prompt finished | Wait 1 s
        3  | Timer fired     | Say Code?
        5  | Prompt finished | Wait 1 s
        6  | Timer fired     | Say Got .
        8  | Prompt finished | Hang up FlowEnded
        """,
    )
    assert collected(played) == [DigitsCollected(6_000_000, "0", "Collect", "Code", "", False)]
    assert NodeLeft(6_000_000, "0", "no digit", "1") in played.facts


def test_branch_for_no_input_is_taken_after_the_last_attempt(holds: Holds) -> None:
    holds(
        collect(MaxAttempts=2, Timeout=1, NoInputNextNode=2),
        """
        at | in              | out
        0  | Started         | Answer, Say Code?
        2  | Prompt finished | Wait 1 s
        3  | Timer fired     | Say Code?
        5  | Prompt finished | Wait 1 s
        6  | Timer fired     | Say Nothing.
        8  | Prompt finished | Hang up FlowEnded
        """,
    )


def test_too_few_digits_ask_again_from_the_start(holds: Holds) -> None:
    played = holds(
        collect(MinDigits=3, MaxAttempts=2, NoInputNextNode=2),
        """
        at | in              | out
        0  | Started         | Answer, Say Code?
        1  | Digit 1         | Stop, Wait 3 s
        2  | Digit #         | Say Code?
        3  | Digit 5         | Stop, Wait 3 s
        6  | Timer fired     | Say Nothing.
        8  | Prompt finished | Hang up FlowEnded
        """,
    )
    assert collected(played) == [DigitsCollected(6_000_000, "0", "Collect", "Code", "5", False)]
    assert NodeLeft(6_000_000, "0", "too few digits", "2") in played.facts


def test_beep_follows_the_intro_and_a_digit_cuts_it(holds: Holds) -> None:
    holds(
        collect(PlayBeep=True, NumberOfDigits=1),
        """
        at   | in              | out
        0    | Started         | Answer, Say Code? + Beep
        2.25 | Prompt finished | Wait 5 s
        3    | Digit 1         | Say Got 1.
        5    | Prompt finished | Hang up FlowEnded
        """,
    )
    holds(
        collect(Intro=None, PlayBeep=True, NumberOfDigits=1),
        """
        at  | in              | out
        0   | Started         | Answer, Beep
        0.1 | Digit 1         | Stop, Say Got 1.
        2.1 | Prompt finished | Hang up FlowEnded
        """,
    )
    holds(
        collect(Intro=None, PlayBeep=True),
        """
        at   | in              | out
        0    | Started         | Answer, Beep
        0.25 | Prompt finished | Wait 5 s
        1    | Hung up         |
        """,
    )


def test_hang_up_in_the_middle_keeps_what_was_pressed(holds: Holds) -> None:
    played = holds(
        collect(),
        """
        at | in      | out
        0  | Started | Answer, Say Code?
        1  | Digit 4 | Stop, Wait 3 s
        2  | Hung up |
        """,
    )
    assert collected(played) == [DigitsCollected(2_000_000, "0", "Collect", "Code", "4", False)]


def test_sensitive_digits_work_but_are_never_shown(holds: Holds) -> None:
    nodes = collect(Sensitive=True, NumberOfDigits=2) | {
        "1": ("Set", {"Name": "copy", "Value": "pin {{digits.Code}}"}, 3),
        "3": (
            "Switch",
            {"Cases": [{"Variable": "copy", "Equals": "pin 42", "NextNode": 4}]},
        ),
        "4": ("Say", {"Text": "You said {{vars.copy}}."}),
    }
    played = holds(
        nodes,
        """
        at | in              | out
        0  | Started         | Answer, Say Code?
        1  | Digit 4         | Stop, Wait 3 s
        2  | Digit 2         | Say You said pin 42.
        3  | Digit 5         |
        4  | Prompt finished | Hang up FlowEnded
        """,
    )
    assert collected(played) == [DigitsCollected(2_000_000, "0", "Collect", "Code", "**", True)]
    assert VariableSet(2_000_000, "1", "copy", "pin **") in played.facts
    assert PromptStarted(2_000_000, "4", "You said pin **.") in played.facts
    pressed = [fact.digit for fact in played.facts if isinstance(fact, DigitReceived)]
    assert pressed == ["?", "?", "5"]


def test_sensitive_digits_stay_masked_when_the_caller_hangs_up(holds: Holds) -> None:
    played = holds(
        collect(Sensitive=True),
        """
        at | in      | out
        0  | Started | Answer, Say Code?
        1  | Digit 4 | Stop, Wait 3 s
        2  | Hung up |
        """,
    )
    assert collected(played) == [DigitsCollected(2_000_000, "0", "Collect", "Code", "*", False)]
