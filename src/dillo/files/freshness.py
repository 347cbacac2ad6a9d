"""How long a fetched prompt is good: a small private cache after RFC 9111."""

import re
from collections.abc import Mapping

import msgspec

from dillo.files.orders import Remembered

DEFAULT_S = 60
"""Fresh for so long where the server says nothing; `Expires` and heuristics are not used."""

LONGEST_S = 86_400
"""No server makes us keep a prompt for longer without asking again."""

STALE_S = 3600
"""While its server is down, a prompt is good for so long after the server last confirmed it."""

_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,10})", re.IGNORECASE)
_ASK_ALWAYS = re.compile(r"(?:^|[,\s])(?:no-cache|no-store)\b", re.IGNORECASE)


def fresh_for_s(headers: Mapping[str, str]) -> int:
    """Return how long an answer needs no confirmation, by its Cache-Control (RFC 9111 §5.2.2)."""
    control = headers.get("cache-control", "")
    if _ASK_ALWAYS.search(control):
        return 0
    found = _MAX_AGE.search(control)
    return min(int(found[1]), LONGEST_S) if found else DEFAULT_S


def conditions(known: Remembered | None) -> dict[str, str]:
    """Return the headers that ask for content only if it changed (RFC 9110 §13.1)."""
    if known is None:
        return {}
    if known.etag:
        return {"If-None-Match": known.etag}
    return {"If-Modified-Since": known.last_modified} if known.last_modified else {}


def learned(url: str, audio_key: str, headers: Mapping[str, str], at_us: int) -> Remembered:
    """Return what a 200 says about an address."""
    return Remembered(
        url=url,
        audio_key=audio_key,
        etag=_sendable(headers.get("etag")),
        last_modified=_sendable(headers.get("last-modified")),
        checked_us=at_us,
        fresh_until_us=at_us + fresh_for_s(headers) * 1_000_000,
    )


def confirmed(known: Remembered, headers: Mapping[str, str], at_us: int) -> Remembered:
    """Return what is known after a 304."""
    fresh_until_us = at_us + fresh_for_s(headers) * 1_000_000
    return msgspec.structs.replace(known, checked_us=at_us, fresh_until_us=fresh_until_us)


def put_off(known: Remembered, at_us: int) -> Remembered | None:
    """Return what is known while the server is down: good for a while, None when too old.

    The next attempt follows DEFAULT_S later, so that a server that hangs delays one call a minute.
    """
    if at_us - known.checked_us > STALE_S * 1_000_000:
        return None
    return msgspec.structs.replace(known, fresh_until_us=at_us + DEFAULT_S * 1_000_000)


def _sendable(value: str | None) -> str | None:
    """Forget a validator that could not be sent back in a header."""
    return value if value and value.isascii() and value.isprintable() else None
