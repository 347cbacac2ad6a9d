"""Which payload types and packet times are chosen."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dillo.sdp import MalformedSdp
from dillo.sdp.description import Attribute, Media
from dillo.sdp.formats import (
    RtpMap,
    choose_codec,
    choose_ptime_ms,
    choose_telephone_event,
    rtp_maps,
)


def _stream(formats: str, *attributes: str) -> Media:
    return Media(
        "audio",
        4000,
        "RTP/AVP",
        tuple(formats.split()),
        attributes=tuple(map(Attribute.parse, attributes)),
    )


@pytest.mark.parametrize(
    ("formats", "attributes", "chosen"),
    [
        ("0 8", (), 0),
        ("8 0", (), 8),
        ("18 9 8", (), 8),
        ("0", ("rtpmap:0 pcmu/8000",), 0),
        ("0", ("rtpmap:0 PCMU/8000/1",), 0),
        ("0 8", ("rtpmap:0 PCMU/16000",), 8),
        ("0 8", ("rtpmap:0 opus/48000/2",), 8),
        ("8", ("rtpmap:8 what is this",), 8),
        ("96", ("rtpmap:96 PCMU/8000",), None),
        ("18 9 3", (), None),
        ("t38", (), None),
        ("00 ٨", (), None),
    ],
)
def test_the_peers_first_usable_codec_is_chosen(
    formats: str, attributes: tuple[str, ...], chosen: int | None
) -> None:
    stream = _stream(formats, *attributes)
    assert choose_codec(stream, rtp_maps(stream), (0, 8)) == chosen


def test_only_wanted_codecs_are_chosen() -> None:
    assert choose_codec(_stream("0 8"), {}, (8,)) == 8
    assert choose_codec(_stream("0"), {}, (8,)) is None


@pytest.mark.parametrize(
    ("formats", "attributes", "chosen"),
    [
        ("0 101", ("rtpmap:101 telephone-event/8000",), 101),
        ("0 97", ("rtpmap:97 Telephone-Event/8000/1",), 97),
        ("0 110 126", ("rtpmap:110 telephone-event/48000", "rtpmap:126 telephone-event/8000"), 126),
        ("0 101", (), None),
        ("0", ("rtpmap:101 telephone-event/8000",), None),
        ("0 101", ("rtpmap:101 CN/8000", "rtpmap:101 telephone-event/8000"), None),
    ],
)
def test_telephone_events_are_taken_at_the_clock_of_the_voice(
    formats: str, attributes: tuple[str, ...], chosen: int | None
) -> None:
    stream = _stream(formats, *attributes)
    assert choose_telephone_event(stream, rtp_maps(stream)) == chosen


@pytest.mark.parametrize(
    ("attributes", "ptime_ms"),
    [
        ((), 20),
        (("ptime:10",), 10),
        (("ptime:30",), 30),
        (("ptime:20.0",), 20),
        (("ptime:35",), 30),
        (("ptime:5",), 10),
        (("ptime:90",), 60),
        (("ptime:0",), 20),
        (("ptime:soon",), 20),
        (("ptime",), 20),
        (("ptime:40", "maxptime:20"), 20),
        (("maxptime:10",), 10),
        (("maxptime:5",), 10),
        (("maxptime:150",), 20),
    ],
)
def test_the_packet_time_is_a_multiple_of_ten_within_bounds(
    attributes: tuple[str, ...], ptime_ms: int
) -> None:
    assert choose_ptime_ms(_stream("0", *attributes)) == ptime_ms


@pytest.mark.parametrize("value", ["", "0", "0 PCMU", "128 PCMU/8000", "x PCMU/8000", "0 P U/1"])
def test_a_broken_mapping_is_refused(value: str) -> None:
    with pytest.raises(MalformedSdp, match="a=rtpmap"):
        RtpMap.parse(value)


@settings(deadline=None, max_examples=50)
@given(
    st.integers(0, 127),
    st.text("ABCxyz019-.", min_size=1, max_size=20),
    st.integers(0, 999_999),
    st.integers(1, 99),
)
def test_mappings_round_trip(
    payload_type: int, encoding: str, clock_hz: int, channels: int
) -> None:
    mapped = RtpMap(payload_type, encoding, clock_hz, channels)
    assert RtpMap.parse(str(mapped)) == mapped
