"""A call from the browser: Chromium speaks into a microphone that plays a file."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tests.e2e.node import Node
from tests.e2e.portal.browser import Visitor, speaking
from tests.e2e.portal.house import House
from tests.e2e.portal.looks import LOOKS
from tests.e2e.telephones import noise

_ANSWERED_MS = 60_000
_SHOWN_NUMBER = "+44 207 946 0777"
_CALLER = "+393703188052"
_SKETCH = {
    "ChannelBehaviorNodes": {
        "0": {"ActionType": "Say", "ChannelBehaviorAction": {"Text": "{{called}}."}}
    }
}


@pytest.fixture(scope="module")
def talking(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Chromium with a microphone in which somebody speaks."""
    with speaking(browser, noise(3.0, seed=7), tmp_path_factory.mktemp("said")) as talking:
        yield talking


def test_a_call_from_my_numbers(talking: Browser, portal_node: Node, house: House) -> None:
    visitor = _anna(talking, portal_node, house)
    page = visitor.page
    visitor.go("/numbers")
    page.get_by_role("button", name=f"Actions of {_SHOWN_NUMBER}").click()
    page.get_by_role("menuitem", name="Call from here").click()
    dialog = page.get_by_role("dialog", name="Call from here")
    dialog.get_by_label("Calling as").fill(_CALLER)
    _is_heard(dialog.get_by_role("meter", name="You"))
    dialog.get_by_role("button", name="Call", exact=True).click()
    dialog.get_by_text("Talking").wait_for(timeout=_ANSWERED_MS)
    _is_heard(dialog.get_by_role("meter", name="Platform"))
    dialog.get_by_role("button", name="Key 1").click()
    dialog.get_by_text("Pressed: 1").wait_for()
    visitor.picture("call-from-here-light")
    assert visitor.problems() == []
    page.wait_for_timeout(2000)
    dialog.get_by_role("button", name="Hang up").click()
    dialog.get_by_text("You hung up").wait_for()
    dialog.get_by_role("link", name="Its record").click()
    page.get_by_role("heading", level=1).wait_for()
    _is_listed(page)
    visitor.leave()


@pytest.mark.parametrize("look", LOOKS)
def test_a_draft_is_called_in_the_editor(
    talking: Browser, portal_node: Node, house: House, look: str
) -> None:
    """The node that is heard glows beside the telephone; nothing is published for it."""
    visitor = Visitor.arrive(talking, portal_node, **LOOKS[look] | {"locale": "en-GB"})
    visitor.context.add_cookies(house.cookies)
    page = visitor.page
    visitor.go(f"/voice/applications/{house.application_id}")
    caller = page.get_by_role("toolbar").get_by_role("button", name="Call", exact=True)
    caller.press("Enter")
    panel = page.get_by_role("region", name="Call from here")
    expect(panel).to_be_focused()
    expect(panel.get_by_role("combobox", name="Whom")).to_have_value("The draft")
    call = panel.get_by_role("button", name="Call", exact=True)
    expect(call).to_be_enabled()  # when the microphone is there
    call.press("Enter")
    panel.get_by_text("Talking").wait_for(timeout=_ANSWERED_MS)
    page.locator("[data-heard=true]").wait_for()
    page.keyboard.press("5")  # the telephone has the focus, and takes keys
    panel.get_by_text("Pressed: 5").wait_for()
    visitor.picture(f"editor-call-{look}")
    assert visitor.problems() == []
    panel.get_by_role("button", name="Close").press("Enter")
    expect(panel).to_be_hidden()
    expect(caller).to_be_focused()
    expect(page.locator("[data-heard=true]")).to_have_count(0)
    visitor.leave()


def test_a_draft_is_called_before_there_is_a_number(
    talking: Browser, portal_node: Node, house: House
) -> None:
    visitor = _anna(talking, portal_node, house)
    page = visitor.page
    visitor.go("/voice/applications")
    made = visitor.ask("POST", "/applications", {"name": "Sketch", "behavior": _SKETCH})
    visitor.go(f"/voice/applications/{made['id']}")
    page.get_by_role("toolbar").get_by_role("button", name="Call", exact=True).click()
    panel = page.get_by_role("region", name="Call from here")
    expect(panel).to_contain_text("It needs no number")
    panel.get_by_role("button", name="Call", exact=True).click()
    panel.get_by_text("The application hung up").wait_for(timeout=_ANSWERED_MS)
    panel.get_by_role("link", name="Its record").click()
    expect(page.get_by_role("main")).to_contain_text("No number", timeout=_ANSWERED_MS)
    visitor.ask("DELETE", f"/applications/{made['id']}")
    visitor.leave()


def test_what_went_wrong_is_said(browser: Browser, portal_node: Node, house: House) -> None:
    """This browser has no microphone, or nobody who allows it."""
    visitor = _anna(browser, portal_node, house)
    page = visitor.page
    visitor.go("/numbers")
    page.get_by_role("button", name=f"Actions of {_SHOWN_NUMBER}").click()
    page.get_by_role("menuitem", name="Call from here").click()
    dialog = page.get_by_role("dialog", name="Call from here")
    dialog.get_by_role("alert").get_by_text("microphone").first.wait_for()
    expect(dialog.get_by_role("button", name="Call", exact=True)).to_be_disabled()
    visitor.leave()


def _anna(browser: Browser, node: Node, house: House) -> Visitor:
    visitor = Visitor.arrive(browser, node)
    visitor.context.add_cookies(house.cookies)
    return visitor


def _is_heard(meter: Locator) -> None:
    handle = meter.element_handle()
    script = "meter => Number(meter.getAttribute('aria-valuenow')) > 10"
    meter.page.wait_for_function(script, arg=handle, timeout=_ANSWERED_MS)


def _is_listed(page: Page) -> None:
    """The record is in the statistics, once the call is settled."""
    row = page.get_by_role("row").filter(has_text="+39 370 318 8052")
    for _ in range(20):
        page.goto("/voice/statistics")
        page.locator("h1").first.wait_for()
        page.wait_for_timeout(700)
        if row.count():
            row.get_by_text("Test call").wait_for()
            return
    raise AssertionError("the call is not in the statistics")
