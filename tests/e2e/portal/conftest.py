"""A platform with its portal built, a customer with calls, and a browser.

These tests are run by themselves: as long as Playwright runs, nothing else in its thread can run an
event loop.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright
from tests.e2e.node import Node
from tests.e2e.portal.browser import Visitor
from tests.e2e.portal.house import House, furnish

from dillo.web.portal import BUILT


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, without a window."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox"]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def portal_node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """A platform of its own: its log is searched for links in e-mails."""
    assert (BUILT / "index.html").is_file(), "build the portal first: make portal"
    running = Node(tmp_path_factory.mktemp("portal"))
    running.start()
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="session")
def house(browser: Browser, portal_node: Node) -> House:
    """A customer who signed up in the browser, with a number, an application and calls."""
    return furnish(browser, portal_node)


@pytest.fixture
def visitor(browser: Browser, portal_node: Node) -> Iterator[Visitor]:
    """A stranger."""
    visitor = Visitor.arrive(browser, portal_node)
    yield visitor
    visitor.leave()


@pytest.fixture
def anna(visitor: Visitor, house: House) -> Visitor:
    """The owner of the customer, logged in."""
    visitor.context.add_cookies(house.cookies)
    return visitor
