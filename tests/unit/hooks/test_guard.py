"""The guard: which URLs and addresses outgoing requests may use."""

import ipaddress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dillo.hooks.guard import Address, AddressRefused, Guard, Target, check_url

PRIVATE = [
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.31.255.255",
    "192.0.0.192",
    "192.168.1.1",
    "198.18.0.1",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "64:ff9b::a00:1",
    "64:ff9b:1::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%lo",
    "fec0::1",
    "ff02::1",
]
PUBLIC = ["8.8.8.8", "93.184.216.34", "172.32.0.1", "2606:4700::1111", "64:ff9b::808:808"]


@pytest.mark.parametrize("text", PRIVATE)
def test_no_address_inside_is_permitted(text: str) -> None:
    assert not Guard().permits(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", PUBLIC)
def test_public_addresses_are_permitted(text: str) -> None:
    assert Guard().permits(ipaddress.ip_address(text))


def test_the_operator_may_allow_networks() -> None:
    guard = Guard.allowing(["10.1.0.0/16", "fd00:1::/32"])
    assert guard.permits(ipaddress.ip_address("10.1.2.3"))
    assert guard.permits(ipaddress.ip_address("::ffff:10.1.2.3"))
    assert guard.permits(ipaddress.ip_address("fd00:1::5"))
    assert not guard.permits(ipaddress.ip_address("10.2.0.1"))


@given(st.ip_addresses(v=4) | st.ip_addresses(v=6, network="2000::/3"))
@settings(deadline=None, max_examples=300)
def test_nothing_that_python_calls_local_is_permitted(address: Address) -> None:
    local = address.is_private or address.is_loopback or address.is_link_local
    special = address.is_multicast or address.is_reserved or address.is_unspecified
    if Guard().permits(address):
        assert not local
        assert not special


def test_one_private_answer_refuses_the_name() -> None:
    with pytest.raises(AddressRefused, match=r"evil\.example has the address 10\.0\.0\.1"):
        Guard().choose(Target("evil.example", 80), ["8.8.8.8", "10.0.0.1"])


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("http://example.com/a.wav", Target("example.com", 80)),
        ("https://user:word@example.com/a", Target("example.com", 443)),
        ("HTTPS://EXAMPLE.com:8443", Target("example.com", 8443)),
        ("http://[2001:db8::1]:81/", Target("2001:db8::1", 81)),
        ("http://bücher.example/", Target("xn--bcher-kva.example", 80)),
    ],
)
def test_urls_lead_where_they_say(url: str, target: Target) -> None:
    assert check_url(url) == target


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com/a.wav",
        "//example.com/a.wav",
        "file:///etc/passwd",
        "ftp://example.com/",
        "gopher://127.0.0.1:6379/_INFO",
        "javascript:alert(1)",
        "http://",
        "http:///path",
        "http://example.com:0/",
        "http://example.com:99999/",
        "http://[::1/",
        "http://exa\nmple.com/",
        "http://example.com/" + "a" * 3000,
    ],
)
def test_other_urls_are_refused(url: str) -> None:
    with pytest.raises(AddressRefused):
        check_url(url)


_URL_LIKE = st.lists(
    st.sampled_from(["http", "https", ":", "//", "/", "@", "[", "]", "::1", "127.1", "%00", "#"])
    | st.text(max_size=4),
    max_size=10,
).map("".join)


@given(st.text() | _URL_LIKE | _URL_LIKE.map("http://{}".format))
@settings(deadline=None, max_examples=300)
def test_any_text_is_a_target_or_refused(url: str) -> None:
    try:
        target = check_url(url)
    except AddressRefused:
        return
    assert target.host
    assert 0 < target.port < 65536
