"""Measures the portal in Debian's Chromium: first page, a graph of 200 nodes, a million calls.

Run as `python -m bench.portal [--nodes N] [--calls N] [--folder DIR] [SECTION ...]`; prints JSON.
Frames are those of a browser without a graphics card, which draws with the processor. `cpu_ms` is
what the page's main thread worked, which other work on the machine disturbs less than the clock.
The database is built once and kept in the folder.
"""

import argparse
import json
import shutil
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

from bench.call_database import build_sqlite
from bench.generated_calls import customer_id
from playwright.sync_api import Browser, Locator, Page, sync_playwright
from tests.e2e.node import Node
from tests.e2e.portal.browser import Visitor

from dillo.accounts import applications
from dillo.accounts.ports import Change, Registry

EMAIL = "bench@example.com"
PERIOD = "from=2025-11-01&to=2026-11-01"
_LOADS, _SCROLLS, _MOVES = 7, 300, 60
_WRITTEN = "What callers hear first. "
_A_FRAME_MS = 1000 / 60

# What a page has fetched, and when its heading was there and nothing was loading any more.
_USABLE = """window.usable = new Promise((resolve) => {
  const look = () => {
    const isThere = document.querySelector('h1') && !document.querySelector('[aria-busy="true"]');
    if (isThere) resolve(performance.now()); else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})"""
_FETCHED = """() => performance.getEntries()
  .filter((each) => ['navigation', 'resource'].includes(each.entryType))
  .reduce((sum, each) => sum + each.transferSize, 0)"""
_ELEMENTS = "() => document.querySelectorAll('*').length"
_RECORD = """() => {
  window.frames_ms = [];
  let before = performance.now();
  const note = (now) => {
    window.frames_ms.push(now - before);
    before = now;
    window.recording = requestAnimationFrame(note);
  };
  window.recording = requestAnimationFrame(note);
}"""
_STOP = "() => { cancelAnimationFrame(window.recording); return window.frames_ms.slice(1); }"


def main() -> None:
    """Build, measure, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--nodes", type=int, default=200)
    parser.add_argument("--calls", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    parser.add_argument("sections", nargs="*", metavar="SECTION", default=[*SECTIONS])
    options = parser.parse_args()
    built = options.folder / f"dillo-bench-portal-{options.calls}.db"
    if not built.exists():
        print(f"building {built} …", file=sys.stderr)
        build_sqlite(built, options.calls, customers=1)
    with tempfile.TemporaryDirectory() as home:
        shutil.copy(built, Path(home) / "dillo.db")
        node = Node(Path(home))
        node.start()
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path="/usr/bin/chromium", args=["--no-sandbox"]
                )
                bench = Bench(browser, node, options.nodes)
                measured = {name: SECTIONS[name](bench) for name in options.sections}
                print(json.dumps(measured, indent=2))
                browser.close()
        finally:
            node.stop()


class Bench:
    """A browser, a platform, and somebody who belongs to the customer with all the calls."""

    def __init__(self, browser: Browser, node: Node, nodes: int) -> None:
        self.browser, self.node, self.nodes = browser, node, nodes
        self.visitor = _signed_up(browser, node)
        self.application = _publish(node, self.visitor, nodes)


def _signed_up(browser: Browser, node: Node) -> Visitor:
    """Return somebody who belongs to the customer with all the calls."""
    visitor = Visitor.arrive(browser, node)
    visitor.sign_up(EMAIL, "Bench")
    with closing(sqlite3.connect(node.home / "dillo.db", timeout=10)) as database:
        database.execute("UPDATE users SET customer_id = ?", [customer_id(0)])
        database.commit()
    visitor.log_in(EMAIL)
    return visitor


def _publish(node: Node, visitor: Visitor, nodes: int) -> str:
    async def work(registry: Registry, change: Change) -> None:
        await applications.publish(registry, change, customer_id(0), "Large", _behavior(nodes))

    with ThreadPoolExecutor(1) as elsewhere:
        elsewhere.submit(node.accounts, work).result()
    script = "async () => (await (await fetch('/api/v1/applications')).json()).items[0].id"
    return str(visitor.page.evaluate(script))


def _behavior(nodes: int) -> str:
    """Return menus of three keys, each way with something to say and a message to be left."""
    graph: dict[str, Any] = {}
    for number in range(nodes):
        following = {"NextNode": number + 1} if number + 1 < nodes else {}
        if number % 4 == 0 and number + 4 < nodes:
            keys = {str(key): {"NextNode": number + key} for key in (1, 2, 3)}
            menu = {"Intro": {"Text": f"Menu {number}: press 1, 2 or 3."}, "Digits": keys}
            graph[str(number)] = {
                "ActionType": "Menu",
                "ChannelBehaviorAction": menu,
                "NextNode": number + 4,
            }
        elif number % 4 == 3:
            record = {"MaxLength": 60, "StorageKey": f"Message{number}"}
            graph[str(number)] = {"ActionType": "Record", "ChannelBehaviorAction": record}
            graph[str(number)] |= following
        else:
            say = {"Text": f"This is what is said in node {number}."}
            graph[str(number)] = {"ActionType": "Say", "ChannelBehaviorAction": say} | following
    return json.dumps({"ChannelBehaviorNodes": graph})


def _first_page(bench: Bench) -> dict[str, float]:
    """Open the overview of somebody who is signed in, with nothing in the browser's cache."""
    return _opened(lambda: bench.visitor.again(bench.browser), "/")


def _log_in(bench: Bench) -> dict[str, float]:
    """Open the page that a stranger sees, with nothing in the browser's cache."""
    return _opened(lambda: Visitor.arrive(bench.browser, bench.node), "/login")


