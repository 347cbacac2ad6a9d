"""sipp, a SIP stack that shares no line with ours, as the calling side."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Thread

from tests.e2e.node import Node

from dillo.rtp.packet import RtpPacket

SCENARIOS = Path(__file__).parents[1] / "data" / "sipp"
_RETRIES = 5


def sdp(port: int, formats: str = "0 101", *attributes: str) -> str:
    """Return an offer of RTP/AVP formats at a port."""
    lines = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "c=IN IP4 127.0.0.1", "t=0 0"]
    lines.append(f"m=audio {port} RTP/AVP {formats}")
    if "101" in formats:
        lines.append("a=rtpmap:101 telephone-event/8000")
    return "\n    ".join([*lines, *(f"a={attribute}" for attribute in attributes)])


@dataclass(frozen=True)
class Sipp:
    """Runs scenarios against a node; each must come to its end as written."""

    node: Node
    folder: Path
    """Where scenarios are written, filled in, and sipp its logs."""

    def run(self, scenario: str, number: str, **gaps: str) -> None:
        """Run a scenario of the data folder once, with every `@GAP@` filled in."""
        text = (SCENARIOS / f"{scenario}.xml").read_text()
        gaps = {"HEADERS": "Content-Type: application/sdp", "EXPECTED": "m=audio"} | gaps
        for name, value in gaps.items():
            text = text.replace(f"@{name}@", value)
        path = self.folder / f"{scenario}.xml"
        path.write_text(text)
        self.call(number, "-sf", str(path), "-m", "1")

    def call(self, number: str, *options: str, timeout_s: int = 40) -> None:
        """Run sipp to its end; no call may fail. Again where its port was taken by another."""
        host, port = self.node.sip
        command = ["sipp", f"{host}:{port}", "-s", number, "-i", "127.0.0.1", "-mi", "127.0.0.1"]
        command += ["-nostdin", "-timeout", str(timeout_s), "-timeout_error", *options]
        for _ in range(_RETRIES):
            done = subprocess.run(
                command, cwd=self.folder, capture_output=True, text=True, check=False
            )
            if "already in use" not in done.stderr:
                break
        assert done.returncode == 0, f"{done.stderr}\n{done.stdout[-3000:]}"


@dataclass
class Ear:
    """A UDP port that hears what a call sends to it."""

    port: int
    packets: list[RtpPacket] = field(default_factory=list)

    @property
    def audio(self) -> bytes:
        """All payloads, one after the other, as they were sent."""
        return b"".join(packet.payload for packet in self.packets)


@contextmanager
def ear() -> Iterator[Ear]:
    """Listen while the block runs."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        hearing = Ear(udp.getsockname()[1])

        def listen() -> None:
            while datagram := udp.recv(2048):
                hearing.packets.append(RtpPacket.parse(datagram))

        thread = Thread(target=listen)
        thread.start()
        try:
            yield hearing
        finally:
            udp.sendto(b"", udp.getsockname())
            thread.join()
