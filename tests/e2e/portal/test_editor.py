"""The editor by the keyboard: from a template to a version, its differences, and its scenarios."""

import re

import pytest
from playwright.sync_api import Browser, expect
from tests.e2e.node import Node
from tests.e2e.portal.browser import Visitor
from tests.e2e.portal.house import House
from tests.e2e.portal.looks import LOOKS

_SAVED_MS = 30_000


@pytest.mark.parametrize("look", LOOKS)
def test_all_of_the_editor_is_reached_by_the_keyboard(
    browser: Browser, portal_node: Node, house: House, look: str
) -> None:
    visitor = Visitor.arrive(browser, portal_node, **LOOKS[look] | {"locale": "en-GB"})
    visitor.context.add_cookies(house.cookies)
    _begin(visitor, look)
    _write(visitor)
    _compare(visitor, look)
    _try(visitor, look)
    visitor.leave()


def _begin(visitor: Visitor, look: str) -> None:
    """A template becomes an application, and its first version."""
    page = visitor.page
    visitor.go("/voice/applications")
    page.get_by_role("button", name="New application").first.press("Enter")
    page.get_by_label("Name").fill(f"Reception ({look})")
    menu = page.get_by_role("radio", name=re.compile("menu", re.IGNORECASE))
    menu.press("Space")
    expect(menu).to_be_checked()
    _look_at(visitor, f"templates-{look}")
    page.get_by_role("button", name="Create").press("Enter")
    page.get_by_role("toolbar").wait_for()
    page.get_by_role("button", name="Publish").press("Enter")
    page.get_by_label("Note").fill("As the template has it")
    page.get_by_role("button", name="Publish version 1").press("Enter")
    page.get_by_text("Version 1 is in force").wait_for()


def _write(visitor: Visitor) -> None:
    """A node is chosen with Enter, and what is written into its panel is saved."""
    page = visitor.page
    page.locator(".react-flow__node").first.press("Enter")
    panel = page.get_by_role("region", name=re.compile("^Node 0"))
    panel.locator("textarea").first.fill("For sales press 1. For support press 2.")
    page.get_by_text("Not saved yet").wait_for()
    page.get_by_text("Draft saved").wait_for(timeout=_SAVED_MS)


def _compare(visitor: Visitor, look: str) -> None:
    page = visitor.page
    page.get_by_role("button", name="Versions").press("Enter")
    page.get_by_role("button", name="Compare with the draft").press("Enter")
    page.locator("ins").filter(has_text="For support press 2.").wait_for()
    _look_at(visitor, f"versions-{look}")


def _try(visitor: Visitor, look: str) -> None:
    """Scenarios say what is different now, and where in the graph."""
    page = visitor.page
    page.get_by_role("button", name="Scenario tests").press("Enter")
    page.get_by_role("button", name="Run", exact=True).press("Enter")
    page.get_by_text("Some scenarios do not hold").wait_for()
    assert page.locator(".react-flow__edge.animated").count() > 0
    _look_at(visitor, f"scenarios-{look}")


def _look_at(visitor: Visitor, name: str) -> None:
    visitor.page.wait_for_timeout(500)  # for what glides in
    visitor.picture(name)
    assert visitor.problems() == []
