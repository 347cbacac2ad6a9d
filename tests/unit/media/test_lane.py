"""A lane against the long way: the same packets leave, and the same is counted and recorded."""

from itertools import pairwise

from hypothesis import example, given, settings
from hypothesis import strategies as st

from dillo.media.incoming import Incoming
from dillo.media.lane import Lane
from dillo.media.outgoing import Outgoing
from dillo.media.packets import forward
from dillo.media.playlist import Playlist
from dillo.media.tones import ToneBench
from dillo.media.track import Track
from dillo.model.media import ChangePeer, OpenPort
from dillo.rtp.g711 import Law
from dillo.rtp.packet import RtpPacket

OPENING = OpenPort("c", "127.0.0.1", "127.0.0.1", 9, (), 0, 101, 20, 0)
RECORDED = 600_000


class Line:
    """A port that hears, bridged to a port that sends; times are seconds."""

    def __init__(self, first_sequence: int, first_timestamp: int) -> None:
        self.sent: list[bytes] = []
        self.tracks: list[Track] = []
        self.incoming = Incoming(OPENING, lambda event: None, 0.0, ToneBench())
        self.out = Outgoing(OPENING, lambda event: None)
        self.out.ssrc, self.out.sequence = 1, first_sequence
        self.out.timestamp = first_timestamp
        self.out.aim(self._send)
        self.out.feed(True)
        self.incoming.feed(self.out)

    def _send(self, packet: bytes | memoryview) -> int:
        self.sent.append(bytes(packet))
        return len(packet)

    def hear(self, packet: bytes, now: float) -> None:
        self.incoming.packet(packet, now, int(now * 8000))

    def tick(self, times: int) -> None:
        for _ in range(times):
            self.out.send_unsteady()

    def describe(self, law: Law, *, sends: bool = True) -> None:
        change = ChangePeer("c", "127.0.0.1", 9, (), int(law), 101, 20, sends)
        self.out.describe(change)

    def record(self, law: Law, clock: int) -> None:
        self.tracks.append(Track(law, law, clock))
        self.incoming.record_to(self.tracks[-1])

    @property
    def counted(self) -> tuple[object, ...]:
        """What reports and records are made of."""
        self.incoming.catch_up()
        self.out.catch_up()
        out, reception = self.out, self.incoming.reception
        heard = reception and (reception.expected, reception.received, reception.lend())
        return out.sequence, out.timestamp, out.sent, out.octets, out.idle, heard


class ShortLine(Line):
    """A line with a lane, its packets read by the loop of bridged calls."""

    def __init__(self, first_sequence: int, first_timestamp: int) -> None:
        super().__init__(first_sequence, first_timestamp)
        self.by_lane = 0
        self._arrived = b""
        self.incoming.recv_into = self._receive
        self.lane = Lane(self.incoming)
        self.incoming.drive(self.lane)

    def _receive(self, buffer: memoryview) -> int:
        buffer[: len(self._arrived)] = self._arrived
        return len(self._arrived)

    def hear(self, packet: bytes, now: float) -> None:
        self._arrived = packet
        expected = self.lane.expected
        forward([(0, 0)], {0: self.lane}, now, self._fail)
        self.by_lane += self.lane.expected == expected + self.lane.step

    @staticmethod
    def _fail(descriptor: int, error: Exception) -> None:
        raise error


class Speaker:
    """Makes the packets of a peer whose numbers wrap soon."""

    def __init__(self) -> None:
        self.sequence, self.timestamp, self.ssrc = 65_520, 2**32 - 5000, 7
        self.samples, self.kind = 160, 0

    def go_on(self, *, marker: bool = False) -> bytes:
        octets = bytes((self.sequence & 0x7F,)) * self.samples
        return self._packet(self.kind, octets, self.samples, marker)

    def key(self) -> bytes:
        return self._packet(101, b"\x05\x0a\x00\xa0", 160, False)

    def _packet(self, kind: int, octets: bytes, samples: int, marker: bool) -> bytes:
        packet = RtpPacket(kind, self.sequence, self.timestamp, self.ssrc, octets, marker)
        self.sequence = self.sequence + 1 & 0xFFFF
        self.timestamp = self.timestamp + samples & 0xFFFF_FFFF
        return bytes(packet)


