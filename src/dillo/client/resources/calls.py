"""Calls: searched, read, and listed as the statistics API tells them."""

from typing import Unpack

import msgspec

from dillo.client.calls import (
    Answer,
    Call,
    M,
    Page,
    Request,
    Resource,
    Steps,
    download,
    following,
    get,
    listing,
    operation,
    page_of,
    path,
    procedure,
    send,
)
from dillo.client.models.calls import (
    Aggregates,
    CallRecord,
    Charge,
    InboundVoiceCall,
    LiveEvent,
)
from dillo.client.models.prices import Price
from dillo.client.resources.filters import CallFilters, named

_ALL = "/api/v1/calls"
_ONE = _ALL + "/{}"


class CallRecords(Resource[M]):
    """Calls."""

    @listing
    def search(
        self, *, sort: str | None = None, **filters: Unpack[CallFilters]
    ) -> Call[Page[CallRecord]]:
        """Return finished calls, newest first unless sorted, by `duration` or `-price`."""
        return page_of(_ALL, CallRecord, query={"sort": sort, **named(filters)})

    @procedure
    def aggregates(
        self,
        *,
        unit: str | None = None,
        group_by: str | None = None,
        **filters: Unpack[CallFilters],
    ) -> Steps[Aggregates]:
        """Sum calls up, by `hour`, `day`, `week` or `month`, and by number, application …"""
        query = {"unit": unit, "group_by": group_by, **named(filters)}
        found: Aggregates = yield get(_ALL + "/aggregates", Aggregates, query=query)
        items = list(found.items)
        cursor = found.next_cursor
        while cursor is not None:
            more = query | {"cursor": cursor}
            page: Aggregates = yield get(_ALL + "/aggregates", Aggregates, query=more)
            items += page.items
            cursor = page.next_cursor
        items.sort(key=lambda each: (each.period or 0, each.group or ""))
        return msgspec.structs.replace(found, items=items, next_cursor=None)

    @operation
    def get(self, call_id: str) -> Call[CallRecord]:
        """Return a call."""
        return get(path(_ONE, call_id), CallRecord)

    @listing
    def live(self) -> Call[Page[CallRecord]]:
        """Return the calls that ring or run now."""
        return page_of(_ALL + "/live", CallRecord)

    @following
    def follow(self) -> Call[LiveEvent]:
        """Yield running calls, and each that changes as it does; goes on where a connection broke.

        A call is told the last time as `finished`.
        """
        return Call(Request("GET", _ALL + "/events"), _live)

    @operation
    def hang_up(self, call_id: str) -> Call[CallRecord]:
        """End a running call; returns it as it was before."""
        return send("POST", path(_ONE + "/hang-up", call_id), CallRecord)

    @operation
    def price(self, call_id: str) -> Call[Price]:
        """Return the price of a finished call, explained line by line."""
        return get(path(_ONE + "/price", call_id), Price)

    @listing
    def charges(self, call_id: str) -> Call[Page[Charge]]:
        """Return what the price of a call is made of."""
        return page_of(path(_ONE + "/charges", call_id), Charge)

    @operation
    def record(self, call_id: str) -> Call[InboundVoiceCall]:
        """Return the record of a call as the statistics API lists it."""
        return get(path(_ONE + "/record", call_id), InboundVoiceCall)

    @operation
    def statistics(
        self, number: str, start: str, end: str, page: int = 1
    ) -> Call[list[InboundVoiceCall]]:
        """Return a page of 20 calls that a number received, by days (`yyyy-MM-dd`, UTC)."""
        address = path("/api/inbound/voice/{}/{}/{}/{}", number, start, end, page)
        return get(address, list[InboundVoiceCall])

    @operation
    def recording(self, recording_id: str) -> Call[bytes]:
        """Return the audio of a recording, as WAV."""
        return download(path("/api/inbound/recordings/{}", recording_id))


class _Snapshot(msgspec.Struct, frozen=True):
    calls: list[CallRecord]


def _live(event: Answer) -> LiveEvent:
    if event.headers["event"] == "snapshot":
        found = msgspec.json.decode(event.body, type=_Snapshot)
        return LiveEvent(is_snapshot=True, calls=found.calls)
    return LiveEvent(is_snapshot=False, calls=[msgspec.json.decode(event.body, type=CallRecord)])
