"""Where an outbound call is tried: the hops of one URI in turn, then others that a 3xx named."""

from collections import deque
from collections.abc import Iterable

import msgspec

from dillo.sip.errors import Malformed, SipError, UnsupportedScheme
from dillo.sip.headers import NameAddr
from dillo.sip.routing import Address, is_ip
from dillo.sip.uri import Uri

MAX_REDIRECTIONS = 5
"""URIs tried beyond the one that was dialled."""

SIP_PORT = 5060


class Hop(msgspec.Struct, frozen=True):
    """A host to be asked; without a port its name may have SRV records (RFC 3263 §4.2)."""

    host: str
    """A name, or an IP address without brackets."""
    port: int | None = None

    @classmethod
    def parse(cls, text: str) -> "Hop":
        """Read `host[:port]`. Raises Malformed."""
        return cls.of(Uri.parse(f"sip:{text}"))

    @classmethod
    def of(cls, uri: Uri) -> "Hop":
        """Return where a URI says that it is served (RFC 3263 §4)."""
        return cls((uri.param("maddr") or uri.host).strip("[]").lower(), uri.port)

    @property
    def address(self) -> Address | None:
        """The address, None where a name has to be looked up."""
        return (self.host, self.port or SIP_PORT) if is_ip(self.host) else None


class Targets:
    """What is still to be tried, and where we are."""

    __slots__ = ("_given", "_hops", "_tried", "_uris", "uri")

    def __init__(self) -> None:
        self.uri = ""
        """The Request-URI at present."""
        self._given: frozenset[str] = frozenset()
        self._hops: deque[Hop] = deque()
        self._uris: deque[Uri] = deque()
        self._tried: set[str] = set()

    def begin(self, uri: str, hops: Iterable[str]) -> None:
        """Begin with `uri` by way of `hops`, or where the URI itself says.

        Raises UnsupportedScheme for a URI that is not of SIP over UDP, Malformed for one that
        cannot be read, or such a hop.
        """
        target = check_target(uri)
        self._hops.extend([Hop.parse(hop) for hop in hops] or [Hop.of(target)])
        self._given = frozenset(hop.host for hop in self._hops) | {target.host.lower()}
        self._tried.add(_key(target))
        self.uri = str(target)

    @property
    def has_more(self) -> bool:
        """Whether there is somebody else to be asked."""
        return bool(self._hops or self._uris)

    @property
    def is_given(self) -> bool:
        """Whether the present URI is served by a host that the call was meant for."""
        return Uri.parse(self.uri).host.lower() in self._given

    def next_hop(self) -> Hop | None:
        """Take the next way to the present URI."""
        return self._hops.popleft() if self._hops else None

    def put_first(self, addresses: Iterable[Address]) -> None:
        """Try these addresses, which a name stands for, before the other hops."""
        self._hops.extendleft([Hop(*address) for address in addresses][::-1])

    def next_uri(self) -> bool:
        """Go on to the next URI; tells whether there was one."""
        if not self._uris:
            return False
        uri = self._uris.popleft()
        self.uri = str(uri)
        self._hops = deque([Hop.of(uri)])
        return True

    def leave(self) -> None:
        """Ask no other hop of the present URI."""
        self._hops.clear()

    def clear(self) -> None:
        """Ask nobody any more."""
        self._hops.clear()
        self._uris.clear()

    def redirect(self, contacts: Iterable[NameAddr]) -> None:
        """Take in the Contacts of a 3xx, the most wanted first (RFC 3261 §8.1.3.4).

        What was tried before, is not SIP over UDP, or is one too many is left out.
        """
        wanted = [
            uri for contact in sorted(contacts, key=_q, reverse=True) if (uri := _uri(contact))
        ]
        found: list[Uri] = []
        for uri in wanted:
            if _key(uri) not in self._tried and len(self._tried) <= MAX_REDIRECTIONS:
                self._tried.add(_key(uri))
                found.append(uri)
        self._uris.extendleft(found[::-1])


def check_target(text: str) -> Uri:
    """Return the URI that a Request-URI may be, without headers (§19.1.1).

    Raises UnsupportedScheme for what is not SIP over UDP, Malformed for no URI.
    """
    uri = Uri.parse(text)
    if uri.scheme != "sip" or (uri.param("transport") or "udp").lower() != "udp":
        raise UnsupportedScheme("URI", "is not of SIP over UDP")
    if not uri.host:
        raise Malformed("URI", "has no host")
    params = tuple((name, value) for name, value in uri.params if name != "method")
    return msgspec.structs.replace(uri, headers="", params=params)


def _uri(contact: NameAddr) -> Uri | None:
    try:
        return check_target(contact.uri)
    except SipError:
        return None


def _key(uri: Uri) -> str:
    """Return what two URIs have in common that reach the same (§19.1.4)."""
    return f"{uri.user_text}@{uri.host.lower()}:{uri.port or SIP_PORT}"


def _q(contact: NameAddr) -> float:
    try:
        return float(contact.param("q") or 1.0)
    except ValueError:
        return 1.0
