"""Content-Type, and each item of Accept (RFC 3261 §20.1, §20.15)."""

import re

import msgspec

from dillo.sip.errors import Malformed
from dillo.sip.grammar import TOKEN, Params, format_params, parse_params

_media_type = re.compile(rf"({TOKEN})\s*/\s*({TOKEN})\s*((?:;.*)?)", re.ASCII | re.DOTALL).fullmatch


class MediaType(msgspec.Struct, frozen=True):
    """A media type or range; `name` is lower case: `application/sdp`."""

    name: str
    params: Params = ()

    @classmethod
    def parse(cls, text: str) -> "MediaType":
        """Read `type/subtype;params`. Raises Malformed."""
        found = _media_type(text)
        if found is None:
            raise Malformed("Content-Type", f"{text[:60]!r} is no media type")
        params = parse_params(found[3], "Content-Type")
        return cls(f"{found[1]}/{found[2]}".lower(), params)

    def covers(self, name: str) -> bool:
        """Tell whether this range (`*/*`, `application/*`, a plain type) includes a type."""
        major = name.partition("/")[0]
        return self.name in {name, "*/*", f"{major}/*"}

    def __str__(self) -> str:
        return f"{self.name}{format_params(self.params)}"
