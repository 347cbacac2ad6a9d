"""Voice agents: WebSocket servers on the loopback interface that do as a test tells them."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from threading import Thread
from typing import Any

from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

Message = dict[str, Any]


@dataclass
class Conversation:
    """One call as the agent has it."""

    connection: ServerConnection
    heard: list[Message] = field(default_factory=list)
    """All messages, in order."""
    stream_id: str = ""

    async def listen(self) -> Message | None:
        """Return the next message, None when there are no more."""
        try:
            message: Message = json.loads(await self.connection.recv())
        except ConnectionClosed:
            return None
        self.heard.append(message)
        if message["event"] == "start":
            self.stream_id = message["streamSid"]
        return message

    async def send(self, event: str, **fields: Any) -> None:
        """Say something; in vain where the call is over."""
        message = {"event": event, "streamSid": self.stream_id, **fields}
        with suppress(ConnectionClosed):
            await self.connection.send(json.dumps(message))

    def events(self) -> list[str]:
        """Return the kinds of messages, runs of the same only once."""
        kinds = [message["event"] for message in self.heard]
        return [kind for kind, before in zip(kinds, ["", *kinds], strict=False) if kind != before]


Behave = Callable[[Conversation], Awaitable[None]]


@dataclass
class Agent:
    """A running server."""

    url: str
    conversations: list[Conversation] = field(default_factory=list)


@contextmanager
def agent(behave: Behave) -> Iterator[Agent]:
    """Run a server whose every call does the same."""
    running = Agent("")
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()
    ready = asyncio.Event()

    async def attend(connection: ServerConnection) -> None:
        conversation = Conversation(connection)
        running.conversations.append(conversation)
        await behave(conversation)

    async def run() -> None:
        async with serve(attend, "127.0.0.1", 0, close_timeout=1) as server:
            running.url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/call?key=secret"
            ready.set()
            await stop.wait()

    thread = Thread(target=loop.run_until_complete, args=(run(),))
    thread.start()
    asyncio.run_coroutine_threadsafe(ready.wait(), loop).result(10)
    try:
        yield running
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
        loop.close()


async def echo(conversation: Conversation) -> None:
    """Say back what is heard, until `#` is pressed."""
    while (message := await conversation.listen()) is not None:
        if message["event"] == "media":
            payload = message["media"]["payload"]
            await conversation.send("media", media={"payload": payload})
        elif message["event"] == "dtmf" and message["dtmf"]["digit"] == "#":
            return
