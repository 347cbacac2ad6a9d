"""Calls that the UDP server places, over real sockets of this machine."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from dillo.calls.ports import Destination, InboundLeg
from dillo.net.leg import OutboundSipLeg
from dillo.net.udp import UdpServer
from dillo.sip.routing import Address

OFFER, ANSWER, EARLY = b"v=0\r\ns=offer\r\n", b"v=0\r\ns=answer\r\n", b"v=0\r\ns=early\r\n"


class Ear:
    """Notes what a leg tells; accepts every offer."""

    def __init__(self) -> None:
        self.heard: list[object] = []
        self.leg: InboundLeg | OutboundSipLeg | None = None
        self.fails_on = ""
        self.is_commanding = False

    def note(self, word: str, *details: object) -> None:
        assert not self.is_commanding
        self.heard.append((word, *details) if details else word)
        if word == self.fails_on:
            raise RuntimeError(word)

    def progressed(self, status: int, answer: bytes | None) -> None:
        self.note("progressed", status, answer)

    def answered(self, answer: bytes) -> None:
        self.note("answered", answer)

    def failed(self, status: int, reason: str) -> None:
        self.note("failed", status, reason)

    def acknowledged(self, answer: bytes | None) -> None:
        self.note("acknowledged")

    def offered(self, offer: bytes | None) -> None:
        self.note("offered", offer)
        assert self.leg is not None
        self.leg.accept_offer(ANSWER)

    def offer_answered(self, status: int, answer: bytes | None) -> None:
        self.note("offer answered", status, answer)

    def digit_pressed(self, digit: str) -> None:
        self.note("digit", digit)

    def hung_up(self) -> None:
        self.note("hung up")

    def lost(self, detail: str) -> None:
        self.note("lost")


class Callee(Ear):
    """A called server's engine, which does with a call what it is told to."""

    def __init__(self, *commands: Callable[[InboundLeg], None]) -> None:
        super().__init__()
        self.commands = commands

    def on_invite(self, leg: InboundLeg) -> None:
        self.leg = leg
        invitation = leg.invitation
        self.note(invitation.called, invitation.caller, invitation.max_forwards, invitation.depth)
        leg.listen(self)
        for command in self.commands:
            command(leg)


class Book:
    """A resolver that knows a few names."""

    def __init__(self, **known: list[Address]) -> None:
        self.known = known
        self.asked: list[tuple[str, int | None]] = []

    async def addresses(self, host: str, port: int | None) -> list[Address]:
        self.asked.append((host, port))
        return self.known.get(host, [])


