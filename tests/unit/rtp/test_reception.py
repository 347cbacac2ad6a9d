"""Receiver statistics: loss, order and jitter (RFC 3550 A.1, A.3, A.8)."""

from collections.abc import Iterable

import pytest

from dillo.rtp.reception import Reception


def hear(sequences: Iterable[int], reception: Reception | None = None) -> Reception:
    for sequence in sequences:
        reception = reception or Reception(sequence)
        reception.packet(sequence, sequence * 160, sequence * 160)
    assert reception is not None
    return reception


@pytest.mark.parametrize(
    ("sequences", "expected", "lost"),
    [
        ([7], 1, 0),
        ([1, 2, 3, 4], 4, 0),
        ([1, 2, 5, 6], 6, 2),
        ([1, 3, 2, 4], 4, 0),
        ([1, 2, 2, 3], 3, -1),
        ([65534, 65535, 0, 1], 4, 0),
        ([65534, 1], 4, 2),
        ([65533, 65535, 0, 2], 6, 2),
        ([65530, 65535, 65531, 0], 7, 3),
    ],
)
def test_expected_and_lost(sequences: list[int], expected: int, lost: int) -> None:
    reception = hear(sequences)
    assert (reception.expected, reception.lost) == (expected, lost)


def test_a_long_stream_counts_its_cycles() -> None:
    reception = hear([number & 0xFFFF for number in range(140_000)])
    assert (reception.expected, reception.lost) == (140_000, 0)
    assert reception.report(1, 0, 0).highest_sequence == 139_999


def test_one_wild_number_is_dropped_and_two_are_a_new_beginning() -> None:
    reception = hear([1, 2, 40_000, 3])
    assert (reception.expected, reception.received) == (3, 3)
    hear([50_000, 50_001, 50_002], reception)
    assert (reception.received, reception.expected) == (5, 5)


def test_another_source_adds_to_the_same_count() -> None:
    reception = hear([1, 2, 4])
    reception.restart(9000)
    hear([9000, 9001], reception)
    assert (reception.expected, reception.lost) == (6, 1)


@pytest.mark.parametrize("first", [0, 65_527, 65_530, 65_534])
def test_packets_of_which_only_the_number_is_known_count_as_received(first: int) -> None:
    reception = hear([first])
    reception.skip(5)
    assert (reception.expected, reception.lost) == (6, 0)
    hear([first + 6 & 0xFFFF, first + 8 & 0xFFFF], reception)
    assert (reception.expected, reception.lost) == (9, 1)
    assert reception.report(1, 0, 0).highest_sequence == first + 8


def test_only_packets_behind_the_newest_are_late() -> None:
    reception = hear([1, 2])
    assert reception.packet(5, 800, 800)
    assert not reception.packet(3, 480, 960)
    assert reception.packet(6, 960, 960)


def test_a_report_tells_the_loss_of_its_interval_only() -> None:
    reception = hear([*range(100, 150), *range(200, 250)])
    first = reception.report(9, 5, 6)
    assert (first.ssrc, first.last_sr, first.delay_since_last_sr) == (9, 5, 6)
    assert (first.lost, first.fraction_lost) == (50, 50 * 256 // 150)
    hear(range(250, 300), reception)
    second = reception.report(9, 0, 0)
    assert (second.lost, second.fraction_lost, second.highest_sequence) == (50, 0, 299)


def test_jitter_follows_rfc_3550_a8() -> None:
    reception = Reception(0)
    jitter = 0.0
    for number in range(200):
        late = 40 * (number % 2)
        reception.packet(number, number * 160, number * 160 + late)
        if number:
            jitter += (40 - jitter) / 16
    assert reception.jitter == int(jitter) == 39


def test_a_wrapping_timestamp_and_a_new_time_base_are_no_jitter() -> None:
    reception = Reception(0)
    for number in range(100):
        reception.packet(number, (0xFFFF_F000 + number * 160) & 0xFFFF_FFFF, number * 160)
    reception.packet(100, 77_000_000, 100 * 160)
    assert reception.jitter == 0


def test_events_count_as_packets_and_not_as_jitter() -> None:
    reception = hear(range(10))
    for sequence in range(10, 30):
        reception.event_packet(sequence)
    hear(range(30, 40), reception)
    assert (reception.received, reception.lost, reception.jitter) == (40, 0, 0)
