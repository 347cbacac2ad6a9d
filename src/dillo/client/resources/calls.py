"""Calls: searched, read, and listed as the statistics API tells them."""

from dillo.client.calls import (
    Call,
    M,
    Page,
    Resource,
    download,
    get,
    listing,
    operation,
    page_of,
    path,
)
from dillo.client.models.calls import CallRecord, Charge, InboundVoiceCall

_ALL = "/api/v1/calls"
_ONE = _ALL + "/{}"


class CallRecords(Resource[M]):
    """Calls."""

    @listing
    def search(
        self,
        *,
        number: str | None = None,
        caller: str | None = None,
        since: str | None = None,
        until: str | None = None,
        time_zone: str | None = None,
        is_answered: bool | None = None,
        end_reason: str | None = None,
        sort: str | None = None,
    ) -> Call[Page[CallRecord]]:
        """Return finished calls, newest first unless sorted; days and moments as texts."""
        query = {
            "number": number,
            "caller": caller,
            "from": since,
            "to": until,
            "time_zone": time_zone,
            "is_answered": is_answered,
            "end_reason": end_reason,
            "sort": sort,
        }
        return page_of(_ALL, CallRecord, query=query)

    @operation
    def get(self, call_id: str) -> Call[CallRecord]:
        """Return a call."""
        return get(path(_ONE, call_id), CallRecord)

    @listing
    def live(self) -> Call[Page[CallRecord]]:
        """Return the calls that ring or run now."""
        return page_of(_ALL + "/live", CallRecord)

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
