"""Calls the webhooks of customers: signed, within limits, and again only where that is safe."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Final
from urllib.parse import urlencode

import msgspec

from dillo.calls.ports import WebhookRequest
from dillo.hooks.fetch import (
    Answer,
    AnswerRefused,
    Fetcher,
    FetchFailed,
    Limits,
    NotConnected,
    Resolver,
    resolve,
)
from dillo.hooks.guard import Guard
from dillo.hooks.signature import HEADER, signature
from dillo.model.clock import now_us

MAX_ANSWER: Final = 65_536
"""Octets."""

SecretOf = Callable[[str], Awaitable[str]]
"""The secret that a customer's webhooks are signed with; raises Unavailable."""

_LIMITS: Final = Limits(total_s=30, body_bytes=MAX_ANSWER, redirects=0)
_RETRIES_S: Final = (0.1, 0.3, 1.0)
_ACCEPTED: Final = "application/json"

_encode = msgspec.json.Encoder(decimal_format="number").encode


class Webhooks:
    """Asks webhooks what to do (calls.ports.Webhooks), and tells them what happened."""

    def __init__(self, guard: Guard, secret_of: SecretOf, resolver: Resolver = resolve) -> None:
        self._fetcher = Fetcher(guard, resolver, _LIMITS)
        self._secret_of = secret_of

    async def ask(self, request: WebhookRequest) -> str:
        """Return the JSON that a webhook answered, an empty text where it answered nothing.

        Where no connection came about it is tried again, as long as there is time. Raises
        AddressRefused, AnswerRefused, FetchFailed, Unavailable.
        """
        try:
            async with asyncio.timeout(request.timeout_s):
                return _json(await self._patiently(request))
        except TimeoutError as error:
            raise FetchFailed(f"no answer within {request.timeout_s:g} s") from error

    async def tell(self, request: WebhookRequest) -> int:
        """Call a webhook once, whatever it answers; returns the HTTP status. Raises as `ask`."""
        try:
            async with asyncio.timeout(request.timeout_s):
                url, headers, body = await self._signed(request)
                return await self._fetcher.send(url, headers, method=request.method, body=body)
        except TimeoutError as error:
            raise FetchFailed(f"no answer within {request.timeout_s:g} s") from error

    async def close(self) -> None:
        """Let go of the connections."""
        await self._fetcher.close()

    async def _patiently(self, request: WebhookRequest) -> Answer:
        for delay_s in _RETRIES_S:
            try:
                return await self._send(request)
            except NotConnected:
                await asyncio.sleep(delay_s)
        return await self._send(request)

    async def _send(self, request: WebhookRequest) -> Answer:
        url, headers, body = await self._signed(request)
        return await self._fetcher.fetch(url, headers, method=request.method, body=body)

    async def _signed(self, request: WebhookRequest) -> tuple[str, dict[str, str], bytes]:
        """Return the address, header fields and body of a request, signed now."""
        secret = await self._secret_of(request.customer_id)
        headers = {"Accept": _ACCEPTED, "Idempotency-Key": request.idempotency_key}
        url, body = request.url, b""
        if request.method == "GET":
            url = _with_query(url, request.state)
        else:
            headers["Content-Type"] = _ACCEPTED
            body = _encode(request.state)
        signed = body or url.partition("?")[2].encode()
        headers[HEADER] = signature(secret, signed, now_us() // 1_000_000)
        return url, headers, body


def _with_query(url: str, state: Mapping[str, object]) -> str:
    """Return the address with the state in its query; an object gives `Digits.Pin=1`."""
    fields: list[tuple[str, object]] = []
    for name, value in state.items():
        if isinstance(value, Mapping):
            fields += [(f"{name}.{key}", each) for key, each in value.items()]
        elif value is not None:
            fields.append((name, value))
    address = url.partition("#")[0]
    return f"{address}{'&' if '?' in address else '?'}{urlencode(fields)}"


def _json(answer: Answer) -> str:
    if not 200 <= answer.status < 300:
        raise AnswerRefused(f"it answered with HTTP status {answer.status}")
    if not answer.body:
        return ""
    media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != _ACCEPTED:
        raise AnswerRefused(f"it answered {media_type[:60] or 'no Content-Type'}, not {_ACCEPTED}")
    try:
        return answer.body.decode()
    except UnicodeDecodeError as error:
        raise AnswerRefused(f"its answer is not UTF-8: {error}") from error
