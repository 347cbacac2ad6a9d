"""From, To, Contact, Route, Record-Route, P-Asserted-Identity (RFC 3261 §20.10, §25.1)."""

import re
from functools import lru_cache

import msgspec

from dillo.sip.errors import Malformed
from dillo.sip.grammar import (
    QUOTED,
    Params,
    find_param,
    format_params,
    parse_params,
    quote_string,
    unquote_string,
)
from dillo.sip.uri import Uri

_name_addr = re.compile(
    rf"(?:({QUOTED})\s*|([\w.!%*+`'~ \t-]*))<([^<>\s\"]+)>\s*((?:;.*)?)", re.ASCII | re.DOTALL
).fullmatch
_addr_spec = re.compile(r"([A-Za-z][\w+.-]*:[^\s<>;?,\"]+)\s*((?:;.*)?)", re.DOTALL).fullmatch


class NameAddr(msgspec.Struct, frozen=True):
    """A display name, a URI and the header's parameters; the URI is parsed when asked for."""

    uri: str
    display: str = ""
    params: Params = ()

    # A dialog repeats its From, To and Contact in every request, so most look-ups are hits.
    @classmethod
    @lru_cache(maxsize=4096)
    def parse(cls, text: str, header: str = "address") -> "NameAddr":
        """Read `"Name" <uri>;params` or `uri;params`; raises Malformed, naming `header`.

        A bare URI ends at the first `;` and must not hold `?` or `,` (§20.10).
        """
        found = _name_addr(text)
        if found is not None:
            quoted, words, uri, params = found.groups()
            display = unquote_string(quoted) if quoted else words.strip()
            return cls(uri, display, parse_params(params, header))
        bare = _addr_spec(text)
        if bare is None:
            raise Malformed(header, f"{text[:60]!r} is no address")
        return cls(bare[1], "", parse_params(bare[2], header))

    @property
    def tag(self) -> str | None:
        """The `tag` of From and To."""
        return find_param(self.params, "tag")

    @property
    def address(self) -> Uri:
        """The URI, parsed. Raises Malformed or UnsupportedScheme."""
        return Uri.parse(self.uri)

    def param(self, name: str) -> str | None:
        """Return a parameter's value as sent, None where it is absent or a flag."""
        return find_param(self.params, name)

    def __str__(self) -> str:
        display = f"{quote_string(self.display)} " if self.display else ""
        return f"{display}<{self.uri}>{format_params(self.params)}"
