"""The intake counts and records many calls at once as `Incoming` does one packet at a time."""

from typing import cast

from hypothesis import given
from hypothesis import strategies as st

from dillo.media.call import Call
from dillo.media.incoming import Incoming
from dillo.media.intake import Intake
from dillo.media.tones import ToneBench
from dillo.media.track import Place, Track
from dillo.model.media import OpenPort
from dillo.rtp.g711 import Law
from dillo.rtp.packet import RtpPacket


class Line:
    """Stands for a call that hears: the test puts packets into its socket."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        command = OpenPort("c", "127.0.0.1", "127.0.0.1", 9, (), 0, 101, 20, 0)
        self.incoming = Incoming(command, lambda event: None, 0.0, ToneBench())
        self.incoming.recv_into = self._receive
        self.track = Track(Law.ULAW, Law.ULAW, 0)
        self.incoming.record_to(self.track)
        self.queue: list[bytes] = []
        self.is_broken = False

    def _receive(self, view: memoryview) -> int:
        if self.is_broken:
            raise ConnectionRefusedError
        if not self.queue:
            raise BlockingIOError
        packet = self.queue.pop(0)
        view[: len(packet)] = packet
        return len(packet)

    @property
    def statistics(self) -> tuple[object, ...]:
        self.incoming.catch_up()
        reception = self.incoming.reception
        if reception is None:
            return ()
        return (
            reception.received,
            reception.expected,
            reception.jitter,
            self.incoming.heard_at,
            self.incoming.refused,
            self.incoming.ssrc,
        )


class BrokenTrack(Track):
    """Takes nothing."""

    @property
    def place(self) -> Place:
        """What falls over."""

        def fall_over(*_: object) -> None:
            raise ZeroDivisionError

        return fall_over


def fail(call: Call, error: Exception) -> None:
    raise error


def sit(intake: Intake, *lines: Line) -> None:
    for line in lines:
        intake.follow(line.descriptor, cast("Call", line))


def speech(number: int, ssrc: int = 7, size: int = 160) -> bytes:
    payload = bytes((number & 0xFF,)) * size
    return bytes(RtpPacket(0, number & 0xFFFF, number * 160 & 0xFFFF_FFFF, ssrc, payload))


PACKETS = st.one_of(
    st.integers(65_520, 65_560).map(speech),
    st.builds(speech, st.integers(0, 40), st.sampled_from([7, 8])),
    st.builds(speech, st.integers(0, 40), size=st.sampled_from([0, 80, 240])),
    st.binary(max_size=40),
)


@given(st.lists(st.lists(PACKETS, min_size=3, max_size=3), max_size=40), st.integers(0, 65_535))
def test_what_is_taken_together_counts_as_it_would_alone(
    rounds: list[list[bytes]], first: int
) -> None:
    intake = Intake(fail)
    together, alone = [Line(n) for n in range(3)], [Line(n) for n in range(3)]
    sit(intake, *together)
    ready = [(line.descriptor, 1) for line in together]
    steady = [[speech(first + number)] * 3 for number in range(5)]
    for number, packets in enumerate([*steady, *rounds]):
        now = 100 + number * 0.02
        for line, other, packet in zip(together, alone, packets, strict=True):
            line.queue.append(packet)
            other.incoming.packet(packet, now, int(now * 8000))
        intake.receive(ready, {}, now)
    intake.take()
    for line, other in zip(together, alone, strict=True):
        assert line.statistics == other.statistics
        assert line.track.finish(8000) == other.track.finish(8000)


def test_whoever_sits_down_where_another_sat_begins_anew() -> None:
    intake = Intake(fail)
    first, second = Line(1), Line(2)
    sit(intake, first)
    for number in range(3):
        first.queue.append(speech(number))
        intake.receive([(1, 1)], {}, 1.0)
    intake.unfollow(1)
    sit(intake, second)
    second.queue.append(speech(100, ssrc=9))
    intake.receive([(2, 1)], {}, 2.0)
    intake.take()
    assert first.statistics[:2] == (3, 3)
    assert second.statistics[:2] == (1, 1)


def test_there_are_seats_for_all() -> None:
    intake = Intake(fail)
    lines = [Line(number) for number in range(200)]
    sit(intake, *lines)
    for number in range(3):
        for line in lines:
            line.queue.append(speech(number))
        intake.receive([(line.descriptor, 1) for line in lines], {}, 1.0)
    intake.take()
    assert {line.statistics[0] for line in lines} == {3}


def test_a_broken_socket_is_counted_and_an_empty_one_passed_over() -> None:
    intake = Intake(fail)
    broken, empty, line = Line(1), Line(2), Line(3)
    broken.is_broken = True
    sit(intake, broken, empty, line)
    line.queue.append(speech(1))
    intake.receive([(1, 1), (2, 1), (3, 1)], {}, 1.0)
    intake.take()
    assert [each.incoming.socket_errors for each in (broken, empty, line)] == [1, 0, 0]
    assert line.statistics[0] == 1


def test_packets_that_came_together_are_all_taken_though_told_of_once() -> None:
    intake, line = Intake(fail), Line(1)
    sit(intake, line)
    for number in range(5):
        line.queue.append(speech(number))
        intake.receive([(1, 1)], {}, 1 + number * 0.02)
    line.queue += [speech(number) for number in range(5, 9)]  # held up, then all at once
    for number in range(8, 16):
        intake.receive([(1, 1)] if number == 8 else [], {}, 1 + number * 0.02)
        intake.take()
    assert line.queue == []
    assert line.statistics[:2] == (9, 9)


def test_a_call_that_cannot_record_fails_alone() -> None:
    failed: list[tuple[Call, Exception]] = []
    intake = Intake(lambda call, error: failed.append((call, error)))
    broken, line = Line(1), Line(2)
    sit(intake, broken, line)
    for number in range(3):
        for each in (broken, line):
            each.queue.append(speech(number))
        if number == 1:
            broken.incoming.record_to(BrokenTrack(Law.ULAW, Law.ULAW, 0))
        intake.receive([(1, 1), (2, 1)], {}, 1.0)
    intake.take()
    assert {call for call, _ in failed} == {cast("Call", broken)}
    assert line.statistics[0] == 3


def test_other_descriptors_are_told_after_the_packets_are_taken() -> None:
    intake, line = Intake(fail), Line(1)
    sit(intake, line)
    line.queue.append(speech(1))
    intake.receive([(5, 1), (1, 1)], {5: lambda now: intake.unfollow(1)}, 1.0)
    assert line.statistics[0] == 1
