"""The UDP server over real sockets of this machine."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator

import pytest
import uvloop

from dillo.calls.ports import InboundLeg
from dillo.model.errors import MisuseError
from dillo.net.local_address import LocalAddresses
from dillo.net.offenders import Offenders
from dillo.net.udp import UdpServer
from dillo.sip.dialog import Dialog
from dillo.sip.message import Request, Response
from dillo.sip.parsing import parse
from dillo.sip.timers import Timing

SDP = b"v=0\r\n"


class Peer:
    """A caller's socket that sends and expects messages one by one."""

    def __init__(self, server: tuple[str, int]) -> None:
        self.server = server
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setblocking(False)
        self.socket.bind(("127.0.0.1", 0))
        self.address = self.socket.getsockname()
        self.branch = 0

    def via(self) -> str:
        self.branch += 1
        host, port = self.address
        return f"SIP/2.0/UDP {host}:{port};branch=z9hG4bK{self.branch};rport"

    def send(self, data: bytes) -> None:
        self.socket.sendto(data, self.server)

    def invite(self, call_id: str = "c") -> Request:
        host, port = self.address
        request = Request.build(
            "INVITE",
            "sip:+442079460000@127.0.0.1",
            [
                ("Via", self.via()),
                ("From", "<sip:%2B39370@127.0.0.1>;tag=a"),
                ("To", "<sip:+442079460000@127.0.0.1>"),
                ("Call-ID", call_id),
                ("CSeq", "1 INVITE"),
                ("Contact", f"<sip:a@{host}:{port}>"),
                ("Content-Type", "application/sdp"),
            ],
            SDP,
        )
        self.send(bytes(request))
        return request

    async def receive(self) -> Request | Response:
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(5):
            return parse(await loop.sock_recv(self.socket, 65535))

    async def statuses(self, count: int) -> list[int]:
        return [m.status for _ in range(count) if isinstance(m := await self.receive(), Response)]


class Engine:
    """A call engine that answers and notes what it hears."""

    def __init__(self) -> None:
        self.legs: list[InboundLeg] = []
        self.heard: list[object] = []
        self.fails_on = ""

    def on_invite(self, leg: InboundLeg) -> None:
        self.note("invited", leg.invitation)
        self.legs.append(leg)
        leg.listen(self)

    def note(self, word: str, detail: object = None) -> None:
        self.heard.append((word, detail) if detail is not None else word)
        if word == self.fails_on:
            raise RuntimeError(word)

    def acknowledged(self, answer: bytes | None) -> None:
        self.note("acknowledged", answer)

    def offered(self, offer: bytes | None) -> None:
        self.note("offered", offer)

    def digit_pressed(self, digit: str) -> None:
        self.note("digit", digit)

    def hung_up(self) -> None:
        self.note("hung up")

    def lost(self, detail: str) -> None:
        self.note("lost", detail)


@pytest.fixture
def engine() -> Engine:
    return Engine()


@pytest.fixture
async def server(engine: Engine) -> AsyncIterator[UdpServer]:
    server = UdpServer(engine.on_invite)
    await server.start("127.0.0.1", 0)
    yield server
    server.close()


@pytest.fixture
def peer(server: UdpServer) -> Iterator[Peer]:
    peer = Peer(server.address)
    yield peer
    peer.socket.close()


async def answered(engine: Engine, peer: Peer) -> Dialog:
    """Return the dialog of a call that is answered and acknowledged."""
    request = peer.invite()
    assert await peer.statuses(1) == [100]
    engine.legs[-1].answer(SDP)
    response = await peer.receive()
    assert isinstance(response, Response)
    dialog = Dialog.confirm(request, response)
    peer.send(bytes(dialog.request("ACK", peer.via(), cseq=1)))
    return dialog