def _opened(arrive: Callable[[], Visitor], path: str) -> dict[str, float]:
    times, worked, fetched = [], [], 0
    for _ in range(1 + _LOADS):
        cold = arrive()
        cold.page.add_init_script(_USABLE)
        cpu = _Cpu(cold.page)
        cold.page.goto(path)
        times.append(cold.page.evaluate("() => window.usable"))
        worked.append(cpu.ms())
        fetched = max(fetched, cold.page.evaluate(_FETCHED))
        cold.context.close()
    # The first warms up the platform and the browser, not the page.
    return {
        "usable_ms": round(statistics.median(times[1:])),
        "fastest_ms": round(min(times[1:])),
        "cpu_ms": round(statistics.median(worked[1:])),
        "fetched_kb": round(fetched / 1000),
    }


class _Cpu:
    """What the main thread of a page works from now on."""

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)
        self._session.send("Performance.enable", {"timeDomain": "threadTicks"})
        self._before_s = self._worked_s()

    def ms(self) -> float:
        return (self._worked_s() - self._before_s) * 1000

    def _worked_s(self) -> float:
        metrics = self._session.send("Performance.getMetrics")["metrics"]
        return next(float(each["value"]) for each in metrics if each["name"] == "TaskDuration")


def _editor(bench: Bench) -> dict[str, Any]:
    """Drag a node, pan, zoom, and write a text, each so long as a hand would."""
    visitor, application = bench.visitor, bench.application
    page = visitor.page
    page.add_init_script(_USABLE)
    page.goto(f"/voice/applications/{application}")
    card = page.locator(".react-flow__node")
    card.first.wait_for()
    open_ms = page.evaluate("() => performance.now()")
    visitor.settle()
    on_screen = card.count()
    card.first.press("Enter")
    field = page.locator("aside textarea").first
    field.wait_for()
    page.wait_for_timeout(600)
    box = card.first.bounding_box()
    assert box is not None
    at = (box["x"] + box["width"] / 2, box["y"] + box["height"] / 3)
    pane = page.locator(".react-flow__pane").bounding_box()
    assert pane is not None
    empty = (pane["x"] + pane["width"] - 40, pane["y"] + 40)
    field.press_sequentially(_WRITTEN, delay=40)  # so that the code is compiled
    return {
        "nodes": bench.nodes,
        "open_ms": round(open_ms),
        "cards_drawn": on_screen,
        "drag": _frames(page, lambda: _draw_line(page, at, 3)),
        "pan": _frames(page, lambda: _draw_line(page, empty, -3)),
        "zoom": _frames(page, lambda: _zoom(page, empty)),
        "write": _frames(page, lambda: field.press_sequentially(_WRITTEN, delay=40)),
    }


def _draw_line(page: Page, start: tuple[float, float], aside: int) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    for step in range(1, _MOVES + 1):
        page.mouse.move(start[0] + aside * step, start[1] + 2 * step)
    page.mouse.up()


def _zoom(page: Page, at: tuple[float, float]) -> None:
    page.mouse.move(*at)
    for step in range(_MOVES):
        page.mouse.wheel(0, 40 if step % 30 < 15 else -40)


def _frames(page: Page, act: Callable[[], object]) -> dict[str, float]:
    """Return how long frames took while something was done."""
    page.evaluate(_RECORD)
    cpu = _Cpu(page)
    act()
    worked_ms = cpu.ms()
    frames = page.evaluate(_STOP)
    page.wait_for_timeout(300)
    ordered = sorted(frames)
    late = sum(frame > 2 * _A_FRAME_MS for frame in frames)
    return {
        "frames": len(frames),
        "p50_ms": round(statistics.median(ordered), 1),
        "p95_ms": round(ordered[int(len(ordered) * 0.95)], 1),
        "worst_ms": round(ordered[-1], 1),
        "over_33_ms": late,
        "cpu_ms": round(worked_ms),
    }


def _calls(bench: Bench) -> dict[str, Any]:
    """Scroll down a list that goes on for a million calls."""
    page = bench.visitor.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/voice/statistics?{PERIOD}")
    table = page.get_by_role("table", name="Calls", exact=True)
    row = table.get_by_role("row")
    table.wait_for()
    bench.visitor.settle()
    sums = bench.visitor.ask("GET", f"/calls/aggregates?{PERIOD}")["items"]
    at_first = _drawn(row, asked)
    elements = page.evaluate(_ELEMENTS)

    def scroll() -> None:
        page.mouse.move(640, 500)
        for _ in range(_SCROLLS):
            page.mouse.wheel(0, 800)
            page.wait_for_timeout(30)

    frames = _frames(page, scroll)
    page.wait_for_timeout(1000)
    return {
        "there_are": sum(each["calls"] for each in sums),
        "at_first": at_first,
        "scrolled_to_row": int(row.last.get_attribute("aria-rowindex") or 0),
        "after_scrolling": _drawn(row, asked),
        "more_elements": page.evaluate(_ELEMENTS) - elements,
        "scrolling": frames,
    }


def _drawn(row: Locator, asked: Sequence[str]) -> dict[str, int]:
    pages = sum("/api/v1/calls?" in url for url in asked)
    return {"rows_drawn": row.count(), "pages_fetched": pages}


SECTIONS: dict[str, Callable[[Bench], dict[str, Any]]] = {
    "first_page": _first_page,
    "log_in": _log_in,
    "editor": _editor,
    "calls": _calls,
}


if __name__ == "__main__":
    main()
