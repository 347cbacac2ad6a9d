"""A customer of a running platform with all that pages can show, made as people make it."""

import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser
from tests.e2e.node import Node
from tests.e2e.portal.browser import Visitor

from dillo.accounts import customers, numbers
from dillo.accounts.ports import Change, Registry

EMAIL = "anna@example.com"
NUMBER = "+442079460777"
_CALLERS = (("+393703188051", "1"), ("+40213456789", "2"), ("+442079460999", "w500"))
_STOCK = {
    "local": ("+442079460701", "+442079460702", "+441614960310", "+390294751234", "+40213110045"),
    "mobile": ("+447700900123", "+393703180001"),
}
_TIMEOUT_S = 60


@dataclass(frozen=True)
class House:
    """What there is to be seen."""

    customer_code: str
    cookies: list[Any]
    application_id: str
    call_id: str


def furnish(browser: Browser, node: Node) -> House:
    """Sign up, make an application from a template, publish it, take calls."""
    visitor = Visitor.arrive(browser, node)
    visitor.sign_up(EMAIL, "Bianchi Srl")
    visitor.log_in(EMAIL)
    code = visitor.page.evaluate(
        "async () => (await (await fetch('/api/v1/me')).json()).customer.id"
    )
    application_id = _make_application(visitor)
    top_up(node, code, 20_000_000)
    stock(node)
    take_number(node, code, NUMBER, "Front desk")
    for caller, keys in _CALLERS:
        call(node, caller, keys)
    call_id = visitor.page.evaluate(_SETTLED, len(_CALLERS))
    house = House(code, visitor.context.cookies(), application_id, call_id)
    visitor.leave()
    return house


_SETTLED = """async (count) => {
  for (let tried = 0; tried < 150; tried += 1) {
    const page = await (await fetch('/api/v1/calls')).json();
    if (page.items.length >= count) {
      return page.items.toSorted((a, b) => b.recording_count - a.recording_count)[0].id;
    }
    await new Promise((resume) => setTimeout(resume, 200));
  }
  throw new Error('the calls were not settled');
}"""


def _make_application(visitor: Visitor) -> str:
    page = visitor.page
    visitor.go("/voice/applications")
    page.get_by_role("button", name="New application").first.click()
    page.get_by_label("Name").fill("Front desk")
    page.get_by_role("radio", name="Voicemail").click()
    page.get_by_role("button", name="Create").click()
    page.get_by_role("toolbar").wait_for()
    page.get_by_role("button", name="Publish").click()
    page.get_by_label("Note").fill("First")
    page.get_by_role("button", name="Publish version 1").click()
    page.get_by_text("Version 1 is in force").wait_for()
    return page.url.split("/voice/applications/")[1].split("?")[0]


def take_number(node: Node, customer_code: str, number: str, application: str) -> None:
    """Buy a number and assign an application, as the operator does at the command line."""

    async def work(registry: Registry, change: Change) -> None:
        await numbers.add(registry, change, number)
        await numbers.buy(registry, change, number, customer_code)
        await numbers.assign(registry, change, number, application, None)

    _do(node, work)


def stock(node: Node) -> None:
    """Have numbers to sell, as an operator who has just begun."""

    async def work(registry: Registry, change: Change) -> None:
        for number_type, e164s in _STOCK.items():
            for e164 in e164s:
                await numbers.add(registry, change, e164, number_type=number_type)

    _do(node, work)


def top_up(node: Node, customer_code: str, amount_micros: int) -> None:
    """Add to a customer's balance."""

    async def work(registry: Registry, change: Change) -> None:
        await customers.top_up(registry, change, customer_code, amount_micros)

    _do(node, work)


def _do(node: Node, work: Callable[[Registry, Change], Awaitable[None]]) -> None:
    # The browser's own loop runs in this thread.
    with ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(node.accounts, work).result()


@contextmanager
def calling(node: Node, *callers: str) -> Iterator[None]:
    """Have people on the telephone."""
    talking = [
        subprocess.Popen(_command(node, caller, NUMBER, _TIMEOUT_S), stdout=subprocess.DEVNULL)
        for caller in callers
    ]
    try:
        yield
    finally:
        for each in talking:
            each.send_signal(signal.SIGINT)
        for each in talking:
            each.wait(_TIMEOUT_S)


def call(node: Node, caller: str, keys: str, to: str = NUMBER) -> None:
    """Call a number, press keys, and hang up after a while."""
    command = _command(node, caller, to, 4)
    command += ["--digits", keys] if keys else []
    done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def _command(node: Node, caller: str, to: str, seconds: int) -> list[str]:
    command = [sys.executable, "-m", "dillo", "call", to, "--home", str(node.home)]
    return [*command, "--from", caller, "--hang-up-after", str(seconds)]
