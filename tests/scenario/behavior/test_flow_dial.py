"""Dial: every way through it."""

from collections.abc import Callable
from typing import Any

import pytest

from dillo.behavior.scenario import Played
from dillo.model.events import (
    CallEvent,
    LegConnected,
    NodeLeft,
    Warned,
)

Holds = Callable[..., Played]

SORRY = "Say Sorry, a technical error has occurred. Please call again later."
FIRST, SECOND = "+442079460123", "+442079460124"


def dial(next_node: int | None = 1, **fields: Any) -> dict[str, tuple[Any, ...]]:
    """Return a Dial at node 0 that branches to a Say for each outcome."""
    said = {1: "Done.", 2: "Answered.", 3: "No answer.", 4: "Busy.", 5: "Failed."}
    sayings = {str(number): ("Say", {"Text": text}) for number, text in said.items()}
    start: tuple[Any, ...] = ("Dial", {"To": FIRST, **fields})
    return {"0": start if next_node is None else (*start, next_node), **sayings}


BRANCHES = {
    "AnsweredNextNode": 2,
    "NoAnswerNextNode": 3,
    "BusyNextNode": 4,
    "FailedNextNode": 5,
}


def left(played: Played) -> list[CallEvent]:
    return [fact for fact in played.facts if isinstance(fact, NodeLeft) and fact.node == "0"]


def test_call_is_answered_when_the_callee_answers(holds: Holds) -> None:
    played = holds(
        dial(None),
        f"""
        at | in            | out
        0  | Started       | Dial {FIRST}
        8  | Picked up     | Answer, Connect
        60 | Dial answered | Hang up DialEnded
        """,
    )
    assert LegConnected(8_000_000, "0", "leg") in played.facts
    assert left(played) == [NodeLeft(60_000_000, "0", "answered")]


def test_call_that_was_answered_before_is_not_answered_again(holds: Holds) -> None:
    holds(
        {"0": ("Say", {"Text": "One moment."}, 1), "1": ("Dial", {"To": [FIRST]})},
        f"""
        at | in              | out
        0  | Started         | Answer, Say One moment.
        2  | Prompt finished | Dial {FIRST}
        8  | Picked up       | Connect
        60 | Dial answered   | Hang up DialEnded
        """,
    )


@pytest.mark.parametrize(
    ("outcome", "said"), [("no answer", "No answer."), ("busy", "Busy."), ("failed", "Failed.")]
)
def test_flow_branches_on_why_nobody_answered(holds: Holds, outcome: str, said: str) -> None:
    played = holds(
        dial(**BRANCHES),
        f"""
        at | in              | out
        0  | Started         | Dial {FIRST}
        30 | Dial {outcome}  | Answer, Say {said}
        32 | Prompt finished | Hang up FlowEnded
        """,
    )
    (branch,) = left(played)
    assert isinstance(branch, NodeLeft)
    assert branch.outcome == outcome


def test_flow_goes_on_when_they_have_talked(holds: Holds) -> None:
    holds(
        dial(**BRANCHES),
        f"""
        at | in              | out
        0  | Started         | Dial {FIRST}
        3  | Picked up       | Answer, Connect
        9  | Dial answered   | Say Answered.
        11 | Prompt finished | Hang up FlowEnded
        """,
    )


@pytest.mark.parametrize("outcome", ["no answer", "busy", "failed"])
def test_without_branches_every_outcome_goes_on_at_next_node(holds: Holds, outcome: str) -> None:
    holds(
        dial(),
        f"""
        at | in              | out
        0  | Started         | Dial {FIRST}
        30 | Dial {outcome}  | Answer, Say Done.
        32 | Prompt finished | Hang up FlowEnded
        """,
    )


@pytest.mark.parametrize(
    ("outcome", "status"), [("no answer", 480), ("busy", 486), ("failed", 503)]
)
def test_unanswered_call_that_ends_here_is_refused(holds: Holds, outcome: str, status: int) -> None:
    holds(
        dial(None),
        f"""
        at | in             | out
        0  | Started        | Dial {FIRST}
        30 | Dial {outcome} | Refuse {status}
        """,
    )


@pytest.mark.parametrize(
    ("strategy", "word"), [("Simultaneous", "and"), ("Sequential", "then"), (None, "and")]
)
def test_strategy_says_how_several_are_rung(holds: Holds, strategy: str | None, word: str) -> None:
    holds(
        dial(None, To=[FIRST, "sip:bob@pbx.example", SECOND, FIRST], Strategy=strategy),
        f"""
        at | in          | out
        0  | Started     | Dial {FIRST} {word} sip:bob@pbx.example {word} {SECOND}
        9  | Dial failed | Refuse 503
        """,
    )


def test_caller_may_give_up_while_it_rings(holds: Holds) -> None:
    played = holds(
        dial(),
        f"""
        at | in      | out
        0  | Started | Dial {FIRST}
        9  | Hung up |
        """,
    )
    assert left(played) == [NodeLeft(9_000_000, "0", "hung up")]


def test_talk_is_recorded_from_the_answer_on(holds: Holds) -> None:
    holds(
        dial(Record=True, MaxDuration=600),
        f"""
        at | in              | out
        0  | Started         | Dial {FIRST}
        3  | Picked up       | Answer, Connect, Record 600 s
        9  | Dial answered   | Stop recording (flow), Say Done.
        9  | Recording done  |
        11 | Prompt finished | Hang up FlowEnded
        """,
    )


def test_platform_that_fails_while_it_rings_lets_go_of_everybody(holds: Holds) -> None:
    holds(
        dial(RingbackUrl="http://prompts.example/music.wav"),
        f"""
        at | in              | out
        0  | Started         | Dial {FIRST}
        1  | Failed no file  | Stop dialing, Answer, {SORRY}
        3  | Prompt finished | Hang up Error
        """,
    )


def test_platform_that_fails_while_they_talk_ends_the_talk(holds: Holds) -> None:
    holds(
        dial(Record=True),
        f"""
        at | in              | out
        0  | Started         | Dial {FIRST}
        3  | Picked up       | Answer, Connect, Record 14400 s
        9  | Failed no disk  | Stop dialing, Stop recording (flow), {SORRY}
        9  | Recording done  |
        11 | Prompt finished | Hang up Error
        """,
    )


def test_callee_may_come_from_a_variable(holds: Holds) -> None:
    holds(
        {
            "0": ("Set", {"Name": "rota", "Value": "+44 (20) 7946-0124"}, 1),
            "1": ("Dial", {"To": ["{{vars.rota}}", "{{vars.nobody}}"]}),
        },
        f"""
        at | in          | out
        0  | Started     | Dial {SECOND}
        9  | Dial busy   | Refuse 486
        """,
    )


def test_variable_that_names_nobody_fails_the_dial(holds: Holds) -> None:
    played = holds(
        dial(To="{{vars.nobody}}", FailedNextNode=5),
        """
        at | in              | out
        0  | Started         | Answer, Say Failed.
        2  | Prompt finished | Hang up FlowEnded
        """,
    )
    assert any(
        isinstance(fact, Warned) and "nobody to dial" in fact.detail for fact in played.facts
    )


def test_keys_pressed_while_talking_change_nothing(holds: Holds) -> None:
    holds(
        dial(None),
        f"""
        at | in            | out
        0  | Started       | Dial {FIRST}
        3  | Picked up     | Answer, Connect
        5  | Digit 1       |
        9  | Dial answered | Hang up DialEnded
        """,
    )
