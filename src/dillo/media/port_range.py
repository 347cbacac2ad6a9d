"""Pairs of UDP ports: RTP on an even one, RTCP on the next (RFC 3550 §11)."""

import errno
import random
import socket
from collections.abc import Iterator

from dillo.model.errors import Unavailable


class NoPort(Unavailable):
    """No pair of ports could be bound."""


class PortRange:
    """Hands out pairs in turn, from a random start, so that a port rests before its next use."""

    def __init__(self, low: int, high: int) -> None:
        """Both ends are included."""
        self._low = low + low % 2
        self._pairs = (high + 1 - self._low) // 2
        if self._pairs < 1:
            raise ValueError(f"no even port with its neighbour between {low} and {high}")
        self._turn = random.randrange(self._pairs)

    def bind(self, ip: str) -> tuple[socket.socket, socket.socket]:
        """Return an RTP and an RTCP socket on an address of ours. Raises NoPort."""
        for port in self._candidates():
            try:
                return _bind_pair(ip, port)
            except OSError as error:
                if error.errno != errno.EADDRINUSE:
                    raise NoPort(f"{ip}: {error.strerror}") from error
        raise NoPort(f"all {self._pairs} port pairs of {ip} are taken")

    def _candidates(self) -> Iterator[int]:
        for _ in range(self._pairs):
            self._turn = (self._turn + 1) % self._pairs
            yield self._low + 2 * self._turn


def bind_udp(ip: str, port: int) -> socket.socket:
    """Return a non-blocking UDP socket. Raises OSError."""
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    udp = socket.socket(family, socket.SOCK_DGRAM)
    try:
        udp.setblocking(False)
        udp.bind((ip, port))
    except OSError:
        udp.close()
        raise
    return udp


def _bind_pair(ip: str, port: int) -> tuple[socket.socket, socket.socket]:
    rtp = bind_udp(ip, port)
    try:
        return rtp, bind_udp(ip, port + 1)
    except OSError:
        rtp.close()
        raise
