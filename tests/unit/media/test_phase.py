"""A phase of the clock: streams with rows of their own send what they would send alone."""

from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dillo.media.call import Call
from dillo.media.outgoing import Outgoing
from dillo.media.phase import Phase
from dillo.media.playlist import Playlist
from dillo.model.media import ChangePeer, Event, OpenPort, PlayFinished
from dillo.rtp.g711 import Law
from dillo.rtp.packet import RtpPacket

SILENCE = bytes((Law.ULAW.silence,)) * 160


class Line:
    """Stands for a call that sends: its packets are kept."""

    def __init__(self) -> None:
        self.packets: list[RtpPacket] = []
        self.chores_at = 0.0
        self.events: list[Event] = []
        command = OpenPort("c", "127.0.0.1", "127.0.0.1", 4000, (), 0, None, 20, 0)
        self.outgoing = Outgoing(command, self.events.append)
        self.first = self.outgoing.sequence, self.outgoing.timestamp
        self.outgoing.aim(self.send)

    def send(self, packet: bytes | memoryview) -> int:
        self.packets.append(RtpPacket.parse(bytes(packet)))
        return len(packet)

    @property
    def moved(self) -> tuple[int, int]:
        """How far sequence number and timestamp have come."""
        sequence, timestamp = self.first
        stream = self.outgoing
        return stream.sequence - sequence & 0xFFFF, stream.timestamp - timestamp & 0xFFFF_FFFF

    @property
    def payloads(self) -> list[bytes]:
        return [packet.payload for packet in self.packets]


def fail(call: Call, error: Exception) -> None:
    raise error


def join(phase: Phase, *lines: Line) -> None:
    for line in lines:
        phase.join(cast("Call", line))


def change(**what: object) -> ChangePeer:
    known = {"payload_type": 0, "telephone_event_type": None, "ptime_ms": 20, "sends": True}
    return ChangePeer("c", "127.0.0.1", 9, (), **(known | what))  # type: ignore[arg-type]


def assert_no_gap(line: Line) -> None:
    """Every packet follows on from the one before, from the stream's first numbers on."""
    sequence, timestamp = line.first
    for packet in line.packets:
        sequence, timestamp = sequence + 1 & 0xFFFF, timestamp + 160 & 0xFFFF_FFFF
        assert (packet.sequence, packet.timestamp) == (sequence, timestamp)
    line.outgoing.catch_up()
    assert (line.outgoing.sequence, line.outgoing.timestamp) == (sequence, timestamp)
    assert line.outgoing.sent == len(line.packets)


def test_a_prompt_begins_with_a_marker_and_ends_in_silence() -> None:
    phase, line = Phase(), Line()
    join(phase, line)
    phase.send(fail)
    line.outgoing.play(Playlist(7, [b"a" * 400], loop=1))
    for _ in range(5):
        phase.send(fail)
    assert line.payloads == [
        SILENCE,
        b"a" * 160,
        b"a" * 160,
        b"a" * 80 + SILENCE[:80],
        SILENCE,
        SILENCE,
    ]
    assert [packet.marker for packet in line.packets] == [False, True, *[False] * 4]
    assert line.events == [PlayFinished("c", 7, True)]
    assert_no_gap(line)


def test_a_new_codec_counts_from_the_next_packet_on() -> None:
    phase, line = Phase(), Line()
    join(phase, line)
    phase.send(fail)
    line.outgoing.describe(change(payload_type=8))
    phase.send(fail)
    assert [packet.payload_type for packet in line.packets] == [0, 8]
    assert line.payloads[1] == bytes((Law.ALAW.silence,)) * 160
    assert_no_gap(line)


@pytest.mark.parametrize("leaving", range(4))
def test_when_one_leaves_the_others_go_on(leaving: int) -> None:
    phase, lines = Phase(), [Line() for _ in range(4)]
    join(phase, *lines)
    for number, line in enumerate(lines):
        line.outgoing.play(Playlist(1, [bytes((number,)) * 16_000], loop=1))
    phase.send(fail)
    phase.leave(cast("Call", lines[leaving]))
    phase.send(fail)
    assert [len(line.packets) for line in lines] == [1 if n == leaving else 2 for n in range(4)]
    for number, line in enumerate(lines):
        assert set(line.payloads) == {bytes((number,)) * 160}
        assert_no_gap(line)


def test_a_stream_whose_socket_fails_does_not_stop_the_others() -> None:
    phase, broken, line = Phase(), Line(), Line()

    def refuse(packet: bytes | memoryview) -> int:
        raise ConnectionRefusedError

    broken.outgoing.aim(refuse)
    join(phase, broken, line)
    phase.send(fail)
    assert (len(line.packets), broken.outgoing.socket_errors) == (1, 1)


STEPS = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from(["tick", "tick", "play", "stop", "hold", "resume", "feed", "unfeed"]),
    ),
    max_size=60,
)


@given(STEPS)
def test_a_stream_sends_the_same_with_a_row_as_alone(steps: list[tuple[int, str]]) -> None:
    """`Outgoing.send_unsteady`, which serves streams of any kind, is the measure."""
    phase = Phase()
    lines, alone = [Line() for _ in range(4)], [Line() for _ in range(4)]
    join(phase, *lines)
    for which, step in steps:
        if step == "tick":
            phase.send(fail)
            for line in alone:
                line.outgoing.send_unsteady()
            continue
        for line in (lines[which], alone[which]):
            stream = line.outgoing
            match step:
                case "play":
                    stream.play(Playlist(1, [b"b" * 200, b"c" * 300], loop=1))
                case "stop":
                    stream.stop()
                case "hold" | "resume":
                    stream.describe(change(sends=step == "resume"))
                case _:
                    stream.feed(step == "feed")
    for line, other in zip(lines, alone, strict=True):
        assert [(p.marker, p.payload) for p in line.packets] == [
            (p.marker, p.payload) for p in other.packets
        ]
        line.outgoing.catch_up()
        assert line.outgoing.sent == other.outgoing.sent
        assert line.moved == other.moved
