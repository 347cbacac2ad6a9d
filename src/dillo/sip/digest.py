"""Answers to Digest challenges (RFC 3261 §22, RFC 7616, RFC 8760)."""

import hashlib
from collections.abc import Callable

import msgspec

from dillo.sip.errors import Malformed
from dillo.sip.fields import field_text
from dillo.sip.grammar import quote_string
from dillo.sip.headers.challenge import Challenge
from dillo.sip.message import Response

MAX_TRIES = 4
"""How often one request is sent with credentials: two proxies, each with a nonce grown old."""

_HEADERS = {
    401: ("www-authenticate", "Authorization"),
    407: ("proxy-authenticate", "Proxy-Authorization"),
}
"""Where a status has its challenges, and where the answers go (§22.2, §22.3)."""


def _md5(text: bytes) -> str:
    return hashlib.md5(text, usedforsecurity=False).hexdigest()


def _sha256(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()


ALGORITHMS: dict[str, Callable[[bytes], str]] = {"MD5": _md5, "SHA-256": _sha256}


class Credentials(msgspec.Struct, frozen=True):
    """A user and his password."""

    username: str
    password: str


def is_answerable(challenge: Challenge) -> bool:
    """Tell whether we know the algorithm, and the quality of protection: `auth` or none."""
    return challenge.algorithm in ALGORITHMS and (not challenge.qop or "auth" in challenge.qop)


def digest(
    credentials: Credentials, challenge: Challenge, method: str, uri: str, cnonce: str, count: int
) -> str:
    """Return the value of an Authorization header; `count` is the use of the nonce, from 1."""
    hashed = ALGORITHMS[challenge.algorithm]
    name, realm, nonce = credentials.username, challenge.realm, challenge.nonce
    secret = hashed(_octets(f"{name}:{realm}:{credentials.password}"))
    request = hashed(_octets(f"{method}:{uri}"))
    fields = [
        f"username={quote_string(name)}",
        f"realm={quote_string(realm)}",
        f"nonce={quote_string(nonce)}",
        f"uri={quote_string(uri)}",
        f"algorithm={challenge.algorithm}",
    ]
    if challenge.qop:
        use = f"{nonce}:{count:08x}:{cnonce}:auth"
        fields += ["qop=auth", f"nc={count:08x}", f"cnonce={quote_string(cnonce)}"]
    else:
        use = nonce
    fields.append(f'response="{hashed(_octets(f"{secret}:{use}:{request}"))}"')
    if challenge.opaque is not None:
        fields.append(f"opaque={quote_string(challenge.opaque)}")
    return f"Digest {', '.join(fields)}"


class Authenticator:
    """Answers the challenges of one call.

    A nonce once learned goes into the later requests as well, which are then not challenged.
    """

    __slots__ = ("_credentials", "_known", "_uses")

    def __init__(self, credentials: Credentials) -> None:
        self._credentials = credentials
        self._known: dict[tuple[str, str], Challenge] = {}
        """By the header of the answer, and realm."""
        self._uses: dict[str, int] = {}

    def learn(self, response: Response, tries: int) -> bool:
        """Take in the challenges of a 401 or 407; tell whether the request is worth another try.

        It is where a realm is new, where only the nonce is too old, and where the request was
        sent on the strength of an earlier challenge: it has not been challenged itself, so
        `tries`, the times it was sent after a challenge, is 0.
        """
        if response.status not in _HEADERS or tries >= MAX_TRIES:
            return False
        header, answer = _HEADERS[response.status]
        hope = False
        seen: set[str] = set()
        for line in response.lines.get(header, []):
            challenge = _readable(field_text(line))
            if challenge is None or challenge.realm in seen:
                continue  # the first one of a realm that we know is the server's choice (RFC 8760)
            seen.add(challenge.realm)
            key = answer, challenge.realm
            hope |= tries == 0 or challenge.is_stale or key not in self._known
            self._known[key] = challenge
        return hope

    def fields(self, method: str, uri: str, cnonce: str) -> list[tuple[str, str]]:
        """Return the headers that answer all challenges known, for one request."""
        return [
            (
                header,
                digest(self._credentials, challenge, method, uri, cnonce, self._use(challenge)),
            )
            for (header, _), challenge in self._known.items()
        ]

    def _use(self, challenge: Challenge) -> int:
        count = self._uses[challenge.nonce] = self._uses.get(challenge.nonce, 0) + 1
        return count


def _readable(text: str) -> Challenge | None:
    try:
        challenge = Challenge.parse(text)
    except Malformed:
        return None  # another scheme: a server may offer several
    return challenge if is_answerable(challenge) else None


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")
