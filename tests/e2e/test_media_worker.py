"""The media worker process, driven through its client, with a peer on real UDP."""

import asyncio
import random
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from dillo.media.client import MediaPool, MediaPort
from dillo.media.wav import HEADER_SIZE, repair_wav
from dillo.model.errors import MisuseError, Unavailable
from dillo.model.media import (
    ChangePeer,
    ClosePort,
    DigitHeard,
    Event,
    MediaTimedOut,
    OpenPort,
    PlayFiles,
    PlayFinished,
    PortClosed,
    PortLost,
    RecordingDone,
    StartRecording,
    StopPlaying,
    StopRecording,
)
from dillo.rtp.packet import RtpPacket
from dillo.rtp.rtcp import Goodbye, ReceiverReport, ReportBlock, SenderReport, parse_compound
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

    async def open(self, peer: Peer | None, **changes: Any) -> "Call":
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
        self.port = await self._pool.open(command, self._tell)
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


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Worker]:
    worker = Worker(tmp_path)
    yield worker
    if worker.process.poll() is None:
        worker.stop()


@pytest.fixture
async def pool(worker: Worker) -> AsyncIterator[MediaPool]:
    async with MediaPool([worker.socket]) as pool:
        await pool.ready(15)
        yield pool


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    peer = Peer()
    yield peer
    peer.close()


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


async def test_a_play_list_arrives_octet_for_octet(
    pool: MediaPool, peer: Peer, tmp_path: Path
) -> None:
    files = [noise(size) for size in (1000, 3, 0, 333)]
    paths = []
    for number, octets in enumerate(files):
        path = tmp_path / f"{number}.ulaw"
        path.write_bytes(octets)
        paths.append(str(path))
    call = await Call(pool).open(peer)
    await until(lambda: len(peer.heard) > 3)
    assert {packet.payload for packet in peer.heard} == {SILENCE}
    call.send(PlayFiles, 7, tuple(paths), 2)
    assert (await call.told(PlayFinished)).completed
    closed = await call.close()
    await until(lambda: len(peer.heard) >= closed.packets_sent)
    assert sound(peer.heard) == b"".join(files) * 2
    first = next(packet for packet in peer.heard if packet.payload != SILENCE)
    assert [packet for packet in peer.heard if packet.marker] == [first]
    for before, after in zip(peer.heard, peer.heard[1:], strict=False):
        assert after.sequence == (before.sequence + 1) & 0xFFFF
        assert after.timestamp == (before.timestamp + 160) & 0xFFFF_FFFF
        assert after.ssrc == before.ssrc


@pytest.mark.parametrize("ptime_ms", [10, 30, 60])
async def test_other_packet_times(
    pool: MediaPool, peer: Peer, tmp_path: Path, ptime_ms: int
) -> None:
    octets = noise(4000)
    path = tmp_path / "prompt.ulaw"
    path.write_bytes(octets)
    call = await Call(pool).open(peer, ptime_ms=ptime_ms)
    call.send(PlayFiles, 1, (str(path),), 1)
    await call.told(PlayFinished)
    await call.close()
    await until(lambda: sound(peer.heard) == octets)
    assert {len(packet.payload) for packet in peer.heard} == {ptime_ms * 8}
    steps = {
        (after.timestamp - before.timestamp) & 0xFFFF_FFFF
        for before, after in zip(peer.heard, peer.heard[1:], strict=False)
    }
    assert steps == {ptime_ms * 8}


async def test_a_prompt_stops_when_told(pool: MediaPool, peer: Peer, tmp_path: Path) -> None:
    path = tmp_path / "long.ulaw"
    path.write_bytes(noise(800))
    call = await Call(pool).open(peer)
    call.send(PlayFiles, 1, (str(path),), 0)
    await until(lambda: len(peer.heard) > 10)
    call.send(StopPlaying, 99)
    call.send(StopPlaying, 1)
    assert not (await call.told(PlayFinished)).completed
    heard = len(peer.heard)
    await until(lambda: len(peer.heard) > heard + 5)
    assert {packet.payload for packet in peer.heard[-3:]} == {SILENCE}


