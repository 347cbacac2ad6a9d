"""Real calls, watched and hung up over HTTP while they run."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

import httpx
from tests.e2e.node import Held, Node, behavior, say
from tests.e2e.telephones import CALLER, Ending, act, endings, place, plan

from dillo.client import Client
from dillo.client.models.calls import LiveEvent

T = TypeVar("T")

PATIENCE_S = 20.0
LONG = behavior(say("Please hold the line.", 1), act("Pause", Seconds=60))
Event = tuple[str, dict[str, Any]]


@contextmanager
def _api(node: Node, held: Held) -> Iterator[httpx.Client]:
    base = f"{node.http}/api/v1"
    headers = {"Authorization": f"Bearer {held.api_key}"}
    with httpx.Client(base_url=base, headers=headers, trust_env=False, timeout=20) as client:
        yield client


@contextmanager
def _following(client: httpx.Client, **headers: str) -> Iterator[Iterator[Event]]:
    """Yield the events of the stream of calls."""
    with client.stream("GET", "/calls/events", headers=headers) as response:
        assert response.status_code == 200
        assert response.headers["Content-Type"].startswith("text/event-stream")
        yield _events(response.iter_lines())


def _events(lines: Iterator[str]) -> Iterator[Event]:
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
            continue
        if "event" in fields:
            yield fields["event"], json.loads(fields["data"])
        fields = {}


def _until(events: Iterator[Event], is_it: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
    return next(data for name, data in events if name == "call" and is_it(data))


def _eventually(attempt: Callable[[], T | None]) -> T:
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        if (found := attempt()) is not None:
            return found
        time.sleep(0.05)
    raise AssertionError("it never came to that")


def test_a_call_is_watched_and_hung_up(node: Node) -> None:
    held, other = node.hold(LONG), node.hold(LONG)
    with (
        ThreadPoolExecutor() as threads,
        _api(node, held) as client,
        _api(node, other) as stranger,
        _following(client) as events,
    ):
        assert next(events) == ("snapshot", {"calls": []})
        began = time.monotonic()
        calling = threads.submit(place, plan(node, held))
        running = _until(events, lambda call: call["node"] == "0")
        assert (running["status"], running["caller"]) == ("in_progress", CALLER)
        assert (running["number"], running["caller_country"]) == (held.number, "IT")
        assert (running["application"], running["application_version"]) == ("Primary", 1)
        address = f"/calls/{running['id']}"
        assert client.get("/calls/live").json()["items"][0]["id"] == running["id"]
        assert client.get(address).json()["status"] == "in_progress"
        assert stranger.get("/calls/live").json()["items"] == []
        assert stranger.post(f"{address}/hang-up").status_code == 404
        assert client.post(f"{address}/hang-up").status_code == 202
        ended = _until(events, lambda call: call["status"] == "finished")
        assert (ended["id"], ended["end_reason"]) == (running["id"], "Interrupted")
        (outcome,) = calling.result(PATIENCE_S)
        assert (outcome.status, outcome.ended_by) == (200, "callee")  # by a BYE of ours
        assert time.monotonic() - began < 30
        settled = _eventually(
            lambda: call if (call := client.get(address).json())["revision"] else None
        )
        assert settled.keys() > ended.keys()  # one schema, and what else belongs to it
        assert (settled["id"], settled["end_reason"]) == (ended["id"], "Interrupted")
        assert settled["price"] is not None
        assert client.post(f"{address}/hang-up").status_code == 409
    assert endings(node, held) == [Ending("Interrupted", None, "hung up over the API")]


def test_the_client_follows_calls_and_hangs_up(node: Node) -> None:
    held = node.hold(LONG)
    with ThreadPoolExecutor() as threads, Client(node.http, held.api_key) as dillo:
        told = dillo.calls.follow()
        assert next(told) == LiveEvent(is_snapshot=True, calls=[])
        calling = threads.submit(place, plan(node, held))
        changes = (each.calls[0] for each in told)
        running = next(call for call in changes if call.status == "in_progress")
        assert [each.id for each in dillo.calls.live()] == [running.id]
        assert dillo.calls.hang_up(running.id).caller == CALLER
        ended = next(call for call in changes if call.status == "finished")
        assert (ended.id, ended.end_reason) == (running.id, "Interrupted")
        calling.result(PATIENCE_S)


def test_watching_goes_on_when_processes_are_killed(own_node: Node) -> None:
    own_node.start()
    held = own_node.hold(LONG)
    with ThreadPoolExecutor() as threads, _api(own_node, held) as client:
        with _following(client) as events:
            assert next(events) == ("snapshot", {"calls": []})
            calling = threads.submit(place, plan(own_node, held, max_s=10))
            cut_off = _until(events, lambda call: call["status"] == "in_progress")
            os.kill(own_node.children()["signal"], signal.SIGKILL)
            name, anew = next(each for each in events if each[0] == "snapshot")
            assert (name, anew) == ("snapshot", {"calls": []})
        settled = _eventually(
            lambda: (
                call
                if (call := client.get(f"/calls/{cut_off['id']}").json()).get("revision")
                else None
            )
        )
        assert settled["end_reason"] == "Interrupted"
        calling.result(PATIENCE_S)
        again = threads.submit(place, plan(own_node, held, max_s=4))
        live = _eventually(lambda: client.get("/calls/live").json()["items"] or None)
        assert live[0]["id"] != cut_off["id"]
        os.kill(own_node.children()["web"], signal.SIGKILL)
        _eventually(lambda: _live(client))
        again.result(PATIENCE_S)
    began = time.monotonic()
    with _api(own_node, held) as client, _following(client) as events:
        next(events)
        assert own_node.stop() == 0  # whoever follows calls holds nothing up
    assert time.monotonic() - began < 15


def _live(client: httpx.Client) -> list[dict[str, Any]] | None:
    try:
        response = client.get("/calls/live")
    except httpx.TransportError:
        return None
    return response.json()["items"] if response.status_code == 200 else None
