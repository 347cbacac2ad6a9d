"""Whether a call came from where it should: the addresses of a trunk."""

import socket
from collections.abc import Callable, Collection
from ipaddress import ip_address

from dillo.calls.ports import Invitation
from dillo.net.lookups import DnsResolver, Resolver
from dillo.sip.routing import Address
from dillo.sip.targets import Hop


class Origins:
    """Compares sources of INVITEs with hosts (calls.ports.Origins).

    Ports do not count: carriers call from others than they listen on.
    """

    def __init__(
        self, own: Callable[[], Address], resolver_of: Callable[..., Resolver] = DnsResolver
    ) -> None:
        """`own` tells at which port this node takes SIP, `resolver_of` what finds names."""
        self._own = own
        self._resolver_of = resolver_of
        self._resolvers: dict[socket.AddressFamily, Resolver] = {}

    async def admits(self, invitation: Invitation, hosts: Collection[str]) -> bool:
        """Whether an INVITE came from one of these hosts (`host[:port]`), or from this node."""
        source = invitation.source_ip
        if (source, invitation.source_port) == (invitation.local_ip, self._own()[1]):
            return True
        caller = ip_address(source)
        family = socket.AF_INET6 if caller.version == 6 else socket.AF_INET
        for hop in map(Hop.parse, hosts):
            if hop.address is not None:
                found = [hop.address]
            else:
                found = await self._resolver(family).addresses(hop.host, hop.port)
            if caller in {ip_address(address) for address, _ in found}:
                return True
        return False

    def _resolver(self, family: socket.AddressFamily) -> Resolver:
        if family not in self._resolvers:
            self._resolvers[family] = self._resolver_of(family)
        return self._resolvers[family]
