"""Reading and writing session descriptions (RFC 8866)."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dillo.sdp import MalformedSdp, SessionDescription
from dillo.sdp.description import Attribute, Connection, Media, Origin, Timing

OFFERS = sorted((Path(__file__).parents[2] / "data" / "sdp").glob("*.txt"))

MINIMAL = b"v=0\r\no=- 1 2 IN IP4 192.0.2.1\r\ns=-\r\nt=0 0\r\n"


def test_every_part_of_a_description_is_read() -> None:
    body = (
        MINIMAL + b"a=tool:x\r\nm=audio 4000/2 RTP/AVP 0 8\r\nc=IN IP4 192.0.2.9\r\na=recvonly\r\n"
    )
    assert SessionDescription.parse(body) == SessionDescription(
        origin=Origin("-", "1", "2", "IN", "IP4", "192.0.2.1"),
        media=(
            Media(
                "audio",
                4000,
                "RTP/AVP",
                ("0", "8"),
                port_count=2,
                connection=Connection("IN", "IP4", "192.0.2.9"),
                attributes=(Attribute("recvonly"),),
            ),
        ),
        attributes=(Attribute("tool", "x"),),
    )


@pytest.mark.parametrize("path", OFFERS, ids=lambda path: path.stem)
def test_real_offers_survive_a_round_trip(path: Path) -> None:
    read = SessionDescription.parse(path.read_bytes())
    assert SessionDescription.parse(str(read).encode()) == read


def test_a_canonical_description_is_written_as_it_was_read() -> None:
    body = (
        MINIMAL + b"a=x\r\nm=audio 4000 RTP/AVP 0\r\nc=IN IP4 192.0.2.9\r\na=ptime:20\r\na=y:\r\n"
    )
    assert str(SessionDescription.parse(body)).encode() == body


@pytest.mark.parametrize(
    "body",
    [
        MINIMAL.replace(b"\r\n", b"\n"),
        MINIMAL + b"\r\n\r\n",
        MINIMAL.removesuffix(b"\r\n"),
        MINIMAL.replace(b"s=-\r\n", b""),
        MINIMAL.replace(b"s=-", b"s="),
        MINIMAL.replace(b"t=0 0\r\n", b""),
        MINIMAL.replace(b"t=", b"x=future\r\nb=AS:64\r\nt="),
    ],
    ids=["LF", "blank lines", "no last CRLF", "no s=", "empty s=", "no t=", "unknown lines"],
)
def test_sloppy_descriptions_are_read_as_meant(body: bytes) -> None:
    assert SessionDescription.parse(body) == SessionDescription.parse(MINIMAL)


def test_a_session_name_in_another_character_set_is_no_error() -> None:
    read = SessionDescription.parse(MINIMAL.replace(b"s=-", b"s=Caf\xe9"))
    assert read.name == "Caf\N{REPLACEMENT CHARACTER}"


def test_a_user_name_with_spaces_keeps_the_other_fields_of_the_origin() -> None:
    read = Origin.parse("Carrier SBC 10 44 IN IP4 203.0.113.9")
    assert (read.username, read.version) == ("Carrier SBC", "44")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "line 1: v=0 belongs here"),
        (b"\r\n\r\nv=1\r\n", "line 3: v=0 belongs here"),
        (b"o=- 1 1 IN IP4 a\r\nv=0\r\n", "line 1: v=0"),
        (b"v=0\r\ns=-\r\n", "no o= line"),
        (b"v=0\r\nm=audio 1 RTP/AVP 0\r\no=- 1 1 IN IP4 a\r\n", "no o= line before the first m="),
        (b"v=0\r\no=- 1 IN IP4 a\r\n", "line 2: o= has 5 fields"),
        (MINIMAL + b"c=IN IP4\r\n", "line 5: c= has 2 fields"),
        (MINIMAL.replace(b"t=0 0", b"t=now"), "line 4: t= is not two numbers"),
        (MINIMAL + b"m=audio 4000 RTP/AVP\r\n", "line 5: m= has 3 fields"),
        (MINIMAL + b"m=audio -1 RTP/AVP 0\r\n", "line 5: m= has '-1' where a port belongs"),
        (MINIMAL + "m=audio ٣٣ RTP/AVP 0\r\n".encode(), "line 5: m= has '٣٣' where a port"),
        (MINIMAL + b"m=audio 70000 RTP/AVP 0\r\n", "line 5: m= has port 70000, above 65535"),
        (MINIMAL + b"hello\r\n", "line 5: 'hello' is not a letter"),
        (MINIMAL + b"a=x\0y\r\n", r"line 5: 'a=x\\x00y' is not"),
        (b"\xff\xd8\xff\xe0", "line 1: "),
    ],
)
def test_an_error_names_the_line_and_what_is_wrong(body: bytes, message: str) -> None:
    with pytest.raises(MalformedSdp, match=message):
        SessionDescription.parse(body)


_LINES = st.one_of(
    st.sampled_from(MINIMAL.splitlines()),
    st.sampled_from([b"m=audio 4000/2  RTP/AVP 0 8", b"c=IN IP4 1.2.3.4", b"a=:", b"a=ptime:\r"]),
    st.binary(max_size=12),
    st.builds(
        lambda letter, rest: letter + b"=" + rest,
        st.sampled_from([b"m", b"a", b"o", b"c"]),
        st.binary(max_size=30),
    ),
)


@settings(deadline=None, max_examples=200)
@given(st.lists(_LINES, max_size=12).map(b"\r\n".join), st.booleans())
def test_any_bytes_are_read_or_refused_and_what_was_read_round_trips(
    body: bytes, is_headed: bool
) -> None:
    try:
        read = SessionDescription.parse(MINIMAL + body if is_headed else body)
    except MalformedSdp:
        return
    assert SessionDescription.parse(str(read).encode()) == read


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 10**20 - 1), st.integers(0, 10**20 - 1))
def test_timings_round_trip(start: int, stop: int) -> None:
    assert Timing.parse(str(Timing(start, stop))) == Timing(start, stop)
