"""The far end of the pipe: a process that takes orders and answers them."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Awaitable, Callable

from dillo.model.priority import set_niceness
from dillo.workers.wire import LONGEST_LINE, OrderT, ReplyT, Wire, line

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
) -> None:
    """Perform orders, several at once, until the platform hangs up; the rest is dropped then."""
    reader, writer = await asyncio.open_connection(sock=connection, limit=LONGEST_LINE)

    async def answer(text: bytes) -> None:
        writer.write(line(await perform(wire.read_order(text))))

    async with asyncio.TaskGroup() as group:
        running: set[asyncio.Task[None]] = set()
        with contextlib.suppress(ConnectionError):
            async for text in reader:
                task = group.create_task(answer(text))
                running.add(task)
                task.add_done_callback(running.discard)
        for task in running:
            task.cancel()
    writer.close()
