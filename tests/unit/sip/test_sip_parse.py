import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dillo.model.errors import MisuseError
from dillo.sip.errors import Malformed, NotSip, SipError
from dillo.sip.message import Request, Response, checked
from dillo.sip.parsing import BrokenRequest, parse

INVITE = (
    b"INVITE sip:+442079460000@192.0.2.9 SIP/2.0\r\n"
    b"v: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKone,\r\n"
    b"   SIP/2.0/UDP 192.0.2.2;branch=z9hG4bKtwo\r\n"
    b"VIA: SIP/2.0/UDP 192.0.2.3;branch=z9hG4bKthree\r\n"
    b'f: "A, B" <sip:+393703188051@192.0.2.1>;tag=a1\r\n'
    b"To : <sip:+442079460000@192.0.2.9>\r\n"
    b"Record-Route: <sip:192.0.2.1;lr>\r\n"
    b"i: c1@192.0.2.1\r\n"
    b"CSeq: 7\r\n\tINVITE\r\n"
    b"m: <sip:caller@192.0.2.1:5062>\r\n"
    b"c: application/sdp\r\n"
    b"l: 4\r\n"
    b"\r\n"
    b"v=0\nextra octets"
)


def invite() -> Request:
    message = parse(INVITE)
    assert isinstance(message, Request)
    return message


def test_a_request_with_compact_and_folded_headers_is_read() -> None:
    request = checked(invite())
    assert (request.method, request.uri) == ("INVITE", "sip:+442079460000@192.0.2.9")
    assert request.via.branch == "z9hG4bKone"
    assert len(request.items("via")) == 3
    assert (request.from_.display, request.from_.tag) == ("A, B", "a1")
    assert request.call_id == "c1@192.0.2.1"
    assert str(request.cseq) == "7 INVITE"
    assert request.contacts[0].address.address == ("192.0.2.1", 5062)
    assert request.body == b"v=0\n"


def test_a_response_repeats_the_lines_of_its_request() -> None:
    request = invite()
    response = bytes(Response.reply(request, 200, tag="b2", records_route=True))
    for name in ("via", "from", "call-id", "cseq", "record-route"):
        for line in request.lines[name]:
            assert line + b"\r\n" in response
    assert b"To : <sip:+442079460000@192.0.2.9>;tag=b2\r\n" in response
    assert response.endswith(b"Content-Length: 0\r\n\r\n")


def test_a_to_tag_is_added_only_where_there_is_none() -> None:
    request = parse(INVITE.replace(b"192.0.2.9>\r\nRec", b"192.0.2.9>;tag=old\r\nRec"))
    assert isinstance(request, Request)
    assert Response.reply(request, 200, tag="new").to.tag == "old"


def test_a_request_of_our_own_round_trips() -> None:
    fields = [("Via", "SIP/2.0/UDP h;branch=z9hG4bKx"), ("Max-Forwards", "70"), ("CSeq", "1 BYE")]
    request = Request.build("BYE", "sip:a@b", fields, b"body")
    again = parse(bytes(request))
    assert isinstance(again, Request)
    assert (again.method, again.uri, again.lines, again.body) == (
        "BYE",
        "sip:a@b",
        request.lines,
        b"body",
    )


def test_a_value_cannot_break_out_of_its_header() -> None:
    with pytest.raises(MisuseError):
        Request.build("BYE", "sip:a@b", [("Reason", "x\r\nVia: evil")])


@pytest.mark.parametrize(
    ("old", "new", "status", "header"),
    [
        (b"SIP/2.0\r\nv:", b"SIP/3.0\r\nv:", 505, "request line"),
        (b"SIP/2.0\r\nv:", b"SIP/2\r\nv:", 400, "request line"),
        (b"INVITE sip", b"INVITE  sip", 400, "request line"),
        (b"INVITE sip", b"INV(TE sip", 400, "request line"),
        (b"l: 4", b"l: 400", 400, "Content-Length"),
        (b"l: 4", b"l: -4", 400, "Content-Length"),
        (b"l: 4", b"l: 4\r\nContent-Length: 4", 400, "Content-Length"),
        (b"i: c1", b"i c1", 400, "header"),
        (b"l: 4", b"x: y\r\n" * 300 + b"l: 4", 400, "header"),
        (b"\r\n\r\nv=0\nextra octets", b"", 400, "header"),
        (b'"A, B"', b'"A\nB"', 400, "header"),
        (b"i: c1", b"i: c\r1", 400, "header"),
    ],
)
def test_a_broken_request_names_the_fault(old: bytes, new: bytes, status: int, header: str) -> None:
    with pytest.raises(BrokenRequest) as caught:
        parse(INVITE.replace(old, new, 1))
    assert (caught.value.error.status, caught.value.error.header) == (status, header)