async def test_a_prompt_that_is_not_there_is_told(pool: MediaPool, peer: Peer) -> None:
    call = await Call(pool).open(peer)
    call.send(PlayFiles, 1, ("/nowhere/prompt.ulaw",), 1)
    finished = await call.told(PlayFinished)
    assert not finished.completed
    assert "/nowhere/prompt.ulaw" in finished.error


async def test_digits_survive_loss_repeats_and_disorder(pool: MediaPool, peer: Peer) -> None:
    call = await Call(pool).open(peer)
    to = call.port.rtp_port
    clean, only_end, doubled, shuffled = peer.press("1#*7")
    peer.send(to, *clean, only_end[-1], *[packet for packet in doubled for _ in "12"])
    random.shuffle(shuffled)
    peer.send(to, *shuffled)
    await until(lambda: len(call.digits()) == 4)
    late, later = peer.press("56")
    peer.send(to, *later[:3], *late, *later[3:])
    await until(lambda: len(call.digits()) == 6)
    await asyncio.sleep(0.1)
    assert call.digits() == "1#*765"


async def test_a_recording_is_what_was_sent_with_holes_as_silence(
    pool: MediaPool, peer: Peer, tmp_path: Path
) -> None:
    path = tmp_path / "recording.wav"
    call = await Call(pool).open(peer)
    frames = [noise(160) for _ in range(70)]
    await peer.talk(call.port.rtp_port, frames[:5])
    call.send(StartRecording, "r1", str(path), 60_000, None)
    await peer.talk(call.port.rtp_port, frames[5:], lost=(20, 21, 40))
    call.send(StopRecording, "r1", "key")
    done = await call.told(RecordingDone)
    heard = list(frames)
    for hole in (25, 26, 45):
        heard[hole] = SILENCE
    audio = path.read_bytes()[HEADER_SIZE:]
    assert b"".join(heard[7:68]) in audio
    assert (done.ended_by, done.error, done.size) == ("key", "", path.stat().st_size)
    assert struct.unpack_from("<I", path.read_bytes(), HEADER_SIZE - 4)[0] // 8 == done.duration_ms
    assert repair_wav(path) == (done.duration_ms, done.size)
    assert (await call.close()).packets_lost == 3


@pytest.mark.parametrize(
    ("max_ms", "silence_ms", "ended_by"), [(200, None, "max-length"), (9000, 300, "silence")]
)
async def test_a_recording_ends_by_itself(
    pool: MediaPool, peer: Peer, tmp_path: Path, max_ms: int, silence_ms: int, ended_by: str
) -> None:
    path = tmp_path / "recording.wav"
    call = await Call(pool).open(peer)
    call.send(StartRecording, "r1", str(path), max_ms, silence_ms)
    await peer.talk(call.port.rtp_port, [noise(160)] * 15 + [SILENCE] * 5)
    done = await call.told(RecordingDone)
    assert done.ended_by == ended_by
    if ended_by == "max-length":
        assert done.duration_ms == max_ms
    else:
        assert done.duration_ms >= 15 * 20 + silence_ms - 40


async def test_a_recording_ends_with_the_call_and_its_tail_can_be_cut(
    pool: MediaPool, peer: Peer, tmp_path: Path
) -> None:
    call = await Call(pool).open(peer)
    call.send(StartRecording, "r1", str(tmp_path / "1.wav"), 60_000, None)
    await peer.talk(call.port.rtp_port, [noise(160)] * 10)
    call.send(StopRecording, "r1", "key", 10_000)
    call.send(StartRecording, "r2", str(tmp_path / "2.wav"), 60_000, None)
    await peer.talk(call.port.rtp_port, [noise(160)] * 3)
    await call.close()
    cut, hung_up = await call.told(RecordingDone), await call.told(RecordingDone)
    assert (cut.duration_ms, cut.size) == (0, HEADER_SIZE)
    assert (hung_up.recording_id, hung_up.ended_by) == ("r2", "hang-up")
    assert hung_up.duration_ms >= 60


