"""A stranger's way: from signing up to what was said in the first call, and what it cost."""

import re
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Locator, Page, TimeoutError, expect
from tests.e2e.node import Node
from tests.e2e.portal.browser import Visitor, speaking
from tests.e2e.portal.looks import LOOKS
from tests.e2e.voices import spoken

from dillo.accounts import customers, numbers
from dillo.accounts.ports import Change, Registry

EMAIL = "stranger@example.com"
NUMBER, SHOWN_NUMBER = "+442079460778", "+44 207 946 0778"
TEXT = "Hello, this is Anna. Please call me back tomorrow morning."
_ANSWERED_MS, _RECORDS_MS, _WRITTEN_MS = 60_000, 60_000, 600_000
_SAYS_IT_MS, _OVER_MS = 9_000, 3_000


def test_from_sign_up_to_what_was_said(browser: Browser, portal_node: Node, tmp_path: Path) -> None:
    said = np.concatenate([spoken(TEXT), np.zeros(8000, np.int16)])
    with speaking(browser, said, tmp_path) as talking:
        visitor = Visitor.arrive(talking, portal_node)
        visitor.sign_up(EMAIL, "Stranger Ltd")
        visitor.log_in(EMAIL)
        _stock(visitor, portal_node)
        _buy(visitor)
        _draw(visitor)
        _assign(visitor)
        _call(visitor)
        page = visitor.page
        expect(page.get_by_role("term").filter(has_text="Price")).to_be_visible()
        words = page.get_by_role("list", name="What was said")
        words.wait_for(timeout=_WRITTEN_MS)
        assert "call me back tomorrow morning" in _plain(words.inner_text())
        _follow(page, words)
        expect(page.get_by_text("€0.00").first).to_be_visible()
        _picture(talking, visitor)
        visitor.leave()


def _stock(visitor: Visitor, node: Node) -> None:
    """The operator has a number to sell, and was paid."""
    code = visitor.page.evaluate(
        "async () => (await (await fetch('/api/v1/me')).json()).customer.id"
    )

    async def work(registry: Registry, change: Change) -> None:
        await numbers.add(registry, change, NUMBER)
        await customers.top_up(registry, change, code, 20_000_000)

    with ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(node.accounts, work).result()


def _buy(visitor: Visitor) -> None:
    visitor.go("/numbers/buy?pattern=0778")
    page = visitor.page
    page.get_by_role("button", name=f"Buy {SHOWN_NUMBER}").click()
    page.get_by_role("dialog").get_by_role("button", name="Buy", exact=True).click()
    page.get_by_role("heading", name="My numbers").wait_for()
    page.get_by_text(SHOWN_NUMBER, exact=True).wait_for()


def _draw(visitor: Visitor) -> None:
    visitor.go("/voice/applications")
    page = visitor.page
    page.get_by_role("button", name="New application").first.click()
    page.get_by_label("Name").fill("Front desk")
    page.get_by_role("radio", name=re.compile("menu", re.IGNORECASE)).click()
    page.get_by_role("button", name="Create").click()
    page.get_by_role("toolbar").wait_for()
    page.get_by_role("button", name="Publish").click()
    page.get_by_role("button", name="Publish version 1").click()
    page.get_by_text("Version 1 is in force").wait_for()


def _assign(visitor: Visitor) -> None:
    visitor.go("/numbers")
    page = visitor.page
    page.get_by_role("combobox", name=f"Primary: {SHOWN_NUMBER}").click()
    page.get_by_role("option", name="Front desk").click()
    page.get_by_text("next call").first.wait_for()


def _call(visitor: Visitor) -> None:
    """Call in the editor, press 1, leave a message where nobody answers, and open the record."""
    visitor.go("/voice/applications")
    page = visitor.page
    page.get_by_role("link", name="Front desk").click()
    visitor.settle()
    page.get_by_role("toolbar").get_by_role("button", name="Call", exact=True).click()
    panel = page.get_by_role("region", name="Call from here")
    panel.get_by_role("combobox", name="Whom").click()
    page.get_by_role("option", name=SHOWN_NUMBER).click()
    panel.get_by_role("button", name="Call", exact=True).click()
    panel.get_by_text("Talking").wait_for(timeout=_ANSWERED_MS)
    panel.get_by_role("button", name="Key 1").click()
    heard = page.locator("[data-heard=true]")
    heard.filter(has_text="Record").wait_for(timeout=_RECORDS_MS)
    page.wait_for_timeout(_SAYS_IT_MS)
    with suppress(TimeoutError):  # the application may have done so, where nothing more was said
        panel.get_by_role("button", name="Hang up").click(timeout=_OVER_MS)
    panel.get_by_role("link", name="Its record").click()
    page.get_by_role("heading", level=1).wait_for()


def _follow(page: Page, words: Locator) -> None:
    """A click on a word goes there, and what is heard then is marked."""
    tomorrow = words.get_by_text(re.compile("tomorrow", re.IGNORECASE)).first
    tomorrow.click()
    expect(tomorrow).to_have_attribute("data-heard", "true")
    page.get_by_role("button", name="Play", exact=True).click()
    expect(tomorrow).not_to_have_attribute("data-heard", "true")
    page.get_by_role("button", name="Pause", exact=True).click()
    tomorrow.click()


def _picture(browser: Browser, visitor: Visitor) -> None:
    path = visitor.page.url
    for look, options in LOOKS.items():
        other = visitor.again(browser, **options)
        other.go(path)
        player = other.page.locator("ol[lang]")
        player.locator("span[data-word]").nth(5).click()
        player.evaluate("list => list.scrollIntoView({block: 'center'})")
        other.picture(f"transcript-{look}")
        assert other.problems() == []
        other.leave()


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[a-z']+", text.lower()))
