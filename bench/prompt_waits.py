"""How long callers wait for prompts, one caller after the other.

A wait is the time from the flow's entering the node, as the record has it, to the first packet of
the prompt at the caller.
"""

import asyncio
import itertools
import json
import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from string import ascii_uppercase
from typing import Any

from bench.prompt_probe import Probe, probe
from tests.e2e.bookkeeping import Books
from tests.e2e.node import Held, Node, behavior
from tests.e2e.telephones import act
from tests.e2e.voices import await_ahead

FIXED = "Thank you for calling. All our lines are busy, please hold the line."
DYNAMIC = {
    "en-GB, the value begins": "{{caller}}, thank you for calling us. We will be with you shortly.",
    "en-GB, the value follows": "The order of {{caller}} is on its way. It will arrive tomorrow.",
    "it-IT, the value begins": "{{caller}}, grazie per aver chiamato. Un momento, per favore.",
    "it-IT, the value follows": "L'ordine di {{caller}} è in viaggio. Arriverà domani mattina.",
}
"""Sentences that no earlier call has heard: each caller has a name of their own."""

_FIRST = ("Anna", "Bruno", "Carla", "Dario", "Elena", "Fabio", "Greta", "Hugo", "Irene", "Luca")
_LAST = ("Rossi", "Martini", "Baker", "Moretti", "Cooper", "Ferrari", "Walker", "Conti", "Turner")
_NODE = "1"
_READY_S = 90.0


@dataclass(frozen=True, slots=True)
class Wait:
    """What one caller waited."""

    kind: str
    wait_ms: float
    """Infinite where it heard nothing."""
    is_stand_in: bool
    """Whether another engine than Kokoro spoke."""


class PromptWaits:
    """Calls to applications that say a text made ahead, and texts with values of the call."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._names = map("_".join, itertools.product(_LAST, ascii_uppercase, _FIRST))
        self._numbers = {"fixed": self._saying(FIXED, "en-GB")} | {
            kind: self._saying(text, kind.partition(",")[0]) for kind, text in DYNAMIC.items()
        }

    def get_ready(self) -> None:
        """Return when the fixed text is there and Kokoro has spoken in every application."""
        await_ahead(self._node, FIXED, "en-GB")
        deadline = time.monotonic() + _READY_S
        while any(wait.is_stand_in for wait in self._measured(map(self._ask, self._numbers))):
            if time.monotonic() > deadline:
                raise SystemExit("Kokoro does not speak: `dillo doctor` may tell why")
            time.sleep(1)

    def _saying(self, text: str, language: str) -> Held:
        pause = act("Pause", 1, Seconds=0.2)
        return self._node.hold(behavior(pause, act("Say", Text=text, LanguageCode=language)))

    def _ask(self, kind: str) -> tuple[str, Probe]:
        return kind, probe(self._node.sip, self._numbers[kind].number, next(self._names))

    def run(self, is_over: Callable[[], bool]) -> dict[str, Any]:
        """Let callers wait until it is over; a text made ahead between any two others."""
        turns = itertools.chain.from_iterable(("fixed", kind) for kind in itertools.cycle(DYNAMIC))
        asked = list(map(self._ask, itertools.takewhile(lambda _: not is_over(), turns)))
        waits = list(self._measured(asked))
        kinds = {kind: [wait for wait in waits if wait.kind == kind] for kind in self._numbers}
        kinds["all dynamic"] = [wait for wait in waits if wait.kind != "fixed"]
        return {"wait_ms": {kind: _spread(found) for kind, found in kinds.items() if found}}

    def _measured(self, asked: Iterable[tuple[str, Probe]]) -> list[Wait]:
        asked = list(asked)
        books = Books(self._node.home)
        asyncio.run(books.settled())
        events = {each["sip_call_id"]: json.loads(each["events"]) for each in books.calls()}
        return [_wait(kind, heard, events[heard.call_id]) for kind, heard in asked]


def _wait(kind: str, heard: Probe, events: list[dict[str, Any]]) -> Wait:
    entered_us = [
        event["at_us"]
        for event in events
        if event["kind"] == "NodeEntered" and event["node"] == _NODE
    ]
    is_stand_in = any(
        event["kind"] == "Warned" and "speaks instead" in event["detail"] for event in events
    )
    if heard.heard_at_us is None or not entered_us:
        return Wait(kind, math.inf, is_stand_in)
    return Wait(kind, (heard.heard_at_us - entered_us[0]) / 1000, is_stand_in)


def _spread(waits: list[Wait]) -> dict[str, float]:
    """Return how many waited, the median, the 95th percentile and the longest."""
    ordered = sorted(wait.wait_ms for wait in waits)
    picks = {"p50": 0.5, "p95": 0.95, "max": 1.0}
    return {
        "count": len(ordered),
        **{name: round(ordered[math.ceil(len(ordered) * at) - 1]) for name, at in picks.items()},
        "stand_ins": sum(wait.is_stand_in for wait in waits),
    }
