"""From a datagram to a message (RFC 3261 §7, §18.3)."""

import re

from dillo.sip.errors import Malformed, NotSip, SipError, UnsupportedVersion
from dillo.sip.fields import Lines, field_text, split_fields
from dillo.sip.grammar import is_token
from dillo.sip.message import Request, Response

_status_line = re.compile(rb"SIP/2\.0 ([1-6]\d\d)(?: (.*))?", re.IGNORECASE | re.DOTALL).fullmatch
_COMMON_METHODS = {b"INVITE", b"ACK", b"BYE", b"CANCEL", b"OPTIONS", b"INFO", b"UPDATE"}
_version = re.compile(rb"SIP/\d+\.\d+", re.IGNORECASE).fullmatch


class BrokenRequest(Exception):
    """A request that must be answered with `error.status`; `request` is what could be read."""

    def __init__(self, error: SipError, request: Request) -> None:
        super().__init__(str(error))
        self.error = error
        self.request = request


def parse(data: bytes) -> Request | Response:
    """Read one datagram; octets after the body are ignored (RFC 3261 §18.3).

    Raises BrokenRequest for a request that can be refused, NotSip or Malformed for the rest,
    which is dropped. Header values are not looked at yet, but for Content-Length.
    """
    data = data.lstrip(b"\r\n") if data[:1] == b"\r" else data
    end_of_start = data.find(b"\r\n")
    if end_of_start < 0 or b"SIP/" not in data[:end_of_start]:
        raise NotSip("start line", "is not of SIP")
    head, gap, rest = data.partition(b"\r\n\r\n")
    start = head[:end_of_start]
    lines, fault = split_fields(head[end_of_start + 2 :])
    if not gap:
        fault = fault or Malformed("header", "is not ended by an empty line")
    if start[:4] == b"SIP/":
        return _response(start, lines, rest, fault)
    return _request(start, lines, rest, fault)


def _response(start: bytes, lines: Lines, rest: bytes, fault: SipError | None) -> Response:
    found = _status_line(start)
    if found is None:
        raise Malformed("status line", f"{start[:60]!r} has no status of SIP 2.0")
    if fault is not None:
        raise fault
    reason = (found[2] or b"").decode("utf-8", "surrogateescape")
    return Response(int(found[1]), reason, lines, _body(lines, rest))


def _request(start: bytes, lines: Lines, rest: bytes, fault: SipError | None) -> Request:
    words = start.split(b" ")
    request = Request(_text(words[0]), _text(words[1]) if len(words) > 1 else "", lines)
    try:
        _check_request_line(words)
        if fault is not None:
            raise fault
        request.body = _body(lines, rest)
    except SipError as error:
        raise BrokenRequest(error, request) from error
    return request


def _check_request_line(words: list[bytes]) -> None:
    if len(words) != 3 or not all(words):
        raise Malformed("request line", "is not method, URI and version with one space between")
    method, uri, version = words
    if version != b"SIP/2.0" and version.upper() != b"SIP/2.0":
        if _version(version):
            raise UnsupportedVersion("request line", f"{_text(version)} is not SIP/2.0")
        raise Malformed("request line", f"{version[:20]!r} is no SIP version")
    if method not in _COMMON_METHODS and not is_token(_text(method)):
        raise Malformed("request line", f"{method[:40]!r} is no method")
    if b"<" in uri or b">" in uri or b'"' in uri:
        raise Malformed("request line", "the URI must not be quoted or in angle brackets")


def _body(lines: Lines, rest: bytes) -> bytes:
    length = content_length(lines)
    if length is None:
        return rest
    if length > len(rest):
        raise Malformed("Content-Length", f"says {length} octets, {len(rest)} arrived")
    return rest[:length]


def content_length(lines: Lines) -> int | None:
    """Return the declared length of the body, None where it is not declared. Raises Malformed."""
    fields = lines.get("content-length")
    if fields is None:
        return None
    if len(fields) > 1:
        raise Malformed("Content-Length", "given more than once")
    digits = field_text(fields[0])
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 9:
        raise Malformed("Content-Length", f"{digits[:40]!r} is no length")
    return int(digits)


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
