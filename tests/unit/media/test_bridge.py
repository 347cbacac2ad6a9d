"""A bridge's numbering, with no sockets: what one stream brings, as the other peer sees it."""

from collections.abc import Iterator
from itertools import islice, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dillo.media.incoming import Incoming
from dillo.media.outgoing import TICK_SAMPLES, Outgoing
from dillo.media.playlist import Playlist
from dillo.media.tones import ToneBench
from dillo.model.media import ChangePeer, OpenPort
from dillo.rtp.g711 import TRANSCODE, Law
from dillo.rtp.packet import RtpPacket
from dillo.rtp.telephone_event import key_packets


def opening(law: Law = Law.ULAW, event_type: int | None = 101) -> OpenPort:
    return OpenPort("c", "127.0.0.1", "127.0.0.1", 9, (), int(law), event_type, 20, 0)


def changing(law: Law = Law.ULAW, *, sends: bool = True) -> ChangePeer:
    return ChangePeer("c", "127.0.0.1", 9, (), int(law), 101, 20, sends)


class Line:
    """A port that hears, bridged to a port that sends; `sent` is what its peer received."""

    def __init__(self, source: OpenPort, target: OpenPort) -> None:
        self.sent: list[RtpPacket] = []
        self.incoming = Incoming(source, lambda event: None, 0.0, ToneBench())
        self.out = Outgoing(target, lambda event: None)
        self.out.aim(self._receive)
        self.tick()
        self.out.feed(True)
        self.incoming.feed(self.out)

    def _receive(self, packet: bytes | memoryview) -> int:
        self.sent.append(RtpPacket.parse(packet))
        return len(packet)

    def tick(self, times: int = 1) -> None:
        for _ in range(times):
            self.out.send_unsteady()

    def hear(self, *packets: RtpPacket) -> list[RtpPacket]:
        """Hear packets; return what was sent for them."""
        before = len(self.sent)
        for packet in packets:
            self.incoming.packet(bytes(packet), 0.0, 0)
        return self.sent[before:]


@pytest.fixture
def line() -> Line:
    return Line(opening(), opening())


def speech(first: int = 65_500, ssrc: int = 7, law: Law = Law.ULAW) -> Iterator[RtpPacket]:
    """Packets of 20 ms whose sequence numbers and timestamps wrap soon."""
    for number in range(first, first + 1000):
        payload = bytes((number & 0xFF,)) * 160
        timestamp = (number - 65_520) * 160 & 0xFFFF_FFFF
        yield RtpPacket(int(law), number & 0xFFFF, timestamp, ssrc, payload)


def steps(sent: list[RtpPacket]) -> list[tuple[int, int]]:
    """How far sequence number and timestamp go on from packet to packet."""
    return [
        ((b.sequence - a.sequence) & 0xFFFF, (b.timestamp - a.timestamp) & 0xFFFF_FFFF)
        for a, b in pairwise(sent)
    ]


def test_the_stream_goes_on_where_our_own_was(line: Line) -> None:
    packets = list(islice(speech(), 60))
    line.hear(*packets)
    assert steps(line.sent) == [(1, 160)] * 60
    assert [packet.payload for packet in line.sent[1:]] == [packet.payload for packet in packets]
    assert {packet.ssrc for packet in line.sent} == {line.out.ssrc}
    assert [packet.marker for packet in line.sent] == [False, True] + [False] * 59


def test_a_lost_packet_leaves_a_gap_and_a_late_one_finds_its_place(line: Line) -> None:
    one, two, three, four, five = islice(speech(), 5)
    line.hear(one, two, four, three, five)
    first = line.sent[1].sequence
    assert [packet.sequence - first & 0xFFFF for packet in line.sent[1:]] == [0, 1, 3, 2, 4]
    assert line.out.sequence == line.sent[-1].sequence


def test_a_wait_for_the_first_packet_moves_the_time_on(line: Line) -> None:
    line.tick(10)
    line.hear(next(speech()))
    assert steps(line.sent) == [(1, 1600)]


@pytest.mark.parametrize(("source", "target"), [tuple(Law), tuple(Law)[::-1]])
def test_the_other_law_is_a_table(source: Law, target: Law) -> None:
    line = Line(opening(source), opening(target))
    packet = next(speech(law=source))
    (sent,) = line.hear(packet)
    assert sent.payload_type == target
    assert sent.payload == packet.payload.translate(TRANSCODE[source, target])


def test_a_new_codec_takes_effect_at_once(line: Line) -> None:
    stream = speech()
    line.hear(next(stream))
    line.out.describe(changing(Law.ALAW))
    line.hear(next(stream))
    assert [packet.payload_type for packet in line.sent] == [0, 0, 8]
    assert steps(line.sent) == [(1, 160)] * 2


