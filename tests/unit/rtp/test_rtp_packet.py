"""RTP headers (RFC 3550 §5.1) and serial arithmetic."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dillo.rtp.packet import MalformedRtp, RtpPacket, payload_bounds
from dillo.rtp.serial import sequence_distance, timestamp_distance


@settings(deadline=None, max_examples=50)
@given(
    st.builds(
        RtpPacket,
        payload_type=st.integers(0, 127),
        sequence=st.integers(0, 0xFFFF),
        timestamp=st.integers(0, 0xFFFF_FFFF),
        ssrc=st.integers(0, 0xFFFF_FFFF),
        payload=st.binary(max_size=320),
        marker=st.booleans(),
    )
)
def test_a_packet_survives_packing(packet: RtpPacket) -> None:
    assert RtpPacket.parse(bytes(packet)) == packet


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=64))
def test_any_datagram_is_a_packet_or_malformed(datagram: bytes) -> None:
    try:
        start, end = payload_bounds(datagram)
    except MalformedRtp:
        return
    assert 12 <= start <= end <= len(datagram)


def test_sources_extension_and_padding_are_left_out() -> None:
    fixed = bytes(RtpPacket(0, 1, 2, 3, b""))
    sources = b"srcesrce"
    extension = b"\xbe\xde\x00\x01four"
    padding = b"\x00\x00\x03"
    datagram = b"\xb2" + fixed[1:] + sources + extension + b"audio" + padding
    assert RtpPacket.parse(datagram).payload == b"audio"


@pytest.mark.parametrize(
    ("first", "rest"),
    [
        (0x00, b""),  # version 0
        (0x40, b"audio"),  # version 1
        (0x81, b"src"),  # a contributing source cut off
        (0x90, b"ab"),  # an extension cut off
        (0x90, b"\xbe\xde\xff\xffdata"),  # an extension longer than the packet
        (0xA0, b"audio\x00"),  # padding of no octets
        (0xA0, b"a\x09"),  # padding longer than the packet
    ],
)
def test_lengths_that_do_not_add_up_are_malformed(first: int, rest: bytes) -> None:
    with pytest.raises(MalformedRtp):
        payload_bounds(bytes([first]) + bytes(11) + rest)


@pytest.mark.parametrize(
    ("newer", "older", "distance"),
    [(1, 0, 1), (0, 0xFFFF, 1), (0xFFFF, 0, -1), (0x8000, 0, -0x8000), (5, 65530, 11)],
)
def test_sequence_numbers_wrap(newer: int, older: int, distance: int) -> None:
    assert sequence_distance(newer, older) == distance


def test_timestamps_wrap() -> None:
    assert timestamp_distance(80, 0xFFFF_FFB0) == 160
    assert timestamp_distance(0xFFFF_FFB0, 80) == -160
