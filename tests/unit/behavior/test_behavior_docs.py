"""The reference pages: their examples are proven, and they tell of everything there is."""

import json
import re
from pathlib import Path

import pytest

from dillo.behavior import check, load
from dillo.behavior.coverage import coverage
from dillo.behavior.nodes import KINDS, LATER
from dillo.behavior.nodes.ending import CAUSES
from dillo.behavior.suite import parse_suite, run
from dillo.model import events

DOCS = Path(__file__).parents[3] / "docs"
PAGE = DOCS / "reference" / "channel-behavior.md"
ACTIONS = DOCS / "reference" / "actions"
TEXT = PAGE.read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```json\n(.*?)```", TEXT, re.DOTALL)


every_action = pytest.mark.parametrize("action_type", KINDS)


def page(action_type: str) -> str:
    return (ACTIONS / f"{action_type.lower()}.md").read_text("utf-8")


@pytest.mark.parametrize("example", EXAMPLES)
def test_examples_are_valid_and_free_of_warnings(example: str) -> None:
    assert check(example) == ()


def test_there_is_a_page_for_every_action_and_a_link_to_it() -> None:
    names = [name.lower() for name in KINDS]
    assert sorted(path.stem for path in ACTIONS.iterdir()) == sorted(names)
    assert re.findall(r"^\| \[(\w+)\]\(actions/(\w+)\.md\)", TEXT, re.MULTILINE) == list(
        zip(KINDS, names, strict=True)
    )


@every_action
def test_every_action_has_an_example_whose_scenarios_take_every_branch(action_type: str) -> None:
    path = DOCS / "examples" / "actions" / f"{action_type.lower()}.json"
    text = path.read_text("utf-8")
    assert check(text) == ()
    nodes = json.loads(text)["ChannelBehaviorNodes"].values()
    assert action_type in [node["ActionType"] for node in nodes]
    suite = parse_suite(path.with_suffix(".scenarios").read_text("utf-8"))
    outcomes = [run(load(text), scenario) for scenario in suite]
    assert [outcome.difference for outcome in outcomes if not outcome.holds] == []
    facts = [fact for outcome in outcomes for fact in outcome.facts]
    assert coverage(load(text), facts).missed == ()


@every_action
def test_every_page_tells_what_happens_in_the_call(action_type: str) -> None:
    for row in ("the caller hears", "the flow goes on", "it keeps", "[events]", "in the [record]"):
        assert f"\n| {row}" in page(action_type)


@every_action
def test_events_of_an_action_exist(action_type: str) -> None:
    (row,) = re.findall(r"^\| \[events\].*", page(action_type), re.MULTILINE)
    assert all(hasattr(events, name) for name in re.findall(r"`(\w+)`", row))


def test_every_cause_and_every_later_action_is_named() -> None:
    assert re.findall(r"^\| `(\w+)` \| (\d+) \|", page("Reject"), re.MULTILINE) == [
        (name, str(status)) for name, status in CAUSES.items()
    ]
    assert all(
        name in TEXT.split("\n## Actions of later releases\n")[1].split("\n## ")[0]
        for name in LATER
    )
