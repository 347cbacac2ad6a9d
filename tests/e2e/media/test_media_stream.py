"""What the worker sends and hears: prompts, keys, and whose packets it takes."""

import asyncio
import random
from pathlib import Path

import pytest
from tests.e2e.media.phone import SILENCE, Call, Peer, noise, sound, until

from dillo.media.client import MediaPool
from dillo.model.media import ChangePeer, DigitHeard, PlayFiles, PlayFinished, StopPlaying
from dillo.rtp.packet import RtpPacket


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
