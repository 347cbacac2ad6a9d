"""`/api/v1/calls`: finished calls, listed, filtered and one by one."""

from typing import Annotated, Any, Literal

import msgspec
from fastapi import APIRouter, Query, Response
from starlette.responses import Response as RawResponse

from dillo.accounts.principals import Principal
from dillo.calls.archive import CallArchive, Place, Sort, SortBy, StoredCall
from dillo.web.problems import CALL_NOT_FOUND, INVALID_CURSOR, Refused
from dillo.web.v1.call_details import (
    CallDetails,
    Charge,
    Happening,
    charges,
    details,
    happenings,
)
from dillo.web.v1.call_documents import Call, shown
from dillo.web.v1.call_filters import CallsAsked, read_filter, read_period
from dillo.web.v1.conditions import Conditions
from dillo.web.v1.documents import Id, Page
from dillo.web.v1.gate import Viewer
from dillo.web.v1.live_calls import LiveBook
from dillo.web.v1.pages import Paging, write_cursor

_TAGS: list[Any] = ["Calls"]
_SORTS = Literal["-created_at", "created_at", "-duration", "duration", "-price", "price"]
_JSON: dict[str, Any] = {"content": {"application/json": {"schema": {"type": "object"}}}}

SortQuery = Annotated[
    _SORTS, Query(description="The order; with `-` the newest, longest or dearest first")
]


def add_calls(router: APIRouter, archive: CallArchive, live: LiveBook) -> None:
    """Add the routes of finished calls, after those of live ones."""

    @router.get("/calls", tags=_TAGS)
    async def search_calls(
        asker: Viewer, query: CallsAsked, asked: Paging, sort: SortQuery = "-created_at"
    ) -> Page[Call]:
        """List finished calls, filtered by any of their fields, in any order.

        A page costs the same however far down the list it is, and calls that come meanwhile move
        nothing. Where filters leave little of very much, it may have fewer than `limit` items, even
        none: the list goes on while there is a `next_cursor`. Calls that still run are at
        `/calls/live`.
        """
        wanted = await read_filter(query, read_period(query), asker, archive)
        order = Sort(SortBy(sort.removeprefix("-")), sort.startswith("-"))
        name = f"calls {sort}"
        found = await archive.page(wanted, order, _after(asked.after(name, 2)), asked.limit)
        cursor = None if found.rest is None else write_cursor(name, _values(found.rest))
        return Page(items=[shown(call) for call in found.calls], next_cursor=cursor)

    @router.get("/calls/{call_id}", tags=_TAGS)
    async def get_call(asker: Viewer, call_id: Id, given: Conditions) -> CallDetails | Call:
        """Show a call: everything that belongs to it once it is settled, until then how it is."""
        stored = await archive.get(asker.customer, call_id)
        if stored is not None:
            return given.shown(details(stored))
        running = await live.find(asker.customer, call_id)
        if running is None:
            raise _unknown()
        return given.shown(running, "duration_s")

    @router.get("/calls/{call_id}/events", tags=_TAGS)
    async def list_call_events(asker: Viewer, call_id: Id) -> Page[Happening]:
        """List everything that happened in a finished call, in order."""
        stored = await _stored(archive, asker, call_id)
        return Page(items=happenings(stored), next_cursor=None)

    @router.get("/calls/{call_id}/charges", tags=_TAGS)
    async def list_call_charges(asker: Viewer, call_id: Id) -> Page[Charge]:
        """List what the price of a finished call is made of, each item with its explanation."""
        stored = await _stored(archive, asker, call_id)
        return Page(items=charges(stored), next_cursor=None)

    @router.get(
        "/calls/{call_id}/behavior",
        tags=_TAGS,
        response_class=RawResponse,
        responses={200: {"description": "The graph with what happened at its nodes", **_JSON}},
    )
    async def get_call_behavior(asker: Viewer, call_id: Id) -> Response:
        """Show the channel behavior that was executed, as the statistics API tells it."""
        record = msgspec.json.decode(
            (await _stored(archive, asker, call_id)).document, type=dict[str, Any]
        )
        return _json(record["ChannelBehavior"])

    @router.get(
        "/calls/{call_id}/record",
        tags=_TAGS,
        response_class=RawResponse,
        responses={200: {"description": "An InboundVoiceCall", **_JSON}},
    )
    async def get_call_record(asker: Viewer, call_id: Id) -> Response:
        """Show the record of a finished call as the statistics API lists it."""
        return _json((await _stored(archive, asker, call_id)).document)


async def _stored(archive: CallArchive, asker: Principal, call_id: str) -> StoredCall:
    stored = await archive.get(asker.customer, call_id)
    if stored is None:
        raise _unknown()
    return stored


def _unknown() -> Refused:
    return Refused(CALL_NOT_FOUND, "Ask for a call that the lists of calls show.")


def _json(text: str) -> Response:
    headers = {"Cache-Control": "private, no-cache"}
    return Response(text, media_type="application/json", headers=headers)


def _values(place: Place) -> tuple[str, str]:
    return str(place.value), place.call_id


def _after(values: tuple[str, ...] | None) -> Place | None:
    if values is None:
        return None
    try:
        value = int(values[0])
    except ValueError as error:
        detail = "Send the next_cursor of a page of the same list as it is."
        raise Refused(INVALID_CURSOR, detail) from error
    return Place(value, values[1])
