"""SIP of one load call as text: requests from templates, replies read by regular expressions."""

import re
import secrets

_call_id = re.compile(rb"\r\nCall-ID *: *([^\s]+)", re.IGNORECASE).search
_method = re.compile(rb"\r\nCSeq *: *\d+ +(\w+)", re.IGNORECASE).search
_to = re.compile(rb"\r\n(To *:[^\r\n]*)", re.IGNORECASE).search
_contact = re.compile(rb"\r\nContact *:[^\r\n<]*<([^>\r\n]+)>", re.IGNORECASE).search
_repeated = re.compile(rb"\r\n((?:Via|From|To|Call-ID|CSeq) *:[^\r\n]*)", re.IGNORECASE).findall
_address = re.compile(rb"\nc=IN IP4 ([0-9.]+)").search
_audio_port = re.compile(rb"\nm=audio ([1-9][0-9]*) ").search
_event_type = re.compile(rb"\na=rtpmap:([0-9]+) telephone-event/8000", re.IGNORECASE).search

_SDP = """v=0
o=- 1 1 IN IP4 {ip}
s=-
c=IN IP4 {ip}
t=0 0
m=audio {port} RTP/AVP 0 101
a=rtpmap:0 PCMU/8000
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15
a=ptime:20
""".replace("\n", "\r\n")

_REQUEST = """{method} {uri} SIP/2.0
Via: SIP/2.0/UDP {local};rport;branch=z9hG4bK{branch}
Max-Forwards: 70
From: <sip:{caller}@{local}>;tag={key}
{to}
Call-ID: {key}
CSeq: {number} {method}
Contact: <sip:{local}>
{content_type}Content-Length: {length}

{body}""".replace("\n", "\r\n")


def call_id_of(message: bytes) -> str:
    """Return the Call-ID, empty where there is none."""
    found = _call_id(message)
    return found[1].decode("latin-1") if found else ""


def method_of(message: bytes) -> str:
    """Return the method that CSeq names, empty where there is none."""
    found = _method(message)
    return found[1].decode() if found else ""


def status_of(message: bytes) -> int:
    """Return the status of a response, 0 for a request."""
    return int(message[8:11]) if message.startswith(b"SIP/2.0 ") else 0


def ok_to(request: bytes) -> bytes:
    """Return the 200 to a request of the callee."""
    return b"\r\n".join([b"SIP/2.0 200 OK", *_repeated(request), b"Content-Length: 0\r\n\r\n"])


def media_of(answer: bytes) -> tuple[tuple[str, int], int] | None:
    """Return where RTP goes and the number of telephone-event, None where one is missing."""
    address, port, event = _address(answer), _audio_port(answer), _event_type(answer)
    if not (address and port and event):
        return None
    return (address[1].decode(), int(port[1])), int(event[1])


class Dialog:
    """Builds the requests of one call; its Call-ID, tag and branches come from one `key`."""

    __slots__ = ("_caller", "_local", "_to", "_uri", "ack", "key")

    def __init__(self, uri: str, caller: str, local: str) -> None:
        self.key = secrets.token_hex(8)
        self.ack = b""
        """The ACK of the final response, empty before that."""
        self._uri = uri
        self._caller = caller
        self._local = local
        self._to = f"To: <{uri}>"

    def invite(self, rtp_port: int) -> bytes:
        """Return the INVITE with an offer of PCMU and telephone-event."""
        sdp = _SDP.format(ip=self._local.partition(":")[0], port=rtp_port)
        return self._request("INVITE", 1, self.key, sdp)

    def take_final(self, response: bytes) -> None:
        """Prepare the ACK, and what the BYE needs, from a final response."""
        is_success = status_of(response) < 300
        if found := _to(response):
            self._to = found[1].decode("latin-1")
        if is_success and (found := _contact(response)):
            self._uri = found[1].decode("latin-1")
        # The ACK of a refusal belongs to the INVITE's transaction, that of a 2xx to none.
        self.ack = self._request("ACK", 1, f"{self.key}a" if is_success else self.key)

    def bye(self) -> bytes:
        """Return the BYE."""
        return self._request("BYE", 2, f"{self.key}b")

    def _request(self, method: str, number: int, branch: str, body: str = "") -> bytes:
        return _REQUEST.format(
            method=method,
            uri=self._uri,
            local=self._local,
            branch=branch,
            caller=self._caller,
            key=self.key,
            to=self._to,
            number=number,
            content_type="Content-Type: application/sdp\r\n" if body else "",
            length=len(body),
            body=body,
        ).encode("latin-1")
