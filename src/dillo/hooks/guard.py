"""Which addresses an outgoing request may reach: the guard against server-side request forgery.

A customer names the address of a prompt or a webhook, our machine opens the connection. So that
nobody reaches the operator's own network through us, only public unicast addresses are permitted,
and whatever networks the operator allows by name.
"""

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import httpx

from dillo.model.errors import PeerError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_LONGEST_URL = 2048
_DEFAULT_PORTS = {"http": 80, "https": 443}

# IANA special-purpose registries (RFC 6890 and its updates), multicast, and the one public address
# that is a cloud's metadata service (Azure).
_REFUSED = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
        "2001::/23",
        "2001:db8::/32",
        "3fff::/20",
    )
)
_GLOBAL_UNICAST_V6 = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")  # RFC 6052


class AddressRefused(PeerError):
    """The address must not be reached from here; the message names it and says why."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a checked URL leads: a host name or literal address, and a port."""

    host: str
    port: int


@dataclass(frozen=True, slots=True)
class Guard:
    """The rule for outgoing connections; `allowed` networks are permitted beside public ones."""

    allowed: tuple[Network, ...] = ()

    @classmethod
    def allowing(cls, networks: Iterable[str]) -> "Guard":
        """Read networks such as `10.1.0.0/16`; raises ValueError for what is none."""
        return cls(tuple(ipaddress.ip_network(text) for text in networks))

    def permits(self, address: Address) -> bool:
        """Tell whether a connection to this very address is permitted."""
        if any(address in network for network in self.allowed):
            return True
        inner = _embedded(address)
        return self.permits(inner) if inner is not None else _is_public(address)

    def choose(self, target: Target, answers: Sequence[str]) -> tuple[str, ...]:
        """Return the addresses of a name, ready to connect to, in the order given.

        Raises AddressRefused if one of them is not permitted: a name with a public and a private
        address is an attack or a mistake.
        """
        for text in answers:
            if not self.permits(ipaddress.ip_address(text)):
                raise AddressRefused(f"{target.host} has the address {text}, which is not public")
        return tuple(answers)


def check_url(url: str) -> Target:
    """Return where a URL leads. Raises AddressRefused unless it is plain http(s) with a host."""
    if len(url) > _LONGEST_URL:
        raise AddressRefused(f"the URL is longer than {_LONGEST_URL} characters")
    try:
        parsed = httpx.URL(url)
        host, port = parsed.raw_host.decode("ascii"), parsed.port
        port = _DEFAULT_PORTS.get(parsed.scheme, 0) if port is None else port
    except (httpx.InvalidURL, ValueError) as error:
        raise AddressRefused(f"{url!r} is not a URL: {error}") from error
    if parsed.scheme not in _DEFAULT_PORTS:
        raise AddressRefused(f"{url!r} does not begin with http:// or https://")
    if not host:
        raise AddressRefused(f"{url!r} names no host")
    if not 0 < port < 65536:
        raise AddressRefused(f"{url!r} names no possible port")
    return Target(host, port)


def _is_public(address: Address) -> bool:
    if address.version == 6 and address not in _GLOBAL_UNICAST_V6:
        return False
    return not any(address in network for network in _REFUSED)


def _embedded(address: Address) -> ipaddress.IPv4Address | None:
    """Return the IPv4 address that packets to this IPv6 address end up at, where there is one."""
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour
