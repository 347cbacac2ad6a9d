"""Where calls come from: the addresses of a trunk's hosts, or this node itself."""

import pytest

from dillo.calls.ports import Invitation
from dillo.net.origins import Origins
from dillo.sip.routing import Address

HOSTS = ("198.51.100.1:5080", "sip.carrier.example", "[2001:db8:0::7]:5080", "[2001:db8::8]")


class Names:
    """Finds two addresses of one name."""

    async def addresses(self, host: str, port: int | None) -> list[Address]:
        assert (host, port) == ("sip.carrier.example", None)
        return [("203.0.113.1", 5060), ("203.0.113.2", 5060)]


def invitation(source: str, port: int = 5060) -> Invitation:
    return Invitation("a", "+44", "", None, source, port, "192.0.2.1")


@pytest.mark.parametrize(
    ("source", "port", "admitted"),
    [
        ("198.51.100.1", 40_000, True),
        ("203.0.113.2", 5060, True),
        ("203.0.113.3", 5060, False),
        ("192.0.2.1", 5060, True),
        ("192.0.2.1", 5061, False),
        ("2001:db8::1", 5060, False),
        ("2001:db8::7", 40_000, True),
        ("2001:db8::8", 5060, True),
    ],
)
async def test_sources_are_compared_with_hosts(source: str, port: int, admitted: bool) -> None:
    origins = Origins(lambda: ("0.0.0.0", 5060), lambda _family: Names())
    assert await origins.admits(invitation(source, port), HOSTS) is admitted
