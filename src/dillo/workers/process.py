"""One worker process, kept running: orders in, replies out, over a socket pair."""

import asyncio
import itertools
import socket
from collections.abc import Mapping, Sequence
from typing import Generic

import msgspec
import structlog

from dillo.workers.wire import LONGEST_LINE, READY, OrderT, ReplyT, Wire, line, withdrawal

_LONGEST_LOADING_S = 180.0
_SHORTEST_LIFE_S = 0.25  # one that dies at birth is not reborn in a tight loop

_log = structlog.get_logger()


class WorkerDied(Exception):
    """The process ended before it answered; asking again may help."""


class WorkerStuck(Exception):
    """The process did not answer in time, and was killed."""


class WorkerProcess(Generic[OrderT, ReplyT]):
    """A child process that answers orders; a new one is started whenever it ends."""

    def __init__(
        self,
        command: Sequence[str],
        env: Mapping[str, str] | None,
        timeout_s: float,
        wire: Wire[OrderT, ReplyT],
        idle_s: float | None = None,
    ) -> None:
        self._command = command
        self._env = env
        self._timeout_s = timeout_s
        self._wire = wire
        self._idle_s = idle_s
        self._wanted = asyncio.Event()
        self._jobs = itertools.count(1)
        self._uses = self._askers = 0
        self._waiting: dict[int, asyncio.Future[ReplyT]] = {}
        self._process: asyncio.subprocess.Process | None = None
        self._writer: asyncio.StreamWriter | None = None
        self._running = asyncio.Event()
        self._is_dismissed = False

    async def run(self) -> None:
        """Keep the process alive until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            if self._idle_s is not None:
                if not self._askers:
                    self._wanted.clear()
                await self._wanted.wait()
            reborn_at = loop.time() + _SHORTEST_LIFE_S
            try:
                await self._live()
            except OSError as error:
                _log.error("worker_not_started", error=str(error))
            await asyncio.sleep(reborn_at - loop.time())

    def wake(self) -> None:
        """Start the process, if it waits for an order; one that runs stays for another while."""
        self._uses += 1
        self._wanted.set()

    async def ask(self, order: OrderT) -> ReplyT:
        """Have an order performed; its job number is set here.

        Raises WorkerDied, or WorkerStuck after the time-out, which costs everyone else who waits
        for this process a WorkerDied. A process that still gets ready is left to it.
        """
        job = next(self._jobs)
        self._askers += 1
        self.wake()
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._running.wait()
                return await self._send(msgspec.structs.replace(order, job=job))
        except TimeoutError:
            if job in self._waiting:
                self._kill()
            raise WorkerStuck(f"no answer within {self._timeout_s:g} s") from None
        except asyncio.CancelledError:
            if job in self._waiting and self._writer is not None:
                self._writer.write(withdrawal(job))
            raise
        finally:
            self._waiting.pop(job, None)
            self._askers -= 1

    def _send(self, order: OrderT) -> asyncio.Future[ReplyT]:
        assert self._writer is not None, "only a running process is sent orders"
        self._writer.write(line(order))
        reply: asyncio.Future[ReplyT] = asyncio.get_running_loop().create_future()
        self._waiting[order.job] = reply
        return reply

    async def _live(self) -> None:
        self._is_dismissed = False
        try:
            reader = await self._start()
            await self._get_ready(reader)
            await self._work(reader)
        finally:
            self._running.clear()
            await self._end()
        if not self._is_dismissed:
            _log.warning("worker_ended", status=self._process and self._process.returncode)

    async def _get_ready(self, reader: asyncio.StreamReader) -> None:
        """Wait until the process is ready; one that never is is killed, and started again."""
        try:
            async with asyncio.timeout(_LONGEST_LOADING_S):
                if await reader.readline() == READY:
                    self._running.set()
        except (TimeoutError, ConnectionError, ValueError) as error:
            _log.error("worker_not_ready", error=str(error))

    async def _work(self, reader: asyncio.StreamReader) -> None:
        """Take replies until the process ends, or has had nothing to do for long."""
        if not self._running.is_set():
            return
        taking = asyncio.ensure_future(self._take_replies(reader))
        try:
            while not taking.done():
                uses = self._uses
                await asyncio.wait({taking}, timeout=self._idle_s)
                if not taking.done() and not self._askers and uses == self._uses:
                    self._is_dismissed = True
                    self._running.clear()
                    return
        finally:
            taking.cancel()
            await asyncio.wait({taking})

    async def _start(self) -> asyncio.StreamReader:
        ours, theirs = socket.socketpair()
        with theirs:
            reader, self._writer = await asyncio.open_connection(sock=ours, limit=LONGEST_LINE)
            birth = asyncio.ensure_future(
                asyncio.create_subprocess_exec(
                    *self._command,
                    stdin=theirs.fileno(),
                    stdout=asyncio.subprocess.DEVNULL,
                    env=self._env,
                    # A session of its own may have a niceness of its own beside others.
                    start_new_session=True,
                )
            )
            try:
                await asyncio.shield(birth)
            finally:
                # Cancelled meanwhile, it is born all the same, and must be ended by `_end`.
                self._process = await birth
        return reader

    async def _end(self) -> None:
        for reply in self._waiting.values():
            if not reply.done():
                reply.set_exception(WorkerDied())
        if self._writer is not None:
            self._writer.close()
        self._kill()
        if self._process is not None:
            await self._process.wait()

    async def _take_replies(self, reader: asyncio.StreamReader) -> None:
        try:
            async for text in reader:
                reply = self._wire.read_reply(text)
                waiting = self._waiting.get(reply.job)
                if waiting is not None and not waiting.done():
                    waiting.set_result(reply)
        except (ConnectionError, ValueError) as error:  # ValueError: too long, or no reply
            _log.error("worker_garbled", error=str(error))

    def _kill(self) -> None:
        if self._process is not None and self._process.returncode is None:
            self._process.kill()
