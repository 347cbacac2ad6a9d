"""Guarded fetches from a real HTTP server on loopback, which the guard is told to allow."""

import asyncio
import ipaddress
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from dillo.hooks.fetch import AnswerRefused, Fetcher, FetchFailed, Limits
from dillo.hooks.guard import AddressRefused, Guard

LOOPBACK = Guard.allowing(["127.0.0.0/8"])
DEFAULT_LIMITS = Limits()
Respond = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def serving(respond: Respond, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Run a server that hands each request's head to `respond`; yields its port."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await respond(await reader.readuntil(b"\r\n\r\n"), writer)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    async with server:
        yield server.sockets[0].getsockname()[1]


def answering(text: str) -> Respond:
    async def respond(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(text.replace("\n", "\r\n").encode())

    return respond


@asynccontextmanager
async def fetching(
    names: Sequence[Sequence[str]] = (),
    limits: Limits = DEFAULT_LIMITS,
    tls: ssl.SSLContext | None = None,
) -> AsyncIterator[Fetcher]:
    """Give a fetcher whose resolver gives `names` one after the other, else what was asked."""
    answers = list(names)

    async def resolver(host: str, port: int) -> Sequence[str]:
        if answers:
            return answers.pop(0)
        try:
            return [str(ipaddress.ip_address(host))]
        except ValueError:
            raise OSError("no such name") from None

    fetcher = Fetcher(LOOPBACK, resolver, limits, tls)
    yield fetcher
    await fetcher.close()


async def test_a_body_comes_with_its_status_and_headers() -> None:
    respond = answering("HTTP/1.1 200 OK\nETag: x\nContent-Length: 5\n\nhello")
    async with serving(respond) as port, fetching() as fetcher:
        answer = await fetcher.fetch(f"http://127.0.0.1:{port}/a", {})
    assert (answer.status, answer.headers["etag"], answer.body) == (200, "x", b"hello")


async def test_the_name_is_resolved_once_and_kept_in_the_host_header() -> None:
    heads = []

    async def respond(head: bytes, writer: asyncio.StreamWriter) -> None:
        heads.append(head)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")

    rebinding = [["127.0.0.1"], ["10.0.0.1"]]
    async with serving(respond) as port, fetching(names=rebinding) as fetcher:
        url = f"http://prompts.example:{port}/a"
        assert (await fetcher.fetch(url, {"If-None-Match": "x"})).status == 200
        with pytest.raises(AddressRefused, match=r"10\.0\.0\.1"):
            await fetcher.fetch(url, {})
    assert len(heads) == 1
    assert f"Host: prompts.example:{port}\r\n".encode() in heads[0]
    assert b"If-None-Match: x\r\n" in heads[0]


async def test_no_cookie_is_kept() -> None:
    heads = []

    async def respond(head: bytes, writer: asyncio.StreamWriter) -> None:
        heads.append(head)
        writer.write(b"HTTP/1.1 204 No Content\r\nSet-Cookie: a=b\r\n\r\n")

    async with serving(respond) as port, fetching() as fetcher:
        for _ in range(2):
            await fetcher.fetch(f"http://127.0.0.1:{port}/", {})
    assert len(heads) == 2
    assert b"cookie" not in heads[1].lower()


async def test_tls_checks_the_name_not_the_address() -> None:
    certificate = Path(__file__).with_name("prompts.example.crt")
    server_tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server_tls.load_cert_chain(certificate, certificate.with_suffix(".key"))
    asked_for = []
    server_tls.sni_callback = lambda tls, name, context: asked_for.append(name)
    trusting = ssl.create_default_context(cafile=str(certificate))
    respond = answering("HTTP/1.1 204 No Content\n\n")
    names = [["127.0.0.1"]] * 2
    async with (
        serving(respond, server_tls) as port,
        fetching(names=names, tls=trusting) as fetcher,
    ):
        assert (await fetcher.fetch(f"https://prompts.example:{port}/", {})).status == 204
        with pytest.raises(FetchFailed, match="Hostname mismatch"):
            await fetcher.fetch(f"https://other.example:{port}/", {})
    assert asked_for == ["prompts.example", "other.example"]


async def test_the_next_address_is_tried_when_one_does_not_answer() -> None:
    respond = answering("HTTP/1.1 204 No Content\n\n")
    names = [["127.0.0.2", "127.0.0.1"]]
    async with serving(respond) as port, fetching(names=names) as fetcher:
        assert (await fetcher.fetch(f"http://two.example:{port}/", {})).status == 204


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "localhost"])
async def test_our_own_machine_is_out_of_reach(host: str) -> None:
    fetcher = Fetcher(Guard())
    with pytest.raises(AddressRefused, match="not public"):
        await fetcher.fetch(f"http://{host}:9/", {})
    await fetcher.close()


