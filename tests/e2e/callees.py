"""Telephones that are dialled: sipp for their signalling, a socket of our own for their sound."""

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

import numpy as np

from dillo.rtp.g711 import Law
from dillo.rtp.packet import RtpPacket
from dillo.rtp.pcm import Samples, decode, encode

PATIENCE_S = 30
_FRAME = 160


@dataclass
class Handset:
    """Hears RTP on a port, and says something to whoever it hears from."""

    udp: socket.socket
    said: bytes
    law: Law
    heard: list[RtpPacket] = field(default_factory=list)
    is_over: Event = field(default_factory=Event)
    is_heard: Event = field(default_factory=Event)

    @property
    def port(self) -> int:
        """The RTP port."""
        return int(self.udp.getsockname()[1])

    @property
    def sound(self) -> Samples:
        """What was heard, telephone-events left out."""
        audio = (packet.payload for packet in self.heard if packet.payload_type == self.law)
        return decode(b"".join(audio), self.law)

    @property
    def keys(self) -> str:
        """The keys that were heard as telephone-events of type 101."""
        starts = [packet for packet in self.heard if packet.payload_type == 101 and packet.marker]
        return "".join("0123456789*#ABCD"[packet.payload[0]] for packet in starts)

    def listen(self) -> None:
        """Take in what comes; the first packet says where to talk to."""
        while not self.is_over.is_set():
            try:
                datagram, source = self.udp.recvfrom(2048)
            except TimeoutError:
                continue
            if not self.heard:
                Thread(target=self.talk, args=(source,), daemon=True).start()
            self.heard.append(RtpPacket.parse(datagram))
            self.is_heard.set()

    def talk(self, target: tuple[str, int]) -> None:
        """Send a packet every 20 ms: what is to be said, then silence."""
        starts_s = time.monotonic()
        silence = bytes([self.law.silence]) * _FRAME
        for number in range(100_000):
            frame = self.said[number * _FRAME :][:_FRAME] or silence
            packet = RtpPacket(int(self.law), number & 0xFFFF, number * _FRAME, 7, frame)
            if self.is_over.wait(max(0, starts_s + number * 0.02 - time.monotonic())):
                return
            self.udp.sendto(bytes(packet), target)


