"""Outgoing HTTP that reaches only what the guard permits."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx

from dillo.hooks.guard import Guard, Target, check_url
from dillo.model.errors import PeerError, Unavailable

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""Host and port to literal addresses, best first; raises OSError where the name has none."""


class FetchFailed(Unavailable):
    """The server could not be reached, or did not answer in time."""


class NotConnected(FetchFailed):
    """No connection came about: nothing was sent, so trying again does nothing twice."""


class AnswerRefused(PeerError):
    """The server answered with something we will not take; the message says what."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a fetch may go."""

    total_s: float = 10.0
    connect_s: float = 3.0
    body_bytes: int = 20_000_000
    redirects: int = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """An HTTP response in full; header names are lower-case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


async def resolve(host: str, port: int) -> Sequence[str]:
    """Ask the system's resolver for the addresses of a name."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class Fetcher:
    """Fetches http(s) resources for customers.

    Every hop is checked anew: the name is resolved once, all its addresses must be permitted, and
    the connection goes to exactly these, so that a second DNS answer changes nothing. The Host
    header and TLS (SNI, certificate) keep the name. Proxies of the environment are not used.
    """

    def __init__(
        self,
        guard: Guard,
        resolver: Resolver = resolve,
        limits: Limits = Limits(),
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._limits = limits
        transport = _PinnedTransport(guard, resolver, tls)
        self._client = httpx.AsyncClient(
            transport=transport,
            timeout=httpx.Timeout(limits.total_s, connect=limits.connect_s),
            trust_env=False,
            headers={"User-Agent": "dillo", "Accept-Encoding": "identity"},
            # What a server tells one customer's request must not come back with another's.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        )

    async def fetch(
        self, url: str, headers: Mapping[str, str], *, method: str = "GET", body: bytes = b""
    ) -> Answer:
        """GET a resource, following redirects; or POST a body, following none.

        Raises AddressRefused, AnswerRefused (too large, compressed, too many redirects),
        NotConnected or FetchFailed (broken off, slower than the total time-out).
        """
        redirects = self._limits.redirects if method == "GET" else 0
        async with self._limited():
            return await self._follow(url, headers, method, body, redirects)

    async def send(self, url: str, headers: Mapping[str, str], *, method: str, body: bytes) -> int:
        """Make one request; returns the status of whatever is answered, none of which is read.

        Raises AddressRefused, NotConnected, FetchFailed.
        """
        async with self._limited():
            check_url(url)
            sending = self._client.stream(method, url, headers=headers, content=body or None)
            async with sending as response:
                return response.status_code

    async def close(self) -> None:
        """Let go of the connections."""
        await self._client.aclose()

    @asynccontextmanager
    async def _limited(self) -> AsyncIterator[None]:
        """Limit the time, and turn failures of the library into ours."""
        try:
            async with asyncio.timeout(self._limits.total_s):
                yield
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise NotConnected(str(error) or type(error).__name__) from error
        except TimeoutError as error:
            raise FetchFailed(f"no answer within {self._limits.total_s:g} s") from error
        except httpx.HTTPError as error:
            raise FetchFailed(str(error) or type(error).__name__) from error

    async def _follow(
        self, url: str, headers: Mapping[str, str], method: str, body: bytes, redirects: int
    ) -> Answer:
        for _ in range(redirects + 1):
            check_url(url)
            sending = self._client.stream(method, url, headers=headers, content=body or None)
            async with sending as response:
                if response.next_request is None:
                    return await self._read(response)
                url = str(response.next_request.url)
        raise AnswerRefused(
            f"more than {redirects} redirects" if redirects else "it redirects to another address"
        )

    async def _read(self, response: httpx.Response) -> Answer:
        if response.headers.get("content-encoding", "identity") != "identity":
            raise AnswerRefused("the answer is compressed, though asked for as it is")
        limit = self._limits.body_bytes
        too_large = AnswerRefused(f"larger than {limit:,} bytes")
        announced = response.headers.get("content-length", "")
        if announced.isdigit() and int(announced) > limit:
            raise too_large
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > limit:
                raise too_large
        return Answer(response.status_code, dict(response.headers), bytes(body))


class _PinnedTransport(httpx.AsyncBaseTransport):
    """Connects to the addresses that the guard has seen, and to no others."""

    def __init__(self, guard: Guard, resolver: Resolver, tls: ssl.SSLContext | None) -> None:
        self._guard = guard
        self._resolver = resolver
        # A kept connection would be found again by its address, and then serve another name that
        # its certificate was never checked for.
        self._inner = httpx.AsyncHTTPTransport(
            verify=tls or True, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0)
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        target = check_url(str(request.url))
        name = request.url.raw_host.decode("ascii")
        failure: httpx.TransportError | None = None
        for address in await self._addresses(target):
            pinned = httpx.Request(
                request.method,
                request.url.copy_with(host=address),
                headers=request.headers,  # with the Host header, which keeps the name
                stream=request.stream,
                extensions={**request.extensions, "sni_hostname": name},
            )
            try:
                return await self._inner.handle_async_request(pinned)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                failure = error
        raise failure or httpx.ConnectError(f"{target.host} has no address")

    async def _addresses(self, target: Target) -> tuple[str, ...]:
        try:
            answers = await self._resolver(target.host, target.port)
        except (OSError, UnicodeError) as error:
            raise httpx.ConnectError(f"{target.host} cannot be resolved: {error}") from error
        return self._guard.choose(target, answers)

    async def aclose(self) -> None:
        await self._inner.aclose()
