"""A connection that is kept: made when the other process comes, and again when it comes back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from dillo.model.framing import FrameReader, pack_frame
from dillo.workers.connection import Connection


class Word(msgspec.Struct, tag=True):
    """What both sides say."""

    text: str


class Other:
    """The other process: remembers what it heard and says what it is told to."""

    def __init__(self) -> None:
        self.heard: asyncio.Queue[str] = asyncio.Queue()
        self.clients: asyncio.Queue[asyncio.StreamWriter] = asyncio.Queue()

    async def attend(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.clients.put_nowait(writer)
        frames: FrameReader[Word] = FrameReader(Word)
        while octets := await reader.read(1024):
            for word in frames.feed(octets):
                self.heard.put_nowait(word.text)
        writer.close()

    @asynccontextmanager
    async def serving(self, path: Path) -> AsyncIterator[None]:
        server = await asyncio.start_unix_server(self.attend, path)
        try:
            yield
        finally:
            server.close()
            while not self.clients.empty():
                self.clients.get_nowait().close()


class Kept:
    """A connection that is kept, and what it told."""

    def __init__(self, path: Path) -> None:
        self.words: asyncio.Queue[Word] = asyncio.Queue()
        self.losses: asyncio.Queue[None] = asyncio.Queue()
        self.connection: Connection[Word] = Connection(
            path, Word, self.words.put_nowait, lambda: self.losses.put_nowait(None)
        )


@asynccontextmanager
async def _kept(path: Path) -> AsyncIterator[Kept]:
    kept = Kept(path)
    keeper = asyncio.create_task(kept.connection.keep())
    async with asyncio.timeout(10):
        yield kept
    keeper.cancel()
    await asyncio.gather(keeper, return_exceptions=True)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "other.sock"


async def test_messages_go_both_ways(path: Path) -> None:
    other = Other()
    async with other.serving(path), _kept(path) as kept:
        await kept.connection.ready()
        kept.connection.send(Word("one"), Word("two"))
        assert [await other.heard.get(), await other.heard.get()] == ["one", "two"]
        client = await other.clients.get()
        client.write(pack_frame([Word("three")]))
        assert await kept.words.get() == Word("three")
        client.close()


async def test_it_is_made_again_when_the_other_process_comes_back(path: Path) -> None:
    async with _kept(path) as kept:
        kept.connection.send(Word("in vain"))
        for number in range(2):
            assert not kept.connection.is_made
            other = Other()
            async with other.serving(path):
                await kept.connection.ready()
                kept.connection.send(Word(f"{number}"))
                assert await other.heard.get() == f"{number}"
            await kept.losses.get()
            path.unlink()  # noqa: ASYNC240  (an entry of a folder)


async def test_one_that_makes_no_sense_is_left_and_sought_anew(path: Path) -> None:
    other = Other()
    async with other.serving(path), _kept(path) as kept:
        (await other.clients.get()).write(b"\xff" * 8)
        await kept.losses.get()
        client = await other.clients.get()
        client.write(pack_frame([Word("half")])[:-2])
        client.close()
        await kept.losses.get()
        client = await other.clients.get()
        client.write(pack_frame([Word("whole")]))
        assert await kept.words.get() == Word("whole")  # and nothing of the half is left over
        client.close()
