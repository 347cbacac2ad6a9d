"""Kills processes of a node at random moments under load, and checks its books afterwards."""

import asyncio
import os
import random
import signal
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import httpx
from tests.e2e.bookkeeping import Books, Crash
from tests.e2e.crowd import MESSAGE_TAKER, Seen, calls_work, crowd
from tests.e2e.node import Node

from dillo.model.clock import now_us

VICTIMS = ("signal", "media-0", "web", "jobs", "up", "all")
_PROCESSES = {"signal", "media-0", "jobs", "web"}
_GONE_S, _BACK_S = 20, 60


@dataclass
class CrashRounds:
    """A node that crashes again and again while a crowd calls."""

    node: Node
    chance: random.Random
    callers: int = 24
    crashes: list[Crash] = field(default_factory=list)
    seen: list[Seen] = field(default_factory=list)

    async def run(self, victims: list[str]) -> Counter[str]:
        """Crash once for each victim, then check; returns how many calls ended for which reason."""
        await asyncio.to_thread(self.node.start)
        held = await asyncio.to_thread(self.node.hold, MESSAGE_TAKER)
        await calls_work(self.node, held)
        async with crowd(self.node, held, self.callers, self.seen, self.chance):
            for victim in victims:
                await asyncio.sleep(self.chance.uniform(0.2, 3))
                await self.crash(victim)
                await calls_work(self.node, held)
                await self._api_works()
        books = Books(self.node.home)
        await books.settled()
        return books.check(self.seen, self.crashes)

    async def crash(self, victim: str) -> None:
        """Kill a process, the supervisor (`up`) or everything, and start again what must be."""
        assert self.node.process is not None
        children = await self._all_running()
        up = self.node.process.pid
        pids = {"up": [up], "all": [up, *children.values()]}.get(victim) or [children[victim]]
        self.crashes.append(Crash(victim, now_us()))
        for pid in pids:
            os.kill(pid, signal.SIGKILL)
        if up not in pids:
            return
        bury(self.node)
        if self.chance.random() < 0.5:
            await gone([*children.values()])
        await asyncio.to_thread(self.node.start)

    async def _all_running(self) -> dict[str, int]:
        """Return the pids of all processes, once those that were killed before are back."""
        async with asyncio.timeout(_BACK_S):
            while True:
                found = self.node.children()
                if found.keys() >= _PROCESSES:
                    return found
                await asyncio.sleep(0.05)

    async def _api_works(self) -> None:
        async with asyncio.timeout(_BACK_S), httpx.AsyncClient(trust_env=False) as client:
            while True:
                try:
                    response = await client.get(f"{self.node.http}/health")
                except httpx.TransportError:
                    await asyncio.sleep(0.1)
                else:
                    assert response.status_code == 200
                    return


def bury(node: Node) -> None:
    """Take leave of a supervisor that was killed."""
    assert node.process is not None
    assert node.process.wait() == -signal.SIGKILL
    assert node.process.stdout is not None
    node.process.stdout.close()
    node.process = None


async def gone(pids: list[int], patience_s: float = _GONE_S) -> None:
    """Return when processes have ended by themselves. Raises TimeoutError."""
    async with asyncio.timeout(patience_s):
        while any(_is_alive(pid) for pid in pids):  # noqa: ASYNC110 - they are not our children
            await asyncio.sleep(0.05)


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
