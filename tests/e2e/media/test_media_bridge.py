"""Two calls bridged in a worker: what each peer hears of the other, and the recording of both."""

import asyncio
from itertools import pairwise
from pathlib import Path

import pytest
from tests.e2e.media.phone import SILENCE, Call, Peer, noise, sound, until

from dillo.media.client import MediaPool
from dillo.media.wav import HEADER_SIZE, repair_wav, wav_header
from dillo.model.errors import Unavailable
from dillo.model.media import (
    Bridge,
    DigitHeard,
    PlayFiles,
    PlayFinished,
    RecordingDone,
    StartRecording,
    StopRecording,
    Unbridge,
)
from dillo.rtp.g711 import TRANSCODE, Law
from dillo.rtp.packet import RtpPacket


class Conversation:
    """A caller and a callee whose ports are bridged both ways."""

    def __init__(self, pool: MediaPool, caller: Peer, callee: Peer) -> None:
        self.caller, self.callee = caller, callee
        self.left, self.right = Call(pool), Call(pool)

    async def begin(self, **callee_side: int) -> "Conversation":
        await self.left.open(self.caller)
        await self.right.open(self.callee, beside=self.left.port, **callee_side)
        self.left.send(Bridge, self.right.call_id)
        self.right.send(Bridge, self.left.call_id)
        await self.right.caught_up()
        for peer, call in ((self.caller, self.left), (self.callee, self.right)):
            peer.send(call.port.rtp_port, peer.packet(SILENCE))
        await until(lambda: bool(_forwarded(self.caller) and _forwarded(self.callee)))
        return self

    async def talk(
        self, said: list[bytes], replied: list[bytes], lost: tuple[int, ...] = ()
    ) -> None:
        """Let both talk at once."""
        await asyncio.gather(
            self.caller.talk(self.left.port.rtp_port, said, lost),
            self.callee.talk(self.right.port.rtp_port, replied),
        )


def _forwarded(peer: Peer) -> list[RtpPacket]:
    """What came since the bridge began: its first packet carries the marker."""
    starts = [number for number, packet in enumerate(peer.heard) if packet.marker]
    return peer.heard[starts[-1] :] if starts else []


@pytest.fixture
async def talking(pool: MediaPool, peer: Peer, other: Peer) -> Conversation:
    return await Conversation(pool, peer, other).begin()


async def test_each_hears_the_other_octet_for_octet(talking: Conversation) -> None:
    said, replied = ([noise(160) for _ in range(30)] for _ in "12")
    await talking.talk(said, replied, lost=(7,))
    await until(lambda: sound(talking.caller.heard) == b"".join(replied))
    await until(lambda: sound(talking.callee.heard) == b"".join(said[:7] + said[8:]))
    heard = _forwarded(talking.callee)
    assert {packet.ssrc for packet in heard} == {talking.callee.heard[0].ssrc}
    steps = [b.sequence - a.sequence & 0xFFFF for a, b in pairwise(heard)]
    assert steps == [1] * 7 + [2] + [1] * 21
    elapsed = [b.timestamp - a.timestamp & 0xFFFF_FFFF for a, b in pairwise(heard)]
    assert elapsed == [160 * step for step in steps]
    closed = await talking.left.close()
    assert (closed.packets_received, closed.packets_lost) == (30, 1)


async def test_a_forwarded_packet_does_not_wait_for_the_clock(talking: Conversation) -> None:
    """Ten packets sent at once leave in one round of the clock: it would take ten to send them."""
    before = len(talking.callee.heard)
    packets = [talking.caller.packet(noise(160)) for _ in range(10)]
    talking.caller.send(talking.left.port.rtp_port, *packets)
    await until(lambda: len(talking.callee.heard) == before + 10)


async def test_laws_and_packet_times_may_differ(pool: MediaPool, peer: Peer, other: Peer) -> None:
    talking = await Conversation(pool, peer, other).begin(payload_type=8, ptime_ms=30)
    frames = [noise(size) for size in (160, 160, 240, 80, 160)]
    await peer.talk(talking.left.port.rtp_port, frames)
    expected = [frame.translate(TRANSCODE[Law.ULAW, Law.ALAW]) for frame in frames]
    await until(lambda: [packet.payload for packet in other.heard[-5:]] == expected)
    assert {packet.payload_type for packet in other.heard} == {Law.ALAW}


async def test_keys_are_told_and_passed_on_with_the_other_type(
    pool: MediaPool, peer: Peer, other: Peer
) -> None:
    talking = await Conversation(pool, peer, other).begin(telephone_event_type=96)
    (packets,) = peer.press("5")
    peer.send(talking.left.port.rtp_port, *packets)
    assert (await talking.left.told(DigitHeard)).digit == "5"
    await until(lambda: [packet.payload_type for packet in other.heard].count(96) == len(packets))
    heard = [packet for packet in other.heard if packet.payload_type == 96]
    assert [packet.payload for packet in heard] == [packet.payload for packet in packets]
    assert len({packet.timestamp for packet in heard}) == 1


