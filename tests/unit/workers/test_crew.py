"""Worker processes that die, hang and talk nonsense."""

import asyncio
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from dillo.files.orders import WIRE, Made, MakeSilence, Order, Reply
from dillo.files.prompts import WORKER
from dillo.workers.crew import Crew, NotDone, Staffing

# Does what an order's key says; a word it has done before (its file exists) it does properly.
SCRIPTED_WORKER = """
import json, os, pathlib, signal, socket, sys, time
connection = socket.socket(fileno=0)
connection.sendall(b"+\\n")
for text in connection.makefile():
    order = json.loads(text)
    word, mark = order["key"], pathlib.Path(sys.argv[1], order["key"])
    if not mark.exists():
        mark.touch() if word.endswith("once") else None
        if word.startswith("die"): os.kill(os.getpid(), signal.SIGKILL)
        if word.startswith("hang"): time.sleep(60)
        if word.startswith("babble"): connection.sendall(b"what?\\n")
    made = {"type": "Made", "job": order["job"], "key": word, "duration_ms": os.getpid()}
    connection.sendall(json.dumps(made).encode() + b"\\n")
"""


@asynccontextmanager
async def working(
    folder: Path,
    processes: int = 1,
    orders: int = 1,
    timeout_s: float = 30,
    idle_s: float | None = None,
) -> AsyncIterator[Crew[Order, Reply]]:
    command = (sys.executable, "-S", "-c", SCRIPTED_WORKER, str(folder))
    crew = Crew(command, None, Staffing(processes, orders, timeout_s, idle_s), WIRE)
    running = asyncio.create_task(crew.run())
    yield crew
    running.cancel()
    await asyncio.wait([running])


def order(key: str) -> MakeSilence:
    return MakeSilence(0, key, 20)


def await_end(process: int) -> None:
    while Path(f"/proc/{process}").exists():
        time.sleep(0.02)


def worker_of(reply: Reply) -> int:
    assert isinstance(reply, Made)
    return reply.duration_ms


async def test_orders_are_answered_by_one_lasting_process(tmp_path: Path) -> None:
    async with working(tmp_path) as crew:
        replies = await asyncio.gather(*(crew.make(order(str(number))) for number in range(20)))
    assert [isinstance(reply, Made) and reply.key for reply in replies] == [
        str(number) for number in range(20)
    ]
    assert len(set(map(worker_of, replies))) == 1


@pytest.mark.parametrize("word", ["die once", "babble once"])
async def test_an_order_is_tried_again_by_a_new_process(tmp_path: Path, word: str) -> None:
    async with working(tmp_path) as crew:
        before = worker_of(await crew.make(order("first")))
        assert worker_of(await crew.make(order(word))) != before


async def test_an_order_that_kills_twice_fails_alone(tmp_path: Path) -> None:
    async with working(tmp_path) as crew:
        deadly, *others = await asyncio.gather(
            *(crew.make(order(word)) for word in ("die", "a", "b", "c")), return_exceptions=True
        )
    assert isinstance(deadly, NotDone)
    assert str(deadly) == "the worker process died of it 2 times"
    assert all(isinstance(reply, Made) for reply in others)


async def test_a_stuck_process_is_killed_and_replaced(tmp_path: Path) -> None:
    async with working(tmp_path, timeout_s=0.8) as crew:
        before = worker_of(await crew.make(order("first")))
        with pytest.raises(NotDone, match=r"no answer within 0\.8 s"):
            await crew.make(order("hang"))
        assert worker_of(await crew.make(order("next"))) != before


async def test_two_processes_share_the_work(tmp_path: Path) -> None:
    async with working(tmp_path, processes=2) as crew:
        replies = await asyncio.gather(*(crew.make(order(str(number))) for number in range(8)))
    assert len(set(map(worker_of, replies))) == 2


async def test_a_lazy_process_goes_home_when_idle_and_comes_back(tmp_path: Path) -> None:
    async with working(tmp_path, idle_s=0.2) as crew:
        first = worker_of(await crew.make(order("a")))
        assert worker_of(await crew.make(order("b"))) == first
        await asyncio.to_thread(await_end, first)
        assert worker_of(await crew.make(order("c"))) != first


async def test_a_worker_that_cannot_be_started_is_an_answer_too() -> None:
    crew: Crew[Order, Reply] = Crew(("/no/such/program",), None, Staffing(1, 1, 0.1), WIRE)
    running = asyncio.create_task(crew.run())
    with pytest.raises(NotDone, match=r"no answer within 0\.1 s"):
        await crew.make(order("a"))
    running.cancel()
    await asyncio.wait([running])


def test_a_worker_ends_when_its_platform_is_gone(tmp_path: Path) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs, subprocess.Popen((*WORKER, str(tmp_path)), stdin=theirs.fileno()) as worker:
        theirs.close()
        ours.close()
        assert worker.wait(timeout=30) == 0
