"""Streams over real sockets: what both sides get, and how a stream ends."""

import asyncio
import base64
import json
from pathlib import Path
from typing import Any

from tests.unit.streams.surroundings import saying, talking_to, until
from websockets.asyncio.server import ServerConnection

from dillo.model.events import StreamCounts, StreamStatus
from dillo.model.streams import StreamOpened

TONE = bytes(range(160))


def encoded(octets: bytes) -> dict[str, str]:
    return {"payload": base64.b64encode(octets).decode()}


class Server:
    """Keeps what it is told; each message may be answered."""

    def __init__(self, *answers: tuple[str, str]) -> None:
        """`answers` are pairs of an event and what is said whenever it comes."""
        self.told: list[dict[str, Any]] = []
        self._answers = answers
        self.is_over = asyncio.Event()

    async def __call__(self, connection: ServerConnection) -> None:
        async for message in connection:
            told = json.loads(message)
            self.told.append(told)
            for event, answer in self._answers:
                if told["event"] == event:
                    await connection.send(answer)
        self.is_over.set()

    def of(self, event: str) -> list[dict[str, Any]]:
        return [told[event] for told in self.told if told["event"] == event]


async def test_server_gets_what_the_caller_says_and_does(tmp_path: Path) -> None:
    server = Server()
    async with talking_to(tmp_path, server, parameters={"language": "it"}) as made:
        await made.opened()
        assert made.events == [StreamOpened("s-1")]
        for number in (0, 1, 3, 2, 4):  # one comes late, and is left out
            made.port.say(bytes((number,)) * 160, sequence=1000 + number)
        made.port.say(b"\0" * 4, kind=101)
        made.port.transport.sendto(b"no packet", made.port.peer)
        await until(lambda: len(server.of("media")) == 4)
        made.client.press_digit("s-1", "#")
        made.client.close("s-1")
        closed = await made.closed()
        await server.is_over.wait()
    assert closed.status is StreamStatus.CLOSED
    assert closed.counts.sent_ms == 80
    counted = made.client.counters
    assert (counted.endings, counted.sent_ms) == ({StreamStatus.CLOSED: 1}, 80)
    assert server.told[0] == {"event": "connected", "protocol": "Call", "version": "1.0.0"}
    assert server.told[1] == {
        "event": "start",
        "sequenceNumber": "1",
        "streamSid": "s-1",
        "start": {
            "accountSid": "a-1",
            "streamSid": "s-1",
            "callSid": "c-1",
            "tracks": ["inbound"],
            "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
            "customParameters": {"language": "it"},
        },
    }
    assert [
        (chunk["chunk"], chunk["timestamp"], base64.b64decode(chunk["payload"])[0])
        for chunk in server.of("media")
    ] == [("1", "0", 0), ("2", "20", 1), ("3", "60", 3), ("4", "80", 4)]
    assert server.told[-1] == {
        "event": "stop",
        "sequenceNumber": str(len(server.told) - 1),
        "streamSid": "s-1",
        "stop": {"accountSid": "a-1", "callSid": "c-1"},
    }


async def test_caller_hears_the_server_at_an_even_pace(tmp_path: Path) -> None:
    spoken = TONE * 10 + TONE[:80]
    server = Server(("start", saying("media", media=encoded(spoken))))
    async with talking_to(tmp_path, server) as made:
        await made.opened()
        await until(lambda: len(made.port.heard()) == 11 * 160)
    assert made.port.heard() == spoken + b"\xff" * 80
    packets = made.port.packets
    first = packets[0]
    assert [packet.sequence for packet in packets] == [
        (first.sequence + number) & 0xFFFF for number in range(len(packets))
    ]
    assert [packet.timestamp for packet in packets] == [
        (first.timestamp + 160 * number) & 0xFFFF_FFFF for number in range(len(packets))
    ]


async def test_key_is_told(tmp_path: Path) -> None:
    server = Server()
    async with talking_to(tmp_path, server) as made:
        await made.opened()
        made.client.press_digit("s-1", "5")
        made.client.press_digit("another", "6")
        await until(lambda: bool(server.of("dtmf")))
    assert server.of("dtmf") == [{"track": "inbound_track", "digit": "5"}]


async def test_key_that_is_pressed_at_once_follows_the_start(tmp_path: Path) -> None:
    server = Server()
    async with talking_to(tmp_path, server) as made:
        made.open()
        made.client.press_digit("s-1", "5")
        await until(lambda: bool(server.of("dtmf")))
    assert [told["event"] for told in server.told[:2]] == ["connected", "start"]


async def test_stream_may_be_closed_as_it_is_opened(tmp_path: Path) -> None:
    async with talking_to(tmp_path, Server()) as made:
        made.open()
        made.client.close("s-1")
        assert (await made.closed()).status is StreamStatus.CLOSED


async def test_mark_comes_back_when_the_audio_before_it_is_played(tmp_path: Path) -> None:
    server = Server(
        ("start", saying("media", media=encoded(TONE * 5))),
        ("start", saying("mark", mark={"name": "done"})),
    )
    async with talking_to(tmp_path, server) as made:
        await made.opened()
        await until(lambda: bool(server.of("mark")))
        assert made.port.heard() == TONE * 5
    assert server.of("mark") == [{"name": "done"}]


async def test_clear_unsays_and_gives_the_marks_back(tmp_path: Path) -> None:
    server = Server(
        ("start", saying("media", media=encoded(TONE * 3000))),
        ("start", saying("mark", mark={"name": "never heard"})),
        ("dtmf", saying("clear")),
    )
    async with talking_to(tmp_path, server) as made:
        await made.opened()
        await until(lambda: bool(made.port.heard()))
        made.client.press_digit("s-1", "1")
        await until(lambda: bool(server.of("mark")))
        made.client.close("s-1")
        closed = await made.closed()
    assert closed.counts.played_ms < 10_000


async def test_server_that_is_not_to_be_heard_is_not_played(tmp_path: Path) -> None:
    server = Server(
        ("start", saying("media", media=encoded(TONE * 5))),
        ("start", saying("mark", mark={"name": "done"})),
    )
    async with talking_to(tmp_path, server, is_two_way=False) as made:
        await made.opened()
        await until(lambda: bool(server.of("mark")))
    assert made.port.heard() == b""


async def test_server_may_end_the_stream(tmp_path: Path) -> None:
    async def leave(connection: ServerConnection) -> None:
        await connection.recv()

    async with talking_to(tmp_path, leave) as made:
        made.open()
        closed = await made.closed()
        assert (closed.status, closed.detail) == (StreamStatus.ENDED, "")
        made.client.close("s-1")  # in vain
        made.client.press_digit("s-1", "1")
        assert made.client.streams_open == 0


async def test_calls_do_not_mix(tmp_path: Path) -> None:
    server = Server(("start", saying("media", stream_sid="s-2", media=encoded(TONE))))
    async with talking_to(tmp_path, server) as made:
        await made.opened()
        made.port.say(TONE)
        await until(lambda: bool(server.of("media")))
        made.client.close("s-1")
        closed = await made.closed()
    assert closed.counts == StreamCounts(sent_ms=20, refused=1)
    assert made.port.heard() == b""
