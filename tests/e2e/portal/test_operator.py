"""The operator's side in the browser: customers, inventory, trunks and tariffs."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tests.e2e.node import Node
from tests.e2e.portal.browser import PASSWORD, Visitor
from tests.e2e.portal.house import House
from tests.e2e.portal.looks import LOOKS

_DECK = """service,prefix,connection_fee,per_minute,first,next
dial,default,0.05,0.50,60,60
dial,44,,0.010,30,6
dial,447,,0.035,30,6
dial,39,,0.012,30,6
"""
_WRONG_DECK = "service,prefix,per_minute\ndial,default,cheap\ndial,4x,0.01\n"
_STOCK = "number,country,type,area\n+442079461001,GB,local,London\n+390612345678,IT,local,Roma\n"
_PAGES = {
    "customers": "/operator/customers",
    "inventory": "/operator/inventory",
    "trunks": "/operator/trunks",
    "tariffs": "/operator/tariffs",
    "tariff": "/operator/tariffs/standard/2",
}


@pytest.fixture(scope="module")
def cookies(browser: Browser, portal_node: Node) -> list[Any]:
    """Eve, the first operator, who took the invitation that the command line printed."""
    command = [sys.executable, "-m", "dillo", "operator", "create", "eve@example.com"]
    command += ["--home", str(portal_node.home), "--json"]
    printed = subprocess.check_output(command, text=True, env=os.environ)
    visitor = Visitor.arrive(browser, portal_node)
    page = visitor.page
    visitor.go(json.loads(printed)["Link"])
    page.get_by_label("Your name").fill("Eve Operator")
    page.get_by_label("Password").first.fill(PASSWORD)
    page.locator("button[type=submit]").click()
    page.get_by_role("link", name="Log in").wait_for()
    visitor.log_in("eve@example.com")
    cookies = visitor.context.cookies()
    visitor.leave()
    return list(cookies)


@pytest.fixture
def eve(visitor: Visitor, cookies: list[Any]) -> Visitor:
    visitor.context.add_cookies(cookies)
    return visitor


def test_a_deck_is_loaded_whole_or_not_at_all(eve: Visitor) -> None:
    page = eve.page
    eve.go("/operator/tariffs")
    dialog = _loading(page)
    dialog.get_by_label("CSV").fill(_WRONG_DECK)
    dialog.get_by_role("button", name="Load CSV").click()
    errors = dialog.get_by_role("table").get_by_role("row")
    expect(errors.nth(1)).to_contain_text("per_minute")
    expect(errors.nth(2)).to_contain_text("prefix")
    eve.complaints.clear()  # the refusal, which the browser writes down
    dialog.get_by_label("CSV").fill(_DECK)
    dialog.get_by_role("button", name="Load CSV").click()
    page.get_by_role("link", name="standard, version 2").click()
    page.get_by_role("heading", name="standard, version 2").wait_for()
    deck = page.get_by_role("region", name="Rates by prefix").last
    expect(deck.get_by_role("row").filter(has_text="447")).to_contain_text("€0.035")
    page.get_by_label("Prefix", exact=True).fill("39")
    expect(deck.get_by_role("row")).to_have_count(2)
    expect(deck).to_contain_text("€0.012")


def test_a_trunk_comes_and_goes(eve: Visitor) -> None:
    page = eve.page
    eve.go("/operator/trunks")
    page.get_by_role("button", name="New trunk").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("textbox", name="Name", exact=True).fill("Carrier")
    dialog.get_by_label("Hosts").fill("sip.carrier.example\nsip2.carrier.example:5080")
    dialog.get_by_label("Prefixes").fill("+44 +39")
    dialog.get_by_label("User name").fill("dillo")
    dialog.get_by_label("Password").first.fill("secret of the carrier")
    dialog.get_by_role("button", name="Create").click()
    row = page.get_by_role("row").filter(has_text="Carrier")
    expect(row).to_contain_text("sip2.carrier.example:5080")
    expect(row).to_contain_text("+44")
    row.get_by_role("button", name="Actions of Carrier").click()
    page.get_by_role("menuitem", name="Change").click()
    dialog.get_by_role("textbox", name="Name", exact=True).fill("Carrier of Germany")
    dialog.get_by_label("Prefixes").fill("+49")
    dialog.get_by_role("button", name="Save changes").click()
    expect(row).to_contain_text("Carrier of Germany")
    expect(row).to_contain_text("+49")
    expect(row).to_contain_text("dillo")
    row.get_by_role("button", name="Actions of Carrier of Germany").click()
    page.get_by_role("menuitem", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()
    expect(row).to_have_count(0)


def test_an_operator_acts_for_a_customer(eve: Visitor, house: House) -> None:
    page = eve.page
    eve.go("/operator/customers")
    row = page.get_by_role("row").filter(has_text="Bianchi Srl")
    row.get_by_role("button", name="Act for").click()
    page.get_by_role("heading", name="Overview").wait_for()
    page.get_by_role("link", name="Webhooks").wait_for()


@pytest.mark.parametrize("look", LOOKS)
def test_pictures(
    browser: Browser, portal_node: Node, cookies: list[Any], house: House, look: str
) -> None:
    visitor = Visitor.arrive(browser, portal_node, **LOOKS[look])
    visitor.context.add_cookies(cookies)
    _furnish(visitor)
    for name, path in _PAGES.items():
        visitor.go(path)
        visitor.is_right(name, look)
    visitor.leave()


def _furnish(operator: Visitor) -> None:
    """Load what the pages are to show, where it is not there yet."""
    operator.go("/operator/customers")
    if not operator.ask("GET", "/trunks")["items"]:
        hosts = ["sip.carrier.example", "sip2.carrier.example:5080"]
        trunk = {"name": "Carrier", "hosts": hosts, "prefixes": ["+44", "+39"]}
        trunk |= {"username": "dillo", "password": "secret of the carrier"}
        operator.ask("POST", "/trunks", trunk)
        operator.ask("POST", "/trunks", {"name": "Everywhere else", "hosts": ["10.1.2.3"]})
    if len(operator.ask("GET", "/inventory")["items"]) < 3:
        operator.ask("POST", "/inventory", _STOCK)
    if len(operator.ask("GET", "/tariffs")["items"]) < 2:
        operator.ask("POST", "/tariffs", _DECK)


def _loading(page: Page) -> Locator:
    page.get_by_role("button", name="Load CSV").first.click()
    return page.get_by_role("dialog")
