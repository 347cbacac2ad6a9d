"""The worker processes that do one kind of work."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic

from dillo.model.errors import Unavailable
from dillo.workers.process import WorkerDied, WorkerProcess, WorkerStuck
from dillo.workers.wire import OrderT, ReplyT, Wire

_ATTEMPTS = 2  # an order whose worker died is tried once more: it may have died of another's


class NotDone(Unavailable):
    """The workers did not get an order done: one hung, or they died of it."""


@dataclass(frozen=True, slots=True)
class Staffing:
    """How many processes, how many orders each has at a time, and how long one may take."""

    processes: int
    orders: int
    timeout_s: float
    idle_s: float | None = None
    """Where given, a process is started when it is needed first, and ended after so long without
    an order, so that its memory is spent only while it is of use."""


class Crew(Generic[OrderT, ReplyT]):
    """Hands orders to whichever process is free; the others wait their turn."""

    def __init__(
        self,
        command: Sequence[str],
        env: Mapping[str, str] | None,
        staffing: Staffing,
        wire: Wire[OrderT, ReplyT],
    ) -> None:
        self._workers = [
            WorkerProcess(command, env, staffing.timeout_s, wire, staffing.idle_s)
            for _ in range(staffing.processes)
        ]
        # The worker that was free last goes first: the others may stay asleep.
        self._free: asyncio.LifoQueue[WorkerProcess[OrderT, ReplyT]] = asyncio.LifoQueue()
        for _ in range(staffing.orders):
            for worker in reversed(self._workers):
                self._free.put_nowait(worker)

    async def run(self) -> None:
        """Keep the processes alive until cancelled."""
        async with asyncio.TaskGroup() as group:
            for worker in self._workers:
                group.create_task(worker.run())

    def wake(self) -> None:
        """Let the process that would be asked first be there for the next while."""
        self._workers[0].wake()

    async def make(self, order: OrderT) -> ReplyT:
        """Have an order performed. Raises NotDone; what else goes wrong is told in the reply."""
        for _ in range(_ATTEMPTS):
            worker = await self._free.get()
            try:
                return await worker.ask(order)
            except WorkerStuck as error:
                raise NotDone(str(error)) from error
            except WorkerDied:
                continue
            finally:
                self._free.put_nowait(worker)
        raise NotDone(f"the worker process died of it {_ATTEMPTS} times")
