"""Where responses go, and what the top Via learns about its sender (RFC 3261 §18.2, RFC 3581)."""

import re
from collections.abc import Callable
from functools import lru_cache
from ipaddress import ip_address

from dillo.sip.grammar import first_item_end
from dillo.sip.message import Request

Address = tuple[str, int]
"""IP address without brackets, and port."""

Permits = Callable[[str], bool]
"""Whether what others name, a customer or a peer, may lead us to an IP address."""

_rport = re.compile(rb";\s*rport\s*(?=;|$)", re.IGNORECASE)
_received = re.compile(rb";\s*received\s*=[^;]*", re.IGNORECASE)


def stamp_source(request: Request, source: Address) -> Address:
    """Write the sender's address into the top Via; returns where to send the responses.

    `received` is added where the sender is not what Via says (§18.2.1), `rport` is filled in and
    then `received` always goes with it (RFC 3581 §4). Responses go to the port that Via names, or
    to the one the request came from, with `rport`. The same is done, as most servers do it, for a
    sender whose Via names another host than it sends from: it sits behind a NAT, where the port
    in Via means nothing. Raises Malformed for an unreadable Via.
    """
    via = request.via
    host, port = source
    is_symmetric = via.has_param("rport") or via.host.strip("[]") != host
    if is_symmetric:
        lines = request.lines["via"]
        request.lines["via"] = [_stamped(lines[0], host, port), *lines[1:]]
    if (maddr := via.param("maddr")) and is_ip(maddr):
        return maddr.strip("[]"), via.port or 5060
    return host, port if is_symmetric else via.port or 5060


def _stamped(line: bytes, host: str, port: int) -> bytes:
    end = first_item_end(line.decode("latin-1")) if b"," in line else len(line)
    hop = _rport.sub(b";rport=%d" % port, line[:end], 1)
    if b"received" in hop:
        hop = _received.sub(b"", hop)  # only we know where it came from
    return b"%s;received=%s%s" % (hop.rstrip(), host.encode(), line[end:])


# The same few peers come up in call after call.
@lru_cache(maxsize=4096)
def is_ip(host: str) -> bool:
    """Tell whether a host, with or without brackets, is an IP address and no name."""
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
