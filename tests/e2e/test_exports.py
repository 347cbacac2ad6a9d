"""An export is finished, whatever happens to the process that makes it."""

import csv
import io
import os
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import httpx
from tests.e2e.node import Held, Node, behavior, say

from dillo.model.clock import now_us
from dillo.model.ids import uuid7

CALLS = 30_000
PATIENCE_S = 60.0


def _summaries(node: Node, held: Held) -> None:
    """Put summaries of calls beside those that real calls left."""
    find = "SELECT id FROM numbers WHERE e164 = ?"
    with closing(sqlite3.connect(node.home / "dillo.db", timeout=10)) as file:
        (number_id,) = file.execute(find, [held.number]).fetchone()
        rows = list(_rows(held.customer_code, number_id))
        names, marks = ", ".join(rows[0]), ", ".join("?" * len(rows[0]))
        insert = f"INSERT INTO call_summaries ({names}) VALUES ({marks})"
        file.executemany(insert, [tuple(row.values()) for row in rows])
        file.commit()


def _rows(customer_id: str, number_id: str) -> Iterator[dict[str, Any]]:
    begin_us = now_us() - 3_600_000_000
    for index in range(CALLS):
        created_us = begin_us + index * 100_000
        yield {
            "id": str(uuid7(created_us // 1000, index.to_bytes(10, "big"))),
            "customer_id": customer_id,
            "number_id": number_id,
            "application_id": "",
            "version_id": "",
            "caller": "+393703188051",
            "caller_country": "IT",
            "created_us": created_us,
            "ended_us": created_us,
            "duration_ms": 0,
            "end_reason": "Abandoned",
            "is_fallback_executed": 0,
            "currency": "EUR",
            "price_micros": index,
            "revision": 1,
            **dict.fromkeys(("recordings", "digits", "dials", "failures", "warnings"), 0),
            "settled_us": 0,
        }


def _wait(client: httpx.Client, address: str, *statuses: str) -> dict[str, Any]:
    deadline = time.monotonic() + PATIENCE_S
    export: dict[str, Any] = {}
    while time.monotonic() < deadline:
        export = client.get(address).json()
        if export["status"] in statuses:
            return export
        time.sleep(0.02)
    raise AssertionError(export)


def test_an_export_goes_on_where_its_process_was_killed(own_node: Node) -> None:
    own_node.start()
    held = own_node.hold(behavior(say("Hello.")))
    _summaries(own_node, held)
    with httpx.Client(
        base_url=f"{own_node.http}/api/v1",
        headers={"Authorization": f"Bearer {held.api_key}"},
        trust_env=False,
    ) as client:
        created = client.post("/exports", json={"format": "csv"})
        assert created.status_code == 202, created.text
        address = f"/exports/{created.json()['id']}"
        assert _wait(client, address, "running")["rows"] < CALLS
        os.kill(own_node.children()["jobs"], signal.SIGKILL)
        interrupted = client.get(address).json()
        assert interrupted["status"] == "running"
        done = _wait(client, address, "done")
        assert done["rows"] == CALLS
        text = httpx.get(
            f"{own_node.http}{done['url']}", headers=client.headers, trust_env=False
        ).text
    prices = [float(row["price"]) for row in csv.DictReader(io.StringIO(text))]
    assert prices == [index / 1_000_000 for index in range(CALLS)]
    assert not list((own_node.home / "exports").glob("*.part"))