async def test_a_disk_that_fails_ends_the_recording_and_not_the_call(
    pool: MediaPool, peer: Peer
) -> None:
    call = await Call(pool).open(peer)
    for path in ("/nowhere/recording.wav", "/dev/full"):
        call.send(StartRecording, path, path, 60_000, None)
        await peer.talk(call.port.rtp_port, [noise(160)] * 2)
        call.send(StopRecording, path, "key")
        assert path in (await call.told(RecordingDone)).error
    peer.send(call.port.rtp_port, *peer.press("1")[0])
    await call.told(DigitHeard)


async def test_strangers_are_refused(pool: MediaPool, peer: Peer) -> None:
    stranger = Peer("127.0.0.2")
    call = await Call(pool).open(peer)
    to = call.port.rtp_port
    stranger.send(to, stranger.packet(SILENCE), *stranger.press("1")[0])
    peer.rtp.sendto(b"no RTP at all", ("127.0.0.1", to))
    peer.send(to, RtpPacket(96, 1, 1, 1, b"video"))
    peer.send(to, *peer.press("2")[0])
    await call.told(DigitHeard)
    stranger.send(to, *stranger.press("3")[0])
    peer.send(to, *peer.press("4")[0])
    assert (await call.told(DigitHeard)).digit == "4"
    await asyncio.sleep(0.1)
    assert stranger.heard == []
    closed = await call.close()
    assert closed.packets_refused == 10
    assert closed.packets_received == 14
    stranger.close()


async def test_a_trusted_address_is_followed_and_may_come_back_only_as_itself(
    pool: MediaPool, peer: Peer
) -> None:
    natted, stranger = Peer("127.0.0.3"), Peer("127.0.0.3")
    call = await Call(pool).open(peer, trusted_ips=("127.0.0.3",))
    to = call.port.rtp_port
    natted.send(to, natted.packet(SILENCE))
    await until(lambda: len(natted.heard) > 2)
    await asyncio.sleep(2.2)  # silent for so long, the port listens to everyone again
    stranger.send(to, *stranger.press("1")[0])
    moved = Peer("127.0.0.3")
    moved.ssrc = natted.ssrc
    moved.send(to, *moved.press("2")[0])
    assert (await call.told(DigitHeard)).digit == "2"
    await until(lambda: len(moved.heard) > 2)
    assert stranger.heard == []
    for phone in (natted, stranger, moved):
        phone.close()


async def test_a_changed_peer_and_a_hold(pool: MediaPool, peer: Peer) -> None:
    call = await Call(pool).open(peer)
    peer.send(call.port.rtp_port, peer.packet(SILENCE))
    await until(lambda: len(peer.heard) > 2)
    other = Peer()
    call.send(ChangePeer, "127.0.0.1", other.port, (), 8, None, 20)
    await until(lambda: len(other.heard) > 2)
    assert {(packet.payload_type, packet.payload) for packet in other.heard} == {(8, b"\xd5" * 160)}
    call.send(ChangePeer, "127.0.0.1", other.port, (), 8, None, 20, False)
    await asyncio.sleep(0.1)
    heard = len(other.heard)
    await asyncio.sleep(0.1)
    assert len(other.heard) == heard
    other.close()


async def test_silence_times_out_once(pool: MediaPool, peer: Peer) -> None:
    call = await Call(pool).open(peer, timeout_s=0.5)
    await call.told(MediaTimedOut)
    await asyncio.sleep(1.2)
    assert not any(isinstance(event, MediaTimedOut) for event in call.events)