Moment = st.one_of(
    st.tuples(st.just("lose"), st.integers(1, 30)),
    st.tuples(st.just("swap"), st.integers(1, 60)),
    st.tuples(st.just("repeat"), st.just(0)),
    st.tuples(st.just("mark"), st.just(0)),
    st.tuples(st.just("key"), st.just(0)),
    st.tuples(st.just("wait"), st.integers(1, 900)),
    st.tuples(st.just("length"), st.sampled_from([80, 160, 240, 480, 800])),
    st.tuples(st.just("speak law"), st.sampled_from([0, 8])),
    st.tuples(st.just("change source"), st.just(0)),
    st.tuples(st.just("begin anew"), st.integers(0, 2**31)),
    st.tuples(st.just("jump"), st.integers(0, 2**32 - 1)),
    st.tuples(st.just("junk"), st.integers(0, 20)),
    st.tuples(st.just("tick"), st.integers(1, 60)),
    st.tuples(st.just("play"), st.integers(0, 400)),
    st.tuples(st.just("stop"), st.just(0)),
    st.tuples(st.just("describe"), st.sampled_from([0, 8])),
    st.tuples(st.just("hold"), st.sampled_from([0, 8])),
    st.tuples(st.just("record"), st.sampled_from([0, 8])),
    st.tuples(st.just("record no more"), st.just(0)),
    st.tuples(st.just("feed anew"), st.just(0)),
    st.tuples(st.just("report"), st.just(0)),
)


def live(line: Line, moments: list[tuple[int, tuple[str, int]]]) -> None:
    """Let all of it happen to a line, after so many packets of speech each."""
    speaker, now = Speaker(), 1.0

    def hear(*packets: bytes) -> None:
        nonlocal now
        for packet in packets:
            now += speaker.samples / 8000
            line.hear(packet, now)

    for number, (spoken, (kind, value)) in enumerate(moments):
        hear(*(speaker.go_on() for _ in range(spoken)))
        match kind:
            case "lose":
                for _ in range(value):
                    speaker.go_on()
            case "swap":
                late = speaker.go_on()
                hear(*(speaker.go_on() for _ in range(value)), late)
            case "repeat":
                hear(*[speaker.go_on()] * 2)
            case "mark":
                hear(speaker.go_on(marker=True))
            case "key":
                hear(speaker.key())
            case "wait":
                now += value / 1000
            case "length":
                speaker.samples = value
            case "speak law":
                speaker.kind = value
            case "change source":
                speaker.ssrc = number + 100
            case "begin anew":
                speaker.ssrc, speaker.sequence = number + 100, value & 0xFFFF
            case "jump":
                speaker.timestamp = value
            case "junk":
                hear(bytes(value))
            case "tick":
                line.tick(value)
            case "play":
                line.out.play(Playlist(number, [b"p" * value], 1))
            case "stop":
                line.out.stop()
            case "describe":
                line.describe(Law(value))
            case "hold":
                line.describe(Law(value), sends=False)
            case "record":
                line.record(Law(value), int(now * 8000))
            case "record no more":
                line.incoming.record_to(None)
            case "feed anew":
                line.incoming.feed(None)
                line.out.feed(False)
                line.out.feed(True)
                line.incoming.feed(line.out)
            case "report":
                assert line.counted


def outcome(line: Line) -> tuple[object, ...]:
    recorded = [bytes(track.finish(RECORDED)) for track in line.tracks]
    return line.sent, line.counted, recorded, line.incoming.refused


@example(9, 9, [(0, ("jump", 2**32 - 160)), (0, ("swap", 1)), (2, ("report", 0))])
@example(9, 9, [(3, ("wait", 900)), (0, ("wait", 101)), (3, ("report", 0))])
@example(9, 9, [(3, ("swap", 60)), (3, ("report", 0))])
@settings(deadline=None, max_examples=300)
@given(
    st.integers(65_400, 65_535),
    st.integers(0, 2**32 - 1),
    st.lists(st.tuples(st.integers(0, 5), Moment), max_size=30),
)
def test_the_short_way_ends_where_the_long_way_does(
    first_sequence: int, first_timestamp: int, moments: list[tuple[int, tuple[str, int]]]
) -> None:
    short, long = ShortLine(first_sequence, first_timestamp), Line(first_sequence, first_timestamp)
    live(short, moments)
    live(long, moments)
    assert outcome(short) == outcome(long)
    assert abs(short.incoming.last_heard_at - long.incoming.last_heard_at) < 0.001


def test_nearly_all_packets_take_the_short_way() -> None:
    line = ShortLine(65_530, 2**32 - 10_000)
    live(line, [(40, ("lose", 3)), (40, ("length", 240)), (40, ("report", 0))])
    assert len(line.sent) == 120
    assert line.by_lane >= 120 - 8
    sequences = [RtpPacket.parse(packet).sequence for packet in line.sent]
    assert [(b - a) & 0xFFFF for a, b in pairwise(sequences)].count(1) == 118
