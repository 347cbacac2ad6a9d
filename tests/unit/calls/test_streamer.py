"""Streams in a call: who is bridged with whom, and what the flow and the journal are told."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import cast

from tests.unit.calls.dialling import Pool, Port

from dillo.behavior import events as inputs
from dillo.behavior.effects import CloseStream, OpenStream
from dillo.calls.audio import AudioStream
from dillo.calls.platform import Platform
from dillo.calls.ports import MediaPort, OnMediaEvent, OnStreamEvent
from dillo.calls.streamer import Streamer
from dillo.model import media, streams
from dillo.model.errors import Unavailable
from dillo.model.events import CallEvent, StreamCounts, StreamEnded, StreamStarted, StreamStatus

WANTED = OpenStream("0", "wss://me:secret@agent.example/call?key=secret", True, (("a", "b"),))
COUNTS = StreamCounts(sent_ms=20)


@dataclass
class Gateway:
    """Remembers what it was told; `tell` is what it tells."""

    orders: list[streams.OpenStream] = field(default_factory=list)
    did: list[str] = field(default_factory=list)
    tell: OnStreamEvent = print

    def open(self, order: streams.OpenStream, on_event: OnStreamEvent) -> None:
        self.orders.append(order)
        self.tell = on_event

    def press_digit(self, stream_id: str, digit: str) -> None:
        self.did.append(f"key {digit}")

    def close(self, stream_id: str) -> None:
        self.did.append("close")


@dataclass
class WorkerPool(Pool):
    """Media workers, which may have no port."""

    on_event: OnMediaEvent = print
    is_full: bool = False

    async def open(
        self, command: media.OpenPort, on_event: OnMediaEvent, beside: MediaPort | None = None
    ) -> Port:
        if self.is_full:
            raise Unavailable("no port is left")
        self.on_event = on_event
        return await super().open(command, on_event, beside)


@dataclass
class Surroundings:
    """A call of which only the audio is there."""

    port: Port = field(default_factory=lambda: Port("call"))
    pool: WorkerPool = field(default_factory=WorkerPool)

    gateway: Gateway = field(default_factory=Gateway)

    @property
    def audio(self) -> AudioStream:
        return cast("AudioStream", self)

    @property
    def platform(self) -> Platform:
        return cast("Platform", self)

    @property
    def media(self) -> WorkerPool:
        return self.pool

    @property
    def streams(self) -> Gateway:
        return self.gateway


class World(Surroundings):
    """A streamer in its surroundings."""

    def __init__(self, tasks: asyncio.TaskGroup, *, is_full: bool = False) -> None:
        super().__init__(pool=WorkerPool(is_full=is_full))
        self.facts: list[CallEvent] = []
        self.told: list[inputs.Event] = []
        note: Callable[[CallEvent], None] = self.facts.append
        self.streamer = Streamer(
            "call", "customer", self.audio, self.platform, tasks, note, self.told.append
        )

    async def open(self) -> str:
        """Open a stream; return its id."""
        self.streamer.perform(WANTED)
        await settle()
        return self.gateway.orders[-1].stream_id if self.gateway.orders else ""

    async def close(self, status: StreamStatus, detail: str = "") -> None:
        stream_id = self.gateway.orders[-1].stream_id
        self.gateway.tell(streams.StreamClosed(stream_id, status, detail, COUNTS))
        await settle()


async def settle() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


@asynccontextmanager
async def world(*, is_full: bool = False) -> AsyncIterator[World]:
    async with asyncio.TaskGroup() as tasks:
        yield World(tasks, is_full=is_full)


async def test_caller_is_joined_with_the_server_when_it_is_there() -> None:
    async with world() as made:
        stream_id = await made.open()
        (order,) = made.gateway.orders
        assert (order.call_id, order.account_id, order.url) == ("call", "customer", WANTED.url)
        assert (order.rtp_ip, order.rtp_port) == ("127.0.0.1", 20_000)
        assert order.parameters == {"a": "b"}
        assert made.port.commands == []
        made.gateway.tell(streams.StreamOpened(stream_id))
        await settle()
        assert made.port.commands == [f"Bridge {stream_id}"]
        assert made.pool.ports[stream_id].commands == ["Bridge call"]
        (started,) = made.facts
        assert isinstance(started, StreamStarted)
        assert started.url == "wss://agent.example/call"
        await made.close(StreamStatus.ENDED)
        assert made.pool.ports[stream_id].commands[-1] == "ClosePort"
    (ended,) = made.told
    assert isinstance(ended, inputs.StreamEnded)
    assert ended.status is StreamStatus.ENDED
    assert isinstance(made.facts[-1], StreamEnded)
    assert made.facts[-1].counts == COUNTS


async def test_keys_reach_the_server_while_there_is_one() -> None:
    async with world() as made:
        made.streamer.caller_pressed("1")
        stream_id = await made.open()
        made.gateway.tell(streams.StreamOpened(stream_id))
        await settle()
        made.streamer.caller_pressed("2")
        await made.close(StreamStatus.ENDED)
        made.streamer.caller_pressed("3")
    assert made.gateway.did == ["key 2", "close"]


async def test_keys_wait_for_a_server_that_is_not_there_yet() -> None:
    async with world() as made:
        made.streamer.perform(WANTED)
        made.streamer.caller_pressed("1")  # while a port is being opened
        await settle()
        made.streamer.caller_pressed("#")  # while the server is being connected to
        assert made.gateway.did == []
        made.gateway.tell(streams.StreamOpened(made.gateway.orders[-1].stream_id))
        await settle()
        made.streamer.caller_pressed("2")
        assert made.gateway.did == ["key 1", "key #", "key 2"]
        await made.close(StreamStatus.ENDED)
        await made.open()
        await made.close(StreamStatus.FAILED)
    assert made.gateway.did == ["key 1", "key #", "key 2", "close", "close"]


async def test_flow_hears_nothing_of_a_stream_that_it_closed() -> None:
    async with world() as made:
        await made.open()
        made.streamer.perform(CloseStream())
        assert made.gateway.did == ["close"]
        await made.close(StreamStatus.CLOSED)
    assert made.told == []
    assert isinstance(made.facts[-1], StreamEnded)


async def test_caller_who_is_gone_before_there_is_a_port() -> None:
    async with world() as made:
        made.streamer.perform(WANTED)
        made.streamer.release()
    assert (made.told, made.facts, made.gateway.orders) == ([], [], [])
    (port,) = made.pool.ports.values()
    assert port.commands == ["ClosePort"]


async def test_stream_without_a_port_fails() -> None:
    async with world(is_full=True) as made:
        await made.open()
    (ended,) = made.told
    assert isinstance(ended, inputs.StreamEnded)
    assert (ended.status, ended.detail) == (StreamStatus.FAILED, "no port is left")


async def test_gateway_that_sends_no_audio_is_given_up() -> None:
    async with world() as made:
        stream_id = await made.open()
        made.pool.on_event(media.DigitHeard(stream_id, "1", 0))
        made.pool.on_event(media.MediaTimedOut(stream_id))
        await settle()
    (ended,) = made.told
    assert isinstance(ended, inputs.StreamEnded)
    assert ended.status is StreamStatus.DROPPED
    assert made.gateway.did == ["close"]


async def test_second_stream_of_a_call_is_another() -> None:
    async with world() as made:
        first = await made.open()
        await made.close(StreamStatus.ENDED)
        second = await made.open()
        assert first != second
        await made.close(StreamStatus.DROPPED, "no pings")
    assert [type(event) for event in made.told] == [inputs.StreamEnded] * 2
