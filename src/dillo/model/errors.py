"""Errors that say whose fault they are."""


class DilloError(Exception):
    """Something went wrong; the message says what, and where."""


class PeerError(DilloError):
    """The other side broke the protocol or sent bad input; it gets a 4xx and may correct itself."""


class MisuseError(DilloError):
    """Our own code asked for an illegal move: a bug here, never the peer's fault."""


class Unavailable(DilloError):
    """A dependency is down or too slow just now; the same request may succeed later."""
