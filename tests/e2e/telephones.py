"""Test calls by the dozen, and what their sound is compared with."""

import asyncio
import json
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import numpy as np
from tests.e2e.node import Held, Node

from dillo.accounts.webhook_secrets import reveal
from dillo.app.prompts import make_prompts
from dillo.behavior.sentences import pieces
from dillo.caller import CallOutcome, CallPlan, DigitScript, place_call, read_audio
from dillo.calls.ports import PreparedPrompt
from dillo.model.prompts import Speech
from dillo.rtp.pcm import Samples
from dillo.settings import Settings
from dillo.store.vault import Vault

CALLER = "+393703188051"


def plan(node: Node, held: Held, script: str = "", **options: Any) -> CallPlan:
    """Return a call to a number of the node."""
    options = {"to": held.number, "from_": CALLER} | options
    return CallPlan(target=node.sip, script=DigitScript.parse(script), **options)


def place(*plans: CallPlan) -> list[CallOutcome]:
    """Place calls at the same time."""

    async def all_of_them() -> list[CallOutcome]:
        return await asyncio.gather(*map(place_call, plans))

    return asyncio.run(all_of_them())


def act(action_type: str, next_node: int | None = None, **fields: Any) -> dict[str, Any]:
    """Return a node of a channel behavior."""
    node = {"ActionType": action_type, "ChannelBehaviorAction": fields}
    return node if next_node is None else node | {"NextNode": next_node}


def noise(seconds: float, seed: int = 1) -> Samples:
    """Return noise that is found in a recording only where it was sent."""
    level = np.random.default_rng(seed).normal(0, 3000, int(seconds * 8000))
    return level.clip(-32768, 32767).astype(np.int16)


@dataclass(frozen=True)
class Place:
    """Where a sound is in another, and how alike the two are there: 1 is the same."""

    offset: int
    likeness: float


def find(sound: Samples, heard: Samples) -> Place:
    """Return where the normalised cross-correlation is at its highest."""
    size = len(sound) + len(heard)
    wanted, present = sound.astype(np.float64), heard.astype(np.float64)
    spectrum = np.fft.rfft(present, size) * np.conj(np.fft.rfft(wanted, size))
    products = np.fft.irfft(spectrum, size)[: max(1, len(heard) - len(sound) + 1)]
    offset = int(np.argmax(products))
    part = present[offset : offset + len(sound)]
    norm = float(np.linalg.norm(part) * np.linalg.norm(wanted))
    return Place(offset, float(products[offset]) / norm if norm else 0.0)


def prepared(node: Node, held: Held, text: str) -> PreparedPrompt:
    """Return what the node played for a text, its sentences and pauses joined."""
    prompts = make_prompts(Settings(home=node.home, speech_engines=["espeak"]))
    found = [prompts.cached(piece, held.customer_code) for piece in pieces(Speech(text, "en-GB"))]
    ready = [piece for piece in found if piece is not None]
    assert len(ready) == len(found)
    folder = Path(tempfile.mkdtemp(dir=node.home))
    for law in ("ulaw", "alaw"):
        paths = [Path(getattr(piece, f"{law}_path")) for piece in ready]
        (folder / law).write_bytes(b"".join(path.read_bytes() for path in paths))
    duration_ms = (folder / "ulaw").stat().st_size // 8
    return PreparedPrompt(str(folder / "ulaw"), str(folder / "alaw"), duration_ms)


def download(held: Held, recording: dict[str, Any], folder: Path) -> Samples:
    """Fetch a recording by its Url, as a customer would, and decode it."""
    response = httpx.get(recording["Url"], headers=held.headers, trust_env=False)
    assert response.status_code == 200
    assert len(response.content) == recording["Size"]
    path = folder / f"{recording['Id']}.wav"
    path.write_bytes(response.content)
    return read_audio(path)


@dataclass(frozen=True)
class Ending:
    """How a call ended: what the record holds beside the published properties."""

    reason: str
    sip_code: int | None
    detail: str


def endings(node: Node, held: Held) -> list[Ending]:
    """Return how a customer's calls ended, newest first."""
    query = "SELECT events FROM calls WHERE customer_id = ? ORDER BY created_us DESC"
    with closing(sqlite3.connect(node.home / "dillo.db")) as connection:
        rows = connection.execute(query, (held.customer_code,)).fetchall()
    last_events = [json.loads(events)[-1] for (events,) in rows]
    return [
        Ending(event["reason"], event.get("sip_code"), event.get("detail", ""))
        for event in last_events
    ]


def webhook_secret(node: Node, held: Held) -> str:
    """Return what a customer's webhooks are signed with."""
    vault = Vault.open("", Settings(home=node.home).secret_key_path)
    return node.accounts(
        lambda registry, change: reveal(registry.webhook_secrets, change, vault, held.customer_code)
    )


@contextmanager
def web_files(**files: bytes) -> Iterator[str]:
    """Serve files on the loopback interface and yield the address they are below."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = files.get(self.path.removeprefix("/"))
            self.send_response(HTTPStatus.NOT_FOUND if body is None else HTTPStatus.OK)
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, format: str, *arguments: object) -> None:
            """Keep the tests' output clean."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
