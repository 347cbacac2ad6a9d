"""The overview: a newcomer's way to the first call, then what happened and what needs somebody."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tests.e2e.node import Node
from tests.e2e.portal.browser import Visitor
from tests.e2e.portal.looks import LOOKS

_EMAIL = "nina@example.com"
_ALONE = {"behavior": {"ChannelBehaviorNodes": {"0": {"ActionType": "Hangup"}}}}


@pytest.fixture(scope="module")
def newcomer(browser: Browser, portal_node: Node) -> Iterator[Visitor]:
    """Somebody who has just signed up."""
    visitor = Visitor.arrive(browser, portal_node)
    visitor.sign_up(_EMAIL, "Nina Rossi")
    visitor.log_in(_EMAIL)
    yield visitor
    visitor.leave()


@pytest.mark.parametrize("look", LOOKS)
def test_a_newcomer_sees_five_steps(
    browser: Browser, portal_node: Node, newcomer: Visitor, look: str
) -> None:
    visitor = Visitor.arrive(browser, portal_node, **LOOKS[look])
    cookies: list[Any] = newcomer.context.cookies()  # what is read is not what may be added
    visitor.context.add_cookies(cookies)
    visitor.go("/")
    expect(visitor.page.locator("[aria-current=step]")).to_have_count(1)
    visitor.is_right("overview-new", look)
    visitor.leave()


def test_steps_are_ticked_as_they_are_taken(newcomer: Visitor) -> None:
    page = newcomer.page
    newcomer.go("/")
    expect(_step(page, "Sign up")).to_contain_text("Done")
    expect(_step(page, "Buy a number")).to_have_attribute("aria-current", "step")
    made = newcomer.ask("POST", "/applications", {"name": "First"})
    newcomer.ask("POST", f"/applications/{made['id']}/versions", _ALONE)
    newcomer.go("/")
    expect(_step(page, "Publish an application")).to_contain_text("Done")
    expect(_step(page, "Call the number").get_by_role("button")).to_be_disabled()
    _step(page, "Buy a number").get_by_role("link", name="Buy a number").click()
    page.get_by_role("heading", name="Buy new number").wait_for()


def test_a_low_balance_is_told(anna: Visitor) -> None:
    page = anna.page
    anna.go("/")
    expect(page.get_by_text("Nothing needs you")).to_be_visible()
    anna.ask("PUT", "/billing/alert", {"below": "1000000", "email": "anna@example.com"})
    anna.go("/")
    need = page.get_by_role("listitem").filter(has_text="is below €1,000,000.00")
    need.get_by_role("link", name="To billing").click()
    page.get_by_role("heading", name="Billing").wait_for()
    anna.ask("DELETE", "/billing/alert")


def _step(page: Page, name: str) -> Locator:
    return (
        page.get_by_role("region", name="To your first call")
        .get_by_role("listitem")
        .filter(has_text=name)
    )
