"""A browser on the portal of a running platform, and what tests do with it."""

import base64
import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page
from tests.e2e.node import Node

from dillo.caller import write_wav
from dillo.rtp.pcm import Samples

ROOT = Path(__file__).parents[3]
AXE = ROOT / "portal" / "node_modules" / "axe-core" / "axe.min.js"
PICTURES = ROOT / "docs" / "images" / "portal"

WIDE, PHONE = (1280, 800), (390, 844)
PASSWORD = "correct horse battery"
_SERIOUS = {"serious", "critical"}
_MAIL_S = 30
_SETTLES_MS = 400
_OVERHANG = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
_ASK = """async ([method, path, body]) => {
  const token = /dillo_csrf=([^;]*)/.exec(document.cookie)?.[1] ?? "";
  const isSheet = typeof body === "string";
  const answer = await fetch(path, {
    method,
    headers: {
      "X-CSRF-Token": token,
      "Content-Type": isSheet ? "text/csv" : "application/json",
    },
    body: body === null ? undefined : isSheet ? body : JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${await answer.text()}`);
  return answer.status === 204 ? null : answer.json();
}"""


@dataclass
class Visitor:
    """Somebody with a browser; keeps what the browser complained of."""

    node: Node
    context: BrowserContext
    page: Page
    complaints: list[str] = field(default_factory=list)

    @classmethod
    def arrive(cls, browser: Browser, node: Node, **options: Any) -> "Visitor":
        """Open a window; English and light unless said otherwise."""
        width, height = options.pop("size", WIDE)
        context = browser.new_context(
            base_url=node.http,
            viewport={"width": width, "height": height},
            locale=options.pop("locale", "en-GB"),
            color_scheme=options.pop("color_scheme", "light"),
            reduced_motion="reduce",
            **options,
        )
        page = context.new_page()
        visitor = cls(node, context, page)
        page.on("pageerror", visitor.note_error)
        page.on("console", visitor.note_message)
        return visitor

    def again(self, browser: Browser, **options: Any) -> "Visitor":
        """Open a window of another browser for the same person, who stays signed in."""
        other = Visitor.arrive(browser, self.node, **options)
        cookies: list[Any] = list(self.context.cookies())
        other.context.add_cookies(cookies)
        return other

    def note_error(self, error: Error) -> None:
        """Keep what a script of the page failed of."""
        self.complaints.append(str(error))

    def note_message(self, message: ConsoleMessage) -> None:
        """Keep what the browser calls an error."""
        if message.type == "error":
            self.complaints.append(message.text)

    def go(self, path: str) -> None:
        """Open a page and wait until what it loads is there."""
        self.page.goto(path)
        self.settle()

    def settle(self) -> None:
        """Wait for the heading, and until nothing is loading any more."""
        self.page.locator("h1").first.wait_for()
        self.page.locator('[aria-busy="true"]').first.wait_for(state="detached")
        self.page.wait_for_timeout(_SETTLES_MS)  # for what a graph or a chart measures first

    def sign_up(self, email: str, company: str) -> None:
        """Open an account as a stranger does, by the link in the e-mail."""
        self.go("/signup")
        page = self.page
        page.get_by_label("Your name").fill("Anna Bianchi")
        page.get_by_label("Company").fill(company)
        page.get_by_label("E-mail").fill(email)
        page.get_by_label("Password").first.fill(PASSWORD)
        page.get_by_role("button", name="Sign up").click()
        page.get_by_role("heading", name="Look into your mail").wait_for()
        self.go(mailed_link(self.node, email, "verify-email"))
        page.get_by_text("Your address is confirmed").wait_for()

    def log_in(self, email: str) -> None:
        """Log in; ends on the page that was asked for."""
        self.go("/login")
        self.page.get_by_label("E-mail").fill(email)
        self.page.get_by_label("Password").first.fill(PASSWORD)
        self.page.get_by_role("button", name="Log in").click()
        self.page.get_by_role("navigation", name="Main navigation").wait_for(state="attached")
        self.settle()

    def problems(self) -> list[str]:
        """Return what axe finds serious on the page as it is."""
        self.page.evaluate(AXE.read_text())
        found = self.page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{each['id']}: {each['help']}: {node['html'][:200]} {node['failureSummary'][:300]}"
            for each in found["violations"]
            if each["impact"] in _SERIOUS
            for node in each["nodes"]
        ]

    def picture(self, name: str) -> bytes:
        """Return the page as it looks; kept in the docs where DILLO_PICTURES is set."""
        self.page.evaluate("() => document.fonts.ready")
        session = self.context.new_cdp_session(self.page)
        shot = session.send("Page.captureScreenshot", {"format": "webp", "quality": 82})
        session.detach()
        picture = base64.b64decode(shot["data"])
        if os.environ.get("DILLO_PICTURES"):
            PICTURES.mkdir(parents=True, exist_ok=True)
            (PICTURES / f"{name}.webp").write_bytes(picture)
        return picture

    def is_right(self, name: str, look: str) -> None:
        """Picture the page as it is, and hold it against axe and the width of the window."""
        self.picture(f"{name}-{look}")
        assert self.problems() == []
        assert self.page.evaluate(_OVERHANG) == 0, f"{name} scrolls sideways"

    def ask(self, method: str, path: str, body: object = None) -> Any:
        """Ask the API as a page does; a text is sent as CSV."""
        return self.page.evaluate(_ASK, [method, f"/api/v1{path}", body])

    def leave(self) -> None:
        """Close the window; the browser must have had nothing to complain of."""
        self.context.close()
        assert not self.complaints, self.complaints


@contextmanager
def speaking(browser: Browser, said: Samples, folder: Path) -> Iterator[Browser]:
    """Start another browser, in whose microphone somebody says something again and again."""
    path = folder / "said.wav"
    write_wav(path, said)
    with_microphone = browser.browser_type.launch(
        executable_path="/usr/bin/chromium",
        args=[
            "--no-sandbox",
            "--use-fake-ui-for-media-stream",
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-audio-capture={path}",
        ],
    )
    try:
        yield with_microphone
    finally:
        with_microphone.close()


def mailed_link(node: Node, email: str, page: str) -> str:
    """Return the last link to a page that was sent to an address; mails stand in the log here."""
    deadline = time.monotonic() + _MAIL_S
    while True:
        log = (node.home / "log").read_text().splitlines()
        mails = "".join(line for line in log if f'"to":"{email}"' in line)
        found = re.findall(rf"/{page}#token=[A-Za-z0-9_-]+", mails)
        if found:
            return str(found[-1])
        assert time.monotonic() < deadline, "no e-mail was sent"
        time.sleep(0.1)
