"""Every page: loads, is read by axe without serious findings, and is pictured for the docs."""

import pytest
from playwright.sync_api import Browser
from tests.e2e.node import Node
from tests.e2e.portal.browser import Visitor
from tests.e2e.portal.house import House, calling
from tests.e2e.portal.looks import LOOKS

OPEN_PAGES = {"login": "/login", "sign-up": "/signup", "forgot-password": "/forgot-password"}
PAGES = {
    "overview": "/",
    "my-numbers": "/numbers",
    "buy-number": "/numbers/buy",
    "billing": "/billing",
    "applications": "/voice/applications",
    "editor": "/voice/applications/{application}?node=1",
    "statistics": "/voice/statistics",
    "call": "/voice/statistics/{call}",
    "keys": "/developers/keys",
    "api-reference": "/developers/api",
    "audit-log": "/developers/audit",
    "users": "/settings/users",
    "security": "/settings/security",
}
_CALLING, _SHOWN = ("+393703188054", "+40213456788"), ("+39 370 318 8054", "+40 21 345 6788")
_RINGS_MS = 30_000


@pytest.mark.parametrize("look", LOOKS)
def test_pages_of_a_customer(browser: Browser, portal_node: Node, house: House, look: str) -> None:
    visitor = Visitor.arrive(browser, portal_node, **LOOKS[look])
    visitor.context.add_cookies(house.cookies)
    for name, path in PAGES.items():
        visitor.go(path.format(application=house.application_id, call=house.call_id))
        visitor.is_right(name, look)
    visitor.leave()


def test_live_calls(browser: Browser, portal_node: Node, house: House) -> None:
    """Two people are talking to the application while each look is pictured."""
    with calling(portal_node, *_CALLING):
        for look, options in LOOKS.items():
            visitor = Visitor.arrive(browser, portal_node, **options)
            visitor.context.add_cookies(house.cookies)
            visitor.go("/voice/live")
            for caller in _SHOWN:
                visitor.page.get_by_text(caller).first.wait_for(timeout=_RINGS_MS)
            visitor.is_right("live", look)
            visitor.leave()


@pytest.mark.parametrize("look", LOOKS)
def test_pages_for_anybody(browser: Browser, portal_node: Node, look: str) -> None:
    visitor = Visitor.arrive(browser, portal_node, **LOOKS[look])
    for name, path in OPEN_PAGES.items():
        visitor.go(path)
        visitor.is_right(name, look)
    visitor.leave()


def test_a_stranger_logs_in_first_and_then_gets_there(visitor: Visitor, house: House) -> None:
    visitor.go("/developers/keys")
    assert "/login" in visitor.page.url
    visitor.page.get_by_label("E-mail").fill("anna@example.com")
    visitor.page.get_by_label("Password").first.fill("correct horse battery")
    visitor.page.get_by_role("button", name="Log in").click()
    visitor.page.get_by_role("heading", name="API keys").wait_for()
    # That nobody was signed in at first is an answer the browser writes down.
    visitor.complaints.clear()
