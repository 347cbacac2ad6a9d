"""A client of the platform's API, for programs: `Client`, or `AsyncClient` to be awaited.

    from dillo.client import Client

    with Client("https://voice.example.com", key="…") as dillo:
        line = dillo.applications.create("Front desk", template="voicemail")
        dillo.applications.publish(line.id)
        bought = dillo.numbers.buy("+442079460000")
        dillo.numbers.assign(bought.number, primary_application_id=line.id)
        for call in dillo.calls.search(number="+442079460000"):
            print(call.created_at, call.caller, call.price)

Both know the same operations. Lists are walked through page by page; what costs money carries an
Idempotency-Key, and is sent again where an answer was lost; a refusal is raised as an error with
the fields of its problem (RFC 9457).
"""

from types import TracebackType
from typing import Self

import httpx

from dillo.client.calls import Async, Sync
from dillo.client.errors import (
    BadRequest,
    ClientError,
    Conflict,
    ExportFailed,
    Forbidden,
    Invalid,
    NotFound,
    PaymentRequired,
    PreconditionFailed,
    ProblemError,
    ServerFailed,
    TooManyRequests,
    Unauthorized,
    Unfinished,
    Unreachable,
)
from dillo.client.pages import AsyncPages, Pages
from dillo.client.resources.applications import Applications
from dillo.client.resources.billing import Billing
from dillo.client.resources.calls import CallRecords
from dillo.client.resources.customers import Customers
from dillo.client.resources.exports import Exports
from dillo.client.resources.inventory import Inventory
from dillo.client.resources.keys import Keys
from dillo.client.resources.numbers import Numbers
from dillo.client.resources.prompts import Prompts
from dillo.client.resources.recordings import Recordings
from dillo.client.resources.tariffs import Tariffs
from dillo.client.resources.trunks import Trunks
from dillo.client.resources.users import Users
from dillo.client.resources.voices import Voices
from dillo.client.resources.webhooks import Webhooks
from dillo.client.transport import AsyncTransport, Options, SyncTransport

__all__ = [
    "AsyncClient",
    "AsyncPages",
    "BadRequest",
    "Client",
    "ClientError",
    "Conflict",
    "ExportFailed",
    "Forbidden",
    "Invalid",
    "NotFound",
    "Pages",
    "PaymentRequired",
    "PreconditionFailed",
    "ProblemError",
    "ServerFailed",
    "TooManyRequests",
    "Unauthorized",
    "Unfinished",
    "Unreachable",
]


class Client:
    """Asks a platform and waits for its answers; safe to use from several threads."""

    def __init__(
        self,
        server: str,
        key: str,
        *,
        customer: str | None = None,
        timeout_s: float = 30.0,
        retries: int = 3,
        http: httpx.Client | None = None,
    ) -> None:
        """Take the server's address and an API key; see the module for the rest.

        `customer` is a customer's code: whom an operator acts for, and whose statistics are asked
        for. `http` is a client of your own, with its proxies and certificates.
        """
        options = Options(server, key, customer, timeout_s, retries)
        self._transport = transport = SyncTransport(options, http)
        self.applications: Applications[Sync] = Applications(transport)
        self.billing: Billing[Sync] = Billing(transport)
        self.calls: CallRecords[Sync] = CallRecords(transport)
        self.customers: Customers[Sync] = Customers(transport)
        self.exports: Exports[Sync] = Exports(transport)
        self.inventory: Inventory[Sync] = Inventory(transport)
        self.keys: Keys[Sync] = Keys(transport)
        self.numbers: Numbers[Sync] = Numbers(transport)
        self.prompts: Prompts[Sync] = Prompts(transport)
        self.recordings: Recordings[Sync] = Recordings(transport)
        self.tariffs: Tariffs[Sync] = Tariffs(transport)
        self.trunks: Trunks[Sync] = Trunks(transport)
        self.users: Users[Sync] = Users(transport)
        self.voices: Voices[Sync] = Voices(transport)
        self.webhooks: Webhooks[Sync] = Webhooks(transport)

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class AsyncClient:
    """Asks a platform; its answers are awaited."""

    def __init__(
        self,
        server: str,
        key: str,
        *,
        customer: str | None = None,
        timeout_s: float = 30.0,
        retries: int = 3,
        http: httpx.AsyncClient | None = None,
    ) -> None:
        """Take the server's address and an API key, as `Client` does."""
        options = Options(server, key, customer, timeout_s, retries)
        self._transport = transport = AsyncTransport(options, http)
        self.applications: Applications[Async] = Applications(transport)
        self.billing: Billing[Async] = Billing(transport)
        self.calls: CallRecords[Async] = CallRecords(transport)
        self.customers: Customers[Async] = Customers(transport)
        self.exports: Exports[Async] = Exports(transport)
        self.inventory: Inventory[Async] = Inventory(transport)
        self.keys: Keys[Async] = Keys(transport)
        self.numbers: Numbers[Async] = Numbers(transport)
        self.prompts: Prompts[Async] = Prompts(transport)
        self.recordings: Recordings[Async] = Recordings(transport)
        self.tariffs: Tariffs[Async] = Tariffs(transport)
        self.trunks: Trunks[Async] = Trunks(transport)
        self.users: Users[Async] = Users(transport)
        self.voices: Voices[Async] = Voices(transport)
        self.webhooks: Webhooks[Async] = Webhooks(transport)

    async def close(self) -> None:
        """Close the connections."""
        await self._transport.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()
