"""The reference page: its examples are valid, and it tells of everything there is."""

import inspect
import json
import re
from pathlib import Path

import pytest

from dillo.behavior import check
from dillo.behavior.nodes import KINDS, LATER
from dillo.behavior.nodes.ending import CAUSES
from dillo.behavior.reader import Reader
from dillo.behavior.report import Report

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "channel-behavior.md"
TEXT = PAGE.read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)


def section(action_type: str) -> str:
    return TEXT.split(f"\n## {action_type}\n")[1].split("\n## ")[0]


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_are_valid_and_free_of_warnings(example: str) -> None:
    assert check(example) == ()


@pytest.mark.parametrize("action_type", KINDS)
def test_every_action_has_a_section_with_an_example(action_type: str) -> None:
    (example,) = re.findall(r"```json\n(.*?)```", section(action_type), re.DOTALL)
    nodes = json.loads(example)["ChannelBehaviorNodes"].values()
    assert action_type in [node["ActionType"] for node in nodes]


@pytest.mark.parametrize("action_type", KINDS)
def test_every_field_of_an_action_is_in_its_table(action_type: str) -> None:
    documented = re.findall(r"^\| `(\w+)` \| [^|]+\| [^|]*\| ", section(action_type), re.MULTILINE)
    fields = Reader(Report(frozenset(), lambda _: True), "0", "", {})
    KINDS[action_type].read("0", None, fields)
    assert sorted(set(documented) - set(CAUSES)) == sorted(fields.known_names())


def test_every_cause_and_every_later_action_is_named() -> None:
    assert re.findall(r"^\| `(\w+)` \| (\d+) \|", section("Reject"), re.MULTILINE) == [
        (name, str(status)) for name, status in CAUSES.items()
    ]
    assert all(name in section("Actions of later releases") for name in LATER)


def test_machines_are_those_of_the_code() -> None:
    shown = TEXT.split("<!-- machines -->\n")[1].split("<!-- /machines -->")[0]
    assert shown == machines()


def machines() -> str:
    """Return the table of all machines, as the page must show it."""
    rows = ["| action | while | event | does |", "|---|---|---|---|"]
    for name, kind in KINDS.items():
        for (phase, event), handler in kind.transitions.items():
            does = inspect.getdoc(handler)
            rows.append(f"| {name} | {phase.name.lower()} | {event.__name__} | {does} |")
    return "\n".join(rows) + "\n"
