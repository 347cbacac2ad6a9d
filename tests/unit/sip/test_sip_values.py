"""URIs and header values: what is read, what is refused, and that `str` gives it back."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dillo.sip.errors import Malformed, UnsupportedScheme
from dillo.sip.grammar import quote_string, split_list, unquote_string
from dillo.sip.headers import CSeq, MediaType, NameAddr, Via
from dillo.sip.uri import Uri, bracketed


@pytest.mark.parametrize(
    "text",
    [
        "sip:example.com",
        "sip:alice:secret@example.com:5070;transport=tcp;lr?subject=hi&priority=urgent",
        "sips:alice@[2001:db8::1]:5061;maddr=239.255.255.1",
        "sip:sips%3Auser%40example.com@example.net",
        "sip:user;par=u%40example.net@example.com",
        "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1@example.com",
        "tel:+44-20-7946-0000",
        "tel:7042;phone-context=example.com",
    ],
)
def test_a_uri_round_trips(text: str) -> None:
    assert str(Uri.parse(text)) == text


def test_a_uri_is_taken_apart() -> None:
    uri = Uri.parse("SIP:%2b44%2020@[2001:db8::1]:5070;Transport=udp;lr?h=v")
    assert (uri.scheme, uri.user_text, uri.address) == ("sip", "+44 20", ("2001:db8::1", 5070))
    assert (uri.param("transport"), uri.has_param("lr"), uri.headers) == ("udp", True, "h=v")
    assert Uri.parse("tel:+44-(20)-7946.0000").user_text == "+442079460000"
    assert Uri.parse("sips:h").address == ("h", 5061)
    assert bracketed("::1") == "[::1]"
    assert bracketed("127.0.0.1") == "127.0.0.1"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "alice",
        "sip:",
        "sip:a@",
        "sip:a b@c",
        "sip:a@b:99999",
        "sip:a@b;=x",
        "<sip:a@b>",
        "tel:x",
    ],
)
def test_what_is_no_uri_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        Uri.parse(text)


@pytest.mark.parametrize("text", ["isbn:2983792873", "soap.beep://192.0.2.103:3002"])
def test_another_scheme_is_told_apart(text: str) -> None:
    with pytest.raises(UnsupportedScheme) as caught:
        Uri.parse(text)
    assert caught.value.status == 416


@pytest.mark.parametrize(
    ("text", "display", "uri", "tag"),
    [
        ("sip:a@b;tag=1", "", "sip:a@b", "1"),
        ("<sip:a@b;lr>;tag=1", "", "sip:a@b;lr", "1"),
        ("caller<sip:a@b>", "caller", "sip:a@b", None),
        (r'"J \"R\", Jr" <sip:a@b> ; tag = 98', 'J "R", Jr', "sip:a@b", "98"),
        ('token1~` token2\'+_ <sip:a@b>;x="q;t";tag=2', "token1~` token2'+_", "sip:a@b", "2"),
        ("<http://www.example.com>;tag=3", "", "http://www.example.com", "3"),
    ],
)
def test_an_address_is_taken_apart(text: str, display: str, uri: str, tag: str | None) -> None:
    value = NameAddr.parse(text, "From")
    assert (value.display, value.uri, value.tag) == (display, uri, tag)
    assert NameAddr.parse(str(value)) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "alice",
        '"unbalanced <sip:a@b>',
        "Bell, Alexander <sip:a@b>",
        "< sip:a@b >",
        "<sip:a@b>;;",
        "<sip:a@b> x",
        "<sip:a@b>;tag=",
        '<sip:a@b>;x="y',
        "sip:a@b?Route=%3Csip:c%3E",
    ],
)
def test_what_is_no_address_is_malformed(text: str) -> None:
    with pytest.raises(Malformed) as caught:
        NameAddr.parse(text, "Contact")
    assert caught.value.header == "Contact"


def test_a_via_is_taken_apart() -> None:
    via = Via.parse("SIP / 2.0 / udp  h.example.com : 5070 ; branch=z9hG4bK1 ;rport; ttl=1")
    assert str(via) == "SIP/2.0/UDP h.example.com:5070;branch=z9hG4bK1;rport;ttl=1"
    assert (via.branch, via.has_param("rport"), via.param("rport")) == ("z9hG4bK1", True, None)
    assert Via.parse(str(via)) == via


@pytest.mark.parametrize(
    "text", ["", "SIP/2.0/UDP", "SIP/3.0/UDP h", "SIP/2.0/UDP h;;", "HTTP/2 h"]
)
def test_what_is_no_hop_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        Via.parse(text)


def test_a_media_range_covers_its_types() -> None:
    assert MediaType.parse("Application/SDP; charset=utf-8").name == "application/sdp"
    assert MediaType.parse("application/*").covers("application/sdp")
    assert MediaType.parse("*/*").covers("application/sdp")
    assert not MediaType.parse("text/*").covers("application/sdp")
    assert str(MediaType.parse("a/b;c=d")) == "a/b;c=d"
    with pytest.raises(Malformed):
        MediaType.parse("sdp")


def test_a_list_heeds_quotes_and_brackets() -> None:
    assert split_list('"a, b" <sip:x,y>;q="1,2", <sip:z> ,') == [
        '"a, b" <sip:x,y>;q="1,2"',
        "<sip:z>",
    ]
    assert split_list("a, b,,c") == ["a", "b", "c"]
    assert split_list('a, "b, c') == ["a", '"b, c']


@settings(deadline=None, max_examples=50)
@given(st.text())
def test_quoting_is_undone_by_unquoting(text: str) -> None:
    assert unquote_string(quote_string(text)) == text


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 2**31 - 1), st.sampled_from(["INVITE", "ACK", "X-1"]))
def test_a_cseq_round_trips(number: int, method: str) -> None:
    assert CSeq.parse(str(CSeq(number, method))) == CSeq(number, method)
