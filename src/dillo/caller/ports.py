"""Pairs of UDP ports: an even one for RTP and the next one for RTCP (RFC 3550 §11)."""

import socket

from dillo.model.errors import Unavailable

_ATTEMPTS = 50


def bind_pair(ip: str) -> tuple[socket.socket, socket.socket]:
    """Return non-blocking sockets for RTP and RTCP. Raises Unavailable where no pair is free."""
    for _ in range(_ATTEMPTS):
        rtp = _bind(ip, 0)
        port = rtp.getsockname()[1]
        if port % 2 == 0:
            try:
                return rtp, _bind(ip, port + 1)
            except OSError:
                pass  # somebody else has the port above
        rtp.close()
    raise Unavailable(f"no two neighbouring UDP ports are free at {ip}")


def _bind(ip: str, port: int) -> socket.socket:
    opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        opened.bind((ip, port))
    except OSError:
        opened.close()
        raise
    opened.setblocking(False)
    return opened
