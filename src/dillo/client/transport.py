"""How calls reach the server: sent again only where that does no harm."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Generator, Iterator
from dataclasses import dataclass
from typing import Any, Final, NoReturn, TypeVar

import httpx

from dillo.client.calls import Answer, AwaitedPerformer, Call, Pause, Request, Steps
from dillo.client.errors import Unreachable, problem_of
from dillo.client.events import Watch

T = TypeVar("T")

_FIRST_WAIT_S: Final = 0.25
_LONGEST_WAIT_S: Final = 30.0
_WORTH_ANOTHER_TRY: Final = {502, 503, 504}


@dataclass(frozen=True, slots=True)
class Options:
    """Where the server is, who asks, and with how much patience."""

    server: str
    key: str
    customer: str | None = None
    timeout_s: float = 30.0
    retries: int = 3

    def headers(self) -> dict[str, str]:
        """Return the headers of every request."""
        # The statistics take the key in a header of their own, with the customer's code.
        named = {"CustomerCode": self.customer, "ApiKey": self.key} if self.customer else {}
        return {"Authorization": f"Bearer {self.key}", "Accept": "application/json", **named}


_Step = Request | Pause
_Outcome = Answer | httpx.TransportError | None


def _exchange(request: Request, retries: int) -> Generator[_Step, _Outcome, Answer]:
    """Say when to send a request and when to wait; told what came of each. Knows no I/O.

    What was never sent, or refused as too fast, is sent again in any case; all else only where
    sending it twice does the same as once.
    """
    attempt = 0
    while True:
        outcome = yield request
        assert outcome is not None
        if attempt == retries or not _may_pass(request, outcome):
            return _settled(request, outcome)
        yield Pause(_wait_s(outcome, attempt))
        attempt += 1


def _settled(request: Request, outcome: Answer | httpx.TransportError) -> Answer:
    if isinstance(outcome, httpx.TransportError):
        raise Unreachable(f"{request.method} {request.path}: {outcome}") from outcome
    if outcome.status >= 400:
        raise problem_of(outcome.status, outcome.body, outcome.headers)
    return outcome


def _may_pass(request: Request, outcome: Answer | httpx.TransportError) -> bool:
    if isinstance(outcome, httpx.ConnectError | httpx.ConnectTimeout):
        return True
    if isinstance(outcome, httpx.TransportError):
        return request.is_repeatable
    if outcome.status == 429:
        return True
    return outcome.status in _WORTH_ANOTHER_TRY and request.is_repeatable


def _wait_s(outcome: Answer | httpx.TransportError, attempt: int) -> float:
    if isinstance(outcome, Answer):
        asked = outcome.headers.get("retry-after", "")
        if asked.isdecimal():
            return min(float(asked), _LONGEST_WAIT_S)
    # Jitter: clients that failed together do not come back together.
    longest = min(_FIRST_WAIT_S * 2.0**attempt, _LONGEST_WAIT_S)
    return longest * random.uniform(0.5, 1)


def _refuse(response: httpx.Response, body: bytes) -> NoReturn:
    raise problem_of(response.status_code, body, response.headers)


def _built(options: Options, request: Request) -> dict[str, Any]:
    return {
        "method": request.method,
        "url": options.server.rstrip("/") + request.path,
        "params": request.query,
        "headers": {**options.headers(), **request.headers},
        "content": request.body,
    }


class SyncTransport:
    """Carries out calls at once."""

    def __init__(self, options: Options, http: httpx.Client | None = None) -> None:
        self._options = options
        self._http = http or httpx.Client(timeout=options.timeout_s)

    def perform(self, call: Call[T]) -> T:
        """Return what a call is answered. Raises ProblemError, Unreachable."""
        exchange = _exchange(call.request, self._options.retries)
        step = next(exchange)
        try:
            while True:
                if isinstance(step, Pause):
                    time.sleep(step.seconds)
                    step = exchange.send(None)
                else:
                    step = exchange.send(self._send(step))
        except StopIteration as end:
            answer: Answer = end.value
        return call.read(answer)

    def _send(self, request: Request) -> Answer | httpx.TransportError:
        try:
            response = self._http.request(**_built(self._options, request))
        except httpx.TransportError as error:
            return error
        return Answer(response.status_code, response.headers, response.content)

    def run(self, steps: Steps[T]) -> T:
        """Return what comes of calls one after the other. Raises ProblemError, Unreachable."""
        try:
            step = next(steps)
            while True:
                if isinstance(step, Pause):
                    time.sleep(step.seconds)
                    step = steps.send(None)
                else:
                    step = steps.send(self.perform(step))
        except StopIteration as end:
            found: T = end.value
            return found

    def follow(self, call: Call[T]) -> Iterator[T]:
        """Yield events as they come, for as long as they are asked for."""
        watch = Watch(call.request, self._options.retries)
        while True:
            try:
                with self._http.stream(**_built(self._options, watch.request())) as response:
                    if response.status_code >= 400:
                        _refuse(response, response.read())
                    for line in response.iter_lines():
                        if (event := watch.take(line)) is not None:
                            yield call.read(event)
            except httpx.TransportError as error:
                watch.broken(error)
            time.sleep(watch.pause_s)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()


class AsyncTransport(AwaitedPerformer):
    """Carries out calls as something to be awaited."""

    def __init__(self, options: Options, http: httpx.AsyncClient | None = None) -> None:
        self._options = options
        self._http = http or httpx.AsyncClient(timeout=options.timeout_s)

    async def perform(self, call: Call[T]) -> T:
        """Return what a call is answered. Raises ProblemError, Unreachable."""
        exchange = _exchange(call.request, self._options.retries)
        step = next(exchange)
        try:
            while True:
                if isinstance(step, Pause):
                    await asyncio.sleep(step.seconds)
                    step = exchange.send(None)
                else:
                    step = exchange.send(await self._send(step))
        except StopIteration as end:
            answer: Answer = end.value
        return call.read(answer)

    async def _send(self, request: Request) -> Answer | httpx.TransportError:
        try:
            response = await self._http.request(**_built(self._options, request))
        except httpx.TransportError as error:
            return error
        return Answer(response.status_code, response.headers, response.content)

    async def run(self, steps: Steps[T]) -> T:
        """Return what comes of calls one after the other. Raises ProblemError, Unreachable."""
        try:
            step = next(steps)
            while True:
                if isinstance(step, Pause):
                    await asyncio.sleep(step.seconds)
                    step = steps.send(None)
                else:
                    step = steps.send(await self.perform(step))
        except StopIteration as end:
            found: T = end.value
            return found

    async def follow(self, call: Call[T]) -> AsyncIterator[T]:
        """Yield events as they come, for as long as they are asked for."""
        watch = Watch(call.request, self._options.retries)
        while True:
            try:
                async with self._http.stream(**_built(self._options, watch.request())) as response:
                    if response.status_code >= 400:
                        _refuse(response, await response.aread())
                    async for line in response.aiter_lines():
                        if (event := watch.take(line)) is not None:
                            yield call.read(event)
            except httpx.TransportError as error:
                watch.broken(error)
            await asyncio.sleep(watch.pause_s)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()
