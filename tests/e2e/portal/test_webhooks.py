"""Webhooks in the browser: whom applications tell, how that went, and telling it again."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from tests.e2e.hook_servers import HookServer, answers, hook_server
from tests.e2e.node import Node
from tests.e2e.portal.browser import Visitor
from tests.e2e.portal.house import House, call, take_number
from tests.e2e.portal.looks import LOOKS

NUMBER = "+442079460787"
APPLICATION = "Reception"
_TOLD_MS = 20_000


@pytest.fixture(scope="module")
def systems(browser: Browser, portal_node: Node, house: House) -> Iterator[HookServer]:
    """The customer's own systems, which do not want to hear of calls at first."""
    with hook_server({"calls": answers({}, status=500)}) as server:
        _publish(browser, portal_node, house, f"{server.address}/calls")
        take_number(portal_node, house.customer_code, NUMBER, APPLICATION)
        call(portal_node, "+393703188053", "", to=NUMBER)
        yield server


def _publish(browser: Browser, node: Node, house: House, url: str) -> None:
    behavior = {
        "StatusCallbackUrl": url,
        "ChannelBehaviorNodes": {
            "0": {"ActionType": "Say", "ChannelBehaviorAction": {"Text": "Hello."}}
        },
    }
    visitor = Visitor.arrive(browser, node)
    visitor.context.add_cookies(house.cookies)
    visitor.go("/voice/applications")
    made = visitor.ask("POST", "/applications", {"name": APPLICATION})
    visitor.ask("POST", f"/applications/{made['id']}/versions", {"behavior": behavior})
    visitor.leave()


def test_what_nobody_took_is_sent_again(anna: Visitor, systems: HookServer) -> None:
    page = anna.page
    anna.go("/developers/webhooks")
    addresses = page.get_by_role("region", name="Addresses")
    row = addresses.get_by_role("row").filter(has_text=f"{systems.address}/calls")
    expect(row).to_contain_text("Told what becomes of calls")
    expect(row.get_by_role("link", name=f"Edit in {APPLICATION}")).to_be_visible()
    deliveries = page.get_by_role("region", name="Deliveries").last
    deliveries.get_by_role("button", name="call.finished").wait_for(timeout=_TOLD_MS)
    deliveries.get_by_role("button", name="call.finished").click()
    drawer = page.get_by_role("dialog")
    expect(drawer).to_contain_text("HTTP 500", timeout=_TOLD_MS)
    tried = len(systems.requests)
    drawer.get_by_role("button", name="Send again").click()
    expect(drawer).to_contain_text("It is on its way again")
    expect(drawer.get_by_text("HTTP 500")).not_to_have_count(1, timeout=_TOLD_MS)
    assert len(systems.requests) > tried
    drawer.get_by_role("link", name="Show the call").click()
    page.get_by_role("heading", name="Call from +39 370 318 8053").wait_for()


def test_an_address_is_changed_where_it_stands(anna: Visitor, systems: HookServer) -> None:
    page = anna.page
    anna.go("/developers/webhooks")
    page.get_by_role("link", name=f"Edit in {APPLICATION}").click()
    panel = page.get_by_role("region", name="Status callbacks")
    expect(panel.get_by_label("Address")).to_have_value(f"{systems.address}/calls")
    panel.get_by_label("Address").fill("https://example.com/told")
    page.get_by_text("Draft saved").wait_for(timeout=_TOLD_MS)
    anna.go(page.url)
    expect(panel.get_by_label("Address")).to_have_value("https://example.com/told")


def test_the_list_is_narrowed_to_a_state(anna: Visitor, systems: HookServer) -> None:
    page = anna.page
    anna.go("/developers/webhooks?status=delivered")
    page.get_by_text("No delivery is in this state").wait_for()
    page.locator("label").filter(has_text="Waiting").click()
    page.get_by_role("button", name="call.started").wait_for()
    assert "status=waiting" in page.url


def test_the_secret_is_shown_when_asked_for_and_replaced(anna: Visitor) -> None:
    page = anna.page
    anna.go("/developers/webhooks")
    assert "whsec_" not in page.content()
    page.get_by_role("button", name="Show the secret").click()
    shown = page.locator("pre").filter(has_text="whsec_")
    first = shown.inner_text()
    page.get_by_role("button", name="Make another").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Make another").click()
    expect(shown).not_to_have_text(first)
    page.get_by_role("button", name="Hide").click()
    expect(shown).to_have_count(0)


@pytest.mark.parametrize("look", LOOKS)
def test_pictures(
    browser: Browser, portal_node: Node, house: House, systems: HookServer, look: str
) -> None:
    visitor = Visitor.arrive(browser, portal_node, **LOOKS[look])
    visitor.context.add_cookies(house.cookies)
    visitor.go("/developers/webhooks")
    visitor.is_right("webhooks", look)
    visitor.page.get_by_role("button", name="call.finished").click()
    visitor.page.get_by_role("dialog").get_by_text("HTTP 500").first.wait_for()
    visitor.settle()
    visitor.is_right("webhook-delivery", look)
    visitor.leave()
