"""Servers that cannot be reached, are slow, flood, talk nonsense or vanish."""

import asyncio
import base64
import json
import ssl
import time
from pathlib import Path

import pytest
from tests.unit.streams.surroundings import call, raw_server, saying, talking_to, until
from websockets.asyncio.server import ServerConnection, serve
from websockets.frames import Close
from websockets.http11 import Request, Response

from dillo.model.events import StreamStatus
from dillo.model.framing import FrameReader
from dillo.model.streams import Command, Event, OpenStream, StreamClosed
from dillo.streams.client import StreamGateway
from dillo.streams.limits import Limits

FRAME = base64.b64encode(b"\x01" * 160).decode()


async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Accept, and never answer."""
    while await reader.read(1024):
        pass


async def deaf(connection: ServerConnection) -> None:
    """Take the call, and read nothing."""
    connection.transport.pause_reading()
    await asyncio.sleep(1.5)


async def web_page(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")


async def redirect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")


async def endless(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Send header fields for ever."""
    writer.write(b"HTTP/1.1 101 Switching Protocols\r\n")
    while not writer.is_closing():
        writer.write(b"X: " + b"x" * 1000 + b"\r\n")
        await asyncio.sleep(0)


@pytest.mark.parametrize(
    ("behave", "detail"),
    [
        (silent, "no WebSocket handshake within 0.3 s"),
        (web_page, "HTTP 200"),
        (redirect, "cannot follow redirect"),
        (endless, ""),
    ],
)
async def test_server_that_does_not_take_the_call(
    tmp_path: Path, behave: object, detail: str
) -> None:
    async with raw_server(behave) as url, call(tmp_path, url, Limits(connect_s=0.3)) as made:  # type: ignore[arg-type]
        made.open()
        closed = await made.closed()
    assert closed.status is StreamStatus.FAILED
    assert detail in closed.detail
    assert len(closed.detail) <= 200
    assert made.events == [closed]


@pytest.mark.parametrize(
    ("url", "detail"),
    [
        ("ws://127.0.0.1:1/", ""),
        ("ws://10.0.0.1/", "is not public"),
        ("ws://169.254.169.254/", "is not public"),
        ("http://127.0.0.1/", "does not begin with ws:// or wss://"),
        ("ws://[::1]/", "is not public"),
        ("ws:///", "names no host"),
        ("ws://a..b/", ""),
    ],
)
async def test_address_that_leads_nowhere(tmp_path: Path, url: str, detail: str) -> None:
    async with call(tmp_path, url) as made:
        made.open()
        closed = await made.closed()
    assert closed.status is StreamStatus.FAILED
    assert detail in closed.detail


async def test_server_that_refuses(tmp_path: Path) -> None:
    def refuse(connection: ServerConnection, request: Request) -> Response:
        return connection.respond(403, "not you")

    async def never(connection: ServerConnection) -> None:
        raise AssertionError

    async with serve(never, "127.0.0.1", 0, process_request=refuse) as server:
        port = server.sockets[0].getsockname()[1]
        async with call(tmp_path, f"ws://127.0.0.1:{port}/") as made:
            made.open()
            closed = await made.closed()
    assert (closed.status, "403" in closed.detail) == (StreamStatus.FAILED, True)


async def test_caller_who_hangs_up_during_the_handshake(tmp_path: Path) -> None:
    async with raw_server(silent) as url, call(tmp_path, url) as made:
        made.open()
        await asyncio.sleep(0.05)
        made.client.close("s-1")
        closed = await made.closed()
    assert closed.status is StreamStatus.CLOSED


