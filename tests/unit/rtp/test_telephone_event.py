"""Keys by RFC 4733: each told exactly once."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dillo.rtp.packet import RtpPacket
from dillo.rtp.telephone_event import KEYS, EventPayload, KeyReceiver, key_packets


def press(keys: str, duration_ms: int = 100) -> list[RtpPacket]:
    packets: list[RtpPacket] = []
    for number, key in enumerate(keys):
        packets += key_packets(
            key,
            payload_type=101,
            sequence=len(packets),
            timestamp=number * 4000,
            ssrc=5,
            duration_ms=duration_ms,
        )
    return packets


def heard(packets: list[RtpPacket]) -> str:
    receiver = KeyReceiver()
    told = [receiver.packet(p.ssrc, p.timestamp, p.payload) for p in packets]
    return "".join(filter(None, told))


def test_every_key_is_told_once() -> None:
    assert heard(press(KEYS)) == KEYS
    assert heard(press("1111")) == "1111"


@settings(deadline=None, max_examples=60)
@given(st.text(KEYS, min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_loss_repeats_and_disorder_change_nothing(keys: str, chance: random.Random) -> None:
    packets: list[RtpPacket] = []
    for number in range(len(keys)):
        of_key = [packet for packet in press(keys) if packet.timestamp == number * 4000]
        packets += chance.choices(of_key, k=chance.randint(1, 2 * len(of_key)))
    chance.shuffle(packets)
    assert sorted(heard(packets)) == sorted(keys)


def test_the_last_end_packet_alone_tells_the_key() -> None:
    assert heard(press("7")[-1:]) == "7"


def test_a_late_key_is_still_told() -> None:
    one, two = press("1"), [p for p in press("12") if p.timestamp]
    assert heard(two + one) == "21"


def test_a_key_held_for_more_than_eight_seconds_is_one_key() -> None:
    """RFC 4733 §2.5.1.3: the next segment's timestamp is 0xFFFF units on."""
    segments = [
        RtpPacket(101, 0, 1000, 5, bytes(EventPayload(3, False, 10, 0xFFFF))),
        RtpPacket(101, 1, 1000 + 0xFFFF, 5, bytes(EventPayload(3, False, 10, 0xFFFF))),
        RtpPacket(101, 2, 1000 + 2 * 0xFFFF, 5, bytes(EventPayload(3, True, 10, 800))),
    ]
    assert heard(segments) == "3"
    assert heard(segments[::-1]) == "3"


def test_another_source_or_another_code_is_another_key() -> None:
    payload = bytes(EventPayload(1, False, 10, 160))
    other = bytes(EventPayload(2, False, 10, 160))
    assert heard([RtpPacket(101, 0, 9, ssrc, payload) for ssrc in (1, 2)]) == "11"
    assert heard([RtpPacket(101, 0, 9, 1, octets) for octets in (payload, other)]) == "12"


def test_only_some_are_remembered() -> None:
    receiver = KeyReceiver()
    payload = bytes(EventPayload(1, False, 10, 160))
    for timestamp in range(10_000):
        receiver.packet(1, timestamp, payload)
    assert receiver.packet(1, 9_999, payload) is None
    assert receiver.packet(1, 0, payload) == "1"


@pytest.mark.parametrize(
    "payload", [b"", b"\x01\x00\x00", b"\x10\x0a\x00\xa0", b"\xff\x0a\x00\xa0"]
)
def test_what_is_no_key_is_not_told(payload: bytes) -> None:
    assert KeyReceiver().packet(1, 1, payload) is None


def test_a_key_press_as_it_is_sent() -> None:
    packets = press("#")
    events = [EventPayload.parse(packet.payload) for packet in packets]
    assert [event.duration for event in events] == [160, 320, 480, 640, 800, 800, 800]
    assert [event.is_end for event in events] == [False] * 4 + [True] * 3
    assert [packet.marker for packet in packets] == [True] + [False] * 6
    assert [packet.sequence for packet in packets] == list(range(7))
    assert {packet.timestamp for packet in packets} == {0}
