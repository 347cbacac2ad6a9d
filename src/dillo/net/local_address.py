"""Which address of ours a peer can reach, where the socket listens on all of them."""

import socket


class LocalAddresses:
    """Asks the routing table, once per peer."""

    MAX_KNOWN = 4096

    def __init__(self, bound: tuple[str, int]) -> None:
        self._bound = bound
        self._is_any = bound[0] in {"0.0.0.0", "::"}  # noqa: S104 - compared, not bound
        self._known: dict[str, tuple[str, int]] = {}

    def towards(self, peer: str) -> tuple[str, int]:
        """Return the address from which packets to `peer` (an IP address) leave."""
        if not self._is_any:
            return self._bound
        known = self._known.get(peer)
        if known is None:
            if len(self._known) >= self.MAX_KNOWN:
                self._known.clear()
            known = self._known[peer] = (self._ask(peer), self._bound[1])
        return known

    def _ask(self, peer: str) -> str:
        family = socket.AF_INET6 if ":" in peer else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            try:
                probe.connect((peer, 9))  # only picks a route: UDP sends nothing
            except OSError:
                return self._bound[0]
            host: str = probe.getsockname()[0]
        return host
