"""sipp, a load generator of its own SIP stack, calls the UDP server and loses packets."""

import asyncio
from pathlib import Path

import pytest

from dillo.calls.ports import InboundLeg
from dillo.net.udp import UdpServer

SCENARIO = Path(__file__).parents[1] / "data" / "sipp" / "caller_repeats.xml"
SDP = (
    b"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
    b"m=audio 40000 RTP/AVP 0\r\n"
)


class Answerer:
    """Answers every call at once and counts what it hears."""

    def __init__(self) -> None:
        self.invited = 0
        self.ended = 0
        self.lost_calls = 0

    def on_invite(self, leg: InboundLeg) -> None:
        self.invited += 1
        leg.listen(self)
        leg.ring()
        leg.answer(SDP)

    def acknowledged(self, answer: bytes | None) -> None:
        """Nothing to do: the answer is out."""

    def offered(self, offer: bytes | None) -> None:
        raise AssertionError("sipp sends no re-INVITE")

    def digit_pressed(self, digit: str) -> None:
        raise AssertionError("sipp presses no key")

    def hung_up(self) -> None:
        self.ended += 1

    def lost(self, detail: str) -> None:
        self.lost_calls += 1


async def sipp(server: UdpServer, folder: Path, *options: str) -> int:
    """Run a sipp caller against the server; returns its exit code (0: no failure)."""
    host, port = server.address
    process = await asyncio.create_subprocess_exec(
        "sipp",
        f"{host}:{port}",
        *("-sf", str(SCENARIO), "-i", "127.0.0.1", "-mi", "127.0.0.1"),
        *("-nostdin", "-timeout", "60"),
        *options,
        cwd=folder,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        return await asyncio.wait_for(process.wait(), 90)
    except TimeoutError:
        process.kill()
        raise


@pytest.mark.parametrize("lost_percent", ["0", "5"])
async def test_every_call_of_sipp_succeeds(tmp_path: Path, lost_percent: str) -> None:
    answerer = Answerer()
    server = UdpServer(answerer.on_invite)
    await server.start("127.0.0.1", 0)
    try:
        loss = ["-lost", lost_percent] if lost_percent != "0" else []
        assert await sipp(server, tmp_path, "-m", "100", "-r", "100", *loss) == 0
    finally:
        server.close()
    assert (answerer.invited, answerer.ended, answerer.lost_calls) == (100, 100, 0)
    assert server.open_calls == 0