async def test_a_prompt_replaces_the_other_peer_while_it_plays(
    talking: Conversation, tmp_path: Path
) -> None:
    path = tmp_path / "prompt.ulaw"
    path.write_bytes(prompt := noise(1600))
    talking.right.send(PlayFiles, 1, (str(path),), 1)
    said = [noise(160) for _ in range(30)]
    await talking.talk(said, [])
    assert (await talking.right.told(PlayFinished)).completed
    await until(lambda: sound(talking.callee.heard).endswith(said[-1]))
    heard = sound(talking.callee.heard)
    assert prompt in heard
    at = heard.index(prompt)
    assert heard[at + len(prompt) :].lstrip(b"\xff") in b"".join(said)
    steps = {b.sequence - a.sequence & 0xFFFF for a, b in pairwise(talking.callee.heard)}
    assert steps == {1}


async def test_after_the_bridge_there_is_silence_again(talking: Conversation) -> None:
    talking.left.send(Unbridge)
    await talking.left.caught_up()
    heard = len(talking.callee.heard)
    await talking.talk([noise(160)] * 10, [])
    await until(lambda: len(talking.callee.heard) > heard + 10)
    assert {packet.payload for packet in talking.callee.heard[-5:]} == {SILENCE}


async def test_a_port_that_closes_ends_its_bridges(talking: Conversation) -> None:
    await talking.right.close()
    heard = len(talking.caller.heard)
    await talking.talk([noise(160)] * 3, [])
    await until(lambda: len(talking.caller.heard) > heard + 5)
    assert (await talking.left.close()).packets_received == 4


async def test_a_newer_bridge_takes_the_place_of_an_older(
    pool: MediaPool, talking: Conversation
) -> None:
    third = Peer()
    call = await Call(pool).open(third, beside=talking.left.port)
    call.send(Bridge, talking.left.call_id)
    await call.caught_up()
    third.send(call.port.rtp_port, third.packet(SILENCE))
    await until(lambda: [packet.marker for packet in talking.caller.heard].count(True) == 2)
    said = noise(160)
    await asyncio.gather(
        third.talk(call.port.rtp_port, [said] * 5), talking.talk([], [noise(160)] * 5)
    )
    await until(lambda: sound(talking.caller.heard) == said * 5)
    third.close()


async def test_a_stereo_recording_holds_both_sides_aligned(
    talking: Conversation, tmp_path: Path
) -> None:
    path = tmp_path / "both.wav"
    talking.left.send(StartRecording, "r", str(path), 60_000, None, talking.right.call_id)
    await talking.left.caught_up()
    said, replied = ([noise(160) for _ in range(75)] for _ in "12")
    await talking.talk(said, replied, lost=(20,))
    talking.left.send(StopRecording, "r", "flow")
    done = await talking.left.told(RecordingDone)
    octets = path.read_bytes()
    assert octets[:HEADER_SIZE] == wav_header(Law.ULAW, (done.size - HEADER_SIZE) // 2, 2)
    assert (done.error, done.size) == ("", len(octets))
    assert done.duration_ms == (done.size - HEADER_SIZE) // 16
    left, right = octets[HEADER_SIZE::2], octets[HEADER_SIZE + 1 :: 2]
    said[20] = SILENCE
    begins = left.index(b"".join(said[2:73])), right.index(b"".join(replied[2:73]))
    assert abs(begins[0] - begins[1]) <= 160
    assert repair_wav(path) == (done.duration_ms, done.size)


async def test_the_right_side_of_a_recording_may_leave_or_never_have_been(
    talking: Conversation, tmp_path: Path
) -> None:
    said = noise(160)
    for name, other in (("left.wav", talking.right.call_id), ("never.wav", "nobody")):
        talking.left.send(StartRecording, name, str(tmp_path / name), 60_000, None, other)
        await talking.left.caught_up()
        await talking.talk([said] * 3, [])
        if other == talking.right.call_id:
            await talking.right.close()
        talking.left.send(StopRecording, name, "flow")
        assert (await talking.left.told(RecordingDone)).error == ""
        octets = (tmp_path / name).read_bytes()[HEADER_SIZE:]
        assert octets[::2].strip(b"\xff") == said * 3
        assert set(octets[1::2]) <= {0xFF}


async def test_a_peer_that_is_gone_does_not_harm_who_talks_to_it(
    pool: MediaPool, peer: Peer
) -> None:
    left, right = Call(pool), Call(pool)
    await left.open(peer)
    gone = Peer()
    await right.open(gone, left.port)
    gone.send(right.port.rtp_port, gone.packet(SILENCE))
    await asyncio.sleep(0.05)
    gone.close()
    await asyncio.sleep(0.05)  # what is sent to it now comes back as an error of the next packet
    left.send(Bridge, right.call_id)
    await left.caught_up()
    peer.send(left.port.rtp_port, *[peer.packet(noise(160)) for _ in range(5)])
    peer.send(left.port.rtp_port, *peer.press("5")[0])
    assert (await left.told(DigitHeard)).digit == "5"
    assert (await left.close()).packets_received == 12
    assert (await right.close()).packets_received == 1


async def test_a_port_opens_beside_another_or_nowhere(
    own_pool: MediaPool, pool: MediaPool, peer: Peer
) -> None:
    elsewhere = await Call(own_pool).open(peer)
    with pytest.raises(Unavailable, match="is gone"):
        await Call(pool).open(peer, beside=elsewhere.port)
