"""The gateway's end of the Unix socket: commands become calls, calls tell events."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import structlog

from dillo.model.browser import BrowserAnswered, BrowserGone, Command, Dial, Event, HangUp
from dillo.model.errors import DilloError
from dillo.model.framing import BrokenFrame, FrameReader, pack_frame

if TYPE_CHECKING:  # it brings aiortc, half a second and 40 MB, which is spent on the first call
    from dillo.webrtc.browser import Browser

_log = structlog.get_logger(__name__)

_CHUNK = 1 << 16
_LAST_WORDS_S = 0.3
"""So long the news of a call's end may take to the browser before the connection closes."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a call ended: the final status of its INVITE, and who hung up."""

    sip_code: int
    reason: str
    by_callee: bool


Place = Callable[[Dial, "Browser"], Awaitable[Ended]]
"""Calls the number with the browser as the person who talks; cancelled, it hangs up."""


class Gateway:
    """Serves clients at a path; a client's calls end with it."""

    def __init__(self, place: Place, make_browser: Callable[[], "Browser"], most: int) -> None:
        """At most so many calls at once."""
        self._place = place
        self._make_browser = make_browser
        self._most = most
        self._calls: dict[str, asyncio.Task[None]] = {}
        self._server: asyncio.Server | None = None
        self._clients: set[asyncio.StreamWriter] = set()

    async def serve(self, path: Path) -> None:
        """Listen on a path, which must be free, in a folder that nobody else can enter."""
        self._server = await asyncio.start_unix_server(self._attend, str(path))

    async def close(self) -> None:
        """End all calls, and return when they are over."""
        if self._server is not None:
            self._server.close()
        for client in self._clients:
            client.close()
        if self._calls:
            await asyncio.wait(self._calls.values())

    async def _attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._clients.add(writer)
        try:
            async with asyncio.TaskGroup() as tasks:
                await self._listen(reader, writer, tasks)
        finally:
            writer.close()
            self._clients.discard(writer)

    async def _listen(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, tasks: asyncio.TaskGroup
    ) -> None:
        frames: FrameReader[Command] = FrameReader(Command)
        mine: dict[str, asyncio.Task[None]] = {}
        try:
            while octets := await reader.read(_CHUNK):
                for command in frames.feed(octets):
                    self._execute(command, mine, writer, tasks)
        except (BrokenFrame, ConnectionError) as error:
            _log.error("the client is lost", error=str(error))
        finally:
            for call in mine.values():
                call.cancel()

    def _execute(
        self,
        command: Command,
        mine: dict[str, asyncio.Task[None]],
        writer: asyncio.StreamWriter,
        tasks: asyncio.TaskGroup,
    ) -> None:
        name = command.browser_call_id
        if isinstance(command, HangUp):
            if name in mine:
                mine[name].cancel()
            return

        def tell(event: Event) -> None:
            if not writer.is_closing():
                writer.write(pack_frame([event]))

        if len(self._calls) >= self._most:
            tell(BrowserGone(name, f"{self._most} calls from browsers are going on"))
            return
        call = mine[name] = self._calls[name] = tasks.create_task(self._run(command, tell))

        def forget(_: asyncio.Task[None]) -> None:
            mine.pop(name, None)
            self._calls.pop(name, None)

        call.add_done_callback(forget)

    async def _run(self, order: Dial, tell: Callable[[Event], None]) -> None:
        structlog.contextvars.bind_contextvars(browser_call_id=order.browser_call_id)
        browser = self._make_browser()
        error = ""
        try:
            tell(BrowserAnswered(order.browser_call_id, await browser.answer(order.offer)))
            await self._converse(order, browser)
        except DilloError as problem:
            error = str(problem)
        except Exception as problem:
            # The boundary of a call: whatever goes wrong inside ends this one and no other.
            _log.exception("browser call failed")
            error = f"{type(problem).__name__}: {problem}"
        finally:
            tell(BrowserGone(order.browser_call_id, error))
            await browser.close()

    async def _converse(self, order: Dial, browser: "Browser") -> None:
        if not await browser.connected():
            _log.info("the browser did not get through")
            return
        async with asyncio.TaskGroup() as tasks:
            leaving = tasks.create_task(browser.is_gone.wait())
            call = tasks.create_task(self._call(order, browser))
            await asyncio.wait({leaving, call}, return_when=asyncio.FIRST_COMPLETED)
            leaving.cancel()
            call.cancel()

    async def _call(self, order: Dial, browser: "Browser") -> None:
        try:
            ended = await self._place(order, browser)
        except DilloError as error:
            browser.tell(state="ended", reason=str(error))
        else:
            by = "callee" if ended.by_callee else "caller"
            browser.tell(
                state="ended",
                reason=ended.reason if ended.sip_code >= 300 else f"the {by} hung up",
                sip_code=ended.sip_code,
            )
        await asyncio.sleep(_LAST_WORDS_S)
