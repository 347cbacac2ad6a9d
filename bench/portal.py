"""Measures the portal in Debian's Chromium: first page, a graph of 200 nodes, a million calls.

Run as `python -m bench.portal [--nodes N] [--calls N] [--folder DIR]`; prints JSON. Frames are
those of a browser without a graphics card, which draws with the processor. The database is built
once and kept in the folder.
"""

import argparse
import json
import shutil
import sqlite3
import statistics
import sys
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

from bench.call_database import build_sqlite, customer_id
from playwright.sync_api import Browser, Page, sync_playwright
from tests.e2e.node import Node
from tests.e2e.portal.browser import Visitor

from dillo.accounts import applications
from dillo.accounts.ports import Change, Registry

EMAIL = "bench@example.com"
PERIOD = "from=2025-11-01&to=2026-11-01"
_LOADS, _SCROLLS, _MOVES = 5, 40, 60
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
                print(json.dumps(_measured(browser, node, options.nodes), indent=2))
                browser.close()
        finally:
            node.stop()


def _measured(browser: Browser, node: Node, nodes: int) -> dict[str, Any]:
    visitor = _signed_up(browser, node)
    application = _publish(node, visitor, nodes)
    return {
        "first_page": _first_page(browser, node, visitor, "/"),
        "log_in": _first_page(browser, node, None, "/login"),
        "editor": _editor(visitor, application) | {"nodes": nodes},
        "calls": _calls(visitor),
    }


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


def _first_page(
    browser: Browser, node: Node, visitor: Visitor | None, path: str
) -> dict[str, float]:
    """Open a page with nothing in the browser's cache."""
    times, fetched = [], 0
    for _ in range(_LOADS):
        cold = Visitor.arrive(browser, node) if visitor is None else visitor.again(browser)
        cold.page.add_init_script(_USABLE)
        cold.page.goto(path)
        times.append(cold.page.evaluate("() => window.usable"))
        fetched = max(fetched, cold.page.evaluate(_FETCHED))
        cold.context.close()
    return {"usable_ms": round(statistics.median(times)), "fetched_kb": round(fetched / 1000)}


def _editor(visitor: Visitor, application: str) -> dict[str, Any]:
    """Drag a node, pan, zoom, and write a text, each so long as a hand would."""
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
    return {
        "open_ms": round(open_ms),
        "cards_drawn": on_screen,
        "drag": _frames(page, lambda: _draw_line(page, at)),
        "pan": _frames(page, lambda: _draw_line(page, empty)),
        "zoom": _frames(page, lambda: _zoom(page, empty)),
        "write": _frames(page, lambda: field.press_sequentially("a word or two", delay=40)),
    }


def _draw_line(page: Page, start: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    for step in range(1, _MOVES + 1):
        page.mouse.move(start[0] - 3 * step, start[1] + 2 * step)
    page.mouse.up()


def _zoom(page: Page, at: tuple[float, float]) -> None:
    page.mouse.move(*at)
    for step in range(_MOVES):
        page.mouse.wheel(0, 40 if step % 30 < 15 else -40)


def _frames(page: Page, act: Callable[[], object]) -> dict[str, float]:
    """Return how long frames took while something was done."""
    page.evaluate(_RECORD)
    act()
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
    }


def _calls(visitor: Visitor) -> dict[str, Any]:
    """Scroll down a list that goes on for a million calls."""
    page = visitor.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/voice/statistics?{PERIOD}")
    visitor.settle()
    row = page.get_by_role("table", name="Calls").get_by_role("row")
    total = page.evaluate(
        f"async () => (await (await fetch('/api/v1/calls/aggregates?{PERIOD}')).json())"
    )
    before = {"rows_drawn": row.count(), "pages_fetched": _pages(asked)}

    def scroll() -> None:
        page.mouse.move(640, 500)
        for _ in range(_SCROLLS):
            page.mouse.wheel(0, 400)
            page.wait_for_timeout(30)

    frames = _frames(page, scroll)
    page.wait_for_timeout(500)
    after = {"rows_drawn": row.count(), "pages_fetched": _pages(asked)}
    return {"there_are": _count(total), "at_first": before, "after_scrolling": after | frames}


def _pages(asked: list[str]) -> int:
    return sum("/api/v1/calls?" in url for url in asked)


def _count(total: Any) -> Any:
    items = total.get("items") or [total]
    return sum(each.get("calls", 0) for each in items)


if __name__ == "__main__":
    main()
