"""`/api/v1/calls/aggregates`: sums of calls, by time and by what they have in common."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import Field

from dillo.calls.archive import CallArchive, CallSums, GroupBy, SumsPage, minutes
from dillo.calls.buckets import Bucket, Unit, buckets
from dillo.model.clock import now_us
from dillo.web.problems import TOO_MANY_PERIODS, Refused
from dillo.web.v1.call_documents import Seconds
from dillo.web.v1.call_filters import CallsAsked, Period, read_filter, read_period
from dillo.web.v1.documents import Document, Moment, Money, moment, money
from dillo.web.v1.gate import Viewer
from dillo.web.v1.pages import Asked, write_cursor

MOST_PERIODS = 1_000
MOST_SUMS = 2_000
"""So many are put together, and written, in a fraction of a second."""
_NO_NAMES: Mapping[str, str] = {}
_MONTH_US = 30 * 86_400_000_000

_GROUPS = {
    "number": GroupBy.NUMBER,
    "application": GroupBy.APPLICATION,
    "caller_country": GroupBy.COUNTRY,
    "end_reason": GroupBy.END_REASON,
    "customer": GroupBy.CUSTOMER,
}
GroupName = Literal["number", "application", "caller_country", "end_reason", "customer"]
UnitName = Literal["hour", "day", "week", "month"]


class AggregatePeriod(Document):
    """A part of the time asked for; the first and the last may be cut."""

    label: Annotated[str, Field(examples=["2026-11-01", "2026-W45", "2026-11"])]
    starts_at: Moment
    ends_at: Moment


class CallTotals(Document):
    """Sums over calls."""

    currency: Annotated[str, Field(examples=["EUR"])]
    calls: int
    answered: int
    fallbacks: Annotated[int, Field(description="Calls in which the fallback was executed")]
    duration_s: Annotated[Seconds, Field(description="From answer to hang-up")]
    minutes: Annotated[
        str, Field(description="`duration_s` in minutes, an exact decimal", examples=["3411.25"])
    ]
    price: Money


class AggregateItem(CallTotals):
    """Sums over the calls of a period and a group."""

    period: Annotated[int | None, Field(description="Index in `periods`; null without `unit`")]
    group: Annotated[
        str | None,
        Field(
            description="Id, country or reason; null without `group_by`, and for calls that "
            "have no such thing"
        ),
    ]
    name: Annotated[str | None, Field(description="Of a number, an application or a customer")]


class Aggregates(Document):
    """Sums of calls; what is zero is left out."""

    starts_at: Moment
    ends_at: Moment
    time_zone: str
    periods: list[AggregatePeriod]
    totals: Annotated[list[CallTotals], Field(description="Of all of it, in each currency")]
    items: list[AggregateItem]
    next_cursor: Annotated[
        str | None,
        Field(
            description="Send it as `cursor`, with the same `from` and `to`, for more groups; "
            "null at the end"
        ),
    ]


def add_aggregates(router: APIRouter, archive: CallArchive) -> None:
    """Add the route of sums."""

    @router.get("/calls/aggregates", tags=["Calls"])
    async def aggregate_calls(
        asker: Viewer,
        query: CallsAsked,
        unit: Annotated[
            UnitName | None,
            Query(description="Sums for each of these, as they begin in `time_zone`"),
        ] = None,
        group_by: Annotated[GroupName | None, Query(description="Sums for each of these")] = None,
        cursor: Annotated[
            str | None,
            Query(max_length=2000, description="The `next_cursor` of the page of groups before"),
        ] = None,
    ) -> Aggregates:
        """Sum calls up: how many, how many answered, their minutes and what they cost.

        Without `from` the last 30 days count. Filters are those of `/calls`; those by number,
        application, caller country and end reason are quick over any span of time. An answer has
        at most 2,000 sums, or those of one group; `totals` are of all groups.
        """
        period = read_period(query)
        to_us = period.to_us or now_us()
        from_us = to_us - _MONTH_US if period.from_us is None else period.from_us
        wanted = await read_filter(query, period, asker, archive)
        whole = Bucket("", from_us, max(from_us, to_us))
        spans = [whole] if unit is None else _spans(whole, Unit(unit), period)
        if group_by is None:
            found, names = SumsPage(await archive.sums(wanted, spans, None), None), _NO_NAMES
        else:
            group, after = _GROUPS[group_by], Asked(1, cursor).after_id(group_by)
            take = max(1, MOST_SUMS // max(1, len(spans)))
            found = await archive.sums_page(wanted, spans or [whole], group, after, take)
            names = await archive.names(group, sorted({each.group for each in found.sums}))
        sums = found.sums
        is_part = cursor is not None or found.rest is not None
        return Aggregates(
            starts_at=moment(from_us),
            ends_at=moment(whole.end_us),
            time_zone=str(period.zone),
            periods=[] if unit is None else list(map(_period, spans)),
            totals=_totals(await archive.sums(wanted, [whole], None) if is_part else sums),
            items=[
                AggregateItem(
                    period=None if unit is None else each.bucket,
                    group=each.group or None,
                    name=names.get(each.group),
                    **_sums(each),
                )
                for each in sums
            ],
            next_cursor=None if found.rest is None else write_cursor(str(group_by), (found.rest,)),
        )


def _spans(whole: Bucket, unit: Unit, period: Period) -> list[Bucket]:
    spans: list[Bucket] = []
    for span in buckets(whole.start_us, whole.end_us, unit, period.zone):
        spans.append(span)
        if len(spans) > MOST_PERIODS:
            detail = f"Ask for at most {MOST_PERIODS} periods at once, or for longer ones."
            raise Refused(TOO_MANY_PERIODS, detail)
    return spans


def _period(span: Bucket) -> AggregatePeriod:
    return AggregatePeriod(
        label=span.label, starts_at=moment(span.start_us), ends_at=moment(span.end_us)
    )


def _totals(sums: Sequence[CallSums]) -> list[CallTotals]:
    by_currency: dict[str, list[int]] = {}
    for each in sums:
        total = by_currency.setdefault(each.currency, [0] * 5)
        amounts = (
            *(each.calls, each.answered, each.fallbacks, each.duration_ms, each.price_micros),
        )
        for index, amount in enumerate(amounts):
            total[index] += amount
    return [
        CallTotals(**_sums(CallSums(0, "", currency, *total)))
        for currency, total in sorted(by_currency.items())
    ]


def _sums(sums: CallSums) -> dict[str, Any]:
    return {
        "currency": sums.currency,
        "calls": sums.calls,
        "answered": sums.answered,
        "fallbacks": sums.fallbacks,
        "duration_s": sums.duration_ms / 1000,
        "minutes": f"{minutes(sums.duration_ms):f}",
        "price": money(sums.price_micros),
    }