async def eventually(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not holds():  # noqa: ASYNC110 - the server has no event for being watched
            await asyncio.sleep(0.005)


async def test_a_call_comes_in_and_ends(server: UdpServer, engine: Engine, peer: Peer) -> None:
    dialog = await answered(engine, peer)
    info = dialog.request("INFO", peer.via(), [("Content-Type", "application/dtmf")], b"5")
    peer.send(bytes(info))
    assert await peer.statuses(1) == [200]
    reinvite = dialog.request("INVITE", peer.via(), [("Content-Type", "application/sdp")], SDP)
    peer.send(bytes(reinvite))
    assert await peer.statuses(1) == [100]
    engine.legs[0].accept_offer(SDP)
    assert await peer.statuses(1) == [200]
    peer.send(bytes(dialog.request("ACK", peer.via(), cseq=reinvite.cseq.number)))
    peer.send(bytes(dialog.request("BYE", peer.via())))
    assert await peer.statuses(1) == [200]
    invitation = engine.legs[0].invitation
    assert (invitation.called, invitation.caller) == ("+442079460000", "+39370")
    assert (invitation.offer, invitation.local_ip) == (SDP, "127.0.0.1")
    assert (invitation.source_ip, invitation.source_port) == peer.address
    told = engine.heard[1:]
    assert told == ["acknowledged", ("digit", "5"), ("offered", SDP), "hung up"]
    assert server.open_calls == 0
    assert server.counters.responses == {100: 2, 200: 4}
    assert server.counts()["received"] == 6


async def test_we_ring_and_refuse(server: UdpServer, engine: Engine, peer: Peer) -> None:
    peer.invite()
    assert await peer.statuses(1) == [100]
    engine.legs[0].ring()
    engine.legs[0].refuse(486, "busy")
    assert await peer.statuses(2) == [180, 486]


async def test_we_hang_up(server: UdpServer, engine: Engine, peer: Peer) -> None:
    await answered(engine, peer)
    await eventually(lambda: "acknowledged" in engine.heard)
    engine.legs[0].hang_up()
    bye = await peer.receive()
    assert isinstance(bye, Request)
    assert bye.method == "BYE"


async def test_the_clock_ends_what_nobody_acknowledges(engine: Engine) -> None:
    server = UdpServer(engine.on_invite, timing=Timing(t1_s=0.01, t2_s=0.02, t4_s=0.02))
    await server.start("127.0.0.1", 0)
    peer = Peer(server.address)
    peer.invite()
    await eventually(lambda: bool(engine.legs))
    engine.legs[0].answer(SDP)
    await eventually(lambda: ("lost", "no ACK within 0.64 s of the answer") in engine.heard)
    await eventually(lambda: not server.open_calls and not len(server.endpoint.transactions))
    server.close()
    peer.socket.close()


@pytest.mark.parametrize("word", ["invited", "hung up"])
async def test_a_failing_engine_ends_only_its_call(
    server: UdpServer, engine: Engine, peer: Peer, word: str
) -> None:
    engine.fails_on = word
    if word == "invited":
        peer.invite()
        assert await peer.statuses(2) == [100, 500]
    else:
        dialog = await answered(engine, peer)
        peer.send(bytes(dialog.request("BYE", peer.via())))
        assert await peer.statuses(1) == [200]
    engine.fails_on = ""
    peer.invite("next")
    response = await peer.receive()
    while response.call_id != "next":
        response = await peer.receive()
    assert server.open_calls == 1


async def test_events_wait_for_their_listener(engine: Engine) -> None:
    legs: list[InboundLeg] = []
    server = UdpServer(legs.append)
    await server.start("127.0.0.1", 0)
    peer = Peer(server.address)
    request = peer.invite()
    assert await peer.statuses(1) == [100]
    bye = bytes(request).replace(b"INVITE", b"CANCEL")
    peer.send(bye)
    assert await peer.statuses(2) == [200, 487]
    legs[0].listen(engine)
    assert engine.heard == ["hung up"]
    server.close()
    peer.socket.close()


async def test_no_new_calls_once_stopped(server: UdpServer, engine: Engine, peer: Peer) -> None:
    server.stop_accepting()
    peer.invite()
    refusal = await peer.receive()
    assert isinstance(refusal, Response)
    assert (refusal.status, refusal.text("retry-after")) == (503, "5")
    assert engine.legs == []


async def test_broken_messages_are_refused_a_few_times(server: UdpServer, peer: Peer) -> None:
    for _ in range(Offenders.MAX_REFUSALS + 5):
        peer.send(b"OPTIONS sip:a SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;rport;branch=b\r\n\r\n")
    assert await peer.statuses(Offenders.MAX_REFUSALS) == [400] * Offenders.MAX_REFUSALS
    peer.invite()
    assert await peer.statuses(1) == [100]
    assert server.counts()["refusals_kept_back"] == 5


async def test_what_cannot_be_sent_is_counted(server: UdpServer, peer: Peer) -> None:
    request = (
        b"OPTIONS sip:a@h SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1;maddr=[::1];branch=z9hG4bKb\r\n"
    )
    peer.send(
        request + b"From: <sip:a@h>;tag=1\r\nTo: <sip:a@h>\r\nCall-ID: 1\r\nCSeq: 1 OPTIONS\r\n\r\n"
    )
    await eventually(lambda: server.unsent == 1)


async def test_a_server_that_is_not_started_says_so() -> None:
    server = UdpServer(lambda leg: leg.ring())
    for read in (lambda: server.address, lambda: server.counters):
        with pytest.raises(MisuseError):
            read()
    assert server.open_calls == 0
    server.close()


async def test_a_port_that_is_taken_is_an_error(server: UdpServer) -> None:
    with pytest.raises(OSError, match="in use"):
        await UdpServer(lambda leg: leg.ring()).start(*server.address)


def test_the_local_address_is_the_one_the_peer_reaches() -> None:
    assert LocalAddresses(("0.0.0.0", 5060)).towards("127.0.0.2") == ("127.0.0.1", 5060)
    assert LocalAddresses(("192.0.2.9", 5060)).towards("127.0.0.2") == ("192.0.2.9", 5060)
    many = LocalAddresses(("0.0.0.0", 5060))
    many.MAX_KNOWN = 1
    assert many.towards("127.0.0.2") == many.towards("127.0.0.3")


def test_an_offender_is_forgiven_in_the_next_window() -> None:
    offenders = Offenders()
    answers = [offenders.may_answer("192.0.2.1", 0.0) for _ in range(Offenders.MAX_REFUSALS + 2)]
    assert answers.count(False) == offenders.unanswered == 2
    assert offenders.may_answer("192.0.2.2", 0.0)
    assert offenders.may_answer("192.0.2.1", Offenders.WINDOW_S)


def test_what_is_overdue_does_not_stop_a_command(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On uvloop, as in the process: its handle of a call in the past knows no time."""

    async def ring_late() -> list[int]:
        server = UdpServer(engine.on_invite)
        await server.start("127.0.0.1", 0)
        peer = Peer(server.address)
        peer.invite()
        statuses = await peer.statuses(1)
        loop = asyncio.get_running_loop()
        monkeypatch.setattr(server.endpoint, "next_deadline", lambda: loop.time() - 1)
        server._ring_alarm()
        engine.legs[0].ring()
        engine.legs[0].ring()
        monkeypatch.undo()
        statuses += await peer.statuses(2)
        server.close()
        peer.socket.close()
        return statuses

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(ring_late()) == [100, 180, 180]
