"""The far end of the pipe: a process that takes orders and answers them."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Awaitable, Callable

from dillo.model.priority import set_niceness
from dillo.workers.wire import LONGEST_LINE, READY, OrderT, ReplyT, Wire, line, read_withdrawal

_NICENESS = 10


def step_aside(niceness: int = _NICENESS) -> None:
    """Let signalling and media go first, and live until the platform hangs up.

    Signals that stop the platform reach its whole group; calls that it still carries to their end
    need prompts.
    """
    set_niceness(niceness)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


async def serve(
    connection: socket.socket,
    wire: Wire[OrderT, ReplyT],
    perform: Callable[[OrderT], Awaitable[ReplyT]],
    getting_ready: Awaitable[object] | None = None,
) -> None:
    """Perform orders, several at once, until the platform hangs up; the rest is dropped then.

    None is taken before `getting_ready` is done.
    """
    reader, writer = await asyncio.open_connection(sock=connection, limit=LONGEST_LINE)
    if getting_ready is not None:
        await getting_ready
    writer.write(READY)

    running: dict[int, asyncio.Task[None]] = {}

    async def answer(order: OrderT) -> None:
        try:
            writer.write(line(await perform(order)))
        finally:
            del running[order.job]

    async with asyncio.TaskGroup() as group:
        with contextlib.suppress(ConnectionError):
            async for text in reader:
                unwanted = read_withdrawal(text)
                if unwanted is None:
                    order = wire.read_order(text)
                    running[order.job] = group.create_task(answer(order))
                elif unwanted in running:
                    running[unwanted].cancel()
        for task in running.values():
            task.cancel()
    writer.close()
