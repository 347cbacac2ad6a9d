"""`/api/v1/calls/live` and its events: running calls, as they change; and how to end one."""

from collections.abc import AsyncIterator, Iterable
from time import monotonic
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query
from starlette.responses import StreamingResponse

from dillo.accounts.principals import Principal
from dillo.calls.archive import ApplicationVersion, CallArchive
from dillo.calls.live import Listener, LiveCalls, Told, TooManyListeners
from dillo.model.clock import now_us
from dillo.model.live import CallStatus, LiveCall
from dillo.model.phone import country_of
from dillo.web.problems import CALL_NOT_FOUND, CALL_OVER, TOO_MANY_LISTENERS, Refused
from dillo.web.v1.call_documents import Call, LiveSnapshot, shown_live
from dillo.web.v1.described import problems
from dillo.web.v1.documents import Id, Page
from dillo.web.v1.gate import Developer, Viewer

_TAGS: list[Any] = ["Calls"]
_HEARTBEAT_S = 15.0
# Whoever listens is asked again from time to time whether they still may.
_LONGEST_S = 900.0
_RETRY_MS = 1000
_VERSIONS_KEPT = 1024
_DETAIL = "hung up over the API"

_STREAM: dict[str, Any] = {
    "description": 'Server-sent events: `snapshot` with all running calls, as `{"calls": [Call]}`, '
    "at first and whenever changes may have been missed; `call` with a call that has changed, the "
    "last time as `finished`. A comment comes when nothing else does for 15 s.",
    "content": {"text/event-stream": {"schema": {"type": "string"}}},
}


class LiveBook:
    """Running calls with what the database knows of their applications."""

    def __init__(self, live: LiveCalls, archive: CallArchive) -> None:
        self._live = live
        self._archive = archive
        self._versions: dict[str, ApplicationVersion] = {}

    def running(self, customer_id: str | None) -> list[LiveCall]:
        """Return running calls, newest first. Raises Unavailable."""
        return list(self._live.running(customer_id))

    async def find(self, customer_id: str | None, call_id: str) -> Call | None:
        """Show a call that runs, or has just ended and is not settled yet."""
        call = self._live.find(customer_id, call_id)
        return None if call is None else (await self.shown([call]))[0]

    async def shown(self, calls: Iterable[LiveCall]) -> list[Call]:
        """Show calls as they are now. Raises Unavailable."""
        found = list(calls)
        missing = {call.version_id for call in found} - self._versions.keys() - {""}
        if missing:
            if len(self._versions) > _VERSIONS_KEPT:
                self._versions.clear()
                missing = {call.version_id for call in found} - {""}
            self._versions |= await self._archive.versions(sorted(missing))
        at_us = now_us()
        return [
            shown_live(call, self._versions.get(call.version_id), country_of(call.caller), at_us)
            for call in found
        ]


def add_live_calls(router: APIRouter, archive: CallArchive, live: LiveCalls) -> LiveBook:
    """Add the routes of running calls, which come before those that take an id."""
    book = LiveBook(live, archive)

    @router.get("/calls/live", tags=_TAGS)
    async def list_live_calls(asker: Viewer) -> Page[Call]:
        """List the calls that ring or run now, newest first."""
        return Page(items=await book.shown(book.running(asker.customer)), next_cursor=None)

    @router.get(
        "/calls/events",
        tags=_TAGS,
        response_class=StreamingResponse,
        responses={200: _STREAM},
    )
    async def follow_calls(
        asker: Viewer,
        last_event_id: Annotated[
            str | None,
            Header(
                alias="Last-Event-ID",
                max_length=100,
                description="The last event that arrived; browsers send it by themselves",
            ),
        ] = None,
        after: Annotated[
            str | None, Query(max_length=100, description="The same, for who cannot set headers")
        ] = None,
    ) -> StreamingResponse:
        """Follow running calls as they change.

        The stream ends after 15 minutes, or where it is read too slowly; connect again with the id
        of the last event, and nothing is missed.
        """
        told = _follow(book, live, asker, last_event_id or after)
        # Begun here, so that what refuses it is still a problem and no broken stream.
        first = await anext(told)
        return StreamingResponse(
            _chained(first, told),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )

    @router.post("/calls/{call_id}/hang-up", tags=_TAGS, status_code=202, responses=problems(409))
    async def hang_up_call(asker: Developer, call_id: Id) -> Call:
        """End a running call; its record says `Interrupted`, and that it was hung up over the API.

        The answer shows the call as it was before. An answered call is billed up to its end.
        """
        call = live.find(asker.customer, call_id)
        if call is None:
            if await archive.get(asker.customer, call_id) is not None:
                raise _over()
            raise Refused(CALL_NOT_FOUND, "Ask for a call that runs.")
        if call.status is CallStatus.FINISHED:
            raise _over()
        await archive.note_hang_up(asker.actor, call.customer_id, call_id)
        if not await live.hang_up(call, _DETAIL):
            raise _over()
        return (await book.shown([call]))[0]

    return book


def _over() -> Refused:
    return Refused(CALL_OVER, "There is nothing left to be done.")


async def _chained(first: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for part in rest:
        yield part


async def _follow(
    book: LiveBook, live: LiveCalls, asker: Principal, mark: str | None
) -> AsyncIterator[bytes]:
    try:
        async with live.listening(asker.customer, mark) as listener:
            yield f"retry: {_RETRY_MS}\n\n".encode()
            async for part in _parts(book, listener):
                yield part
    except TooManyListeners as error:
        detail = "Close other pages or programs that follow calls of this customer."
        raise Refused(TOO_MANY_LISTENERS, detail, {"Retry-After": "60"}) from error


async def _parts(book: LiveBook, listener: Listener) -> AsyncIterator[bytes]:
    ends_at = monotonic() + _LONGEST_S
    while (left_s := ends_at - monotonic()) > 0:
        try:
            told = await listener.hear(min(_HEARTBEAT_S, left_s))
        except TimeoutError:
            yield b": still here\n\n"
            continue
        if told is None:
            return
        yield await _event(book, told)


async def _event(book: LiveBook, told: Told) -> bytes:
    calls = await book.shown(told.calls)
    name = "snapshot" if told.is_snapshot else "call"
    body = LiveSnapshot(calls=calls) if told.is_snapshot else calls[0]
    return f"id: {told.mark}\nevent: {name}\ndata: {body.model_dump_json()}\n\n".encode()
