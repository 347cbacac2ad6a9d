"""WWW-Authenticate and Proxy-Authenticate: a Digest challenge (RFC 3261 §20.44, RFC 7616)."""

import re

import msgspec

from dillo.sip.errors import Malformed
from dillo.sip.grammar import QUOTED, TOKEN, quote_string, unquote_string

_HEADER = "challenge"
_PARAM = rf"\s*({TOKEN})\s*=\s*({QUOTED}|[^\s,\"]+)\s*"
_params = re.compile(_PARAM, re.ASCII | re.DOTALL).findall
_digest = re.compile(rf"Digest\s+({_PARAM}(?:,{_PARAM})*)", re.ASCII | re.DOTALL | re.I).fullmatch


class Challenge(msgspec.Struct, frozen=True):
    """What a server wants a digest of; texts without their quotes."""

    realm: str
    nonce: str
    algorithm: str = "MD5"
    """Upper case."""
    qop: tuple[str, ...] = ()
    """Lower case; empty where the server is of RFC 2069."""
    opaque: str | None = None
    is_stale: bool = False
    """Only the nonce is too old: the password was right."""

    @classmethod
    def parse(cls, text: str) -> "Challenge":
        """Read `Digest realm="…", nonce="…", …`. Raises Malformed, for other schemes, too."""
        found = _digest(text.strip())
        if found is None:
            raise Malformed(_HEADER, f"{text[:60]!r} is no Digest")
        given = {name.lower(): _plain(value) for name, value in _params(found[1])}
        if "realm" not in given or "nonce" not in given:
            raise Malformed(_HEADER, "has no realm or no nonce")
        return cls(
            given["realm"],
            given["nonce"],
            given.get("algorithm", "MD5").upper(),
            tuple(word.strip().lower() for word in given.get("qop", "").split(",") if word.strip()),
            given.get("opaque"),
            given.get("stale", "").lower() == "true",
        )

    def __str__(self) -> str:
        given = [
            f"realm={quote_string(self.realm)}",
            f"nonce={quote_string(self.nonce)}",
            f"algorithm={self.algorithm}",
        ]
        given += [f'qop="{",".join(self.qop)}"'] if self.qop else []
        given += [f"opaque={quote_string(self.opaque)}"] if self.opaque is not None else []
        given += ["stale=true"] if self.is_stale else []
        return f"Digest {', '.join(given)}"


def _plain(value: str) -> str:
    return unquote_string(value) if value.startswith('"') else value
