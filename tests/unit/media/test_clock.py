"""The 20 ms clock: everyone's turn in time, lateness told, nothing skipped."""

from typing import Any, cast

import pytest

from dillo.media.call import Call
from dillo.media.clock import PHASES, Clock
from dillo.media.outgoing import Outgoing
from dillo.model.media import Event, OpenPort


class Time:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class Line:
    """Stands for a call: an outgoing stream whose packets are kept."""

    def __init__(self, time: Time, sending_takes_s: float = 0.0) -> None:
        self.events: list[Event] = []
        self.packets: list[bytes] = []
        self.socket_errors = 0
        self.chores_at = 0.0
        self.chores = 0
        command = OpenPort("c", "127.0.0.1", "127.0.0.1", 4000, (), 0, None, 20, 0)
        self.outgoing = Outgoing(command, self.events.append)

        def send(packet: bytes | memoryview) -> int:
            time.now += sending_takes_s
            self.packets.append(bytes(packet))
            return len(packet)

        self.outgoing.aim(send)

    def do_chores(self, now: float) -> None:
        self.chores += 1
        self.chores_at = now + 1


def run(time: Time, clock: Clock, seconds: float, step_s: float = 0.001) -> None:
    ends = time.now + seconds
    while time.now < ends:
        time.now += step_s
        clock.run_due(fail)


def fail(call: Call, error: Exception) -> None:
    raise error


def join(clock: Clock, line: Any) -> None:
    clock.join(cast("Call", line))


def test_every_call_sends_fifty_packets_a_second() -> None:
    time = Time()
    clock = Clock(time)
    lines = [Line(time) for _ in range(25)]
    for line in lines:
        join(clock, line)
    run(time, clock, 2.0)
    assert {len(line.packets) for line in lines} <= {100, 101}
    assert {(line.outgoing.late, line.chores) for line in lines} == {(0, 2)}


def test_calls_are_spread_over_the_phases() -> None:
    time = Time()
    clock = Clock(time)
    lines = [Line(time) for _ in range(2 * PHASES)]
    for line in lines:
        join(clock, line)
    sent = []
    for _ in range(PHASES):
        clock.run_due(fail)
        sent.append(sum(len(line.packets) for line in lines))
        time.now += 0.020 / PHASES
    assert sent == [2 * (number + 1) for number in range(PHASES)]


def test_a_clock_that_fell_behind_sends_all_that_is_due_and_tells() -> None:
    time = Time()
    clock = Clock(time)
    line = Line(time)
    join(clock, line)
    run(time, clock, 0.1)
    before = len(line.packets)
    time.now += 0.2
    for sent in range(1, 11):
        clock.run_due(fail)
        assert len(line.packets) - before == sent
    clock.run_due(fail)
    assert len(line.packets) - before <= 11
    line.outgoing.catch_up()
    assert line.outgoing.late == pytest.approx(9, abs=1)
    assert line.outgoing.worst_late_s == pytest.approx(0.2, abs=0.02)


def test_after_a_long_sleep_the_clock_starts_anew() -> None:
    time = Time()
    clock = Clock(time)
    line = Line(time)
    join(clock, line)
    time.now += 3600
    run(time, clock, 0.1)
    assert len(line.packets) <= 6


def test_sending_that_takes_long_counts_as_late() -> None:
    time = Time()
    clock = Clock(time)
    line = Line(time, sending_takes_s=0.025)
    join(clock, line)
    run(time, clock, 0.1)
    line.outgoing.catch_up()
    assert line.outgoing.late == len(line.packets) > 0


def test_a_call_that_left_is_not_run() -> None:
    time = Time()
    clock = Clock(time)
    line, other = Line(time), Line(time)
    join(clock, line)
    join(clock, other)
    clock.leave(cast("Call", line))
    run(time, clock, 0.1)
    assert (line.packets, clock.calls) == ([], 1)
    assert other.packets
