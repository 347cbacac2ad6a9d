"""The worker process itself: its reports, its clients, and how it ends."""

import asyncio
import signal
from pathlib import Path

import pytest
from tests.e2e.media.phone import SILENCE, Call, Peer, Worker, noise, until

from dillo.media.client import MediaPool
from dillo.media.wav import repair_wav
from dillo.model.errors import MisuseError, Unavailable
from dillo.model.media import (
    MediaTimedOut,
    PortClosed,
    PortLost,
    RecordingDone,
    StartRecording,
)
from dillo.rtp.rtcp import Goodbye, ReceiverReport, ReportBlock, SenderReport


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


async def test_a_peer_that_listens_no_more_shows_in_the_last_word(
    pool: MediaPool, peer: Peer
) -> None:
    call = await Call(pool).open(peer)
    await peer.talk(call.port.rtp_port, [SILENCE] * 5)
    before = pool.counters.socket_errors
    peer.rtp.close()
    await asyncio.sleep(0.3)
    closed = await call.close()
    assert closed.socket_errors > 0
    assert pool.counters.socket_errors == before + closed.socket_errors


async def test_a_killed_worker_leaves_readable_recordings_and_is_found_again(
    own_worker: Worker, own_pool: MediaPool, peer: Peer, tmp_path: Path
) -> None:
    path = tmp_path / "recording.wav"
    call = await Call(own_pool).open(peer)
    call.send(StartRecording, "r1", str(path), 60_000, None)
    frames = [noise(160) for _ in range(160)]
    await peer.talk(call.port.rtp_port, frames)
    own_worker.stop(signal.SIGKILL)
    await call.told(PortLost)
    with pytest.raises(Unavailable):
        await Call(own_pool).open(peer)
    duration_ms, size = repair_wav(path)
    assert duration_ms >= 1000
    assert b"".join(frames[2:45]) in path.read_bytes()
    assert path.stat().st_size == size
    own_worker.start()
    await own_pool.ready(15)
    again = await Call(own_pool).open(peer)
    assert (own_pool.ports_open, own_pool.counters.ports_lost) == (1, 1)
    with pytest.raises(MisuseError):
        await again.open(peer)


async def test_a_worker_that_hangs_is_ended(
    own_worker: Worker, own_pool: MediaPool, peer: Peer
) -> None:
    call = await Call(own_pool).open(peer)
    own_worker.process.send_signal(signal.SIGSTOP)
    await call.told(PortLost, timeout_s=30)
    assert own_worker.process.wait(5) == -signal.SIGKILL
    await until(lambda: not own_pool.workers_connected)
    own_worker.start()
    await own_pool.ready(15)
    await Call(own_pool).open(peer)


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
    own_worker: Worker, own_pool: MediaPool, peer: Peer, tmp_path: Path
) -> None:
    call = await Call(own_pool).open(peer)
    call.send(StartRecording, "r1", str(tmp_path / "recording.wav"), 60_000, None)
    await peer.talk(call.port.rtp_port, [noise(160)] * 5)
    assert await asyncio.to_thread(own_worker.stop) == 0
    assert (await call.told(RecordingDone)).ended_by == "hang-up"
    await call.told(PortClosed)
    assert not own_worker.socket.exists()


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
