"""Requests and responses: split once, each header parsed only when somebody asks (RFC 3261 §7).

A message keeps its header fields as the lines they arrived in, so that what a response must
repeat (Via, From, To, Call-ID, CSeq, Record-Route) is repeated byte for byte.
"""

from collections.abc import Iterable
from typing import TypeVar

from dillo.sip.errors import Malformed, SipError
from dillo.sip.fields import Lines, canonical_name, field_line, field_text
from dillo.sip.grammar import first_item_end, split_list
from dillo.sip.headers import CSeq, NameAddr, Via
from dillo.sip.status import reason_for

Fields = Iterable[tuple[str, str]]
"""Header names and values, as they shall be written."""

_M = TypeVar("_M", bound="Message")


class Message:
    """What requests and responses share: header fields and a body.

    `lines` maps the canonical (lower-case, long) name of each header to its lines, in order.
    """

    __slots__ = ("_call_id", "_contacts", "_cseq", "_from", "_to", "_via", "body", "lines")

    def __init__(self, lines: Lines, body: bytes = b"") -> None:
        self.lines = lines
        self.body = body
        self._via: Via | None = None
        self._from: NameAddr | None = None
        self._to: NameAddr | None = None
        self._cseq: CSeq | None = None
        self._call_id: str | None = None
        self._contacts: list[NameAddr] | None = None

    def text(self, name: str) -> str | None:
        """Return the value of the first field of that canonical name, unfolded; None without."""
        lines = self.lines.get(name)
        return None if lines is None else field_text(lines[0])

    def items(self, name: str) -> list[str]:
        """Return every item of a comma-separated header, over all its fields."""
        lines = self.lines.get(name)
        if lines is None:
            return []
        return [item for line in lines for item in split_list(field_text(line))]

    def single(self, name: str) -> str:
        """Return the value of a header that must be there once. Raises Malformed."""
        lines = self.lines.get(name)
        if lines is None:
            raise Malformed(name, "missing")
        if len(lines) > 1:
            raise Malformed(name, "given more than once")
        return field_text(lines[0])

    @property
    def via(self) -> Via:
        """The top hop. Raises Malformed."""
        if self._via is None:
            text = self.text("via")
            if not text:
                raise Malformed("via", "missing")
            self._via = Via.parse(text[: first_item_end(text)])
        return self._via

    @property
    def from_(self) -> NameAddr:
        """The From header. Raises Malformed."""
        if self._from is None:
            self._from = NameAddr.parse(self.single("from"), "From")
        return self._from

    @property
    def to(self) -> NameAddr:
        """The To header. Raises Malformed."""
        if self._to is None:
            self._to = NameAddr.parse(self.single("to"), "To")
        return self._to

    @property
    def cseq(self) -> CSeq:
        """The CSeq header. Raises Malformed."""
        if self._cseq is None:
            self._cseq = CSeq.parse(self.single("cseq"))
        return self._cseq

    @property
    def call_id(self) -> str:
        """The Call-ID, compared byte for byte. Raises Malformed."""
        if self._call_id is None:
            self._call_id = self.single("call-id")
        return self._call_id

    @property
    def contacts(self) -> list[NameAddr]:
        """The Contacts; `*` is none. Raises Malformed."""
        if self._contacts is None:
            items = self.items("contact")
            self._contacts = [NameAddr.parse(item, "Contact") for item in items if item != "*"]
        return self._contacts

    def _encode(self, start: str) -> bytes:
        head = [start.encode("utf-8", "surrogateescape")]
        for lines in self.lines.values():
            head += lines
        return b"\r\n".join(head) + b"\r\n\r\n" + self.body


def _add(lines: Lines, fields: Fields, body: bytes) -> None:
    for name, value in fields:
        lines.setdefault(canonical_name(name), []).append(field_line(name, value))
    lines["content-length"] = [b"Content-Length: %d" % len(body)]


class Request(Message):
    """A request; `uri` is the Request-URI as sent."""

    __slots__ = ("method", "uri")

    def __init__(self, method: str, uri: str, lines: Lines, body: bytes = b"") -> None:
        super().__init__(lines, body)
        self.method = method
        self.uri = uri

    @classmethod
    def build(cls, method: str, uri: str, fields: Fields, body: bytes = b"") -> "Request":
        """Make a request of our own; Content-Length is added."""
        lines: Lines = {}
        _add(lines, fields, body)
        return cls(method, uri, lines, body)

    def __bytes__(self) -> bytes:
        return self._encode(f"{self.method} {self.uri} SIP/2.0")


# What every response repeats of its request (RFC 3261 §8.2.6.2), and one that opens a dialog.
_REPEATED = ("via", "from", "to", "call-id", "cseq")
_REPEATED_2XX = (*_REPEATED, "record-route")


class Response(Message):
    """A response; `reason` is for people only."""

    __slots__ = ("reason", "status")

    def __init__(self, status: int, reason: str, lines: Lines, body: bytes = b"") -> None:
        super().__init__(lines, body)
        self.status = status
        self.reason = reason

    @classmethod
    def reply(
        cls,
        request: Request,
        status: int,
        fields: Fields = (),
        body: bytes = b"",
        *,
        tag: str | None = None,
        records_route: bool = False,
    ) -> "Response":
        """Answer a request: its Via, From, To, Call-ID and CSeq are copied as they came.

        `tag` is added to a To that has none; `records_route` copies Record-Route too (§12.1.1).
        Headers that the request should have and has not stay away.
        """
        found = request.lines
        names = _REPEATED_2XX if records_route else _REPEATED
        lines: Lines = {name: found[name] for name in names if name in found}
        if tag is not None and "to" in found:
            lines["to"] = _tagged(request, tag)
        _add(lines, fields, body)
        return cls(status, reason_for(status), lines, body)

    def __bytes__(self) -> bytes:
        return self._encode(f"SIP/2.0 {self.status} {self.reason}")


def _tagged(request: Request, tag: str) -> list[bytes]:
    lines = request.lines["to"]
    try:
        has_tag = request.to.tag is not None
    except SipError:
        return lines  # it cannot be read, so it is only repeated
    return lines if has_tag else [lines[0] + b";tag=" + tag.encode()]


def checked(message: _M) -> _M:
    """Return the message if all that every SIP message needs is there once and well-formed.

    That is Via, From, To, Call-ID and CSeq (RFC 3261 §8.1.1), a CSeq that names the method, and
    a Contact, where there is one, that can be read.
    Raises Malformed.
    """
    _ = message.via, message.from_, message.to, message.call_id, message.contacts
    method = message.cseq.method
    if isinstance(message, Request) and method != message.method:
        raise Malformed("CSeq", f"names {method}, but the request is {message.method}")
    return message
