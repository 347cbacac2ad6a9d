"""Stopping, starting twice, and going on while a disk or the database is away."""

import asyncio
import os
import resource
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.e2e.bookkeeping import Books
from tests.e2e.crash_rounds import bury, gone
from tests.e2e.crowd import CALLER, call_once, calls_work
from tests.e2e.node import Held, Node, behavior, say

from dillo.caller import CallOutcome, CallPlan, place_call
from dillo.model.events import CallEnded, CallReceived, EndReason
from dillo.model.ids import new_id
from dillo.store.journal import JournalWriter

WAIT = behavior({"ActionType": "Pause", "ChannelBehaviorAction": {"Seconds": 60}})


async def start(node: Node, application: object = WAIT, fallback: object = None) -> Held:
    await asyncio.to_thread(node.start)
    held = await asyncio.to_thread(node.hold, application, fallback)
    await calls_work(node, held)
    return held


async def call(node: Node, held: Held, talk_s: float | None = None) -> CallOutcome:
    return await place_call(CallPlan(held.number, node.sip, CALLER, hang_up_after_s=talk_s))


def ends(node: Node) -> dict[str, str]:
    return {each["sip_call_id"]: each["end_reason"] for each in Books(node.home).calls()}


@contextmanager
def full_disk(pid: int) -> Iterator[None]:
    """Let a process write no file any more: not an octet fits."""
    soft, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (1, hard))
    try:
        yield
    finally:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, hard))


def descendants(pid: int) -> list[int]:
    listed = subprocess.run(
        ["pgrep", "-P", str(pid)], stdout=subprocess.PIPE, text=True, check=False
    ).stdout
    children = list(map(int, listed.split()))
    return children + [each for child in children for each in descendants(child)]


async def test_sigterm_ends_calls_with_a_record_and_the_home_is_free_again(
    own_node: Node,
) -> None:
    own_node.settings["DILLO_DRAIN_S"] = "2"
    held = await start(own_node)
    short = asyncio.create_task(call(own_node, held, talk_s=1.5))
    long = asyncio.create_task(call(own_node, held))
    await asyncio.sleep(0.7)
    stopping = asyncio.create_task(asyncio.to_thread(own_node.stop))
    await asyncio.sleep(0.3)
    late = await call(own_node, held)
    assert late.status == 503
    assert "Retry-After: 5" in await asyncio.to_thread(refusal, own_node, held)
    assert await stopping == 0
    assert ((await short).ended_by, (await long).ended_by) == ("caller", "callee")
    await asyncio.to_thread(own_node.start)
    await calls_work(own_node, held)
    await Books(own_node.home).settled()
    reasons = ends(own_node)
    assert reasons[(await short).call_id] == "CallerHungUp"
    assert reasons[(await long).call_id] == "Interrupted"
    assert late.call_id not in reasons


def refusal(node: Node, held: Held) -> str:
    """Return what a bare INVITE is answered."""
    with socket.socket(type=socket.SOCK_DGRAM) as telephone:
        telephone.bind(("127.0.0.1", 0))
        telephone.settimeout(5)
        address = f"127.0.0.1:{telephone.getsockname()[1]}"
        lines = [
            f"INVITE sip:{held.number}@dillo SIP/2.0",
            f"Via: SIP/2.0/UDP {address};branch=z9hG4bKlate",
            f"From: <sip:late@{address}>;tag=1",
            f"To: <sip:{held.number}@dillo>",
            "Call-ID: late",
            "CSeq: 1 INVITE",
            f"Contact: <sip:{address}>",
            "Max-Forwards: 70",
        ]
        telephone.sendto("\r\n".join([*lines, "", ""]).encode(), node.sip)
        return telephone.recv(4096).decode()


async def test_a_taken_address_is_told(own_node: Node) -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{other.getsockname()[1]}"
        command = [sys.executable, "-m", "dillo", "up", "--home", str(own_node.home)]
        command += ["--http", "127.0.0.1:0", "--sip", address]
        tried = await asyncio.to_thread(
            subprocess.run, command, capture_output=True, text=True, timeout=20, check=False
        )
    assert tried.returncode == 1
    assert f"cannot listen at {address}: Address already in use" in tried.stderr


