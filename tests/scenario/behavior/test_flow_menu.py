"""Menu: every way through it."""

from collections.abc import Callable
from typing import Any

from dillo.behavior.scenario import Played
from dillo.model.events import CallEvent, DigitsCollected, NodeLeft, PromptEnded

Holds = Callable[..., Played]


def menu(**fields: Any) -> dict[str, tuple[Any, ...]]:
    """Return a Menu of keys 1 and 2 at node 0, which goes on at node 3."""
    action = {
        "Intro": {"Text": "Press."},
        "Digits": {"1": {"NextNode": 1}, "2": {}},
        "StorageKey": "Choice",
        **fields,
    }
    return {
        "0": ("Menu", action, 3),
        "1": ("Say", {"Text": "You pressed {{digits.Choice}}."}),
        "3": ("Say", {"Text": "On."}),
        "4": ("Say", {"Text": "Branch."}),
    }


def collected(played: Played) -> list[CallEvent]:
    return [fact for fact in played.facts if isinstance(fact, DigitsCollected)]


def test_key_during_the_intro_interrupts_it_and_counts(holds: Holds) -> None:
    played = holds(
        menu(),
        """
        at  | in              | out
        0   | Started         | Answer, Say Press.
        1   | Digit 1         | Stop, Say You pressed 1.
        3   | Prompt finished | Hang up FlowEnded
        """,
    )
    assert played.facts[4] == PromptEnded(1_000_000, "0", interrupted=True)
    assert collected(played) == [DigitsCollected(1_000_000, "0", "Menu", "Choice", "1", True)]
    assert NodeLeft(1_000_000, "0", "digit 1", "1") in played.facts


def test_key_after_the_intro(holds: Holds) -> None:
    holds(
        menu(),
        """
        at  | in              | out
        0   | Started         | Answer, Say Press.
        2   | Prompt finished | Wait 5 s
        6.9 | Digit 1         | Say You pressed 1.
        8.9 | Prompt finished | Hang up FlowEnded
        """,
    )


def test_key_without_next_node_hangs_up(holds: Holds) -> None:
    holds(
        menu(),
        """
        at | in      | out
        0  | Started | Answer, Say Press.
        1  | Digit 2 | Stop, Hang up FlowEnded
        """,
    )


def test_no_key_repeats_the_intro_and_then_goes_on(holds: Holds) -> None:
    played = holds(
        menu(MaxAttempts=2, Timeout=3),
        """
        at | in              | out
        0  | Started         | Answer, Say Press.
        2  | Prompt finished | Wait 3 s
        5  | Timer fired     | Say Press.
        7  | Prompt finished | Wait 3 s
        10 | Timer fired     | Say On.
        12 | Prompt finished | Hang up FlowEnded
        """,
    )
    assert collected(played) == [DigitsCollected(10_000_000, "0", "Menu", "Choice", "", False)]
    assert NodeLeft(10_000_000, "0", "no digit", "3") in played.facts


def test_wrong_key_repeats_the_intro_and_then_goes_on(holds: Holds) -> None:
    played = holds(
        menu(MaxAttempts=2),
        """
        at | in              | out
        0  | Started         | Answer, Say Press.
        1  | Digit 9         | Stop, Say Press.
        3  | Prompt finished | Wait 5 s
        4  | Digit #         | Say On.
        6  | Prompt finished | Hang up FlowEnded
        """,
    )
    assert collected(played) == [DigitsCollected(4_000_000, "0", "Menu", "Choice", "#", False)]
    assert NodeLeft(4_000_000, "0", "wrong digit", "3") in played.facts


def test_right_key_at_the_second_attempt(holds: Holds) -> None:
    holds(
        menu(),
        """
        at | in              | out
        0  | Started         | Answer, Say Press.
        1  | Digit 9         | Stop, Say Press.
        2  | Digit 1         | Stop, Say You pressed 1.
        4  | Prompt finished | Hang up FlowEnded
        """,
    )


def test_branch_for_a_wrong_key_is_taken_at_once(holds: Holds) -> None:
    holds(
        menu(WrongDigitNextNode=4),
        """
        at | in              | out
        0  | Started         | Answer, Say Press.
        1  | Digit 9         | Stop, Say Branch.
        3  | Prompt finished | Hang up FlowEnded
        """,
    )


def test_branch_for_no_key_is_taken_at_once(holds: Holds) -> None:
    holds(
        menu(NoDigitNextNode="4"),
        """
        at | in              | out
        0  | Started         | Answer, Say Press.
        2  | Prompt finished | Wait 5 s
        7  | Timer fired     | Say Branch.
        9  | Prompt finished | Hang up FlowEnded
        """,
    )


def test_without_an_intro_it_waits_at_once(holds: Holds) -> None:
    holds(
        menu(Intro=None, MaxAttempts=1),
        """
        at | in              | out
        0  | Started         | Answer, Wait 5 s
        5  | Timer fired     | Say On.
        7  | Prompt finished | Hang up FlowEnded
        """,
    )


def test_intro_may_be_a_file_that_repeats(holds: Holds) -> None:
    url = "http://example.com/a.wav"
    holds(
        menu(Intro={"Url": url, "Loop": 2}, MaxAttempts=1),
        f"""
        at | in              | out
        0  | Started         | Answer, Play {url} + Play {url}
        3  | Digit 1         | Stop, Say You pressed 1.
        5  | Prompt finished | Hang up FlowEnded
        """,
    )


def test_hang_up_without_a_key_collects_nothing(holds: Holds) -> None:
    played = holds(
        menu(),
        """
        at | in      | out
        0  | Started | Answer, Say Press.
        1  | Hung up |
        """,
    )
    assert collected(played) == []
