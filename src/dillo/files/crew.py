"""The worker processes that make one kind of prompt."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dillo.files.orders import NotMade, Order, Reply
from dillo.files.process import WorkerDied, WorkerProcess, WorkerStuck

_ATTEMPTS = 2  # an order whose worker died is tried once more: it may have died of another's


@dataclass(frozen=True, slots=True)
class Staffing:
    """How many processes, how many orders each has at a time, and how long one may take."""

    processes: int
    orders: int
    timeout_s: float


class Crew:
    """Hands orders to whichever process is free; the others wait their turn."""

    def __init__(
        self, command: Sequence[str], env: Mapping[str, str] | None, staffing: Staffing
    ) -> None:
        self._workers = [
            WorkerProcess(command, env, staffing.timeout_s) for _ in range(staffing.processes)
        ]
        self._free: asyncio.Queue[WorkerProcess] = asyncio.Queue()
        for _ in range(staffing.orders):
            for worker in self._workers:
                self._free.put_nowait(worker)

    async def run(self) -> None:
        """Keep the processes alive until cancelled."""
        async with asyncio.TaskGroup() as group:
            for worker in self._workers:
                group.create_task(worker.run())

    async def make(self, order: Order) -> Reply:
        """Have an order performed; what goes wrong is told in the reply."""
        for _ in range(_ATTEMPTS):
            worker = await self._free.get()
            try:
                return await worker.ask(order)
            except WorkerStuck as error:
                return NotMade(order.job, str(error))
            except WorkerDied:
                continue
            finally:
                self._free.put_nowait(worker)
        return NotMade(order.job, f"the prompt worker died of it {_ATTEMPTS} times")
