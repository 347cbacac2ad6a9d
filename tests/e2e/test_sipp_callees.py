"""The UDP server dials sipp, a SIP stack that shares no line with ours; each side must be content.

sipp exits with 0 only where its scenario came to its end as written.
"""

import asyncio
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from dillo.calls.ports import Destination
from dillo.net.leg import OutboundSipLeg
from dillo.net.udp import UdpServer

SIPP = shutil.which("sipp")
SCENARIOS = Path(__file__).parents[1] / "data" / "sipp"
OFFER = (
    b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    b"m=audio 40000 RTP/AVP 0\r\n"
)
HOLD, HELD = OFFER + b"a=sendonly\r\n", OFFER + b"a=recvonly\r\n"

pytestmark = pytest.mark.skipif(SIPP is None, reason="needs sipp (Debian package sip-tester)")


class Ear:
    """Notes what a leg tells, in short, and accepts every offer."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.leg: OutboundSipLeg

    def progressed(self, status: int, answer: bytes | None) -> None:
        self.heard.append(f"{status} with SDP" if answer else str(status))

    def answered(self, answer: bytes) -> None:
        assert b"m=audio" in answer
        self.heard.append("answered")

    def failed(self, status: int, reason: str) -> None:
        self.heard.append(f"failed {status}")

    def acknowledged(self, answer: bytes) -> None:
        raise AssertionError("nobody asked for an offer of ours")

    def offered(self, offer: bytes | None) -> None:
        self.heard.append("offered")
        self.leg.accept_offer(HELD)

    def offer_answered(self, status: int, answer: bytes | None) -> None:
        self.heard.append(f"offer answered {status}")

    def digit_pressed(self, digit: str) -> None:
        self.heard.append(f"digit {digit}")

    def hung_up(self) -> None:
        self.heard.append("hung up")

    def lost(self, detail: str) -> None:
        self.heard.append("lost")

    async def hears(self, word: str) -> None:
        """Wait until something was told."""
        async with asyncio.timeout(20):
            while word not in self.heard:  # noqa: ASYNC110 - the ear has no event
                await asyncio.sleep(0.01)


@pytest.fixture
async def server() -> AsyncIterator[UdpServer]:
    server = UdpServer(lambda leg: leg.refuse(500))
    await server.start("127.0.0.1", 0)
    yield server
    server.close()


def free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        return int(udp.getsockname()[1])


@asynccontextmanager
async def callee(scenario: str, folder: Path, **gaps: str) -> AsyncIterator[str]:
    """Let sipp be called once, at the `host:port` given; it must come to its end as written."""
    assert SIPP is not None
    text = (SCENARIOS / f"{scenario}.xml").read_text()
    for name, value in gaps.items():
        text = text.replace(f"@{name}@", value)
    port = free_port()
    path = folder / f"{scenario}_{port}.xml"
    path.write_text(text)
    process = await asyncio.create_subprocess_exec(
        SIPP,
        *("-sf", str(path), "-m", "1", "-i", "127.0.0.1", "-p", str(port), "-mi", "127.0.0.1"),
        *("-nostdin", "-timeout", "40", "-timeout_error"),
        cwd=folder,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield f"127.0.0.1:{port}"
        _, errors = await asyncio.wait_for(process.communicate(), 40)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, errors.decode()


def dial(server: UdpServer, *hops: str) -> Ear:
    ear = Ear()
    destination = Destination(f"sip:+442079460123@{hops[0]}", hops, "+39370", "dillo", "secret")
    ear.leg = server.dial(destination, OFFER, ear)
    return ear


async def settled(server: UdpServer) -> None:
    async with asyncio.timeout(10):
        while server.open_calls:  # noqa: ASYNC110 - a server has no event for being watched
            await asyncio.sleep(0.01)


async def test_answered_and_hung_up(server: UdpServer, tmp_path: Path) -> None:
    async with callee("callee_answers", tmp_path) as hop:
        ear = dial(server, hop)
        await ear.hears("answered")
        ear.leg.hang_up()
        await settled(server)
    assert ear.heard == ["180", "answered"]


async def test_the_callee_hangs_up_first(server: UdpServer, tmp_path: Path) -> None:
    async with callee("callee_hangs_up", tmp_path) as hop:
        ear = dial(server, hop)
        await ear.hears("hung up")
    assert ear.heard[-2:] == ["answered", "hung up"]


async def test_early_media(server: UdpServer, tmp_path: Path) -> None:
    async with callee("callee_plays_early", tmp_path) as hop:
        ear = dial(server, hop)
        await ear.hears("answered")
        ear.leg.hang_up()
        await settled(server)
    assert ear.heard == ["183 with SDP", "answered"]


async def test_a_busy_callee(server: UdpServer, tmp_path: Path) -> None:
    async with callee("callee_is_busy", tmp_path) as hop:
        ear = dial(server, hop)
        await ear.hears("failed 486")
    assert ear.heard == ["failed 486"]


@pytest.mark.parametrize("scenario", ["callee_only_rings", "callee_answers_too_late"])
async def test_cancelled_while_it_rings(server: UdpServer, tmp_path: Path, scenario: str) -> None:
    async with callee(scenario, tmp_path) as hop:
        ear = dial(server, hop)
        await ear.hears("180")
        ear.leg.cancel()
        await ear.hears("failed 487")
        await settled(server)
    assert ear.heard == ["180", "failed 487"]


async def test_followed_to_where_the_callee_is(server: UdpServer, tmp_path: Path) -> None:
    async with callee("callee_answers", tmp_path) as there:
        contact = f"sip:mobile@{there}"
        async with callee("callee_redirects", tmp_path, CONTACT=contact) as here:
            ear = dial(server, here)
            await ear.hears("answered")
        ear.leg.hang_up()
        await settled(server)
    assert ear.heard == ["180", "answered"]


async def test_a_circle_of_redirections(server: UdpServer, tmp_path: Path) -> None:
    contact = "sip:+442079460123@[local_ip]:[local_port]"
    async with callee("callee_redirects", tmp_path, CONTACT=contact) as hop:
        ear = dial(server, hop)
        await ear.hears("failed 302")
    assert ear.heard == ["failed 302"]


async def test_a_trunk_that_wants_a_password(server: UdpServer, tmp_path: Path) -> None:
    async with callee("callee_challenges", tmp_path) as hop:
        ear = dial(server, hop)
        await ear.hears("answered")
        ear.leg.hang_up()
        await settled(server)
    assert ear.heard == ["answered"]


async def test_the_second_hop_where_the_first_is_unavailable(
    server: UdpServer, tmp_path: Path
) -> None:
    async with (
        callee("callee_is_unavailable", tmp_path) as first,
        callee("callee_answers", tmp_path) as second,
    ):
        ear = dial(server, first, second)
        await ear.hears("answered")
        ear.leg.hang_up()
        await settled(server)


async def test_the_second_hop_where_the_first_is_silent(server: UdpServer, tmp_path: Path) -> None:
    async with callee("callee_answers", tmp_path) as hop:
        ear = dial(server, f"127.0.0.1:{free_port()}", hop)
        await ear.hears("answered")
        ear.leg.hang_up()
    assert ear.heard == ["180", "answered"]


async def test_the_callee_holds(server: UdpServer, tmp_path: Path) -> None:
    async with callee("callee_holds", tmp_path) as hop:
        ear = dial(server, hop)
        await ear.hears("offered")
        await asyncio.sleep(1)  # sipp asks OPTIONS before it waits for our BYE
        ear.leg.hang_up()
        await settled(server)


async def test_we_hold_though_the_offers_collide_at_first(
    server: UdpServer, tmp_path: Path
) -> None:
    async with callee("callee_is_reinvited", tmp_path) as hop:
        ear = dial(server, hop)
        await ear.hears("answered")
        ear.leg.offer(HOLD, ear.offer_answered)
        await ear.hears("offer answered 200")
        ear.leg.hang_up()
        await settled(server)


async def test_keys_by_info(server: UdpServer, tmp_path: Path) -> None:
    async with callee("callee_hears_info", tmp_path) as hop:
        ear = dial(server, hop)
        await ear.hears("answered")
        ear.leg.press_digit("4")
        ear.leg.press_digit("#")
        await asyncio.sleep(0.5)  # keys that are still to be sent go with the call
        ear.leg.hang_up()
        await settled(server)
