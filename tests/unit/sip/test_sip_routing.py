import pytest

from dillo.sip.message import Request
from dillo.sip.routing import Address, is_ip, stamp_source

SOURCE = ("192.0.2.1", 6000)


@pytest.mark.parametrize(
    ("via", "stamped", "target"),
    [
        ("192.0.2.1;branch=b", "192.0.2.1;branch=b", ("192.0.2.1", 5060)),
        ("192.0.2.1:5080;branch=b", "192.0.2.1:5080;branch=b", ("192.0.2.1", 5080)),
        (
            "10.0.0.1:5080;branch=b",
            "10.0.0.1:5080;branch=b;received=192.0.2.1",
            ("192.0.2.1", 6000),
        ),
        (
            "h.example.com;branch=b",
            "h.example.com;branch=b;received=192.0.2.1",
            ("192.0.2.1", 6000),
        ),
        (
            "192.0.2.1;rport;branch=b",
            "192.0.2.1;rport=6000;branch=b;received=192.0.2.1",
            ("192.0.2.1", 6000),
        ),
        (
            "10.0.0.1;branch=b;received=203.0.113.9;rport",
            "10.0.0.1;branch=b;rport=6000;received=192.0.2.1",
            ("192.0.2.1", 6000),
        ),
        (
            "10.0.0.1;branch=b, SIP/2.0/UDP 10.0.0.2;rport",
            "10.0.0.1;branch=b;received=192.0.2.1, SIP/2.0/UDP 10.0.0.2;rport",
            ("192.0.2.1", 6000),
        ),
        ("192.0.2.1;maddr=192.0.2.7", "192.0.2.1;maddr=192.0.2.7", ("192.0.2.7", 5060)),
        ("192.0.2.1:5;maddr=h.example.com", "192.0.2.1:5;maddr=h.example.com", ("192.0.2.1", 5)),
    ],
)
def test_the_top_via_learns_its_sender(via: str, stamped: str, target: Address) -> None:
    request = Request.build(
        "BYE", "sip:b@h", [("Via", f"SIP/2.0/UDP {via}"), ("Via", "SIP/2.0/UDP x")]
    )
    assert stamp_source(request, SOURCE) == target
    assert request.lines["via"] == [f"Via: SIP/2.0/UDP {stamped}".encode(), b"Via: SIP/2.0/UDP x"]


def test_an_ipv6_sender_has_no_brackets_in_received() -> None:
    request = Request.build("BYE", "sip:b@h", [("Via", "SIP/2.0/UDP [2001:db8::1];rport")])
    assert stamp_source(request, ("2001:db8::2", 7)) == ("2001:db8::2", 7)
    assert request.text("via") == "SIP/2.0/UDP [2001:db8::1];rport=7;received=2001:db8::2"
    assert is_ip("[::1]")
    assert not is_ip("example.com")
