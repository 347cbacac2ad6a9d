"""Texts of a given form: language tags, addresses, storage periods."""

import re
from typing import Final
from urllib.parse import urlsplit

from dillo.model.periods import InvalidStoragePeriod, StoragePeriod

MAX_URL: Final = 2048
_LONGEST_PERIOD: Final = {"D": 3650, "M": 120, "Y": 10}
# RFC 5646 §2.1 without grandfathered and private-use-only tags. Language subtags of 4 letters are
# reserved and none of 5 to 8 was ever registered, so that "english" is refused.
_LANGUAGE_TAG = re.compile(
    r"[a-z]{2,3}(-[a-z]{3}){0,3}(-[a-z]{4})?(-([a-z]{2}|[0-9]{3}))?"
    r"(-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(-[0-9a-wy-z](-[a-z0-9]{2,8})+)*(-x(-[a-z0-9]{1,8})+)?",
    re.IGNORECASE | re.ASCII,
)


def canonical_language(tag: str) -> str | None:
    """Return a BCP 47 tag in its usual case (RFC 5646 §2.1.1), None where it is none."""
    if len(tag) > 64 or not _LANGUAGE_TAG.fullmatch(tag):
        return None
    subtags = tag.lower().split("-")
    # From the first singleton on, an extension or private use, everything stays in lower case.
    extension = next((n for n, subtag in enumerate(subtags) if len(subtag) == 1), len(subtags))
    language, *others = subtags[:extension]
    return "-".join([language, *map(_canonical_subtag, others), *subtags[extension:]])


def _canonical_subtag(subtag: str) -> str:
    return {2: subtag.upper(), 4: subtag.title()}.get(len(subtag), subtag)


def storage_period(code: str) -> StoragePeriod | None:
    """Return the period of a code, None where it is none or longer than ten years."""
    try:
        period = StoragePeriod.parse(code)
    except InvalidStoragePeriod:
        return None
    return period if period.count <= _LONGEST_PERIOD[period.unit] else None


def is_http_url(text: str) -> bool:
    """Return whether a text is an absolute http or https address with a host."""
    return _is_url(text, {"http", "https"})


def is_websocket_url(text: str) -> bool:
    """Return whether a text is an absolute ws or wss address with a host, and no fragment."""
    return _is_url(text, {"ws", "wss"}) and "#" not in text  # RFC 6455 §3


def _is_url(text: str, schemes: set[str]) -> bool:
    if len(text) > MAX_URL or not text.isascii() or any(c.isspace() for c in text):
        return False
    try:
        parts = urlsplit(text)
        has_host = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return parts.scheme in schemes and has_host and text.isprintable()