@contextmanager
def handset(sound: Samples | None = None, law: Law = Law.ULAW) -> Iterator[Handset]:
    """Listen and talk while the block runs."""
    said = b"" if sound is None else encode(sound[: len(sound) // _FRAME * _FRAME], law)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.bind(("127.0.0.1", 0))
        udp.settimeout(0.1)
        hearing = Handset(udp, said, law)
        thread = Thread(target=hearing.listen)
        thread.start()
        try:
            yield hearing
        finally:
            hearing.is_over.set()
            thread.join()


# What a callee does, as a sipp scenario.


def recv(what: str, expected: str = "", where: str = "msg") -> str:
    """Wait for a request, which must match a pattern."""
    if not expected:
        return f'<recv request="{what}"/>'
    check = f'<ereg regexp="{expected}" search_in="{where}" check_it="true" assign_to="found"/>'
    return f'<recv request="{what}"><action>{check}</action></recv>'


def pause(milliseconds: int) -> str:
    """Do nothing for a while."""
    return f'<pause milliseconds="{milliseconds}"/>'


def description(port: int, formats: str = "0 101") -> str:
    """Return SDP that wants audio at a port."""
    events = "a=rtpmap:101 telephone-event/8000\n" if "101" in formats else ""
    return (
        "v=0\no=- 1 1 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\n"
        f"m=audio {port} RTP/AVP {formats}\n{events}"
    )


def reply(status: str, sdp: str = "", *headers: str, to: str = "[last_To:];tag=callee") -> str:
    """Respond to the last request: `180 Ringing`."""
    lines = [f"SIP/2.0 {status}", "[last_Via:]", "[last_From:]", to, "[last_Call-ID:]"]
    lines += ["[last_CSeq:]", "Contact: <sip:callee@[local_ip]:[local_port]>", *headers]
    if sdp:
        lines.append("Content-Type: application/sdp")
    retransmission = ' retrans="500"' if status[0] > "1" and sdp else ""
    text = "\n".join([*lines, "Content-Length: [len]", "", sdp])
    return f"<send{retransmission}><![CDATA[\n{text}\n]]></send>"


OK = reply("200 OK", to="[last_To:]")
TAKEN_LEAVE_OF = recv("BYE") + OK
BYE = """<send retrans="500"><![CDATA[
BYE [next_url] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
Max-Forwards: 70
From:[$ours];tag=callee
To:[$theirs]
[last_Call-ID:]
CSeq: 1 BYE
Content-Length: 0

]]></send><recv response="200"/>"""
INVITED = """<recv request="INVITE" rrs="true"><action>
<ereg regexp=".*" search_in="hdr" header="From:" assign_to="theirs"/>
<ereg regexp=".*" search_in="hdr" header="To:" assign_to="ours"/>
<ereg regexp="^INVITE" search_in="msg" assign_to="found"/>
</action></recv>"""


def reinvite(port: int, direction: str) -> str:
    """Offer anew within the call; the answer must be the mirror image."""
    mirrored = {"sendonly": "recvonly", "recvonly": "sendonly"}.get(direction, direction)
    lines = BYE.partition("Content-Length")[0].replace("BYE [", "INVITE [").replace("BYE", "INVITE")
    sdp = f"{description(port)}a={direction}\n"
    contact = "Contact: <sip:callee@[local_ip]:[local_port]>\nContent-Type: application/sdp\n"
    check = f'<ereg regexp="a={mirrored}" search_in="body" check_it="true" assign_to="found"/>'
    ack = lines.replace("INVITE", "ACK").replace('<send retrans="500">', "<send>")
    return (
        f"{lines}{contact}Content-Length: [len]\n\n{sdp}\n]]></send>"
        '<recv response="100" optional="true"/>'
        f'<recv response="200"><action>{check}</action></recv>'
        f"{ack}Content-Length: 0\n\n]]></send>"
    )


def cancelled() -> str:
    """Ring until a CANCEL comes."""
    refusal = reply("487 Request Terminated").replace("[last_CSeq:]", "CSeq: 1 INVITE")
    return reply("180 Ringing") + recv("CANCEL") + OK + refusal + recv("ACK")


@dataclass
class Callee:
    """A callee at an address of its own."""

    uri: str
    port: int


@contextmanager
def callee(folder: Path, *steps: str) -> Iterator[Callee]:
    """Be called once, and do these steps; all of them must have come about in the end."""
    port = _free_port()
    name = f"callee-{port}"
    references = '<Reference variables="found,ours,theirs"/>'
    body = "\n".join((INVITED, *steps, references))
    path = folder / f"{name}.xml"
    path.write_text(f'<?xml version="1.0"?>\n<scenario name="{name}">\n{body}\n</scenario>\n')
    command = ["sipp", "-sf", str(path), "-i", "127.0.0.1", "-p", str(port), "-m", "1"]
    command += ["-nostdin", "-timeout", str(PATIENCE_S), "-timeout_error"]
    with (folder / f"{name}.log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
    try:
        _await_listening(port)
        yield Callee(f"sip:callee@127.0.0.1:{port}", port)
        status = process.wait(PATIENCE_S)
    finally:
        process.kill()
        process.wait()
    errors = "\n".join(each.read_text()[-2000:] for each in folder.glob(f"{name}_*errors.log"))
    assert status == 0, f"{errors}\n{(folder / f'{name}.log').read_text()[-3000:]}"


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await_listening(port: int) -> None:
    """Return when sipp has bound its port."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return
        time.sleep(0.02)
    raise AssertionError("sipp does not listen")


def stereo(path: Path) -> tuple[Samples, Samples]:
    """Return the two channels of a G.711 WAV."""
    data = path.read_bytes()
    law = Law.ALAW if data[20] == 6 else Law.ULAW
    assert data[22] == 2
    octets = np.frombuffer(data[data.index(b"data") + 8 :], np.uint8)
    octets = octets[: len(octets) // 2 * 2]
    return decode(octets[0::2].tobytes(), law), decode(octets[1::2].tobytes(), law)