@pytest.mark.parametrize(
    ("old", "new", "header"),
    [
        (b"i: c1@192.0.2.1\r\n", b"", "call-id"),
        (b"i: c1", b"i: c2\r\ni: c1", "call-id"),
        (b"\tINVITE", b"\tBYE", "CSeq"),
        (b"CSeq: 7", b"CSeq: -7", "CSeq"),
        (b"CSeq: 7", b"CSeq: 2147483648", "CSeq"),
        (b"UDP 192.0.2.1:5060;", b"UDP 192.0.2.1:5060;;", "Via"),
        (b'"A, B"', b'"A, B', "From"),
        (b'"A, B"', b"A, B", "From"),
    ],
)
def test_a_request_without_what_every_request_needs_is_malformed(
    old: bytes, new: bytes, header: str
) -> None:
    with pytest.raises(Malformed) as caught:
        checked(parse(INVITE.replace(old, new, 1)))
    assert caught.value.header == header


@pytest.mark.parametrize("data", [b"", b"\r\n\r\n", b"\0\0\0\0", b"GET / HTTP/1.1\r\n\r\n"])
def test_what_is_not_sip_is_told_apart(data: bytes) -> None:
    with pytest.raises(NotSip):
        parse(data)


@pytest.mark.parametrize(
    "line", [b"SIP/2.0 099 x", b"SIP/2.0 1000 x", b"SIP/2.0 OK", b"SIP/3.0 200"]
)
def test_a_response_without_a_status_is_malformed(line: bytes) -> None:
    with pytest.raises(Malformed):
        parse(line + b"\r\n\r\n")


def look_at_everything(data: bytes) -> None:
    try:
        message = parse(data)
        checked(message)
        _ = bytes(message)
    except BrokenRequest as broken:
        _ = bytes(Response.reply(broken.request, broken.error.status, tag="t"))
    except SipError:
        pass


@pytest.mark.parametrize(
    "unit", [b" ", b"\r\n ", b"<", b'"', b";", b",", b"\\", b"a", b"a ", b':;a="']
)
def test_a_long_run_of_anything_is_read_in_linear_time(unit: bytes) -> None:
    """It would take minutes, were any pattern to backtrack quadratically."""
    run = unit * (60_000 // len(unit))
    for name in ("Via: SIP/2.0/UDP", "From: a", "To:", "CSeq: 1", "Contact: a", "Content-Length:"):
        look_at_everything(b"OPTIONS sip:a SIP/2.0\r\n%s%sb\r\n\r\n" % (name.encode(), run))
    look_at_everything(b"OPTIONS sip:%s SIP/2.0\r\n\r\n" % run)


@settings(deadline=None, max_examples=200)
@given(st.binary(max_size=200), st.integers(0, len(INVITE)), st.integers(0, 40))
def test_junk_never_raises_anything_else(junk: bytes, start: int, gone: int) -> None:
    look_at_everything(junk)
    look_at_everything(INVITE[:start] + junk + INVITE[start + gone :])


@settings(deadline=None, max_examples=100)
@given(st.text(alphabet='SIP/2.0 ,;:<>"\\@=\r\n\tabc', max_size=60))
def test_junk_in_headers_never_raises_anything_else(junk: str) -> None:
    for name in ("Via", "From", "To", "CSeq", "Contact", "Content-Length"):
        look_at_everything(f"OPTIONS sip:a SIP/2.0\r\n{name}: {junk}\r\n\r\n".encode())
