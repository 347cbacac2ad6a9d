"""What callers wait for a prompt while calls run, and what speech costs those calls; prints JSON.

So many calls at once play and record (`bench.calls`): alone; while callers, one after the other,
hear a text that was made ahead and texts with values of the call, which Kokoro speaks at that
moment (`bench.prompt_waits`); and while recordings are transcribed, two at once.

    python -m bench.beside_calls --calls 150
    python -m bench.beside_calls --calls 150 alone prompts
"""

import argparse
import asyncio
import json
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

from bench.calls import finish, hold_number, place
from bench.prompt_waits import PromptWaits
from bench.spoken import talk
from tests.e2e.bookkeeping import Books
from tests.e2e.node import Held, Node, behavior
from tests.e2e.telephones import act, plan
from tests.e2e.telephones import place as call

from dillo.caller import write_wav
from dillo.store.database import Database
from dillo.store.transcripts import SqlTranscripts

_RAMP_S = 5
_MESSAGE_S = 15
_AT_ONCE = 2
"""Transcriptions."""

IsOver = Callable[[], bool]


class Part(Protocol):
    """What goes on beside the calls."""

    def get_ready(self) -> None:
        """Return when work may begin."""

    def run(self, is_over: IsOver) -> dict[str, Any]:
        """Work until it is over."""


class Alone:
    """Nothing."""

    def __init__(self, node: Node) -> None:
        pass

    def get_ready(self) -> None:
        """There is nothing to wait for."""

    def run(self, is_over: IsOver) -> dict[str, Any]:
        """Wait."""
        while not is_over():
            time.sleep(0.2)
        return {}


class Transcriptions:
    """Two messages, transcribed at once and again and again."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._held = node.hold(behavior(act("Record", MaxLength=_MESSAGE_S, PlayBeep=False)))
        self._recordings: list[str] = []

    def get_ready(self) -> None:
        """Let callers leave the messages."""
        path = self._node.home / "message.wav"
        write_wav(path, talk(_MESSAGE_S))
        call(*[plan(self._node, self._held, "a", audio=path)] * _AT_ONCE)
        self._recordings = [
            recording["Id"]
            for record in self._node.records(self._held, _AT_ONCE)
            for recording in record["Recordings"]
        ]

    def run(self, is_over: IsOver) -> dict[str, Any]:
        """Keep the workers busy until it is over."""
        before, asked = self._completed(), 0
        while not is_over():
            if asked - (self._completed() - before) <= _AT_ONCE:
                asyncio.run(self._ask_again())
                asked += _AT_ONCE
            time.sleep(0.2)
        completed = self._completed() - before
        return {"at_once": _AT_ONCE, "of_seconds": _MESSAGE_S, "completed": completed}

    async def _ask_again(self) -> None:
        database = Database.open(self._node.database_url)
        try:
            for recording_id in self._recordings:
                await SqlTranscripts(database).ask_again(recording_id, None)
        finally:
            await database.close()

    def _completed(self) -> int:
        query = "SELECT id FROM transcriptions WHERE status = 'Completed'"
        return len(Books(self._node.home).query("dillo.db", query))


PARTS: dict[str, Callable[[Node], Part]] = {
    "alone": Alone,
    "prompts": PromptWaits,
    "transcriptions": Transcriptions,
}


def measure(node: Node, parts: list[str], calls: int, concurrent: int) -> dict[str, Any]:
    """Run the calls once beside each part."""
    held = hold_number(node)
    made = {name: PARTS[name](node) for name in parts}
    finish(place(node, held, calls=2, concurrent=2))  # prompts and engines get loaded meanwhile
    for part in made.values():
        part.get_ready()
    return {name: _beside(node, held, part, calls, concurrent) for name, part in made.items()}


def _beside(node: Node, held: Held, part: Part, calls: int, concurrent: int) -> dict[str, Any]:
    before, known = _packets(node, held)
    load = place(node, held, calls=calls, concurrent=concurrent, rate=concurrent / _RAMP_S)
    time.sleep(_RAMP_S)
    found = part.run(lambda: load.poll() is not None)
    placed = finish(load)
    node.records(held, known + calls)
    after, _ = _packets(node, held)
    return {
        **found,
        "calls": placed["answered"],
        "calls_at_once": placed["most_at_once"],
        "packets": {
            **{name: after[name] - before[name] for name in after},
            "lost": placed["packets_lost"],
        },
    }


def _packets(node: Node, held: Held) -> tuple[Counter[str], int]:
    """Return what was sent to all callers of a number so far, and how many they were."""
    rows = Books(node.home).query(
        "dillo.db", f"SELECT events FROM calls WHERE customer_id = '{held.customer_code}'"
    )
    sent: Counter[str] = Counter()
    for event in (event for row in rows for event in json.loads(row["events"])):
        if event["kind"] == "MediaMeasured":
            sent["sent"] += event["packets_sent"]
            sent["over_20_ms_late"] += event["packets_late"]
            sent["calls_with_late_packets"] += event["packets_late"] > 0
    return sent, len(rows)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure speech beside calls.")
    parser.add_argument("--concurrent", type=int, default=50, help="calls at once")
    parser.add_argument("--calls", type=int, default=150, help="calls beside each part")
    parser.add_argument("parts", nargs="*", default=list(PARTS), help=f"of {', '.join(PARTS)}")
    options = parser.parse_args()
    settings = {
        "DILLO_SPEECH_ENGINES": "kokoro,espeak",
        "DILLO_TRANSCRIPTION_WORKERS": str(_AT_ONCE),
    }
    with tempfile.TemporaryDirectory(prefix="dillo-bench-") as folder:
        node = Node(Path(folder), settings)
        node.start()
        try:
            found = measure(node, options.parts, options.calls, options.concurrent)
        finally:
            node.stop(60)
    print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
