"""Callers who call again and again, and what each of them saw of its calls."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from tests.e2e.node import Held, Node, behavior, say

from dillo.caller import CallPlan, place_call
from dillo.model.clock import now_us
from dillo.model.errors import Unavailable

CALLER = "+393703188051"
# An INVITE whose 100 was the last word of a process that was killed is never answered.
_LOST_S, _PROBE_LOST_S = 15, 3
_PAUSE_S = 0.1

MESSAGE_TAKER = behavior(
    say("Hello, please speak.", 1),
    {
        "ActionType": "Record",
        "ChannelBehaviorAction": {"MaxLength": 3, "SilenceTimeout": 0, "StorageKey": "Message"},
        "NextNode": 2,
    },
    say("Thank you."),
)
"""Speaks, records for three seconds, speaks and hangs up: about seven seconds."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A call as its caller saw it; moments are microseconds of the wall clock."""

    sip_call_id: str
    status: int
    answered_us: int
    ended_us: int

    @property
    def is_answered(self) -> bool:
        return self.status == 200


async def call_once(node: Node, number: str, talk_s: float, lost_s: float = _LOST_S) -> Seen | None:
    """Place a call and hang up after `talk_s`; None where it came to no end within `lost_s`."""
    plan = CallPlan(number, node.sip, CALLER, hang_up_after_s=talk_s)
    began_us = now_us()
    try:
        async with asyncio.timeout(lost_s):
            outcome = await place_call(plan)
    except (TimeoutError, Unavailable):
        return None
    answered_us = began_us + round((outcome.answer_ms or 0) * 1000)
    ended_us = answered_us + round(outcome.duration_s * 1_000_000)
    return Seen(outcome.call_id, outcome.status, answered_us, ended_us)


@asynccontextmanager
async def crowd(
    node: Node, held: Held, size: int, seen: list[Seen], chance: random.Random
) -> AsyncIterator[None]:
    """Let so many callers call as long as the block runs; what they saw is added to `seen`."""
    is_over = asyncio.Event()

    async def keep_calling() -> None:
        while not is_over.is_set():
            call = await call_once(node, held.number, chance.uniform(0.1, 9))
            if call is not None:
                seen.append(call)
            if call is None or not call.is_answered:
                await asyncio.sleep(_PAUSE_S)

    async with asyncio.TaskGroup() as tasks:
        for _ in range(size):
            tasks.create_task(keep_calling())
        try:
            yield
        finally:
            is_over.set()


async def calls_work(node: Node, held: Held, patience_s: float = 60) -> None:
    """Return once a call is answered. Raises TimeoutError."""
    async with asyncio.timeout(patience_s):
        while True:
            call = await call_once(node, held.number, 0.2, _PROBE_LOST_S)
            if call is not None and call.is_answered:
                return
            await asyncio.sleep(_PAUSE_S)
