"""Record: every way through it."""

from collections.abc import Callable
from typing import Any

from dillo.behavior.scenario import Played
from dillo.model.events import NodeLeft

Holds = Callable[..., Played]


def record(**fields: Any) -> dict[str, tuple[Any, ...]]:
    """Return a Record at node 0, which goes on at node 1."""
    return {"0": ("Record", fields, 1), "1": ("Say", {"Text": "Thanks."})}


def test_key_ends_the_recording(holds: Holds) -> None:
    played = holds(
        record(),
        """
        at   | in              | out
        0    | Started         | Answer, Beep
        0.25 | Prompt finished | Record 120 s
        3    | Digit 1         |
        5    | Digit #         | Stop recording (key)
        5    | Recording done  | Say Thanks.
        7    | Prompt finished | Hang up FlowEnded
        """,
    )
    assert NodeLeft(5_000_000, "0", "key", "1") in played.facts


def test_silence_ends_the_recording(holds: Holds) -> None:
    played = holds(
        record(PlayBeep=False),
        """
        at | in              | out
        0  | Started         | Answer, Record 120 s
        9  | Fell silent     | Say Thanks.
        11 | Prompt finished | Hang up FlowEnded
        """,
    )
    assert NodeLeft(9_000_000, "0", "silence", "1") in played.facts


def test_recording_ends_when_it_is_full(holds: Holds) -> None:
    played = holds(
        record(PlayBeep=False, MaxLength=10),
        """
        at | in              | out
        0  | Started         | Answer, Record 10 s
        10 | Recording full  | Say Thanks.
        12 | Prompt finished | Hang up FlowEnded
        """,
    )
    assert NodeLeft(10_000_000, "0", "max-length", "1") in played.facts


def test_any_of_several_keys_ends_it(holds: Holds) -> None:
    holds(
        record(PlayBeep=False, FinishOnKey="12"),
        """
        at | in             | out
        0  | Started        | Answer, Record 120 s
        1  | Digit #        |
        2  | Digit 2        | Stop recording (key)
        2  | Recording done | Say Thanks.
        3  | Hung up        |
        """,
    )


def test_hang_up_ends_the_recording_without_being_asked(holds: Holds) -> None:
    played = holds(
        record(PlayBeep=False),
        """
        at | in      | out
        0  | Started | Answer, Record 120 s
        9  | Hung up |
        """,
    )
    assert played.facts[-1] == NodeLeft(9_000_000, "0", "hung up")
