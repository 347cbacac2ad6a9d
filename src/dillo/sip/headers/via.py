"""Via (RFC 3261 §20.42), with `rport` (RFC 3581)."""

import re

import msgspec

from dillo.sip.errors import Malformed
from dillo.sip.grammar import TOKEN, Params, find_param, format_params, parse_params
from dillo.sip.uri import HOST

MAGIC_COOKIE = "z9hG4bK"
"""What the branch of every RFC 3261 element begins with (§8.1.1.7)."""

_via = re.compile(
    rf"SIP\s*/\s*2\.0\s*/\s*({TOKEN})\s+({HOST})(?:\s*:\s*(\d{{1,5}}))?\s*((?:;.*)?)",
    re.ASCII | re.DOTALL | re.IGNORECASE,
).fullmatch


class Via(msgspec.Struct, frozen=True):
    """One hop: who sent the request, over what, and how the response finds its way back."""

    transport: str
    host: str
    """As sent: a name, an IPv4 address, or an IPv6 address in brackets."""
    port: int | None = None
    params: Params = ()

    @classmethod
    def parse(cls, text: str) -> "Via":
        """Read one hop. Raises Malformed."""
        found = _via(text)
        if found is None:
            raise Malformed("Via", f"{text[:60]!r} is no hop")
        transport, host, digits, params = found.groups()
        port = None if digits is None else int(digits)
        if port is not None and not 0 < port < 65536:
            raise Malformed("Via", f"{digits} is no port")
        return cls(transport.upper(), host, port, parse_params(params, "Via"))

    @property
    def branch(self) -> str | None:
        """The transaction identifier of the sender."""
        return find_param(self.params, "branch")

    def param(self, name: str) -> str | None:
        """Return a parameter's value as sent, None where it is absent or a flag."""
        return find_param(self.params, name)

    def has_param(self, name: str) -> bool:
        """Tell whether a parameter is there, with or without a value."""
        return any(name == known for known, _ in self.params)

    def __str__(self) -> str:
        port = "" if self.port is None else f":{self.port}"
        return f"SIP/2.0/{self.transport} {self.host}{port}{format_params(self.params)}"
