"""The few productions of RFC 3261 §25.1 that every header shares: tokens, quotes, parameters."""

import re

from dillo.sip.errors import Malformed

Params = tuple[tuple[str, str | None], ...]
"""Parameters in their order: lower-case name, and value as sent (quotes included) or None."""

TOKEN = r"[\w.!%*+`'~-]+"  # noqa: S105 - the grammar's word, no password
QUOTED = r'"(?:[^"\\]|\\.)*"'

is_token = re.compile(TOKEN, re.ASCII).fullmatch
_quoted_param = re.compile(
    rf"\s*;\s*({TOKEN})(?:\s*=\s*({QUOTED}|[^\s;\"]+))?\s*", re.ASCII | re.DOTALL
).match
_list_item = re.compile(rf"(?:{QUOTED}|<[^>]*>|[^,\"<])+", re.DOTALL).match
_escaped_pair = re.compile(r"\\(.)", re.DOTALL)
_needs_quotes = re.compile(r'["\\]')


def parse_params(text: str, header: str) -> Params:
    """Read `;name=value;flag` to the end of `text`; raises Malformed, naming `header`."""
    if not text:
        return ()
    if '"' in text:
        return _parse_quoted_params(text, header)
    lead, *items = text.split(";")
    if lead and not lead.isspace():
        raise Malformed(header, f"{lead.strip()!r} stands where a parameter should begin")
    return tuple([_parse_param(item, header) for item in items])


def _parse_param(item: str, header: str) -> tuple[str, str | None]:
    name, has_value, value = item.partition("=")
    name = name.strip().lower()
    if not is_token(name):
        raise Malformed(header, f"{name!r} is no parameter name")
    if not has_value:
        return name, None
    value = value.strip()
    if not value or " " in value:
        raise Malformed(header, f"parameter {name} has no proper value")
    return name, value


def _parse_quoted_params(text: str, header: str) -> Params:
    params: list[tuple[str, str | None]] = []
    position = 0
    while position < len(text):
        found = _quoted_param(text, position)
        if found is None:
            raise Malformed(header, f"cannot read the parameters from {text[position:][:20]!r}")
        params.append((found[1].lower(), found[2]))
        position = found.end()
    return tuple(params)


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
