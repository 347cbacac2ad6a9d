"""What a SIP peer can do wrong; each error names the header at fault and the status it earns."""

from dillo.model.errors import PeerError


class SipError(PeerError):
    """The peer sent SIP that cannot be served; `status` is what a request of that kind gets."""

    status = 400

    def __init__(self, header: str, fault: str) -> None:
        super().__init__(f"{header}: {fault}")
        self.header = header
        self.fault = fault


class Malformed(SipError):
    """The message, or a header of it, does not follow the grammar (RFC 3261 §25)."""


class NotSip(SipError):
    """The datagram is no SIP message at all, or not worth an answer: it is dropped."""


class UnsupportedScheme(SipError):
    """The Request-URI has a scheme that we do not serve (RFC 3261 §8.2.2.1)."""

    status = 416


class UnsupportedVersion(SipError):
    """The message is of another SIP version than 2.0 (RFC 3261 §21.5.6)."""

    status = 505