def test_events_get_the_other_type_and_no_new_timestamps() -> None:
    line = Line(opening(), opening(event_type=96))
    stream = speech()
    spoken = next(stream)
    line.hear(spoken)
    keys = list(
        key_packets(
            "5", payload_type=101, sequence=spoken.sequence + 1, timestamp=spoken.timestamp, ssrc=7
        )
    )
    sent = line.hear(*keys)
    assert {packet.payload_type for packet in sent} == {96}
    assert [packet.payload for packet in sent] == [packet.payload for packet in keys]
    assert [packet.marker for packet in sent] == [packet.marker for packet in keys]
    assert steps(line.sent[1:]) == [(1, 0)] * len(keys)


def test_events_that_the_other_side_takes_none_of_leave_no_gap() -> None:
    line = Line(opening(), opening(event_type=None))
    stream = speech()
    spoken = next(stream)
    keys = list(
        key_packets(
            "5", payload_type=101, sequence=spoken.sequence + 1, timestamp=spoken.timestamp, ssrc=7
        )
    )
    after = next(stream)
    after = RtpPacket(0, keys[-1].sequence + 1, after.timestamp, 7, after.payload)
    line.hear(spoken, *keys, after)
    assert steps(line.sent) == [(1, 160)] * 2


def test_what_plays_replaces_what_is_forwarded(line: Line) -> None:
    stream = speech()
    line.hear(next(stream), next(stream))
    line.tick(3)
    line.out.play(Playlist(1, [b"p" * 320], 1))
    assert line.hear(next(stream)) == []
    line.tick(3)
    line.hear(next(stream))
    assert [packet.payload[:1] for packet in line.sent[3:]] == [b"p", b"p", b"\xff", b"\xdf"]
    assert [sequence for sequence, _ in steps(line.sent)] == [1] * 6
    assert [timestamp for _, timestamp in steps(line.sent)] == [160, 160, 480, 160, 160, 160]


def test_a_bridge_that_brings_nothing_is_covered_with_silence(line: Line) -> None:
    stream = speech()
    line.hear(next(stream))
    line.tick(49)
    assert len(line.sent) == 2
    line.tick(5)
    assert [packet.payload[:1] for packet in line.sent[2:]] == [b"\xff"] * 4
    line.hear(next(stream))
    line.tick(3)
    assert len(line.sent) == 7
    assert [sequence for sequence, _ in steps(line.sent)] == [1] * 6


def test_nothing_is_forwarded_to_a_peer_that_holds(line: Line) -> None:
    stream = speech()
    line.hear(next(stream))
    line.out.describe(changing(sends=False))
    assert line.hear(next(stream), next(stream)) == []
    line.tick(5)
    line.out.describe(changing())
    line.hear(next(stream))
    assert [sequence for sequence, _ in steps(line.sent)] == [1, 1]


def test_a_sender_that_begins_anew_is_followed(line: Line) -> None:
    line.hear(next(speech()))
    line.hear(*islice(speech(20_000, ssrc=8), 2))
    assert steps(line.sent) == [(1, 160)] * 3
    jumped = RtpPacket(0, 20_002, 3_000_000_000, 8, b"x" * 160)
    line.hear(jumped)
    assert steps(line.sent)[-1] == (1, 160)


def test_comfort_noise_and_wild_numbers_are_not_forwarded(line: Line) -> None:
    line.hear(next(speech()))
    assert line.hear(RtpPacket(13, 65_501, 0, 7, b"\x40")) == []
    assert line.hear(RtpPacket(0, 30_000, 0, 7, b"x" * 160)) == []


def test_octets_are_counted_in_any_packet_time(line: Line) -> None:
    for size in (80, 240, 160):
        line.hear(RtpPacket(0, 1, 1, size, b"x" * size))
    assert (line.out.sent, line.out.octets) == (4, 160 + 80 + 240 + 160)


def test_our_own_stream_goes_on_when_the_bridge_ends(line: Line) -> None:
    line.hear(next(speech()))
    line.tick(4)
    line.incoming.feed(None)
    line.out.feed(False)
    line.tick(2)
    assert steps(line.sent) == [(1, 160), (1, 640), (1, 160)]


Moment = st.one_of(
    st.tuples(st.just("hear"), st.integers(0, 5)),
    st.tuples(st.just("tick"), st.integers(1, 60)),
    st.tuples(st.just("play"), st.integers(0, 400)),
    st.tuples(st.just("anew"), st.integers(0, 2**31)),
)


@settings(deadline=None, max_examples=100)
@given(st.lists(Moment, max_size=30))
def test_numbers_never_repeat_and_time_never_goes_back(moments: list[tuple[str, int]]) -> None:
    line = Line(opening(), opening())
    stream = speech()
    for ssrc, (kind, number) in enumerate(moments, 10):
        if kind == "hear":
            line.hear(*islice(stream, number, number + 1))
        elif kind == "tick":
            line.tick(number)
        elif kind == "play":
            line.out.play(Playlist(number, [b"p" * number], 1))
        else:
            stream = speech(number & 0xFFFF, ssrc)
    for sequence, elapsed in steps(line.sent):
        assert 0 < sequence < 100
        assert TICK_SAMPLES <= elapsed < 2**31
