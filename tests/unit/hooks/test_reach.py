"""Connections to WebSocket servers: only to what is permitted, and to what was checked."""

import socket
from collections.abc import Iterator, Sequence

import pytest

from dillo.hooks.guard import AddressRefused, Guard
from dillo.hooks.reach import reach

LOOPBACK = Guard.allowing(["127.0.0.0/8"])


@pytest.fixture
def port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def names(*answers: str) -> "Names":
    return Names(answers)


class Names:
    """A resolver that gives each name the same addresses, and remembers how often it was asked."""

    def __init__(self, answers: Sequence[str]) -> None:
        self.asked = 0
        self._answers = answers

    async def __call__(self, host: str, port: int) -> Sequence[str]:
        self.asked += 1
        return self._answers


@pytest.mark.parametrize("scheme", ["ws", "WS", "wss"])
async def test_name_is_resolved_once_and_its_address_connected_to(port: int, scheme: str) -> None:
    resolver = names("127.0.0.1")
    tcp = await reach(f"{scheme}://agent.example:{port}/call?a=b", LOOPBACK, resolver)
    with tcp:
        assert tcp.getpeername() == ("127.0.0.1", port)
        assert not tcp.getblocking()
    assert resolver.asked == 1


async def test_next_address_is_tried_when_one_does_not_answer(port: int) -> None:
    url = f"ws://agent.example:{port}/"
    with await reach(url, LOOPBACK, names("127.9.9.9", "127.0.0.1")) as tcp:
        assert tcp.getpeername() == ("127.0.0.1", port)


@pytest.mark.parametrize("answers", [("10.0.0.1",), ("8.8.8.8", "10.0.0.1"), ("::1",)])
async def test_private_addresses_are_refused(answers: tuple[str, ...]) -> None:
    with pytest.raises(AddressRefused, match="is not public"):
        await reach("wss://agent.example/", LOOPBACK, names(*answers))


@pytest.mark.parametrize("url", ["http://a/", "ws:a", "", "ws://", "ws://a:0/", "wss://a:70000/"])
async def test_what_is_no_websocket_address_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        await reach(url, LOOPBACK, names("127.0.0.1"))


async def test_name_without_addresses_cannot_be_reached() -> None:
    with pytest.raises(OSError, match="has no address"):
        await reach("ws://agent.example/", LOOPBACK, names())


async def test_closed_port_cannot_be_reached() -> None:
    with pytest.raises(ConnectionRefusedError):
        await reach("ws://agent.example:1/", LOOPBACK, names("127.0.0.1"))