async def test_nobody_takes_the_address_while_signalling_restarts(own_node: Node) -> None:
    held = await start(own_node)
    os.kill(own_node.children()["signal"], signal.SIGKILL)
    with (
        socket.socket(type=socket.SOCK_DGRAM) as other,
        pytest.raises(OSError, match="in use"),
    ):
        other.bind(own_node.sip)
    await calls_work(own_node, held)


async def test_a_second_node_is_refused_the_home_of_the_first(own_node: Node) -> None:
    held = await start(own_node)
    command = [sys.executable, "-m", "dillo", "up", "--home", str(own_node.home), "--json"]
    second = await asyncio.to_thread(
        subprocess.run, command, capture_output=True, text=True, timeout=20, check=False
    )
    assert second.returncode == 1
    assert "in use by another Dillo" in second.stderr
    assert second.stdout == ""
    await calls_work(own_node, held)


async def test_killed_signalling_leaves_no_prompt_worker_behind(own_node: Node) -> None:
    held = await start(own_node)
    signalling = own_node.children()["signal"]
    workers = descendants(signalling)
    assert workers
    os.kill(signalling, signal.SIGKILL)
    await gone(workers)
    await calls_work(own_node, held)


async def test_a_killed_supervisor_leaves_no_process_behind(own_node: Node) -> None:
    held = await start(own_node)
    talking = asyncio.create_task(call(own_node, held))
    await asyncio.sleep(0.5)
    assert own_node.process is not None
    children = descendants(own_node.process.pid)
    assert len(children) >= 4
    own_node.process.kill()
    bury(own_node)
    await gone(children)
    ended = await talking
    assert ended.ended_by == "callee"
    await asyncio.to_thread(own_node.start)
    await Books(own_node.home).settled()
    assert ends(own_node)[ended.call_id] == "Interrupted"


async def test_calls_end_with_a_bye_when_their_media_worker_dies_or_hangs(own_node: Node) -> None:
    held = await start(own_node)
    for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGSTOP):
        talking = asyncio.create_task(call(own_node, held))
        await asyncio.sleep(0.5)
        os.kill(own_node.children()["media-0"], number)
        ended = await asyncio.wait_for(talking, 30)
        assert ended.ended_by == "callee"
        await calls_work(own_node, held)
        await Books(own_node.home).settled()
        assert ends(own_node)[ended.call_id] == "Interrupted"


async def test_gateways_that_hang_are_started_again(own_node: Node) -> None:
    await start(own_node)
    hung = {name: own_node.children()[name] for name in ("streams", "webrtc")}
    for pid in hung.values():
        os.kill(pid, signal.SIGSTOP)
    async with asyncio.timeout(40):
        for name, pid in hung.items():
            while own_node.children().get(name, pid) == pid:  # noqa: ASYNC110 - not ours
                await asyncio.sleep(0.2)


async def test_records_wait_for_a_locked_database(own_node: Node) -> None:
    held = await start(own_node)
    with sqlite3.connect(own_node.home / "dillo.db", isolation_level=None) as writer:
        writer.execute("BEGIN EXCLUSIVE")
        during = [await call_once(own_node, held.number, 0.3) for _ in range(5)]
        assert not {each.sip_call_id for each in during if each} & set(ends(own_node))
        writer.execute("COMMIT")
    writer.close()
    await Books(own_node.home).settled()
    assert all(each and each.is_answered and each.sip_call_id in ends(own_node) for each in during)


async def test_calls_go_on_and_records_wait_while_the_database_is_away(own_node: Node) -> None:
    held = await start(own_node)
    database = own_node.home / "dillo.db"
    away = database.with_name("away.db")
    await Books(own_node.home).settled()
    os.kill(own_node.children()["jobs"], signal.SIGKILL)
    database.rename(away)
    during = [await call_once(own_node, held.number, 0.3) for _ in range(3)]
    await asyncio.sleep(1)
    assert not database.exists()
    away.rename(database)
    books = Books(own_node.home)
    await books.settled()
    assert all(each and each.is_answered for each in during)
    books.check([each for each in during if each], [])


