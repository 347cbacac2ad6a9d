"""What the worker records, and what it does when the disk fails."""

import struct
from pathlib import Path

import pytest
from tests.e2e.media.phone import SILENCE, Call, Peer, noise

from dillo.media.client import MediaPool
from dillo.media.wav import HEADER_SIZE, repair_wav
from dillo.model.media import DigitHeard, RecordingDone, StartRecording, StopRecording


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
        assert done.duration_ms >= silence_ms - 40  # noise is no speech, and is kept all the same


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
    assert hung_up.duration_ms >= 50  # three packets, sent by another clock


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
