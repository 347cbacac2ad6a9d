"""Prepaid balances with real calls: what is used up ends them, after a tone."""

import json
import math
import os
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing
from decimal import Decimal
from typing import Any

import numpy as np
from tests.e2e.hook_servers import answers, hook_server
from tests.e2e.node import Held, Node, behavior
from tests.e2e.telephones import Ending, act, endings, place, plan

from dillo.accounts import applications, customers, keys, numbers, tariffs
from dillo.accounts.ports import Change, Registry

# A tenth of a unit for each second; legs cost so much that nobody can pay one.
TARIFF = """service,prefix,per_minute,first,next,connection_fee
call,default,6,1,1,
dial,default,6,1,1,1000
recording,,0,,,
storage,,0,,,
"""
RATE = 8000
USED_UP = [Ending("LimitReached", None, "the balance is used up")]
_count = iter(range(442079470000, 442079480000))


def holder(node: Node, primary: dict[str, Any], opening: str) -> Held:
    """Return a prepaid customer in a currency of this test's own, whose number is free."""
    number = f"+{next(_count)}"

    async def work(registry: Registry, change: Change) -> Held:
        if await registry.tariffs.latest("clock") == 0:
            await tariffs.load(registry, change, TARIFF, currency="CHF", name="clock")
        micros = int(Decimal(opening) * 1_000_000)
        customer = await customers.create(
            registry, change, number, currency="CHF", opening_micros=micros
        )
        issued = await keys.issue(registry, change, customer.id)
        await numbers.add(registry, change, number)
        await numbers.buy(registry, change, number, customer.id)
        await applications.publish(registry, change, customer.id, "Wait", json.dumps(primary))
        await numbers.assign(registry, change, number, "Wait")
        return Held(number, customer.id, issued.secret)

    return node.accounts(work)


def balance(node: Node, held: Held) -> int:
    async def work(registry: Registry, change: Change) -> int:
        return (await registry.customers.get(held.customer_code)).balance_micros

    return node.accounts(work)


def beeps(heard: Any) -> list[float]:
    """Return when a tone of 1000 Hz begins, in seconds."""
    frames = np.asarray(heard[: len(heard) // 160 * 160], dtype=float).reshape(-1, 160)
    turns = np.exp(-2j * np.pi * 1000 / RATE * np.arange(160))
    loud = np.abs(frames @ turns) / 80 > 1000
    starts = np.flatnonzero(loud & ~np.concatenate([[False], loud[:-1]]))
    return [round(float(start) * 0.02, 2) for start in starts]


def test_a_call_ends_when_the_balance_is_used_up_after_a_tone(node: Node) -> None:
    held = holder(node, behavior(act("Pause", Seconds=60)), "1.4")
    (call,) = place(plan(node, held, hang_up_after_s=40))
    assert (call.status, call.ended_by) == (200, "callee")
    (record,) = node.records(held)
    assert endings(node, held) == USED_UP
    assert record["CallDuration"] > 13
    late_s = max(0, math.ceil(record["CallDuration"] - 14))  # 0, but for a very busy machine
    assert record["Price"] <= Decimal("1.4") + late_s * Decimal("0.1")
    assert -100_000 * late_s <= balance(node, held) <= 100_000
    first, second = beeps(call.heard)
    assert 2.5 < first < 6
    assert 0.3 < second - first < 0.6


def test_calls_at_once_share_a_balance(node: Node) -> None:
    held = holder(node, behavior(act("Pause", Seconds=60)), "1.2")
    calls = place(*[plan(node, held, hang_up_after_s=40)] * 3)
    assert {call.ended_by for call in calls if call.status == 200} == {"callee"}
    records = node.records(held, 3)
    total = sum(record["Price"] for record in records)
    assert Decimal("1.0") < total <= Decimal("1.2")
    assert balance(node, held) == 1_200_000 - total * 1_000_000
    assert {ending.reason for ending in endings(node, held)} == {"LimitReached"}


def test_a_top_up_lets_a_call_go_on(node: Node) -> None:
    held = holder(node, behavior(act("Pause", Seconds=60)), "0.6")

    def top_up() -> None:
        async def work(registry: Registry, change: Change) -> None:
            await customers.top_up(registry, change, held.customer_code, 700_000)

        time.sleep(2)
        node.accounts(work)

    paying = threading.Thread(target=top_up)
    paying.start()
    (call,) = place(plan(node, held, hang_up_after_s=40))
    paying.join()
    assert call.ended_by == "callee"
    (record,) = node.records(held)
    assert 12 < record["CallDuration"] <= 13
    assert balance(node, held) >= 0


def test_nobody_is_dialled_whom_the_balance_does_not_cover(node: Node) -> None:
    dialling = behavior(act("Dial", To=["+33123456789"], FailedNextNode=1), act("Hangup"))
    held = holder(node, dialling, "5")
    place(plan(node, held, hang_up_after_s=5))
    (record,) = node.records(held)
    (leg,) = record["DialActions"]
    assert (leg["Status"], leg["SipCode"], leg["Price"]) == ("Failed", 402, 0)


def test_the_price_of_a_call_is_explained_and_the_books_agree(node: Node) -> None:
    held = holder(node, behavior(act("Pause", Seconds=1)), "5")
    place(plan(node, held, hang_up_after_s=3))
    node.records(held)

    def dillo(*arguments: str) -> Any:
        command = [sys.executable, "-m", "dillo", *arguments, "--home", str(node.home), "--json"]
        done = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ))
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout, parse_float=Decimal)

    (call,) = calls_of(node, held)
    price = dillo("price", "explain", call)
    assert price["IsReproduced"], price["Differences"]
    (line,) = price["Lines"]
    assert line["Explanation"]["tariff"] == "clock"
    assert line["IsDefaultRate"]
    found = dillo("tariff", "gaps")
    assert ("call", f"{held.number} (local)") in [(each["Kind"], each["Of"]) for each in found]
    (books,) = dillo("ledger", "check", "--customer", held.customer_code)
    assert books["Agrees"]


def calls_of(node: Node, held: Held) -> list[str]:
    """Return the ids of a customer's calls."""
    with closing(sqlite3.connect(node.home / "dillo.db")) as file:
        query = "SELECT id FROM calls WHERE customer_id = ?"
        return [each for (each,) in file.execute(query, (held.customer_code,))]


def test_a_low_balance_is_told_by_webhook_and_by_mail(node: Node) -> None:
    held = holder(node, behavior(act("Pause", Seconds=1)), "5")

    def query(text: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(node.home / "dillo.db")) as file:
            return file.execute(text, (held.customer_code,)).fetchall()

    with hook_server({"/alerts": answers({})}) as server:
        command = [
            *(sys.executable, "-m", "dillo", "balance", "alert", "--home", str(node.home)),
            *("--customer", held.customer_code, "--below", "5"),
            *("--url", f"{server.address}/alerts", "--email", f"{held.customer_code}@example.com"),
        ]
        subprocess.run(command, check=True, capture_output=True)
        place(plan(node, held, hang_up_after_s=3))
        deadline = time.monotonic() + 30
        mails: list[tuple[Any, ...]] = []
        while not (server.of("/alerts") and mails) and time.monotonic() < deadline:
            time.sleep(0.1)
            mails = query("SELECT subject FROM mails WHERE recipient = ? || '@example.com'")
        (request,) = server.of("/alerts")
    assert request.state["Event"] == "balance.low"
    assert request.state["CustomerCode"] == held.customer_code
    assert mails == [("Your balance at Dillo is low",)]
