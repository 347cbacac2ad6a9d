"""The requests of one call, as the side that placed it (RFC 3261 §8.1.1, §12)."""

import secrets
from urllib.parse import quote

from dillo.model.errors import MisuseError
from dillo.sip.dialog import Dialog
from dillo.sip.message import Fields, Request, Response

ALLOW = "INVITE, ACK, BYE, CANCEL, OPTIONS, INFO"
_SDP = ("Content-Type", "application/sdp")
_USER_AGENT = ("User-Agent", "Dillo test caller")
_USER_CHARACTERS = "+-_.!~*'()&=$,;?/"
"""What a user part may hold unescaped (§25.1)."""


class OutgoingDialog:
    """Builds the INVITE, and once it is answered the requests of the dialog that it opened."""

    def __init__(
        self,
        to: str,
        from_: str,
        target: tuple[str, int],
        local: tuple[str, int],
        headers: Fields = (),
    ) -> None:
        """`headers` are more fields of the INVITE."""
        self.call_id = f"{secrets.token_hex(12)}@{local[0]}"
        self._local = local
        self._uri = _uri(to, target)
        self._from = f"{_from(from_, local)};tag={secrets.token_hex(6)}"
        self._headers = headers
        self._invite: Request | None = None
        self._dialog: Dialog | None = None

    def invite(self, offer: bytes | None) -> Request:
        """Build the INVITE, without SDP where the callee is to make the offer."""
        fields = [
            ("Via", self._via()),
            ("Max-Forwards", "70"),
            ("From", self._from),
            ("To", f"<{self._uri}>"),
            ("Call-ID", self.call_id),
            ("CSeq", "1 INVITE"),
            self.contact,
            ("Allow", ALLOW),
            _USER_AGENT,
            *self._headers,
            *([_SDP] if offer else []),
        ]
        self._invite = Request.build("INVITE", self._uri, fields, offer or b"")
        return self._invite

    def establish(self, response: Response) -> None:
        """Open the dialog by the 2xx (§12.1.2). Raises SipError."""
        if self._invite is None:
            raise MisuseError("a dialog cannot be established before its INVITE")
        self._dialog = Dialog.confirm(self._invite, response)

    def acknowledge(self, answer: bytes = b"") -> Request:
        """Build the ACK of the 2xx, with our SDP where the offer was the callee's (§13.2.2.4)."""
        return self._request("ACK", [_SDP] if answer else [], answer, cseq=1)

    def bye(self) -> Request:
        """Build the BYE."""
        return self._request("BYE")

    def info(self, key: str, duration_ms: int) -> Request:
        """Build the INFO that presses a key (application/dtmf-relay)."""
        body = f"Signal={key}\r\nDuration={duration_ms}\r\n".encode()
        fields = [self.contact, ("Content-Type", "application/dtmf-relay")]
        return self._request("INFO", fields, body)

    def admit(self, request: Request) -> bool:
        """Tell whether a request of the callee belongs to this dialog (§12.2.2).

        Raises OutOfOrder for one that a later one has overtaken.
        """
        dialog = self._dialog
        tags = request.call_id, request.to.tag, request.from_.tag
        if dialog is None or tags != dialog.id:
            return False
        if request.method != "ACK":
            dialog.admit(request)
        if request.method == "INVITE":
            dialog.refresh(request)
        return True

    @property
    def contact(self) -> tuple[str, str]:
        """The header that says where requests of the callee go."""
        return "Contact", f"<sip:{self._local[0]}:{self._local[1]}>"

    def _via(self) -> str:
        host, port = self._local
        return f"SIP/2.0/UDP {host}:{port};rport;branch=z9hG4bK{secrets.token_hex(8)}"

    def _request(
        self, method: str, fields: Fields = (), body: bytes = b"", cseq: int | None = None
    ) -> Request:
        if self._dialog is None:
            raise MisuseError(f"{method} needs an established dialog")
        return self._dialog.request(method, self._via(), [_USER_AGENT, *fields], body, cseq)


def _uri(number: str, address: tuple[str, int]) -> str:
    if number.startswith(("sip:", "sips:")):
        return number
    return f"sip:{quote(number, safe=_USER_CHARACTERS)}@{address[0]}:{address[1]}"


def _from(number: str, local: tuple[str, int]) -> str:
    if number in ("", "anonymous"):
        return '"Anonymous" <sip:anonymous@anonymous.invalid>'  # RFC 3323 §4.1.1.3
    return f"<{_uri(number, local)}>"
