"""Primary and fallback: what runs when an application fails."""

from collections.abc import Callable

from dillo.behavior.scenario import Played
from dillo.model.events import (
    ApplicationFailed,
    ApplicationStarted,
    CallEvent,
    DigitReceived,
    DigitsCollected,
    NodeLeft,
    PromptEnded,
    Role,
)

Holds = Callable[..., Played]

WELCOME = {"0": ("Say", {"Text": "Welcome."})}
FALLBACK = {"0": ("Say", {"Text": "Plan B, {{vars.name}} {{digits.Code}}."})}
SORRY = "Say Sorry, a technical error has occurred. Please call again later."


def applications(played: Played) -> list[CallEvent]:
    kinds = (ApplicationStarted, ApplicationFailed)
    return [fact for fact in played.facts if isinstance(fact, kinds)]


def test_failed_prompt_starts_the_fallback(holds: Holds) -> None:
    played = holds(
        WELCOME,
        """
        at  | in              | out
        0   | Started         | Answer, Say Welcome.
        0.5 | Failed no voice | Stop, Say Plan B,  .
        2.5 | Prompt finished | Hang up FlowEnded
        """,
        fallback=FALLBACK,
    )
    assert applications(played) == [
        ApplicationStarted(0, Role.PRIMARY, "v1"),
        ApplicationFailed(500_000, Role.PRIMARY, "0", "no voice"),
        ApplicationStarted(500_000, Role.FALLBACK, "v2"),
    ]
    assert PromptEnded(500_000, "0", interrupted=True) in played.facts
    assert NodeLeft(500_000, "0", "failed") in played.facts


def test_values_survive_into_the_fallback(holds: Holds) -> None:
    primary = {
        "0": ("Set", {"Name": "name", "Value": "Ann"}, 1),
        "1": ("Collect", {"NumberOfDigits": 1, "StorageKey": "Code"}, 2),
        "2": ("Say", {"Text": "Welcome."}),
    }
    holds(
        primary,
        """
        at | in              | out
        0  | Started         | Answer, Wait 5 s
        1  | Digit 7         | Say Welcome.
        1  | Failed no voice | Stop, Say Plan B, Ann 7.
        3  | Prompt finished | Hang up FlowEnded
        """,
        fallback=FALLBACK,
    )


def test_absent_primary_starts_the_fallback(holds: Holds) -> None:
    played = holds(
        None,
        """
        at | in              | out
        0  | Started         | Answer, Say Plan B,  .
        2  | Prompt finished | Hang up FlowEnded
        """,
        fallback=FALLBACK,
    )
    assert applications(played) == [
        ApplicationFailed(0, Role.PRIMARY, None, "absent, disabled or unpublished"),
        ApplicationStarted(0, Role.FALLBACK, "v2"),
    ]


def test_failed_fallback_ends_in_an_apology(holds: Holds) -> None:
    played = holds(
        WELCOME,
        f"""
        at | in              | out
        0  | Started         | Answer, Say Welcome.
        1  | Failed no voice | Stop, Say Plan B,  .
        2  | Failed again    | Stop, {SORRY}
        3  | Digit 1         |
        4  | Prompt finished | Hang up Error
        """,
        fallback=FALLBACK,
    )
    assert applications(played)[-1] == ApplicationFailed(2_000_000, Role.FALLBACK, "0", "again")


def test_without_a_fallback_the_caller_hears_an_apology(holds: Holds) -> None:
    primary = {"0": ("Say", {"Text": "Benvenuto.", "LanguageCode": "it-IT"})}
    sorry = "Say Siamo spiacenti, si è verificato un errore tecnico. Richiami più tardi."
    holds(
        primary,
        f"""
        at | in              | out
        0  | Started         | Answer, Say Benvenuto.
        1  | Failed no voice | Stop, {sorry}
        3  | Prompt finished | Hang up Error
        """,
    )


def test_without_any_application_the_caller_hears_an_apology(holds: Holds) -> None:
    holds(
        None,
        f"""
        at | in              | out
        0  | Started         | Answer, {SORRY}
        2  | Prompt finished | Hang up Error
        """,
    )


def test_failed_apology_hangs_up_at_once(holds: Holds) -> None:
    holds(
        None,
        f"""
        at | in              | out
        0  | Started         | Answer, {SORRY}
        0  | Failed no voice | Hang up Error
        """,
    )


def test_caller_may_hang_up_during_the_apology(holds: Holds) -> None:
    holds(
        None,
        f"""
        at | in      | out
        0  | Started | Answer, {SORRY}
        1  | Hung up |
        """,
    )


def test_failure_stops_what_was_running(holds: Holds) -> None:
    recording = {"0": ("Record", {"PlayBeep": False})}
    played = holds(
        recording,
        """
        at | in              | out
        0  | Started         | Answer, Record 120 s
        1  | Failed disk     | Stop recording (flow), Record 120 s
        1  | Recording done  |
        2  | Digit #         | Stop recording (key)
        2  | Recording done  | Hang up FlowEnded
        """,
        fallback=recording,
    )
    assert NodeLeft(2_000_000, "0", "key") in played.facts


def test_failure_in_a_sensitive_collect_keeps_its_digits_masked(holds: Holds) -> None:
    played = holds(
        {"0": ("Collect", {"Sensitive": True, "StorageKey": "Pin"}, 0)},
        f"""
        at | in          | out
        0  | Started     | Answer, Wait 5 s
        1  | Digit 4     | Wait 3 s
        2  | Failed disk | {SORRY}
        3  | Digit 2     |
        4  | Prompt finished | Hang up Error
        """,
    )
    assert DigitsCollected(2_000_000, "0", "Collect", "Pin", "*", False) in played.facts
    assert DigitReceived(3_000_000, "?", "rfc4733") in played.facts
