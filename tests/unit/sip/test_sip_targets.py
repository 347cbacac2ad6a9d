"""Whom an outbound call asks, and in which order."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dillo.sip.errors import Malformed, SipError, UnsupportedScheme
from dillo.sip.headers import NameAddr
from dillo.sip.targets import MAX_REDIRECTIONS, Hop, Targets, check_target


def begun(uri: str, *hops: str) -> Targets:
    targets = Targets()
    targets.begin(uri, hops)
    return targets


def contacts(*texts: str) -> list[NameAddr]:
    return [NameAddr.parse(text) for text in texts]


def walk(targets: Targets) -> list[str]:
    """Return all that is asked, `URI via host:port`."""
    asked = []
    while True:
        while hop := targets.next_hop():
            asked.append(f"{targets.uri} via {hop.host}:{hop.port}")
        if not targets.next_uri():
            return asked


def test_the_hops_of_a_trunk_are_asked_in_their_order() -> None:
    targets = begun("sip:1@carrier.example", "one.example", "192.0.2.1:5080", "[2001:db8::1]")
    assert targets.has_more
    assert walk(targets) == [
        "sip:1@carrier.example via one.example:None",
        "sip:1@carrier.example via 192.0.2.1:5080",
        "sip:1@carrier.example via 2001:db8::1:None",
    ]


def test_a_uri_names_its_hop() -> None:
    assert walk(begun("sip:1@Carrier.example:5070;maddr=192.0.2.7?Subject=x;method=BYE"))[
        0
    ].endswith("via 192.0.2.7:5070")
    assert begun("sip:1@h;method=BYE;user=phone?Subject=x").uri == "sip:1@h;user=phone"
    assert Hop.parse("192.0.2.1").address == ("192.0.2.1", 5060)
    assert Hop.parse("carrier.example").address is None


def test_addresses_of_a_name_come_before_the_next_hop() -> None:
    targets = begun("sip:1@h", "one.example", "192.0.2.9")
    targets.next_hop()
    targets.put_first([("192.0.2.1", 5060), ("192.0.2.2", 5062)])
    assert [each.rpartition(" ")[2] for each in walk(targets)] == [
        "192.0.2.1:5060",
        "192.0.2.2:5062",
        "192.0.2.9:None",
    ]


def test_contacts_are_asked_by_their_q() -> None:
    targets = begun("sip:1@192.0.2.1")
    targets.redirect(
        contacts("<sip:a@h>;q=0.2", "<sip:b@h>;q=x", "<sip:c@h>;q=0.9", "<sip:B@h>;q=0")
    )
    targets.leave()
    assert [each.partition(" ")[0] for each in walk(targets)] == [
        "sip:b@h",
        "sip:c@h",
        "sip:a@h",
        "sip:B@h",
    ]


def test_nobody_is_asked_twice_and_not_too_many() -> None:
    targets = begun("sip:0@h")
    for _ in range(3):
        targets.redirect(contacts(*[f"<sip:{number}@H:5060>" for number in range(20)]))
    assert len(walk(targets)) == 1 + MAX_REDIRECTIONS


def test_a_stranger_is_not_who_the_call_was_meant_for() -> None:
    targets = begun("sip:1@Carrier.example", "sbc.example")
    assert targets.is_given
    targets.redirect(contacts("<sip:1@SBC.example>", "<sip:1@evil.example>"))
    assert targets.next_uri()
    assert targets.is_given
    assert targets.next_uri()
    assert not targets.is_given


def test_clear_ends_the_search() -> None:
    targets = begun("sip:1@h", "a", "b")
    targets.redirect(contacts("<sip:2@h>"))
    targets.clear()
    assert walk(targets) == []


@pytest.mark.parametrize("uri", ["sips:a@h", "tel:+39", "mailto:a@b", "sip:a@h;transport=TLS"])
def test_only_sip_over_udp_is_dialled(uri: str) -> None:
    with pytest.raises(UnsupportedScheme):
        check_target(uri)


@pytest.mark.parametrize("hop", ["", "a b", "h:99999", "h;x=", "user@"])
def test_a_hop_is_host_and_port(hop: str) -> None:
    with pytest.raises(Malformed):
        begun("sip:a@h", hop)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.text(max_size=30), max_size=5))
def test_any_contacts_leave_the_search_finite(texts: list[str]) -> None:
    targets = begun("sip:a@h")
    readable = []
    for text in texts:
        try:
            readable.append(NameAddr.parse(f"<sip:{text}@h>;q={text}"))
        except SipError:
            continue
    targets.redirect(readable)
    assert len(walk(targets)) <= 1 + MAX_REDIRECTIONS
