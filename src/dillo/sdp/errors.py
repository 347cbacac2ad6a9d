"""What can be wrong with a peer's session description, and the SIP status that follows."""

from typing import ClassVar

from dillo.model.errors import PeerError


class SdpError(PeerError):
    """The peer's session description cannot be used."""

    status: ClassVar[int]
    """SIP status that refuses an INVITE which carries it."""


class MalformedSdp(SdpError):
    """The body is no session description; the message names the line."""

    status = 400


class NotAcceptable(SdpError):
    """The description is well-formed, but offers nothing that we can speak (RFC 3261 §21.4.26)."""

    status = 488