async def test_a_full_disk_refuses_new_calls_keeps_running_ones_and_recovers(
    own_node: Node,
) -> None:
    held = await start(own_node)
    running = asyncio.create_task(call(own_node, held, talk_s=3))
    await asyncio.sleep(0.5)
    with full_disk(own_node.children()["signal"]):
        refused = [await call(own_node, held) for _ in range(3)]
        await asyncio.sleep(1)
        assert not running.done()
    assert {each.status for each in refused} == {503}
    await calls_work(own_node, held)
    assert (await running).ended_by == "caller"
    await Books(own_node.home).settled()
    reasons = ends(own_node)
    assert reasons[(await running).call_id] == "CallerHungUp"
    assert {reasons[each.call_id] for each in refused} == {"Error"}
    Books(own_node.home).check([], [])


async def test_a_recording_that_cannot_be_written_runs_the_fallback(own_node: Node) -> None:
    endless = {"MaxLength": 3600, "SilenceTimeout": 0, "PlayBeep": False}
    record = behavior({"ActionType": "Record", "ChannelBehaviorAction": endless})
    held = await start(own_node, record, behavior(say("We are sorry.")))
    with full_disk(own_node.children()["media-0"]):
        outcome = await call(own_node, held)
    assert (outcome.status, outcome.ended_by) == (200, "callee")
    books = Books(own_node.home)
    await books.settled()
    newest = own_node.fetch(held).json()[0]
    assert newest["IsFallbackExecuted"] is True
    assert [each["Duration"] for each in newest["Recordings"]] == [0]
    books.check([], [])


async def test_poisoned_calls_are_set_aside_and_block_no_other(own_node: Node) -> None:
    held = await start(own_node)
    jobs = own_node.children()["jobs"]
    await Books(own_node.home).settled()
    os.kill(jobs, signal.SIGSTOP)
    damaged = await call(own_node, held, talk_s=0.2)
    stranger = await write_stranger(own_node.home)
    await asyncio.sleep(0.3)
    good = await call(own_node, held, talk_s=0.2)
    with sqlite3.connect(own_node.home / "journal.db") as journal:
        changed = journal.execute(
            "UPDATE events SET body = '{broken' WHERE body LIKE '%CallAnswered%' AND call_id ="
            " (SELECT call_id FROM events WHERE body LIKE ?)",
            (f"%{damaged.call_id}%",),
        )
        assert changed.rowcount == 1
    journal.close()
    os.kill(jobs, signal.SIGCONT)
    books = Books(own_node.home)
    await books.settled()
    assert good.call_id in ends(own_node)
    assert damaged.call_id not in ends(own_node)
    quarantined = books.query("journal.db", "SELECT call_id, error FROM quarantine")
    assert len(quarantined) == 2
    assert {each["error"].split(":")[0] for each in quarantined if each["call_id"] == stranger} == {
        "Unsettleable"
    }


async def write_stranger(home: Path) -> str:
    """Journal a finished call of a customer whom the database does not know."""
    call_id = new_id()
    journal = JournalWriter(home / "journal.db")
    journal.append(
        call_id,
        CallReceived(
            at_us=1,
            call_id=call_id,
            node_name="elsewhere",
            customer_id="nobody",
            number_id="none",
            number="+442079460999",
            number_type="local",
            caller=CALLER,
            currency="EUR",
        ),
    )
    journal.append(call_id, CallEnded(2, EndReason.ABANDONED))
    await journal.close()
    return call_id


async def test_a_damaged_event_of_a_call_that_was_cut_off_keeps_no_node_from_starting(
    own_node: Node,
) -> None:
    held = await start(own_node)
    await Books(own_node.home).settled()
    talking = asyncio.create_task(call_once(own_node, held.number, 1))
    await asyncio.sleep(0.5)
    assert own_node.process is not None
    for pid in (own_node.process.pid, *own_node.children().values()):
        os.kill(pid, signal.SIGKILL)
    bury(own_node)
    with sqlite3.connect(own_node.home / "journal.db") as journal:
        journal.execute("UPDATE events SET body = '{broken' WHERE body LIKE '%CallReceived%'")
    journal.close()
    await asyncio.to_thread(own_node.start)
    await calls_work(own_node, held)
    await talking
    await Books(own_node.home).settled()
    (quarantined,) = Books(own_node.home).query("journal.db", "SELECT * FROM quarantine")
    assert "DecodeError" in quarantined["error"] or "ValidationError" in quarantined["error"]
