"""Network addresses as people write them."""

from dataclasses import dataclass

from dillo.model.errors import PeerError


class InvalidAddress(PeerError):
    """The text is no `HOST:PORT`."""


@dataclass(frozen=True, slots=True)
class HostPort:
    """A host name or IPv4 address with a port, written `HOST:PORT`; port 0 means any free one."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> "HostPort":
        """Read `HOST:PORT`. Raises InvalidAddress."""
        host, colon, port = text.rpartition(":")
        if not (colon and host and port.isascii() and port.isdigit() and int(port) < 65536):
            raise InvalidAddress(f"{text!r} is no address: write HOST:PORT, as in 127.0.0.1:5060")
        return cls(host, int(port))

    def __str__(self) -> str:
        return f"{self.host}:{self.port}"
