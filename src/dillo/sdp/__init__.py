"""Session descriptions (RFC 8866), and offer and answer (RFC 3264), without I/O."""

from dillo.sdp.description import SessionDescription
from dillo.sdp.errors import MalformedSdp, NotAcceptable, SdpError
from dillo.sdp.formats import PCMA, PCMU
from dillo.sdp.negotiation import (
    Agreement,
    LocalMedia,
    Proposal,
    accept,
    negotiate,
    offer,
    read_offer,
)

__all__ = [
    "PCMA",
    "PCMU",
    "Agreement",
    "LocalMedia",
    "MalformedSdp",
    "NotAcceptable",
    "Proposal",
    "SdpError",
    "SessionDescription",
    "accept",
    "negotiate",
    "offer",
    "read_offer",
]
