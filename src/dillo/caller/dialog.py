"""The requests of one call, as the side that placed it (RFC 3261 §8.1.1, §12)."""

import secrets
from urllib.parse import quote

from dillo.sip.headers import NameAddr
from dillo.sip.message import Request, Response

ALLOW = "INVITE, ACK, BYE, CANCEL, OPTIONS, INFO"
_USER_AGENT = "Dillo test caller"
_USER_CHARACTERS = "+-_.!~*'()&=$,;?/"
"""What a user part may hold unescaped (§25.1)."""

_Fields = list[tuple[str, str]]


class OutgoingDialog:
    """Knows both ends, the route and the counters of a call, and builds its requests."""

    def __init__(
        self, to: str, from_: str, target: tuple[str, int], local: tuple[str, int]
    ) -> None:
        self.call_id = f"{secrets.token_hex(12)}@{local[0]}"
        self._local = local
        self._uri = _uri(to, target)
        self._from = f"{_from(from_, local)};tag={secrets.token_hex(6)}"
        self._to = f"<{self._uri}>"
        self._remote_tag: str | None = None
        self._routes: list[str] = []
        self._number = 0

    def invite(self, offer: bytes | None) -> Request:
        """Build the INVITE, without SDP where the callee is to make the offer."""
        self._number += 1
        body = [("Content-Type", "application/sdp")] if offer else []
        more = [self.contact, ("Allow", ALLOW)]
        return self._build("INVITE", self._number, [*more, *body], offer or b"")

    def establish(self, response: Response) -> None:
        """Take the remote tag, target and route from the 2xx (§12.1.2). Raises SipError."""
        self._to = response.single("to")
        self._remote_tag = response.to.tag
        self._routes = response.items("record-route")[::-1]
        for contact in response.contacts[:1]:
            self._uri = contact.uri

    def acknowledge(self, invite: Request, answer: bytes | None = None) -> Request:
        """Build the ACK of a 2xx, with our SDP where the offer was the callee's (§13.2.2.4)."""
        body = [("Content-Type", "application/sdp")] if answer else []
        return self._build("ACK", invite.cseq.number, body, answer or b"")

    def bye(self) -> Request:
        """Build the BYE."""
        self._number += 1
        return self._build("BYE", self._number, [])

    def info(self, key: str, duration_ms: int) -> Request:
        """Build the INFO that presses a key (application/dtmf-relay)."""
        self._number += 1
        body = f"Signal={key}\r\nDuration={duration_ms}\r\n".encode()
        fields = [self.contact, ("Content-Type", "application/dtmf-relay")]
        return self._build("INFO", self._number, fields, body)

    def holds(self, request: Request) -> bool:
        """Tell whether a request of the peer belongs to this dialog (§12.2.2)."""
        local_tag = NameAddr.parse(self._from).tag
        tags = request.to.tag, request.from_.tag
        return request.call_id == self.call_id and tags == (local_tag, self._remote_tag)

    @property
    def contact(self) -> tuple[str, str]:
        """The header that says where requests of the callee go."""
        return "Contact", f"<sip:{self._local[0]}:{self._local[1]}>"

    def _build(self, method: str, number: int, more: _Fields, body: bytes = b"") -> Request:
        host, port = self._local
        fields = [
            ("Via", f"SIP/2.0/UDP {host}:{port};rport;branch=z9hG4bK{secrets.token_hex(8)}"),
            ("Max-Forwards", "70"),
            *[("Route", route) for route in self._routes],
            ("From", self._from),
            ("To", self._to),
            ("Call-ID", self.call_id),
            ("CSeq", f"{number} {method}"),
            ("User-Agent", _USER_AGENT),
            *more,
        ]
        return Request.build(method, self._uri, fields, body)


def _uri(number: str, address: tuple[str, int]) -> str:
    if number.startswith(("sip:", "sips:")):
        return number
    return f"sip:{quote(number, safe=_USER_CHARACTERS)}@{address[0]}:{address[1]}"


def _from(number: str, local: tuple[str, int]) -> str:
    if number in ("", "anonymous"):
        return '"Anonymous" <sip:anonymous@anonymous.invalid>'  # RFC 3323 §4.1.1.3
    return f"<{_uri(number, local)}>"
