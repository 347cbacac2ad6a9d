"""Switch and Set: branching on values, callers and local time."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from dillo.behavior.scenario import Played
from dillo.model.events import NodeLeft, VariableSet
from dillo.model.moments import from_datetime

Holds = Callable[..., Played]

TAKEN = "Refuse 486"
DEFAULT = "Refuse 404"


def switch(*cases: dict[str, Any]) -> dict[str, tuple[Any, ...]]:
    """Return a Switch that rejects with 486 in its last case and with 404 by default."""
    *others, last = cases
    action = {"Cases": [*others, {**last, "NextNode": 1}], "DefaultNextNode": 2}
    return {
        "0": ("Switch", action),
        "1": ("Reject", {"Cause": "Busy"}),
        "2": ("Reject", {"Cause": "NotFound"}),
    }


def started(outcome: str) -> str:
    return f"at | in | out\n 0 | Started | {outcome}"


@pytest.mark.parametrize(
    ("caller", "outcome"),
    [
        ("+393703188051", TAKEN),
        ("+40212345678", TAKEN),
        ("anonymous", TAKEN),
        ("+442079460000", DEFAULT),
        ("alice", DEFAULT),
    ],
)
def test_caller_prefix(holds: Holds, caller: str, outcome: str) -> None:
    case = {"CallerPrefix": ["+39", "+40", "anonymous"]}
    holds(switch(case), started(outcome), caller=caller)


def test_first_case_that_holds_is_taken(holds: Holds) -> None:
    first = {"CallerPrefix": "+39", "NextNode": 2}
    played = holds(switch(first, {"CallerPrefix": "+3"}), started(DEFAULT))
    assert NodeLeft(0, "0", "case 0", "2") in played.facts


def test_without_a_default_the_next_node_follows(holds: Holds) -> None:
    nodes = {
        "0": ("Switch", {"Cases": [{"CallerPrefix": "+44", "NextNode": 1}]}, 1),
        "1": ("Reject", {"Cause": "Busy"}),
    }
    played = holds(nodes, started(TAKEN))
    assert NodeLeft(0, "0", "default", "1") in played.facts


def test_variables_and_their_templates(holds: Holds) -> None:
    nodes = {
        "0": ("Set", {"Name": "tier", "Value": "go{{vars.none}}ld"}, 1),
        "1": ("Switch", {"Cases": [{"Variable": "tier", "Equals": ["gold"], "NextNode": 2}]}),
        "2": ("Set", {"Name": "both", "Value": "{{ caller }} to {{called}}"}, 3),
        "3": ("Set", {"Name": "empty", "Value": ""}, 4),
        "4": ("Switch", {"Cases": [{"Variable": "empty", "Equals": "", "NextNode": 5}]}),
        "5": ("Reject", {"Cause": "Busy"}),
    }
    played = holds(nodes, started(TAKEN))
    assert VariableSet(0, "0", "tier", "gold") in played.facts
    assert VariableSet(0, "2", "both", "+393703188051 to +442079460000") in played.facts


def test_what_was_never_set_is_empty(holds: Holds) -> None:
    holds(switch({"Variable": "never", "Equals": ""}), started(TAKEN))
    holds(switch({"Digits": "Never", "Equals": "1"}), started(DEFAULT))


def test_digits(holds: Holds) -> None:
    nodes = {
        "0": ("Menu", {"Digits": {"1": {"NextNode": 1}}, "StorageKey": "Key"}),
        "1": ("Switch", {"Cases": [{"Digits": "Key", "Equals": "1", "NextNode": 2}]}),
        "2": ("Say", {"Text": "One."}),
    }
    holds(
        nodes,
        """
        at | in              | out
        0  | Started         | Answer, Wait 5 s
        1  | Digit 1         | Say One.
        3  | Prompt finished | Hang up FlowEnded
        """,
    )


def test_conditions_of_a_case_must_all_hold(holds: Holds) -> None:
    case = {"CallerPrefix": "+39", "Variable": "tier", "Equals": "gold"}
    holds(switch(case), started(DEFAULT))


OFFICE = {
    "LocalTime": {"From": "09:00", "To": "17:30"},
    "Weekdays": ["Monday", "Friday"],
    "TimeZone": "Europe/London",
}
NIGHT = {
    "LocalTime": {"From": "22:00", "To": "06:00"},
    "Weekdays": "Friday",
    "TimeZone": "Europe/Rome",
}


@pytest.mark.parametrize(
    ("case", "utc", "outcome"),
    [
        (OFFICE, "2026-11-23 09:00", TAKEN),  # a Monday
        (OFFICE, "2026-11-23 08:59", DEFAULT),
        (OFFICE, "2026-11-23 17:29", TAKEN),
        (OFFICE, "2026-11-23 17:30", DEFAULT),
        (OFFICE, "2026-11-24 12:00", DEFAULT),
        (OFFICE, "2026-06-22 08:00", TAKEN),  # summer time: 09:00 in London
        (NIGHT, "2026-11-27 21:00", TAKEN),  # Friday 22:00 in Rome
        (NIGHT, "2026-11-28 04:59", TAKEN),  # Saturday 05:59 still is Friday's night
        (NIGHT, "2026-11-28 05:00", DEFAULT),
        (NIGHT, "2026-11-27 04:00", DEFAULT),  # Friday 05:00 is Thursday's night
        ({"Weekdays": "Sunday", "TimeZone": "Asia/Tokyo"}, "2026-11-21 15:00", TAKEN),
        ({"Weekdays": "Sunday", "TimeZone": "Asia/Tokyo"}, "2026-11-21 14:59", DEFAULT),
        (
            {"LocalTime": {"From": "20:00", "To": "24:00"}, "TimeZone": "UTC"},
            "2026-11-23 23:59",
            TAKEN,
        ),
    ],
)
def test_local_time(holds: Holds, case: dict[str, Any], utc: str, outcome: str) -> None:
    moment = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    holds(switch(case), started(outcome), starts_us=from_datetime(moment))


@pytest.mark.parametrize(
    ("caller", "outcome"),
    [("+393703188051", TAKEN), ("anonymous", TAKEN), ("+39370318805", DEFAULT), ("bob", DEFAULT)],
)
def test_list_of_callers(holds: Holds, caller: str, outcome: str) -> None:
    case = {"Caller": ["+40212345678", "+393703188051", "anonymous"]}
    holds(switch(case), started(outcome), caller=caller)


def holiday(country: str, region: str | None, zone: str, **others: Any) -> dict[str, Any]:
    return {"PublicHoliday": {"Country": country, "Region": region}, "TimeZone": zone, **others}


EVENING = {"From": "18:00", "To": "02:00"}


@pytest.mark.parametrize(
    ("case", "utc", "outcome"),
    [
        (holiday("IT", None, "Europe/Rome"), "2026-06-01 22:00", TAKEN),  # 2 June there
        (holiday("IT", None, "Europe/Rome"), "2026-06-02 22:00", DEFAULT),
        (holiday("IT", "BZ", "Europe/Rome"), "2026-05-25 12:00", TAKEN),  # Whit Monday
        (holiday("IT", "RM", "Europe/Rome"), "2026-05-25 12:00", DEFAULT),
        (holiday("GB", "SCT", "Europe/London"), "2026-01-02 12:00", TAKEN),
        (holiday("GB", "ENG", "Europe/London"), "2026-01-02 12:00", DEFAULT),
        # Boxing Day 2026 is a Saturday, so the Monday after it is off.
        (holiday("GB", "ENG", "Europe/London", Weekdays="Monday"), "2026-12-28 12:00", TAKEN),
        (holiday("RO", None, "Europe/Bucharest", Weekdays="Monday"), "2026-12-25 12:00", DEFAULT),
        # The window belongs to the day on which it began.
        (holiday("IT", None, "Europe/Rome", LocalTime=EVENING), "2026-06-02 23:30", TAKEN),
        (holiday("IT", None, "Europe/Rome", LocalTime=EVENING), "2026-06-01 23:30", DEFAULT),
    ],
)
def test_public_holidays(holds: Holds, case: dict[str, Any], utc: str, outcome: str) -> None:
    moment = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    holds(switch(case), started(outcome), starts_us=from_datetime(moment))
