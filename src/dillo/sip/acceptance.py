"""Which requests we serve, and the refusal of every other (RFC 3261 §8.2)."""

from dillo.sip.errors import Malformed, SipError
from dillo.sip.headers import MediaType
from dillo.sip.message import Message, Request
from dillo.sip.uri import Uri

ALLOWED = ("INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "INFO", "UPDATE")
ALLOW = ("Allow", ", ".join(ALLOWED))
SDP = "application/sdp"
ACCEPT = ("Accept", SDP)
DIGIT_TYPES = ("application/dtmf-relay", "application/dtmf")

CAPABILITIES = (
    ALLOW,
    ACCEPT,
    ("Accept-Encoding", "identity"),
    ("Accept-Language", "en"),
    ("Supported", ""),
)
"""What an OPTIONS is told (§11.2); we support no extension that needs a name."""

_KNOWN_ELSEWHERE = {"REGISTER", "PRACK", "SUBSCRIBE", "NOTIFY", "PUBLISH", "MESSAGE", "REFER"}
_WITH_SDP = {"INVITE", "UPDATE"}
_NO_HEADERS: tuple[tuple[str, str], ...] = ()


class Refused(SipError):
    """A well-formed request that we do not serve; `fields` tell what we would serve."""

    def __init__(
        self,
        status: int,
        header: str,
        fault: str,
        fields: tuple[tuple[str, str], ...] = _NO_HEADERS,
    ) -> None:
        super().__init__(header, fault)
        self.status = status
        self.fields = fields


def check_method(request: Request) -> None:
    """Refuse 405 what SIP knows and we do not do, 501 what nobody knows (§8.2.1, §21.5.2)."""
    method = request.method
    if method in ALLOWED:
        return
    if method in _KNOWN_ELSEWHERE:
        raise Refused(405, "method", f"{method} is not served here", (ALLOW,))
    raise Refused(501, "method", f"{method[:40]} is not known", (ALLOW,))


def check_target(request: Request) -> Uri:
    """Return the Request-URI; raises UnsupportedScheme (416), or Malformed with headers in it."""
    uri = Uri.parse(request.uri)
    if uri.headers:
        raise Malformed("request line", "the URI must not carry headers")  # §19.1.1
    return uri


def check_extensions(request: Request) -> None:
    """Refuse 420 every extension that the sender insists on (§8.2.2.3)."""
    required = request.items("require")
    if required:
        fault = f"{', '.join(required)[:80]} not supported"
        raise Refused(420, "Require", fault, (("Unsupported", ", ".join(required)),))


def check_content(request: Request) -> None:
    """Refuse 415 a body that we cannot read, 406 a sender who cannot read ours (§8.2.3)."""
    if request.method not in _WITH_SDP:
        return
    accepted = request.items("accept")
    if accepted and not any(MediaType.parse(item).covers(SDP) for item in accepted):
        raise Refused(406, "Accept", f"does not include {SDP}", (ACCEPT,))
    if not request.body:
        return
    if media_type(request) != SDP and not _is_optional(request):
        raise Refused(415, "Content-Type", f"is not {SDP}", (ACCEPT,))
    encoding = request.text("content-encoding")
    if encoding and encoding.lower() != "identity":
        raise Refused(
            415, "Content-Encoding", "is not identity", (("Accept-Encoding", "identity"),)
        )


def media_type(request: Request) -> str:
    """Return the media type of a body. Raises Malformed where it has none (§7.4.1)."""
    text = request.text("content-type")
    if text is None:
        raise Malformed("Content-Type", "missing, and there is a body")
    if text == SDP:
        return SDP
    return MediaType.parse(text).name


def _is_optional(request: Request) -> bool:
    disposition = (request.text("content-disposition") or "").replace(" ", "").lower()
    return "handling=optional" in disposition


def session_body(message: Message) -> bytes | None:
    """Return the SDP of a message, None where it has none that we read."""
    if not message.body:
        return None
    text = message.text("content-type")
    return message.body if text and text.lower().startswith(SDP) else None