async def test_certificate_is_checked(tmp_path: Path) -> None:
    certificate = Path(__file__).parents[1] / "hooks" / "prompts.example.crt"
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, certificate.with_suffix(".key"))

    async def leave(connection: ServerConnection) -> None:
        await connection.recv()

    async with serve(leave, "127.0.0.1", 0, ssl=tls) as server:
        url = f"wss://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        async with call(tmp_path, url) as made:
            made.open()
            closed = await made.closed()
        assert (closed.status, "CERTIFICATE" in closed.detail) == (StreamStatus.FAILED, True)
        trusting = ssl.create_default_context(cafile=str(certificate))
        trusting.check_hostname = False
        async with call(tmp_path, url, None, trusting) as made:
            made.open()
            assert (await made.closed()).status is StreamStatus.ENDED


async def test_slow_server_loses_the_oldest_audio_then_the_call(tmp_path: Path) -> None:
    limits = Limits(unsent_audio=5, stalled_s=0.5, farewell_s=0.1)
    async with talking_to(tmp_path, deaf, limits) as made:
        await made.opened()
        while not made.has_closed.is_set():
            for _ in range(50):
                made.port.say(b"\x01" * 480)
            await asyncio.sleep(0.005)
        closed = await made.closed()
    assert closed.status is StreamStatus.DROPPED
    assert closed.counts.unsent_ms > 0


async def test_server_that_answers_no_ping_is_let_go(tmp_path: Path) -> None:
    async with talking_to(tmp_path, deaf, Limits(stalled_s=0.1, farewell_s=0.1)) as made:
        made.open()
        closed = await made.closed()
    assert (closed.status, "ping" in closed.detail) == (StreamStatus.DROPPED, True)


async def test_keys_that_nobody_reads_end_the_stream(tmp_path: Path) -> None:
    async with talking_to(tmp_path, deaf, Limits(unsent_other=10, farewell_s=0.1)) as made:
        await made.opened()
        for _ in range(3000):
            made.client.press_digit("s-1", "1")
        closed = await made.closed()
    assert closed.detail == "the server does not read what it asked for"


async def test_audio_without_end_is_bounded(tmp_path: Path) -> None:
    async def flood(connection: ServerConnection) -> None:
        megabyte = base64.b64encode(b"\x01" * 700_000).decode()
        await connection.send(saying("media", media={"payload": megabyte}))
        while True:
            await connection.send(saying("media", media={"payload": FRAME}))
            await asyncio.sleep(0)  # lets the gateway run, which shares this thread

    async with talking_to(tmp_path, flood, Limits(playout_s=0.2)) as made:
        await made.opened()
        await until(lambda: len(made.port.heard()) > 3_200)
        made.client.close("s-1")
        closed = await made.closed()
    assert closed.counts.unplayed_ms > 80_000


async def test_flood_does_not_hold_up_another_call(tmp_path: Path) -> None:
    """What a server may send at most leaves the clock of all others alone."""

    async def flood(connection: ServerConnection) -> None:
        while True:
            await connection.send("[" * 100)
            await asyncio.sleep(0)  # lets the gateway run, which shares this thread

    limits = Limits(refused=1_000_000, units_per_s=100)
    started = time.monotonic()
    async with talking_to(tmp_path, flood, limits) as made:
        await made.opened()
        await until(lambda: len(made.port.packets) > 25)
        made.client.close("s-1")
        closed = await made.closed()
    assert closed.counts.refused <= 100 * (2 + time.monotonic() - started)


@pytest.mark.parametrize(
    "message",
    [
        "nonsense",
        b"\xff\xfe",
        "{}",
        "[]",
        json.dumps({"event": "media"}),
        json.dumps({"event": "media", "media": {"payload": "no base64!"}}),
        json.dumps({"event": "mark", "mark": {"name": "x" * 257}}),
        json.dumps({"event": "unheard of"}),
    ],
)
async def test_nonsense_is_counted_and_ends_the_stream_one_day(
    tmp_path: Path, message: str | bytes
) -> None:
    async def talk_nonsense(connection: ServerConnection) -> None:
        while True:
            await connection.send(message)
            await asyncio.sleep(0)  # lets the gateway run, which shares this thread

    async with talking_to(tmp_path, talk_nonsense, Limits(refused=10)) as made:
        made.open()
        closed = await made.closed()
    assert closed.status is StreamStatus.DROPPED
    assert closed.counts.refused == 10
    assert closed.detail.startswith("the server makes no sense: ")


