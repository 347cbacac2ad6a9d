"""RTCP compound packets (RFC 3550 §6)."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dillo.rtp.rtcp import (
    Goodbye,
    MalformedRtcp,
    ReceiverReport,
    ReportBlock,
    RtcpPacket,
    SenderReport,
    SourceDescription,
    middle_of,
    ntp_time,
    pack_compound,
    parse_compound,
    round_trip_s,
)

word = st.integers(0, 0xFFFF_FFFF)
blocks = st.lists(
    st.builds(
        ReportBlock,
        ssrc=word,
        fraction_lost=st.integers(0, 255),
        lost=st.integers(-0x80_0000, 0x7F_FFFF),
        highest_sequence=word,
        jitter=word,
        last_sr=word,
        delay_since_last_sr=word,
    ),
    max_size=3,
).map(tuple)
reports = st.one_of(
    st.builds(
        SenderReport,
        ssrc=word,
        ntp=st.integers(0, 2**64 - 1),
        timestamp=word,
        packets=word,
        octets=word,
        blocks=blocks,
    ),
    st.builds(ReceiverReport, ssrc=word, blocks=blocks),
)
names = st.text(st.characters(codec="ascii", min_codepoint=32), max_size=40)
others = st.one_of(
    st.builds(SourceDescription, st.lists(st.tuples(word, names), max_size=3).map(tuple)),
    st.builds(Goodbye, st.lists(word, max_size=3).map(tuple), names),
)


@settings(deadline=None, max_examples=100)
@given(reports, st.lists(others, max_size=3))
def test_a_compound_packet_survives_packing(report: RtcpPacket, rest: list[RtcpPacket]) -> None:
    datagram = pack_compound([report, *rest])
    assert len(datagram) % 4 == 0
    assert parse_compound(datagram) == (report, *rest)


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=80), st.sampled_from([b"", b"\x80\xc8\x00\x06", b"\x81\xc9\x00\x07"]))
def test_any_datagram_is_rtcp_or_malformed(tail: bytes, head: bytes) -> None:
    with contextlib.suppress(MalformedRtcp):
        assert parse_compound(head + tail)


@settings(deadline=None, max_examples=100)
@given(reports, st.lists(others, max_size=2), st.data())
def test_a_changed_octet_is_rtcp_or_malformed(
    report: RtcpPacket, rest: list[RtcpPacket], data: st.DataObject
) -> None:
    datagram = bytearray(pack_compound([report, *rest]))
    datagram[data.draw(st.integers(0, len(datagram) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(MalformedRtcp):
        parse_compound(bytes(datagram))


def test_kinds_not_known_are_passed_over() -> None:
    application = b"\x80\xcc\x00\x02\x00\x00\x00\x01name"
    report = ReceiverReport(1)
    assert parse_compound(bytes(report) + application) == (report,)


@pytest.mark.parametrize(
    "datagram",
    [b"", b"\x80", bytes(Goodbye((1,))), b"\x80\xc8\x00\x01\x00\x00\x00\x01", bytes(28)],
)
def test_what_begins_with_no_whole_report_is_malformed(datagram: bytes) -> None:
    with pytest.raises(MalformedRtcp):
        parse_compound(datagram)


def test_round_trip_is_arrival_less_report_less_delay() -> None:
    """The example of RFC 3550 figure 2."""
    block = ReportBlock(0, 0, 0, 0, 0, last_sr=0xB705_2000, delay_since_last_sr=0x0005_4000)
    trip = round_trip_s(block, 0xB710_8000 << 16)
    assert trip == pytest.approx(6.125, abs=0.001)


def test_no_round_trip_without_a_report_or_from_a_clock_that_went_back() -> None:
    assert round_trip_s(ReportBlock(0, 0, 0, 0, 0, 0, 0), ntp_time(1e9)) is None
    sent = middle_of(ntp_time(1e9))
    assert round_trip_s(ReportBlock(0, 0, 0, 0, 0, sent, 65536), ntp_time(1e9)) is None


def test_ntp_time_counts_from_1900() -> None:
    assert ntp_time(0.5) == (2_208_988_800 << 32) + 2**31
