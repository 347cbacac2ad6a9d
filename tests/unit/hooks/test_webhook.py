"""Webhooks called on real servers on loopback: signed, within limits, again only where safe."""

import asyncio
import ipaddress
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from dillo.calls.ports import WebhookRequest
from dillo.hooks.fetch import AnswerRefused, FetchFailed, NotConnected
from dillo.hooks.guard import AddressRefused, Guard
from dillo.hooks.signature import signature
from dillo.hooks.webhook import MAX_ANSWER, Webhooks

SECRET = "whsec_test"
STATE = {"CallId": "c", "Caller": "+39370", "Digits": {"Order": "1 2"}, "Nothing": None}
JSON = b"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\n"


class Server:
    """Answers every request with the same octets, and keeps what it was sent."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer
        self.requests: list[bytes] = []
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        _, _, length = head.lower().partition(b"content-length: ")
        body = await reader.readexactly(int(length.split(b"\r\n")[0])) if length else b""
        self.requests.append(head + body)
        writer.write(self.answer)
        writer.close()


@asynccontextmanager
async def serving(answer: bytes, port: int = 0) -> AsyncIterator[Server]:
    server = Server(answer)
    listener = await asyncio.start_server(server.serve, "127.0.0.1", port)
    async with listener:
        server.port = listener.sockets[0].getsockname()[1]
        yield server


@asynccontextmanager
async def calling(names: Sequence[Sequence[str]] = ()) -> AsyncIterator[Webhooks]:
    """Give a client whose resolver gives `names` one after the other, else what was asked."""
    answers = list(names)

    async def resolver(host: str, port: int) -> Sequence[str]:
        return answers.pop(0) if answers else [str(ipaddress.ip_address(host))]

    async def secret_of(customer_id: str) -> str:
        assert customer_id == "customer"
        return SECRET

    webhooks = Webhooks(Guard.allowing(["127.0.0.0/8"]), secret_of, resolver)
    yield webhooks
    await webhooks.close()


def request(url: str, **changes: Any) -> WebhookRequest:
    return replace(WebhookRequest("customer", url, "POST", 5, "key", STATE), **changes)


def answering(body: bytes) -> bytes:
    return JSON + b"Content-Length: %d\r\n\r\n" % len(body) + body


async def test_a_post_is_signed_and_can_be_told_apart_from_others() -> None:
    async with serving(answering(b"{}")) as server, calling() as webhooks:
        assert await webhooks.ask(request(f"http://127.0.0.1:{server.port}/a")) == "{}"
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    lines = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:])
    assert body == (b'{"CallId":"c","Caller":"+39370","Digits":{"Order":"1 2"},"Nothing":null}')
    assert lines[b"Idempotency-Key"] == b"key"
    assert lines[b"Content-Type"] == b"application/json"
    signed = lines[b"Dillo-Signature"].decode()
    at_s = int(signed.partition(",")[0].removeprefix("t="))
    assert signed == signature(SECRET, body, at_s)


async def test_a_get_has_the_state_in_its_query() -> None:
    async with serving(answering(b"{}")) as server, calling() as webhooks:
        await webhooks.ask(request(f"http://127.0.0.1:{server.port}/a#x", method="GET"))
    line, *_ = server.requests[0].split(b"\r\n")
    assert line == b"GET /a?CallId=c&Caller=%2B39370&Digits.Order=1+2 HTTP/1.1"
    signed = server.requests[0].decode().split("Dillo-Signature: ")[1].split("\r\n")[0]
    at_s = int(signed.partition(",")[0].removeprefix("t="))
    assert signed == signature(SECRET, line.split(b"?")[1].split(b" ")[0], at_s)


async def test_no_content_is_an_answer_too() -> None:
    async with serving(b"HTTP/1.1 204 No Content\r\n\r\n") as server, calling() as webhooks:
        assert await webhooks.ask(request(f"http://127.0.0.1:{server.port}/")) == ""


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (answering(b"x" * (MAX_ANSWER + 1)), "larger than"),
        (JSON + b"\r\n" + b"x" * (MAX_ANSWER + 1), "larger than"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "no Content-Type"),
        (b"HTTP/1.1 200 OK\r\nContent-Type: text/json\r\n\r\n{}", "text/json"),
        (answering(b"\xff"), "UTF-8"),
        (JSON + b"Content-Encoding: gzip\r\n\r\n{}", "compressed"),
        (b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", "HTTP status 404"),
        (b"HTTP/1.1 307 No\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n", "redirects"),
    ],
)
@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_other_answers_are_refused(answer: bytes, reason: str, method: str) -> None:
    async with serving(answer) as server, calling() as webhooks:
        with pytest.raises(AnswerRefused, match=reason):
            await webhooks.ask(request(f"http://127.0.0.1:{server.port}/", method=method))
    assert len(server.requests) == 1


async def test_what_may_have_been_processed_is_not_sent_again() -> None:
    async with serving(b"") as server, calling() as webhooks:
        with pytest.raises(FetchFailed):
            await webhooks.ask(request(f"http://127.0.0.1:{server.port}/"))
    assert len(server.requests) == 1


async def test_a_server_that_comes_up_meanwhile_is_reached() -> None:
    async with serving(b"") as server:
        port = server.port
    async with calling() as webhooks, asyncio.TaskGroup() as tasks:
        asking = tasks.create_task(webhooks.ask(request(f"http://127.0.0.1:{port}/")))
        await asyncio.sleep(0.05)
        async with serving(answering(b"{}"), port) as server:
            assert await asking == "{}"
    assert len(server.requests) == 1


async def test_where_nobody_listens_it_is_given_up() -> None:
    async with serving(b"") as server:
        url = f"http://127.0.0.1:{server.port}/"
    async with calling() as webhooks:
        with pytest.raises(NotConnected):
            await webhooks.ask(request(url))
        with pytest.raises(FetchFailed, match=r"no answer within 0\.05 s"):
            await webhooks.ask(request(url, timeout_s=0.05))


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_private_addresses_are_out_of_reach_after_a_second_dns_answer_too(
    method: str,
) -> None:
    rebinding = [["127.0.0.1"], ["10.0.0.1"], ["93.184.216.34", "169.254.169.254"]]
    async with serving(answering(b"{}")) as server, calling(rebinding) as webhooks:
        url = f"http://hooks.example:{server.port}/"
        assert await webhooks.ask(request(url, method=method)) == "{}"
        for refused in ("10.0.0.1", "169.254.169.254"):
            with pytest.raises(AddressRefused, match=refused):
                await webhooks.ask(request(url, method=method))
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (b"HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", 500),
        (b"HTTP/1.1 307 No\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n", 307),
        (b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * (MAX_ANSWER + 1), 200),
    ],
)
async def test_telling_gives_the_status_whatever_is_answered(answer: bytes, status: int) -> None:
    async with serving(answer) as server, calling() as webhooks:
        assert await webhooks.tell(request(f"http://127.0.0.1:{server.port}/")) == status
    assert len(server.requests) == 1


async def test_telling_is_tried_once() -> None:
    async with serving(b"") as server:
        url = f"http://127.0.0.1:{server.port}/"
    async with calling([["10.0.0.1"]]) as webhooks:
        with pytest.raises(AddressRefused):
            await webhooks.tell(request(url))
        with pytest.raises(NotConnected):
            await webhooks.tell(request(url))
