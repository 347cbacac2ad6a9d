"""Applications to begin with: nothing is wrong with them, and their scenarios take every branch."""

from pathlib import Path

import pytest

from dillo.accounts import templates
from dillo.accounts.errors import UnknownTemplate
from dillo.accounts.templates import TEMPLATES, Template, template
from dillo.behavior import check, load
from dillo.behavior.trial import try_suite


@pytest.mark.parametrize("each", TEMPLATES, ids=lambda each: each.name)
def test_a_template_can_be_published_as_it_stands(each: Template) -> None:
    assert check(each.behavior) == ()
    trial = try_suite(load(each.behavior), each.scenarios)
    assert [outcome.name for outcome in trial.failed] == []
    assert list(map(str, trial.coverage.missed)) == []


def test_every_file_is_in_the_table() -> None:
    folder = Path(templates.__file__).parent
    named = {f"{each.name}.{ending}" for each in TEMPLATES for ending in ("json", "scenarios")}
    assert {path.name for path in folder.glob("*.[js]*")} == named


def test_there_are_no_others() -> None:
    with pytest.raises(UnknownTemplate):
        template("../__init__")
