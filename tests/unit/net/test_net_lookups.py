"""From a name to addresses, by a real name server of the test's own."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from typing import cast

import dns.asyncresolver
import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest

from dillo.net.lookups import DnsResolver, Lookups
from dillo.sip.routing import Address
from dillo.sip.targets import Hop

ZONE = {
    ("_sip._udp.carrier.example.", "SRV"): [
        "20 0 5060 c.carrier.example.",
        "10 1 5061 a.carrier.example.",
        "10 0 5062 b.carrier.example.",
    ],
    ("a.carrier.example.", "A"): ["192.0.2.1"],
    ("b.carrier.example.", "A"): ["192.0.2.2"],
    ("c.carrier.example.", "A"): ["192.0.2.3", "192.0.2.4"],
    ("plain.example.", "A"): ["192.0.2.5"],
    ("plain.example.", "AAAA"): ["2001:db8::5"],
    ("_sip._udp.closed.example.", "SRV"): ["0 0 0 ."],
    ("closed.example.", "A"): ["192.0.2.6"],
    ("_sip._udp.vast.example.", "SRV"): [f"{n} 0 {5000 + n} plain.example." for n in range(30)],
}


class NameServer(asyncio.DatagramProtocol):
    """Answers from the zone; NXDOMAIN for the rest."""

    def __init__(self) -> None:
        self.queries = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        self.queries += 1
        query = dns.message.from_wire(data)
        question = query.question[0]
        kind = question.to_text().split()[2]
        answer = dns.message.make_response(query)
        found = ZONE.get((question.name.to_text(), kind))
        if found is None:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        else:
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *found))
        self.transport.sendto(answer.to_wire(), addr)


@pytest.fixture
async def names() -> AsyncIterator[NameServer]:
    loop = asyncio.get_running_loop()
    transport, server = await loop.create_datagram_endpoint(NameServer, local_addr=("127.0.0.1", 0))
    yield server
    transport.close()


@pytest.fixture
def asked(names: NameServer) -> dns.asyncresolver.Resolver:
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers = ["127.0.0.1"]
    resolver.port = names.transport.get_extra_info("sockname")[1]
    return resolver


@pytest.mark.parametrize(
    ("host", "port", "addresses"),
    [
        ("plain.example", None, [("192.0.2.5", 5060)]),
        ("plain.example", 5080, [("192.0.2.5", 5080)]),
        ("carrier.example", 5080, []),
        ("closed.example", None, []),
        ("closed.example", 5060, [("192.0.2.6", 5060)]),
        ("nobody.example", None, []),
        ("localhost", None, [("127.0.0.1", 5060)]),
        ("x" * 70 + ".example", None, []),
        ("a..b", None, []),
    ],
)
async def test_a_host(
    asked: dns.asyncresolver.Resolver, host: str, port: int | None, addresses: list[Address]
) -> None:
    assert await DnsResolver(socket.AF_INET, asked).addresses(host, port) == addresses


async def test_servers_come_in_the_order_of_their_priority(
    asked: dns.asyncresolver.Resolver,
) -> None:
    found = await DnsResolver(socket.AF_INET, asked).addresses("carrier.example", None)
    assert set(found[:2]) == {("192.0.2.1", 5061), ("192.0.2.2", 5062)}
    assert set(found[2:]) == {("192.0.2.3", 5060), ("192.0.2.4", 5060)}


async def test_nobody_waits_for_a_vast_number_of_servers(
    asked: dns.asyncresolver.Resolver,
) -> None:
    found = await DnsResolver(socket.AF_INET, asked).addresses("vast.example", None)
    assert found == [("192.0.2.5", 5000 + number) for number in range(10)]


async def test_an_ipv6_socket_looks_for_ipv6(asked: dns.asyncresolver.Resolver) -> None:
    found = await DnsResolver(socket.AF_INET6, asked).addresses("plain.example", None)
    assert found == [("2001:db8::5", 5060)]


async def test_answers_are_kept(names: NameServer, asked: dns.asyncresolver.Resolver) -> None:
    resolver = DnsResolver(socket.AF_INET, asked)
    for _ in range(3):
        await resolver.addresses("plain.example", 5060)
    assert names.queries == 1


async def test_a_lookup_tells_what_it_found(asked: dns.asyncresolver.Resolver) -> None:
    lookups = Lookups(DnsResolver(socket.AF_INET, asked))
    found = asyncio.get_running_loop().create_future()
    tell: Callable[[list[Address]], None] = found.set_result
    lookups.ask(Hop("plain.example", 5070), tell)
    assert await found == [("192.0.2.5", 5070)]
