"""A recording's timeline: everything in its place, nothing missing."""

import random

from hypothesis import given, settings
from hypothesis import strategies as st

from dillo.media.timeline import Timeline

SILENCE = 0xFF
START = 1_000_000
"""Where the arrival clock stands when the recording begins."""


class Scene:
    """A timeline that packets arrive at, 160 octets each, all of one letter."""

    def __init__(self, base: int = 0) -> None:
        self.timeline = Timeline(START, SILENCE)
        self.base = base
        self.flushed = b""

    def packet(self, number: int, *, at: int | None = None, is_newest: bool = True) -> None:
        """Place packet `number`, arriving `at` samples after the start, in time by default."""
        timestamp = (self.base + 160 * number) & 0xFFFF_FFFF
        clock = START + (160 * number if at is None else at)
        self.timeline.place(timestamp, letter(number), clock, is_newest)

    def flush(self, at: int) -> None:
        self.flushed += self.timeline.take_settled(START + at)

    def finish(self, samples: int) -> bytes:
        return self.flushed + self.timeline.finish(samples)


def letter(number: int) -> bytes:
    return bytes([number % 200]) * 160


def heard(*numbers: int | None) -> bytes:
    """The audio of some packets, None for silence."""
    return b"".join(bytes([SILENCE]) * 160 if n is None else letter(n) for n in numbers)


def test_packets_follow_each_other() -> None:
    scene = Scene(base=0xFFFF_FF00)
    for number in range(5):
        scene.packet(number)
    assert scene.finish(800) == heard(0, 1, 2, 3, 4)


def test_what_was_lost_is_silence_and_what_is_late_finds_its_place() -> None:
    scene = Scene()
    for number in (0, 1, 4):
        scene.packet(number)
    scene.packet(3, at=5000, is_newest=False)
    assert scene.finish(800) == heard(0, 1, None, 3, 4)


def test_a_packet_that_comes_twice_changes_nothing() -> None:
    scene = Scene()
    for number in (0, 1, 1, 0, 2):
        scene.packet(number, is_newest=False)
    assert scene.finish(480) == heard(0, 1, 2)


def test_the_length_is_that_of_the_clock() -> None:
    scene = Scene()
    scene.packet(0)
    scene.packet(1)
    assert scene.finish(640) == heard(0, 1, None, None)
    shorter = Scene()
    shorter.packet(0)
    shorter.packet(1)
    assert shorter.finish(200) == heard(0, 1)[:200]
    assert Scene().finish(160) == heard(None)


def test_audio_begins_where_the_clock_is() -> None:
    scene = Scene(base=77)
    scene.packet(7, at=320)
    assert scene.finish(480) == heard(None, None, 7)


def test_a_new_time_base_goes_on_where_the_clock_is() -> None:
    scene = Scene()
    scene.packet(0)
    scene.base = 3_000_000_000
    scene.packet(2)
    scene.packet(3)
    assert scene.finish(640) == heard(0, None, 2, 3)


def test_a_new_time_base_never_covers_what_is_there() -> None:
    scene = Scene()
    for number in range(3):
        scene.packet(number)
    scene.timeline.anchor(9_000_000, START + 160)
    scene.timeline.place(9_000_000, letter(9), START + 160, True)
    assert scene.finish(640) == heard(0, 1, 2, 9)


def test_a_late_packet_from_before_the_window_is_dropped() -> None:
    scene = Scene()
    for number in range(120):
        scene.packet(number)
    scene.flush(120 * 160)
    scene.packet(3, at=120 * 160, is_newest=False)
    assert scene.finish(120 * 160) == heard(*range(120))


def test_only_what_is_a_second_old_settles() -> None:
    scene = Scene()
    for number in range(60):
        scene.packet(number)
    scene.flush(60 * 160)
    assert scene.flushed == heard(*range(10))
    scene.flush(60 * 160)
    assert len(scene.flushed) == 1600
    assert scene.finish(60 * 160) == heard(*range(60))


def test_a_clock_that_runs_away_is_caught() -> None:
    """A sender 20 % too fast is put back to the arrival clock, so the window stays small."""
    scene = Scene()
    for number in range(500):
        scene.packet(number, at=128 * number)
        if number % 50 == 0:
            scene.flush(128 * number)
    assert len(scene.finish(500 * 128)) == 500 * 128


@settings(deadline=None, max_examples=60)
@given(
    st.sets(st.integers(0, 99), max_size=30),
    st.integers(0, 0xFFFF_FFFF),
    st.randoms(use_true_random=False),
)
def test_any_loss_and_disorder_within_the_window(
    lost: set[int], base: int, chance: random.Random
) -> None:
    scene = Scene(base)
    scene.packet(0)
    arrivals = [(n + chance.randint(0, 20), n) for n in range(1, 100) if n not in lost]
    newest = 0
    for arrival, number in sorted(arrivals):
        scene.packet(number, at=160 * arrival, is_newest=number > newest)
        newest = max(newest, number)
        scene.flush(160 * arrival)
    expected = [0, *(None if number in lost else number for number in range(1, 100))]
    assert scene.finish(16_000) == heard(*expected)
