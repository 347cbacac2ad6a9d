"""Header fields as lines: names made canonical, folded values unfolded (RFC 3261 §7.3)."""

import re
from functools import lru_cache

from dillo.model.errors import MisuseError
from dillo.sip.errors import Malformed
from dillo.sip.grammar import is_token

Lines = dict[str, list[bytes]]
"""Canonical header name → its lines as they arrived, without the final CRLF."""

COMPACT = {
    "a": "accept-contact",
    "b": "referred-by",
    "c": "content-type",
    "d": "request-disposition",
    "e": "content-encoding",
    "f": "from",
    "i": "call-id",
    "j": "reject-contact",
    "k": "supported",
    "l": "content-length",
    "m": "contact",
    "o": "event",
    "r": "refer-to",
    "s": "subject",
    "t": "to",
    "u": "allow-events",
    "v": "via",
    "x": "session-expires",
    "y": "identity",
}
"""Compact forms by the IANA registry of SIP header fields."""

MAX_FIELDS = 256
"""More header fields than any honest message has; junk beyond that is not looked at."""

_COMMON = (
    "Via",
    "From",
    "To",
    "Call-ID",
    "CSeq",
    "Contact",
    "Max-Forwards",
    "Content-Type",
    "Content-Length",
    "Route",
    "Record-Route",
    "Allow",
    "Supported",
    "Require",
    "User-Agent",
    "Server",
    "Subject",
    "Accept",
    "Expires",
    "Date",
    "Timestamp",
    "Reason",
    "Session-Expires",
    "Min-SE",
    "P-Asserted-Identity",
    "Remote-Party-ID",
    "Privacy",
    "Warning",
    "Authorization",
)
_CANONICAL: dict[bytes, str] = {
    spelling.encode(): name.lower() for name in _COMMON for spelling in (name, name.lower())
} | {letter.encode(): name for short, name in COMPACT.items() for letter in (short, short.upper())}

_fold = re.compile(r"\r\n[ \t]+")
_line_end = re.compile(rb"\r\n(?![ \t])")


@lru_cache(maxsize=512)
def canonical_name(name: str) -> str:
    """Return the canonical form of a header name: lower case, never compact."""
    lower = name.strip().lower()
    return COMPACT.get(lower, lower)


def split_fields(block: bytes) -> tuple[Lines, Malformed | None]:
    """Split the header of a message into lines by name.

    Returns what could be read, and the first fault found: even a broken request may still be
    answered where its Via can be read.
    """
    folded = b"\r\n " in block or b"\r\n\t" in block
    rows = _line_end.split(block) if folded else block.split(b"\r\n")
    lines: Lines = {}
    fault = None
    if len(rows) > MAX_FIELDS:
        return lines, Malformed("header", f"has more than {MAX_FIELDS} fields")
    ends = block.count(b"\r\n") if folded else len(rows) - 1
    if not block.count(b"\n") == block.count(b"\r") == ends:
        fault = Malformed("header", "holds a CR or LF that ends no line")  # it could not be echoed
    for row in rows:
        colon = row.find(b":")
        name = row[:colon]
        canonical = _CANONICAL.get(name) or _read_name(name)
        if colon < 0 or canonical is None:
            fault = fault or Malformed("header", f"{row[:40]!r} is no header field")
        elif canonical in lines:
            lines[canonical].append(row)
        else:
            lines[canonical] = [row]
    return lines, fault


def _read_name(name: bytes) -> str | None:
    text = name.decode("latin-1").rstrip(" \t")
    return canonical_name(text) if is_token(text) else None


def field_text(line: bytes) -> str:
    """Return the value of a header line, unfolded and stripped."""
    text = line[line.index(b":") + 1 :].strip().decode("utf-8", "surrogateescape")
    return _fold.sub(" ", text) if "\n" in text else text


def field_line(name: str, value: str) -> bytes:
    """Write a header line. Raises MisuseError for a value that would break out of it."""
    if "\r" in value or "\n" in value:
        raise MisuseError(f"header {name} must not hold a line break: {value!r}")
    return f"{name}: {value}".encode("utf-8", "surrogateescape")
