"""Status callbacks to real servers, over crashes and outages."""

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import Any

import pytest
from tests.e2e.bookkeeping import Books
from tests.e2e.crowd import call_once
from tests.e2e.hook_servers import HookServer, Respond, answers, hook_server, slow
from tests.e2e.node import PATIENCE_S, Held, Node, behavior, wait_until
from tests.e2e.telephones import act, place, plan, webhook_secret

from dillo.hooks.signature import signature

RECORD = act("Record", MaxLength=1, PlayBeep=False, SilenceTimeout=0)


def told(server: HookServer, path: str = "/told") -> list[dict[str, Any]]:
    return [request.state for request in server.of(path)]


def attempts(node: Node) -> list[dict[str, Any]]:
    return Books(node.home).query("dillo.db", "SELECT * FROM webhook_attempts ORDER BY id")


def hurry(node: Node) -> None:
    """Let what failed be due again now."""
    with closing(sqlite3.connect(node.home / "dillo.db", timeout=10)) as database:
        database.execute("UPDATE outbox SET due_us = 0 WHERE due_us IS NOT NULL")
        database.commit()


def dillo(node: Node, *arguments: str) -> str:
    """Return what a command prints."""
    command = [sys.executable, "-m", "dillo", *arguments, "--home", str(node.home)]
    return subprocess.check_output(command, text=True, env=os.environ | {"COLUMNS": "200"})


def owing(node: Node, url: str, *nodes: dict[str, Any]) -> Held:
    return node.hold({"StatusCallbackUrl": url, **behavior(*nodes)})


def test_start_end_and_recordings_are_told(node: Node) -> None:
    with hook_server({"told": answers({})}) as server:
        held = owing(node, f"{server.address}/told", RECORD)
        place(plan(node, held))
        wait_until(lambda: len(server.requests) >= 3)
    by_event = {each["Event"]: each for each in told(server)}
    assert by_event.keys() == {"call.started", "call.finished", "recording.ready"}
    assert len({each["EventId"] for each in told(server)}) == 3
    (record,) = node.records(held)
    ended, ready = by_event["call.finished"], by_event["recording.ready"]["Recording"]
    assert ended["CallDuration"] == float(record["CallDuration"])
    assert ended["Price"] == float(record["Price"])
    assert ready["Id"] == record["Recordings"][0]["Id"]
    assert ended["CustomerCode"] == held.customer_code


def test_the_start_is_told_while_the_call_goes_on(node: Node) -> None:
    menu = act("Menu", Digits={"1": {}}, Timeout=20)
    with hook_server({"told": answers({})}) as server:
        menu["ChannelBehaviorAction"]["OptionStatusCallbackUrl"] = f"{server.address}/told"
        held = node.hold(behavior(menu))
        seen_at: list[list[str]] = []

        async def call() -> None:
            calling = asyncio.create_task(call_once(node, held.number, 4))
            async with asyncio.timeout(PATIENCE_S):
                while not server.requests:  # noqa: ASYNC110 - another thread's
                    await asyncio.sleep(0.05)
            seen_at.append([each["Event"] for each in told(server)])
            assert not calling.done()
            await calling

        asyncio.run(call())
        assert seen_at == [["call.started"]]
        wait_until(lambda: len(server.requests) >= 2)
    assert [each["Event"] for each in told(server)] == ["call.started", "call.finished"]


def test_callbacks_are_signed(node: Node) -> None:
    with hook_server({"told": answers({})}) as server:
        held = owing(node, f"{server.address}/told", act("Reject"))
        place(plan(node, held))
        wait_until(lambda: server.requests)
    (request,) = server.requests
    at_s = int(request.headers["dillo-signature"].split(",")[0].removeprefix("t="))
    signed = signature(webhook_secret(node, held), request.body, at_s)
    assert request.headers["dillo-signature"] == signed
    assert request.headers["idempotency-key"] == request.state["EventId"]
    asked = ("customer", "webhook-secret", "--customer", held.customer_code, "--json")
    shown = json.loads(dillo(node, *asked))["WebhookSecret"]
    assert shown == webhook_secret(node, held)
    assert json.loads(dillo(node, *asked, "--rotate"))["WebhookSecret"] != shown
    assert webhook_secret(node, held) != shown


def test_a_receiver_that_is_down_at_first_is_told_later(own_node: Node) -> None:
    own_node.start()
    with hook_server({}) as server:
        port = int(server.address.rpartition(":")[2])
    held = owing(own_node, f"http://127.0.0.1:{port}/told", act("Reject"))
    place(plan(own_node, held))
    wait_until(lambda: attempts(own_node))
    with hook_server({"told": answers({}, status=500)}, port) as server:
        hurry(own_node)
        wait_until(lambda: len(attempts(own_node)) == 2)
    with hook_server({"told": answers({})}, port) as server:
        hurry(own_node)
        wait_until(lambda: len(attempts(own_node)) == 3)
    (state,) = told(server)
    assert state["Event"] == "call.finished"
    first, second, last = attempts(own_node)
    assert first["status"] is None
    assert "connect" in first["error"].lower()
    assert (second["status"], last["status"]) == (500, 200)
    (listed,) = json.loads(dillo(own_node, "webhook", "list", state["CallId"], "--json"))
    assert (listed["EventId"], listed["Status"]) == (state["EventId"], "Delivered")
    assert [each["HttpStatus"] for each in listed["Attempts"]] == [None, 500, 200]
    assert "Delivered" in dillo(own_node, "webhook", "list", state["CallId"])


@pytest.mark.parametrize("respond", [slow, answers({})])
def test_callbacks_survive_the_death_of_jobs(own_node: Node, respond: Respond) -> None:
    own_node.start()
    with hook_server({"told": respond}) as server:
        held = owing(own_node, f"{server.address}/told", act("Pause", Seconds=0.3))
        jobs = own_node.children()["jobs"]
        place(plan(own_node, held))
        if respond is slow:
            wait_until(lambda: server.requests)
        os.kill(jobs, signal.SIGKILL)
        first = len(server.requests)
        if respond is slow:  # what was under way is sent again
            wait_until(lambda: len(server.requests) > first)
        else:
            wait_until(lambda: len({each["EventId"] for each in told(server)}) == 2)
    events = {each["Event"] for each in told(server)}
    assert "call.started" in events
    ids = {(each["Event"], each["EventId"]) for each in told(server)}
    assert len(ids) == len(events)  # whatever is told again bears the same EventId
