"""From the name of a SIP server to its addresses: SRV, then A or AAAA (RFC 3263 §4.2)."""

import asyncio
import socket
from collections.abc import Callable
from typing import Protocol

import dns.asyncresolver
import dns.exception
import dns.resolver
from dns.rdtypes.IN.SRV import SRV

from dillo.sip.routing import Address
from dillo.sip.targets import SIP_PORT, Hop

_LIFETIME_S = 3.0
"""How long one name may take, over all name servers."""
_NOT_FOUND = (dns.exception.DNSException, OSError)
"""No such name, no record, no name server that answers, or no way to one."""
_CACHED_NAMES = 10_000
_MAX_ADDRESSES = 10
"""Of one host, over all its SRV records: nobody waits for more to time out."""


class Resolver(Protocol):
    """Finds the addresses of a host."""

    async def addresses(self, host: str, port: int | None) -> list[Address]:
        """Return where a host serves SIP over UDP, the best first; empty where nobody knows."""


class DnsResolver:
    """Asks the name servers of this machine, and `/etc/hosts` for what they do not know.

    Answers are kept as long as their TTL allows. SRV records are put in the order of RFC 2782:
    by priority, and at random by weight within one.
    """

    def __init__(
        self, family: socket.AddressFamily, asked: dns.asyncresolver.Resolver | None = None
    ) -> None:
        """Make a resolver for addresses of one family: AF_INET or AF_INET6."""
        self._family = family
        self._kind = "AAAA" if family == socket.AF_INET6 else "A"
        self._asked = asked or _system_resolver()
        self._asked.cache = dns.resolver.LRUCache(_CACHED_NAMES)
        self._asked.lifetime = _LIFETIME_S

    async def addresses(self, host: str, port: int | None) -> list[Address]:
        """Return where a host serves SIP over UDP; a port or a bare name means no SRV."""
        if port is not None or "." not in host:
            return await self._of_host(host, port or SIP_PORT)
        servers = await self._servers(host)
        if servers is None:
            return await self._of_host(host, SIP_PORT)
        found: list[Address] = []
        for server in servers:
            if len(found) < _MAX_ADDRESSES:
                found += await self._of_host(
                    server.target.to_text(omit_final_dot=True), server.port
                )
        return found[:_MAX_ADDRESSES]

    async def _servers(self, host: str) -> list[SRV] | None:
        """Return the SRV records, the best first; None where there are none."""
        try:
            answer = await self._asked.resolve(f"_sip._udp.{host}", "SRV")
        except _NOT_FOUND:
            return None
        ordered = answer.rrset.processing_order() if answer.rrset is not None else []
        records = [each for each in ordered if isinstance(each, SRV)]
        return [each for each in records if each.target.to_text() != "."]  # RFC 2782: not here

    async def _of_host(self, host: str, port: int) -> list[Address]:
        try:
            answer = await self._asked.resolve(host, self._kind)
        except _NOT_FOUND:
            return await self._of_hosts_file(host, port)
        return [(record.to_text(), port) for record in answer]

    async def _of_hosts_file(self, host: str, port: int) -> list[Address]:
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(host, port, family=self._family, type=socket.SOCK_DGRAM)
        except (OSError, UnicodeError):  # no such host, or a name that can be none
            return []
        return [(str(sockaddr[0]), port) for *_, sockaddr in found]


def _system_resolver() -> dns.asyncresolver.Resolver:
    try:
        return dns.asyncresolver.Resolver()
    except dns.resolver.NoResolverConfiguration:
        return dns.asyncresolver.Resolver(configure=False)  # only /etc/hosts is left


class Lookups:
    """Runs lookups, each in a task of its own, until it is told to stop."""

    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self._tasks: set[asyncio.Task[None]] = set()

    def ask(self, hop: Hop, on_found: Callable[[list[Address]], None]) -> None:
        """Look a host up; `on_found` is called in the loop, unless `cancel` comes first."""
        task = asyncio.get_running_loop().create_task(self._ask(hop, on_found))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _ask(self, hop: Hop, on_found: Callable[[list[Address]], None]) -> None:
        on_found(await self._resolver.addresses(hop.host, hop.port))

    def cancel(self) -> None:
        """Stop what is running; nobody hears of it."""
        for task in self._tasks:
            task.cancel()
