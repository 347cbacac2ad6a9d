"""Whose packets a call takes: the rule that follows a peer behind a NAT and nobody else."""

from dillo.model.media import ChangePeer, OpenPort

Address = tuple[str, int]


class Peer:
    """The far end of a call, as signalled and as found.

    The first packet decides, if it comes from the signalled address or a trusted one (any port:
    a NAT changes it). A peer that fell silent may come back from another port; if not from the
    signalled address, then only as the same source (SSRC), so that nobody who guesses the port
    takes the call over ("RTP bleed").
    """

    __slots__ = ("_trusted", "found", "signalled")

    def __init__(self, command: OpenPort | ChangePeer) -> None:
        self.found: Address | None = None
        self.signalled = _signalled(command)
        self._trusted = command.trusted_ips

    def change(self, command: ChangePeer) -> bool:
        """Take over a new description; return whether the address is another one."""
        self._trusted = command.trusted_ips
        signalled = _signalled(command)
        if signalled == self.signalled:
            return False
        self.signalled = signalled
        self.found = None
        return True

    def admits(self, ip: str, ssrc: int, ssrc_before: int | None) -> bool:
        """Return whether a packet may decide where the peer is; `ssrc_before` was heard last."""
        if self.signalled is not None and ip == self.signalled[0]:
            return True
        return ip in self._trusted and ssrc_before in (None, ssrc)

    @property
    def address(self) -> Address | None:
        """Where our packets go: where its packets came from, else where it said."""
        return self.found or self.signalled


def _signalled(command: OpenPort | ChangePeer) -> Address | None:
    return (command.peer_ip, command.peer_port) if command.peer_ip else None