@pytest.mark.parametrize(
    ("location", "refusal"),
    [
        ("http://169.254.169.254/latest/meta-data/", r"169\.254\.169\.254"),
        ("http://10.0.0.1/", r"10\.0\.0\.1"),
        ("file:///etc/passwd", "http://"),
        ("http://one:two/", "Invalid URL"),
    ],
)
async def test_redirects_are_checked_like_the_first_address(location: str, refusal: str) -> None:
    respond = answering(f"HTTP/1.1 302 Found\nLocation: {location}\nContent-Length: 0\n\n")
    async with serving(respond) as port, fetching() as fetcher:
        with pytest.raises((AddressRefused, AnswerRefused, FetchFailed), match=refusal):
            await fetcher.fetch(f"http://127.0.0.1:{port}/", {})


async def test_relative_redirects_keep_the_name() -> None:
    async def respond(head: bytes, writer: asyncio.StreamWriter) -> None:
        if head.startswith(b"GET /b "):
            assert b"Host: one.example" in head
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nb")
        else:
            writer.write(b"HTTP/1.1 301 Moved\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n")

    async with serving(respond) as port, fetching(names=[["127.0.0.1"]] * 2) as fetcher:
        assert (await fetcher.fetch(f"http://one.example:{port}/a", {})).body == b"b"


async def test_redirects_have_an_end() -> None:
    respond = answering("HTTP/1.1 307 Again\nLocation: /\nContent-Length: 0\n\n")
    async with serving(respond) as port, fetching() as fetcher:
        with pytest.raises(AnswerRefused, match="more than 3 redirects"):
            await fetcher.fetch(f"http://127.0.0.1:{port}/", {})


@pytest.mark.parametrize("head", ["Content-Length: 5000", "Connection: close"])
async def test_a_huge_body_is_refused(head: str) -> None:
    respond = answering(f"HTTP/1.1 200 OK\n{head}\n\n" + "x" * 5000)
    async with serving(respond) as port, fetching(limits=Limits(body_bytes=1000)) as fetcher:
        with pytest.raises(AnswerRefused, match="larger than 1,000 bytes"):
            await fetcher.fetch(f"http://127.0.0.1:{port}/", {})


async def test_a_compressed_body_is_refused() -> None:
    respond = answering("HTTP/1.1 200 OK\nContent-Encoding: gzip\nContent-Length: 0\n\n")
    async with serving(respond) as port, fetching() as fetcher:
        with pytest.raises(AnswerRefused, match="compressed"):
            await fetcher.fetch(f"http://127.0.0.1:{port}/", {})


async def test_a_body_that_trickles_in_is_given_up() -> None:
    async def trickle(head: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.01)

    async with serving(trickle) as port, fetching(limits=Limits(total_s=0.1)) as fetcher:
        with pytest.raises(FetchFailed, match=r"no answer within 0\.1 s"):
            await fetcher.fetch(f"http://127.0.0.1:{port}/", {})


@pytest.mark.parametrize("answer", ["", "nonsense\n\n", "HTTP/1.1 200 OK\nContent-Length: 9\n\nx"])
async def test_a_broken_answer_fails(answer: str) -> None:
    async with serving(answering(answer)) as port, fetching() as fetcher:
        with pytest.raises(FetchFailed):
            await fetcher.fetch(f"http://127.0.0.1:{port}/", {})


async def test_names_that_do_not_exist_fail() -> None:
    async with fetching() as fetcher:
        with pytest.raises(FetchFailed, match=r"nowhere\.example cannot be resolved"):
            await fetcher.fetch("http://nowhere.example/", {})