async def test_message_that_is_too_long_ends_the_stream(tmp_path: Path) -> None:
    async def rant(connection: ServerConnection) -> None:
        await connection.send("x" * 2_000_000)
        await connection.wait_closed()

    async with talking_to(tmp_path, rant) as made:
        made.open()
        closed = await made.closed()
    assert (closed.status, "1009" in closed.detail) == (StreamStatus.DROPPED, True)


async def test_too_many_marks_end_the_stream(tmp_path: Path) -> None:
    async def mark(connection: ServerConnection) -> None:
        audio = base64.b64encode(b"\x01" * 16_000).decode()
        await connection.send(saying("media", media={"payload": audio}))
        for _ in range(11):
            await connection.send(saying("mark", mark={"name": "x"}))
        await connection.wait_closed()

    async with talking_to(tmp_path, mark, Limits(marks=10)) as made:
        made.open()
        assert (await made.closed()).detail == "the server set too many marks"


@pytest.mark.parametrize("code", [None, 1011, 1008])
async def test_server_that_breaks_off(tmp_path: Path, code: int | None) -> None:
    async def break_off(connection: ServerConnection) -> None:
        await connection.recv()
        if code is None:
            connection.transport.abort()
        else:
            await connection.close(code, "sorry")

    async with talking_to(tmp_path, break_off) as made:
        made.open()
        closed = await made.closed()
    assert closed.status is StreamStatus.DROPPED
    assert closed.detail


async def test_platform_that_goes_away_ends_its_streams(tmp_path: Path) -> None:
    codes: list[Close | None] = []

    async def listen(connection: ServerConnection) -> None:
        await connection.wait_closed()
        codes.append(connection.protocol.close_rcvd)

    async with talking_to(tmp_path, listen) as made:
        await made.opened()
        transport = made.client._connection._transport
        assert transport is not None
        transport.close()
        closed = await made.closed()
        assert closed.detail == "the stream gateway is gone"
        await until(lambda: bool(codes))
        await made.client.ready()  # and is connected again
    (code,) = codes
    assert code is not None
    assert code.code == 1000


_ORDER = OpenStream("s-1", "c-1", "a-1", "ws://a/", {}, True, "127.0.0.1", 1)


async def test_without_a_gateway_a_stream_fails(tmp_path: Path) -> None:
    events: asyncio.Queue[Event] = asyncio.Queue()
    async with StreamGateway(tmp_path / "nobody.sock", patience_s=0.01) as client:
        client.open(_ORDER, events.put_nowait)
        closed = await events.get()
    assert isinstance(closed, StreamClosed)
    assert (closed.status, closed.detail) == (StreamStatus.FAILED, "the stream gateway is gone")


async def test_a_stream_that_waits_for_the_gateway_may_be_closed(tmp_path: Path) -> None:
    events: asyncio.Queue[Event] = asyncio.Queue()
    async with StreamGateway(tmp_path / "nobody.sock", patience_s=0.01) as client:
        client.open(_ORDER, events.put_nowait)
        client.close(_ORDER.stream_id)
        closed = await events.get()
    assert isinstance(closed, StreamClosed)
    assert closed.status is StreamStatus.CLOSED
    assert events.empty()


async def test_a_stream_waits_for_a_gateway_that_is_starting(tmp_path: Path) -> None:
    path = tmp_path / "late.sock"
    orders: asyncio.Queue[Command] = asyncio.Queue()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        frames: FrameReader[Command] = FrameReader(Command)
        for order in frames.feed(await reader.read(65_536)):
            orders.put_nowait(order)
        writer.close()

    async with StreamGateway(path) as client:
        client.open(_ORDER, lambda _: None)
        async with await asyncio.start_unix_server(listen, path):
            assert await orders.get() == _ORDER
