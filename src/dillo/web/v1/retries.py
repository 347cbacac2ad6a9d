"""`Idempotency-Key`: a request that may have been lost on its way is safe to send again."""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Annotated

from fastapi import Depends, Header, Request, Response

from dillo.accounts.once import Answered, Once
from dillo.accounts.principals import Principal
from dillo.web.v1.documents import Document

MEDIA_TYPE = "application/json"


class Retry:
    """The idempotency key of a request, if it has one."""

    def __init__(self, once: Once, key: str | None, fingerprint: str) -> None:
        self._once = once
        self._key = key
        self._fingerprint = fingerprint

    async def answer(
        self, asker: Principal, status: int, work: Callable[[], Awaitable[Document]]
    ) -> Response:
        """Do the work and answer it; for a key that came before, answer as then.

        Work and answer commit together, so the work changes nothing but the database.
        """

        async def answered() -> Answered:
            return await _answered(status, work)

        if self._key is None:
            return _response(await answered())
        return _response(await self._once.do(_scope(asker), self._key, self._fingerprint, answered))

    async def answer_at_most_once(
        self, asker: Principal, status: int, work: Callable[[], Awaitable[Document]]
    ) -> Response:
        """Do work that changes more than the database, and answer it as `answer` does."""
        if self._key is None:
            return _response(await _answered(status, work))
        known = await self._once.begin(_scope(asker), self._key, self._fingerprint)
        if known is not None:
            return _response(known)
        answered = None
        try:
            answered = await _answered(status, work)
        finally:
            await self._once.end(_scope(asker), self._key, answered)
        return _response(answered)

    async def known(self, asker: Principal) -> Response | None:
        """Return the answer to a key that came before: for work that takes long to prepare."""
        if self._key is None:
            return None
        done = await self._once.known(_scope(asker), self._key, self._fingerprint)
        return None if done is None else _response(done)


async def _answered(status: int, work: Callable[[], Awaitable[Document]]) -> Answered:
    return Answered(status, (await work()).model_dump_json())


def _scope(asker: Principal) -> str:
    return asker.customer or asker.actor


def _response(done: Answered) -> Response:
    return Response(done.body, done.status, media_type=MEDIA_TYPE)


async def _retry(
    request: Request,
    idempotency_key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            min_length=1,
            max_length=200,
            pattern=r"^[\x21-\x7e]+$",
            description="Any text of your own, new for each thing you mean to do. The same request "
            "with the same key is answered as the first time, for a day.",
            examples=["2f0c1f9e-order-1042"],
        ),
    ] = None,
) -> Retry:
    asked = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    fingerprint = hashlib.sha256(asked + await request.body()).hexdigest()
    return Retry(request.app.state.once, idempotency_key, fingerprint)


Retries = Annotated[Retry, Depends(_retry)]
