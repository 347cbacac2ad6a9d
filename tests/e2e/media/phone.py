"""A media worker process, telephones on real UDP, and calls made through the worker's client."""

import asyncio
import random
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from dillo.media.client import MediaPool, MediaPort
from dillo.model.media import (
    ClosePort,
    DigitHeard,
    Event,
    OpenPort,
    PlayFiles,
    PlayFinished,
    PortClosed,
)
from dillo.rtp.packet import RtpPacket
from dillo.rtp.rtcp import parse_compound
from dillo.rtp.telephone_event import key_packets

SILENCE = b"\xff" * 160
Some = TypeVar("Some", bound=Event)


class Peer:
    """A telephone: an RTP and an RTCP socket, and everything that they received."""

    def __init__(self, ip: str = "127.0.0.1") -> None:
        self.rtp, self.rtcp = _pair(ip)
        self.heard: list[RtpPacket] = []
        self.reports: list[Any] = []
        self.ssrc = random.getrandbits(32)
        self.sequence = 1000
        self.timestamp = 0xFFFF_F000  # wraps while a test runs
        loop = asyncio.get_running_loop()
        loop.add_reader(self.rtp, self._hear)
        loop.add_reader(self.rtcp, self._hear_report)

    @property
    def port(self) -> int:
        port: int = self.rtp.getsockname()[1]
        return port

    def _hear(self) -> None:
        self.heard.append(RtpPacket.parse(self.rtp.recv(2048)))

    def _hear_report(self) -> None:
        self.reports += parse_compound(self.rtcp.recv(2048))

    def packet(self, payload: bytes) -> RtpPacket:
        """Make the next audio packet."""
        self.sequence = self.sequence + 1 & 0xFFFF
        self.timestamp = self.timestamp + len(payload) & 0xFFFF_FFFF
        return RtpPacket(0, self.sequence, self.timestamp, self.ssrc, payload)

    def send(self, port: int, *packets: RtpPacket) -> None:
        for packet in packets:
            self.rtp.sendto(bytes(packet), ("127.0.0.1", port))

    async def talk(self, port: int, frames: list[bytes], lost: tuple[int, ...] = ()) -> None:
        """Send frames 20 ms apart, some of them lost on the way."""
        for number, frame in enumerate(frames):
            packet = self.packet(frame)
            if number not in lost:
                self.send(port, packet)
            await asyncio.sleep(0.02)

    def press(self, keys: str, duration_ms: int = 100) -> list[list[RtpPacket]]:
        """Make the packets of each key."""
        pressed = []
        for key in keys:
            packets = list(
                key_packets(
                    key,
                    payload_type=101,
                    sequence=self.sequence + 1,
                    timestamp=self.timestamp,
                    ssrc=self.ssrc,
                    duration_ms=duration_ms,
                )
            )
            self.sequence += len(packets)
            self.timestamp = self.timestamp + 1600 & 0xFFFF_FFFF
            pressed.append(packets)
        return pressed

    def close(self) -> None:
        loop = asyncio.get_running_loop()
        for udp in (self.rtp, self.rtcp):
            loop.remove_reader(udp)
            udp.close()


def _pair(ip: str) -> tuple[socket.socket, socket.socket]:
    while True:
        rtp, rtcp = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
        rtp.bind((ip, 0))
        try:
            rtcp.bind((ip, rtp.getsockname()[1] + 1))
        except OSError:
            rtp.close()
            rtcp.close()
        else:
            return rtp, rtcp


class Call:
    """An open port, and the events it told."""

    def __init__(self, pool: MediaPool) -> None:
        self.call_id = f"call-{random.getrandbits(32)}"
        self.events: list[Event] = []
        self._pool = pool
        self._told = asyncio.Event()
        self.port: MediaPort

    async def open(
        self, peer: Peer | None, beside: MediaPort | None = None, **changes: Any
    ) -> "Call":
        options: dict[str, Any] = {
            "local_ip": "127.0.0.1",
            "peer_ip": "127.0.0.1" if peer else None,
            "peer_port": peer.port if peer else 0,
            "trusted_ips": (),
            "payload_type": 0,
            "telephone_event_type": 101,
            "ptime_ms": 20,
            "timeout_s": 0,
        }
        command = OpenPort(self.call_id, **(options | changes))
        self.port = await self._pool.open(command, self._tell, beside)
        return self

    def _tell(self, event: Event) -> None:
        self.events.append(event)
        self._told.set()

    async def told(self, kind: type[Some], timeout_s: float = 8) -> Some:
        """Return the next event of a kind, and forget it."""
        async with asyncio.timeout(timeout_s):
            while True:
                for event in self.events:
                    if isinstance(event, kind):
                        self.events.remove(event)
                        return event
                self._told.clear()
                await self._told.wait()

    def send(self, kind: Callable[..., Any], *arguments: Any) -> None:
        self.port.send(kind(self.call_id, *arguments))

    async def caught_up(self) -> None:
        """Return when the worker has done what it was told: packets may overtake commands."""
        self.send(PlayFiles, 0, ("/nowhere",), 1)
        await self.told(PlayFinished)

    async def close(self) -> PortClosed:
        self.send(ClosePort)
        return await self.told(PortClosed)

    def digits(self) -> str:
        return "".join(event.digit for event in self.events if isinstance(event, DigitHeard))


class Worker:
    """A worker process."""

    def __init__(self, folder: Path) -> None:
        self.socket = folder / "media.sock"
        low = random.randrange(20_000, 50_000)
        self.command = [sys.executable, "-m", "dillo.media.worker"]
        self.command += ["--socket", str(self.socket), "--ports", f"{low}-{low + 400}"]
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(self.command)

    def stop(self, number: int = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(15)


async def until(condition: Callable[[], bool], timeout_s: float = 8) -> None:
    async with asyncio.timeout(timeout_s):
        while not condition():  # noqa: ASYNC110 - what is awaited arrives on a socket
            await asyncio.sleep(0.005)


def noise(octets: int) -> bytes:
    """Loud audio, no two files alike."""
    return bytes(random.choices([*range(40), *range(128, 168)], k=octets))


def sound(packets: list[RtpPacket]) -> bytes:
    """What a listener hears: payloads in order of their sequence, silence around cut off."""
    octets = b"".join(packet.payload for packet in packets)
    return octets.strip(b"\xff")
