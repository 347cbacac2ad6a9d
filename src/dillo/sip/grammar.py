"""The few productions of RFC 3261 §25.1 that every header shares: tokens, quotes, parameters."""

import re

from dillo.sip.errors import Malformed

Params = tuple[tuple[str, str | None], ...]
"""Parameters in their order: lower-case name, and value as sent (quotes included) or None."""

TOKEN = r"[\w.!%*+`'~-]+"  # noqa: S105 - the grammar's word, no password
QUOTED = r'"(?:[^"\\]|\\.)*"'

is_token = re.compile(TOKEN, re.ASCII).fullmatch
_PARAM = rf"\s*;\s*({TOKEN})(?:\s*=\s*({QUOTED}|[^\s;\"]+))?"
_params = re.compile(_PARAM, re.ASCII | re.DOTALL).findall
_are_params = re.compile(rf"(?:{_PARAM})*\s*", re.ASCII | re.DOTALL).fullmatch
_list_item = re.compile(rf"(?:{QUOTED}|<[^>]*>|[^,\"<])+", re.DOTALL).match
_escaped_pair = re.compile(r"\\(.)", re.DOTALL)
_needs_quotes = re.compile(r'["\\]')


def parse_params(text: str, header: str) -> Params:
    """Read `;name=value;flag` to the end of `text`; raises Malformed, naming `header`."""
    if not text:
        return ()
    if not _are_params(text):
        raise Malformed(header, f"cannot read the parameters {text[:60]!r}")
    return tuple([(name.lower(), value or None) for name, value in _params(text)])


def find_param(params: Params, name: str) -> str | None:
    """Return the value of the first parameter of that lower-case name, None without one."""
    for known, value in params:
        if known == name:
            return value
    return None


def format_params(params: Params) -> str:
    """Write parameters as `;name=value;flag`."""
    return "".join([f";{n}" if v is None else f";{n}={v}" for n, v in params])


def split_list(text: str) -> list[str]:
    """Split a comma-separated header value, heeding quotes and angle brackets; empty items go."""
    if "," not in text:
        items = [text]
    elif '"' not in text and "<" not in text:
        items = text.split(",")
    else:
        items = _split_quoted_list(text)
    return [item for item in map(str.strip, items) if item]


def _split_quoted_list(text: str) -> list[str]:
    items: list[str] = []
    position = 0
    while position < len(text):
        found = _list_item(text, position)
        end = found.end() if found else position
        if end < len(text) and text[end] != ",":
            end = len(text)  # an unbalanced quote: whoever parses the rest will say so
        items.append(text[position:end])
        position = end + 1
    return items


def unquote_string(text: str) -> str:
    """Return the content of a quoted string, without quotes and escapes."""
    return _escaped_pair.sub(r"\1", text[1:-1])


def quote_string(text: str) -> str:
    """Return the text as a quoted string."""
    return '"' + _needs_quotes.sub(r"\\\g<0>", text) + '"'


def first_item_end(text: str) -> int:
    """Return where the first item of a comma-separated header value ends."""
    if "," not in text:
        return len(text)
    found = _list_item(text)
    return found.end() if found else 0