async def test_reports_go_both_ways_and_the_last_says_goodbye(pool: MediaPool, peer: Peer) -> None:
    call = await Call(pool).open(peer)
    await peer.talk(call.port.rtp_port, [SILENCE] * 20, lost=(3, 4))
    await until(lambda: bool(peer.reports))
    report = peer.reports[0]
    assert isinstance(report, SenderReport)
    assert 200 < report.packets < 300
    assert report.octets == report.packets * 160
    assert (report.blocks[0].ssrc, report.blocks[0].lost) == (peer.ssrc, 2)
    block = ReportBlock(report.ssrc, 5, 17, 0, 0, report.ntp >> 16 & 0xFFFF_FFFF, 0)
    rtcp_port = call.port.rtp_port + 1
    peer.rtcp.sendto(b"no RTCP at all", ("127.0.0.1", rtcp_port))
    peer.rtcp.sendto(bytes(ReceiverReport(peer.ssrc, (block,))), ("127.0.0.1", rtcp_port))
    await asyncio.sleep(0.1)
    closed = await call.close()
    assert (closed.remote_lost, closed.packets_lost, closed.packets_refused) == (17, 2, 1)
    assert closed.round_trip_ms is not None
    assert 0 <= closed.round_trip_ms < 5000
    await until(lambda: isinstance(peer.reports[-1], Goodbye))


async def test_a_killed_worker_leaves_readable_recordings_and_is_found_again(
    worker: Worker, pool: MediaPool, peer: Peer, tmp_path: Path
) -> None:
    path = tmp_path / "recording.wav"
    call = await Call(pool).open(peer)
    call.send(StartRecording, "r1", str(path), 60_000, None)
    frames = [noise(160) for _ in range(160)]
    await peer.talk(call.port.rtp_port, frames)
    worker.stop(signal.SIGKILL)
    await call.told(PortLost)
    with pytest.raises(Unavailable):
        await Call(pool).open(peer)
    duration_ms, size = repair_wav(path)
    assert duration_ms >= 1000
    assert b"".join(frames[2:45]) in path.read_bytes()
    assert path.stat().st_size == size
    worker.start()
    await pool.ready(15)
    again = await Call(pool).open(peer)
    assert (pool.ports_open, pool.counters.ports_lost) == (1, 1)
    with pytest.raises(MisuseError):
        await again.open(peer)


async def test_a_client_that_leaves_closes_its_calls(
    worker: Worker, peer: Peer, tmp_path: Path
) -> None:
    path = tmp_path / "recording.wav"
    async with MediaPool([worker.socket]) as pool:
        await pool.ready(15)
        call = await Call(pool).open(peer)
        call.send(StartRecording, "r1", str(path), 60_000, None)
        await peer.talk(call.port.rtp_port, [noise(160)] * 10)
    async with MediaPool([worker.socket]) as pool:
        await pool.ready(15)
        heard = len(peer.heard)
        await asyncio.sleep(0.1)
        assert len(peer.heard) <= heard + 1
        assert repair_wav(path)[0] >= 180


async def test_sigterm_finishes_what_is_under_way(
    worker: Worker, pool: MediaPool, peer: Peer, tmp_path: Path
) -> None:
    call = await Call(pool).open(peer)
    call.send(StartRecording, "r1", str(tmp_path / "recording.wav"), 60_000, None)
    await peer.talk(call.port.rtp_port, [noise(160)] * 5)
    assert await asyncio.to_thread(worker.stop) == 0
    assert (await call.told(RecordingDone)).ended_by == "hang-up"
    await call.told(PortClosed)
    assert not worker.socket.exists()


async def test_nonsense_on_the_socket_ends_only_its_connection(worker: Worker, peer: Peer) -> None:
    async with MediaPool([worker.socket]) as pool:
        await pool.ready(15)
    reader, writer = await asyncio.open_unix_connection(str(worker.socket))
    writer.write(b"\xff\xff\xff\xff nonsense")
    assert await reader.read() == b""
    writer.close()
    async with MediaPool([worker.socket]) as pool:
        await pool.ready(15)
        await Call(pool).open(peer)


async def test_no_port_is_told(pool: MediaPool) -> None:
    with pytest.raises(Unavailable, match=r"192\.0\.2\.1"):
        await Call(pool).open(None, local_ip="192.0.2.1")
