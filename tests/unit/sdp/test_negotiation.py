"""Offer and answer (RFC 3264)."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dillo.sdp import (
    Agreement,
    LocalMedia,
    MalformedSdp,
    NotAcceptable,
    SdpError,
    SessionDescription,
    accept,
    negotiate,
    offer,
    read_offer,
)

OFFERS = Path(__file__).parents[2] / "data" / "sdp"
LOCAL = LocalMedia("203.0.113.1", 30000, 4242)


def _offer(*audio: str, head: str = "c=IN IP4 192.0.2.1", stream: str = "4000 RTP/AVP 0") -> bytes:
    lines = ["v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", head, "t=0 0", f"m=audio {stream}", *audio]
    return "\r\n".join([*lines, ""]).encode()


def _real(name: str) -> bytes:
    return (OFFERS / f"{name}.txt").read_bytes()


@pytest.mark.parametrize(
    ("name", "agreement"),
    [
        ("baresip", Agreement("192.0.2.2", 11500, 11501, 0, 101, 20, True, True)),
        ("softphone_pcma_rtcp_mux", Agreement("192.0.2.20", 10426, 10427, 8, 101, 20, True, True)),
        ("sipp_uac", Agreement("127.0.0.1", 6000, 6001, 0, None, 20, True, True)),
        ("asterisk", Agreement("192.0.2.10", 11492, 11493, 0, 101, 20, True, True)),
        ("linphone_like", Agreement("198.51.100.7", 7078, 7079, 0, 100, 20, True, True)),
        ("desk_phone_hold", Agreement("192.0.2.30", 11784, 11785, 0, 101, 20, False, True)),
        ("gateway_hold_rfc2543", Agreement(None, 17218, 17219, 8, 101, 30, False, True)),
        ("carrier_static_types", Agreement("203.0.113.10", 24680, 24681, 8, 96, 20, True, True)),
        ("fax_and_video", Agreement("192.0.2.62", 4014, 4015, 0, 101, 20, True, False)),
    ],
)
def test_real_offers_are_understood(name: str, agreement: Agreement) -> None:
    assert read_offer(_real(name)).agreement == agreement


def test_an_answer_names_what_was_chosen_and_nothing_else() -> None:
    assert negotiate(_real("linphone_like"), LOCAL).answer.decode().splitlines() == [
        "v=0",
        "o=- 4242 1 IN IP4 203.0.113.1",
        "s=-",
        "c=IN IP4 203.0.113.1",
        "t=0 0",
        "m=audio 30000 RTP/AVPF 0 100",
        "a=rtpmap:0 PCMU/8000",
        "a=rtpmap:100 telephone-event/8000",
        "a=fmtp:100 0-16",
        "a=ptime:20",
        "a=sendrecv",
        "m=video 0 RTP/AVPF 96",
    ]


def test_an_answer_mirrors_every_stream_in_order_and_the_time() -> None:
    answer = SessionDescription.parse(negotiate(_real("fax_and_video"), LOCAL).answer)
    assert [(m.kind, m.port, m.protocol, m.formats) for m in answer.media] == [
        ("image", 0, "udptl", ("t38",)),
        ("video", 0, "RTP/AVP", ("34",)),
        ("audio", 0, "RTP/AVP", ("0",)),
        ("audio", 30000, "RTP/AVP", ("0", "101")),
    ]
    assert str(answer.timing) == "3724394400 3724398000"


@pytest.mark.parametrize(
    ("offered", "answered", "sends", "receives"),
    [
        ("sendrecv", "sendrecv", True, True),
        ("sendonly", "recvonly", False, True),
        ("recvonly", "sendonly", True, False),
        ("inactive", "inactive", False, False),
    ],
)
@pytest.mark.parametrize("level", ["session", "stream"])
def test_directions_are_answered_with_their_mirror_image(
    offered: str, answered: str, sends: bool, receives: bool, level: str
) -> None:
    if level == "stream":
        body = _offer(f"a={offered}")
    else:
        body = _offer(head=f"c=IN IP4 192.0.2.1\r\na={offered}")
    agreement = negotiate(body, LOCAL)
    assert (agreement.sends, agreement.receives) == (sends, receives)
    assert f"a={answered}\r\n".encode() in agreement.answer


def test_the_direction_of_the_stream_overrides_that_of_the_session() -> None:
    agreement = negotiate(_offer("a=recvonly", head="c=IN IP4 192.0.2.1\r\na=inactive"), LOCAL)
    assert (agreement.sends, agreement.receives) == (True, False)


def test_a_zero_address_holds_whatever_the_direction_says() -> None:
    agreement = negotiate(_offer("a=sendrecv", head="c=IN IP4 0.0.0.0"), LOCAL)
    assert (agreement.peer_ip, agreement.sends, agreement.receives) == (None, False, True)
    assert b"a=recvonly\r\n" in agreement.answer


def test_the_address_of_the_stream_overrides_that_of_the_session() -> None:
    assert read_offer(_offer("c=IN IP4 192.0.2.77")).agreement.peer_ip == "192.0.2.77"


@pytest.mark.parametrize(
    ("attributes", "port"),
    [
        ((), 4001),
        (("a=rtcp:53020",), 53020),
        (("a=rtcp:53020 IN IP4 192.0.2.1",), 53020),
        (("a=rtcp:0",), 4001),
        (("a=rtcp:x",), 4001),
        (("a=rtcp",), 4001),
    ],
)
def test_rtcp_goes_where_the_peer_says(attributes: tuple[str, ...], port: int) -> None:
    assert read_offer(_offer(*attributes)).agreement.peer_rtcp_port == port


def test_rtcp_multiplexing_is_not_accepted() -> None:
    assert b"rtcp-mux" not in negotiate(_real("softphone_pcma_rtcp_mux"), LOCAL).answer


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (_real("chrome_webrtc"), "audio stream 1: UDP/TLS/RTP/SAVPF is not supported"),
        (_real("srtp_only"), "RTP/SAVP is not supported"),
        (_real("ipv6_phone"), "IP6 is not supported"),
        (_offer(stream="4000 RTP/AVP 18 9"), r"has no PCMU \(0\) or PCMA \(8\)"),
        (_offer("a=rtpmap:96 PCMU/8000", stream="4000 RTP/AVP 96"), "has no PCMU"),
        (_offer(stream="0 RTP/AVP 0"), "switched off"),
        (_offer(head="c=IN IP4 224.2.36.42/127"), "is not an IPv4 address"),
        (_offer(head="c=IN IP4 224.2.36.42"), "not the address of one host"),
        (_offer(head="c=IN IP4 255.255.255.255"), "not the address of one host"),
        (_offer(head="c=IN IP4 0.0.0.1"), "not the address of one host"),
        (_offer(head="c=IN IP4 pc33.example.com"), "'pc33.example.com' is not an IPv4 address"),
        (_offer(head="c=IN IP4 192.0.2.010"), "is not an IPv4 address"),
        (_offer(stream="4000 TCP/RTP/AVP 0"), "TCP/RTP/AVP is not supported"),
        (b"v=0\r\no=- 1 1 IN IP4 a\r\ns=-\r\nt=0 0\r\n", "no stream at all"),
        (
            _offer(stream="4000 RTP/AVP 18\r\nm=video 4002 RTP/AVP 34"),
            "audio stream 1: .*; video stream 2: only audio",
        ),
    ],
)
def test_an_offer_that_we_cannot_take_is_refused_with_488_and_a_reason(
    body: bytes, message: str
) -> None:
    with pytest.raises(NotAcceptable, match=message) as refused:
        read_offer(body)
    assert refused.value.status == 488


@pytest.mark.parametrize(
    ("body", "message"),
    [(b"hello", "line 1"), (_offer(head="i=no address"), "no c= line")],
)
def test_a_malformed_offer_is_refused_with_400(body: bytes, message: str) -> None:
    with pytest.raises(MalformedSdp, match=message) as refused:
        read_offer(body)
    assert refused.value.status == 400


def test_our_offer_prefers_as_told_and_can_be_answered_by_ourselves() -> None:
    ours = offer(LOCAL, payload_types=(8, 0), telephone_event_type=97, ptime_ms=30)
    theirs = negotiate(ours, LocalMedia("192.0.2.8", 5000, 7))
    assert theirs.codec == "PCMA"
    assert accept(theirs.answer) == Agreement("192.0.2.8", 5000, 5001, 8, 97, 30, True, True)


def test_an_answer_with_a_codec_that_was_not_offered_is_of_no_use() -> None:
    with pytest.raises(NotAcceptable, match=r"it has no PCMA \(8\) at"):
        accept(_offer(), payload_types=(8,))


def test_an_answer_that_refuses_the_stream_leaves_nothing() -> None:
    with pytest.raises(NotAcceptable, match="switched off"):
        accept(_offer(stream="0 RTP/AVP 0"))


def test_a_held_answer_stops_our_sending() -> None:
    agreement = accept(_offer("a=sendonly"))
    assert (agreement.sends, agreement.receives) == (False, True)


class TestVersions:
    """RFC 3264 §8: the version rises by one exactly when the description changes."""

    def test_the_same_answer_again_keeps_its_version(self) -> None:
        first = negotiate(_offer(), LOCAL).answer
        assert negotiate(_offer(), LOCAL, previous=first).answer == first

    def test_a_changed_answer_has_the_next_version(self) -> None:
        first = negotiate(_offer(), LOCAL).answer
        held = negotiate(_offer("a=sendonly"), LOCAL, previous=first).answer
        again = negotiate(_offer("a=sendonly"), LOCAL, previous=held).answer
        resumed = negotiate(_offer(), LOCAL, previous=again).answer
        origins = [SessionDescription.parse(sdp).origin for sdp in (first, held, again, resumed)]
        assert [origin.version for origin in origins] == ["1", "2", "2", "3"]
        assert {origin.session_id for origin in origins} == {"4242"}

    def test_a_later_offer_keeps_the_places_of_refused_streams(self) -> None:
        answer = negotiate(_real("fax_and_video"), LOCAL).answer
        later = SessionDescription.parse(offer(LOCAL, previous=answer))
        assert [(m.kind, m.port) for m in later.media] == [
            ("image", 0),
            ("video", 0),
            ("audio", 0),
            ("audio", 30000),
        ]
        assert later.media[3].formats == ("0", "8", "101")
        assert later.origin.version == "2"

    def test_a_later_offer_keeps_the_transport(self) -> None:
        answer = negotiate(_real("linphone_like"), LOCAL).answer
        later = SessionDescription.parse(offer(LOCAL, previous=answer))
        assert [m.protocol for m in later.media] == ["RTP/AVPF", "RTP/AVPF"]


_ALL = [path.read_bytes() for path in sorted(OFFERS.glob("*.txt"))]


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_a_damaged_offer_is_refused_or_answered_in_kind(data: st.DataObject) -> None:
    body = bytearray(data.draw(st.sampled_from(_ALL)))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(body) - 1))
        body[at : at + data.draw(st.integers(0, 6))] = data.draw(st.binary(max_size=6))
    try:
        agreement = negotiate(bytes(body), LOCAL)
    except SdpError:
        return
    offered, answer = map(SessionDescription.parse, (bytes(body), agreement.answer))
    assert [m.kind for m in answer.media] == [m.kind for m in offered.media]
    assert [m.port for m in answer.media if m.port] == [LOCAL.port]
    assert 0 < agreement.peer_port < 65536
    assert agreement.ptime_ms in range(10, 61, 10)