async def eventually(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110 - a server has no event for being watched
            await asyncio.sleep(0.005)


@pytest.fixture
def callee() -> Callee:
    return Callee(lambda leg: leg.progress(EARLY), lambda leg: leg.answer(ANSWER))


@pytest.fixture
async def called(callee: Callee) -> AsyncIterator[UdpServer]:
    server = UdpServer(callee.on_invite)
    await server.start("127.0.0.1", 0)
    yield server
    server.close()


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.fixture
async def server(book: Book) -> AsyncIterator[UdpServer]:
    server = UdpServer(lambda leg: leg.refuse(500), resolver=book)
    await server.start("127.0.0.1", 0)
    yield server
    server.close()


def destination(server: UdpServer, *hops: str) -> Destination:
    host, port = server.address
    uri = f"sip:+442079460123@{host}:{port}"
    return Destination(uri, hops, "+39370", max_forwards=42, headers=(("X-Dillo-Depth", "2"),))


def dial(server: UdpServer, to: Destination) -> Ear:
    ear = Ear()
    ear.is_commanding = True
    ear.leg = server.dial(to, OFFER, ear)
    ear.is_commanding = False
    return ear


async def test_a_call_from_server_to_server(
    server: UdpServer, called: UdpServer, callee: Callee
) -> None:
    ear = dial(server, destination(called))
    await eventually(lambda: "acknowledged" in callee.heard)
    assert ear.heard == [("progressed", 183, EARLY), ("answered", ANSWER)]
    assert callee.heard == [("+442079460123", "+39370", 42, 2), "acknowledged"]
    assert isinstance(ear.leg, OutboundSipLeg)
    assert callee.leg is not None
    ear.leg.offer(OFFER, ear.offer_answered)
    ear.leg.offer(b"never sent", ear.offer_answered)
    ear.leg.offer(EARLY, ear.offer_answered)
    ear.leg.press_digit("5")
    await eventually(lambda: len(ear.heard) == 4)
    assert ear.heard[2:] == [("offer answered", 200, ANSWER)] * 2
    callee.leg.offer(OFFER, callee.offer_answered)
    callee.leg.press_digit("#")
    await eventually(lambda: ("digit", "#") in ear.heard)
    assert callee.heard[2:] == [
        ("offered", OFFER),
        ("digit", "5"),
        ("offered", EARLY),
        ("offer answered", 200, ANSWER),
    ]
    ear.leg.hang_up()
    await eventually(lambda: "hung up" in callee.heard and not server.open_calls)
    assert called.open_calls == 0


async def test_a_callee_that_is_busy(server: UdpServer, called: UdpServer, callee: Callee) -> None:
    callee.commands = (lambda leg: leg.ring(), lambda leg: leg.refuse(486))
    ear = dial(server, destination(called))
    await eventually(lambda: len(ear.heard) == 2)
    assert ear.heard == [("progressed", 180, None), ("failed", 486, "Busy Here")]
    assert server.open_calls == 0


async def test_a_call_given_up(server: UdpServer, called: UdpServer, callee: Callee) -> None:
    callee.commands = (lambda leg: leg.ring(),)
    ear = dial(server, destination(called))
    await eventually(lambda: bool(ear.heard))
    assert isinstance(ear.leg, OutboundSipLeg)
    ear.is_commanding = True
    ear.leg.cancel()
    ear.leg.cancel()
    ear.is_commanding = False
    await eventually(lambda: "hung up" in callee.heard)
    await eventually(lambda: not server.open_calls)
    assert ear.heard[1:] == [("failed", 487, "Request Terminated")]


async def test_names_are_looked_up(
    server: UdpServer, called: UdpServer, callee: Callee, book: Book
) -> None:
    book.known["sbc.example"] = [called.address]
    ear = dial(server, destination(called, "nobody.example", "sbc.example:5070"))
    await eventually(lambda: ("answered", ANSWER) in ear.heard)
    assert book.asked == [("nobody.example", None), ("sbc.example", 5070)]


async def test_a_hop_without_a_way_to_it_is_passed_over(
    server: UdpServer, called: UdpServer
) -> None:
    host, port = called.address
    ear = dial(server, destination(called, "[::1]:5060", f"{host}:{port}"))
    await eventually(lambda: ("answered", ANSWER) in ear.heard)
    assert server.unsent == 1


@pytest.mark.parametrize(
    ("uri", "status"),
    [("sip:+39@[::1]", 503), ("sip:+39@nobody.example", 503), ("sips:+39@h", 416), ("+39", 400)],
)
async def test_what_cannot_be_called_fails(server: UdpServer, uri: str, status: int) -> None:
    ear = dial(server, Destination(uri, (), "anonymous"))
    await eventually(lambda: len(ear.heard) == 1)
    assert isinstance(ear.heard[0], tuple)
    assert ear.heard[0][:2] == ("failed", status)
    assert server.open_calls == 0


async def test_only_trunks_are_called_where_nothing_else_may_be(called: UdpServer) -> None:
    server = UdpServer(lambda leg: leg.refuse(500), permits=lambda host: host != "127.0.0.1")
    await server.start("127.0.0.1", 0)
    host, port = called.address
    stranger = dial(server, destination(called))
    trunk = dial(server, destination(called, f"{host}:{port}"))
    await eventually(lambda: ("answered", ANSWER) in trunk.heard)
    assert stranger.heard == [("failed", 403, "127.0.0.1 is no public address")]
    server.close()


async def test_a_failing_listener_ends_only_its_call(
    server: UdpServer, called: UdpServer, callee: Callee
) -> None:
    ear = Ear()
    ear.fails_on = "answered"
    server.dial(destination(called), OFFER, ear)
    await eventually(lambda: "hung up" in callee.heard and not server.open_calls)
    assert dial(server, destination(called)).heard == []
    await eventually(lambda: server.open_calls == 1)


async def test_a_lookup_ends_with_the_server() -> None:
    asked = asyncio.Event()

    class Slow:
        async def addresses(self, host: str, port: int | None) -> list[Address]:
            asked.set()
            await asyncio.Event().wait()
            return []

    server = UdpServer(lambda leg: leg.ring(), resolver=Slow())
    await server.start("127.0.0.1", 0)
    ear = dial(server, Destination("sip:+39@carrier.example", (), "+39370"))
    await asked.wait()
    server.close()
    await asyncio.sleep(0)
    assert ear.heard == []
