"""Reads which calls are asked for from the query of a request."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from fastapi import Depends, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from dillo.accounts.principals import Principal
from dillo.calls.archive import CallArchive, CallFilter
from dillo.model.moments import from_datetime
from dillo.model.phone import TEST_NUMBER, InvalidPhoneNumber, PhoneNumber
from dillo.web.problems import INVALID_NUMBER, INVALID_PERIOD, INVALID_REQUEST, Refused
from dillo.web.v1.call_documents import Country, DialStatusName, EndReasonName
from dillo.web.v1.documents import Identifier, Money, micros

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PAGING = {"limit", "cursor"}
_LATEST_US = from_datetime(datetime(3000, 1, 1, tzinfo=UTC))
_NOWHERE = ("",)
"""Ids that no number has."""

Number = Annotated[str, Field(examples=["+442079460000"], max_length=32)]
Text = Annotated[str, Field(max_length=200)]
When = Annotated[
    str,
    Field(
        max_length=40,
        description="A day of `time_zone`, or a moment in ISO 8601; one without a zone is a moment "
        "of `time_zone`",
        examples=["2026-11-01", "2026-11-01T08:30:00Z"],
    ),
]


class PeriodQuery(BaseModel):
    """A span of time, as clocks of a time zone show it."""

    model_config = ConfigDict(populate_by_name=True)

    from_: Annotated[When | None, Field(alias="from", title="From")] = None
    to: Annotated[When | None, Field(description="As `from`; a day is included")] = None
    time_zone: Annotated[
        str,
        Field(max_length=64, description="Name in the IANA database", examples=["Europe/Rome"]),
    ] = "UTC"


class CallQuery(PeriodQuery):
    """Which calls; of a name that comes more than once, any of its values."""

    number: Annotated[list[Number], Field(description="The called number")] = []
    number_id: list[Identifier] = []
    application_id: list[Identifier] = []
    application_version_id: list[Identifier] = []
    caller: Annotated[
        Text | None, Field(description="How the caller's number begins", examples=["+39"])
    ] = None
    caller_country: list[Country] = []
    end_reason: list[EndReasonName] = []
    sip_code: Annotated[int | None, Field(ge=100, le=699)] = None
    is_answered: bool | None = None
    is_fallback_executed: bool | None = None
    is_test: Annotated[bool | None, Field(description="Whether placed from a browser")] = None
    min_duration_s: Annotated[float | None, Field(ge=0, le=1e6)] = None
    max_duration_s: Annotated[float | None, Field(ge=0, le=1e6)] = None
    min_price: Money | None = None
    max_price: Money | None = None
    min_mos: Annotated[float | None, Field(ge=0, le=5)] = None
    max_mos: Annotated[float | None, Field(ge=0, le=5)] = None
    has_recordings: bool | None = None
    has_digits: bool | None = None
    has_dials: bool | None = None
    has_failures: bool | None = None
    has_warnings: bool | None = None
    storage_key: Annotated[
        Text | None, Field(description="What digits were stored as", examples=["Department"])
    ] = None
    digits: Annotated[Text | None, Field(description="What a caller keyed in", examples=["2"])] = (
        None
    )
    dial_status: DialStatusName | None = None
    dialed: Annotated[Text | None, Field(description="A telephone that was dialled")] = None
    text: Annotated[
        Text | None,
        Field(min_length=2, description="Part of what was said in a recording, as transcribed"),
    ] = None


@dataclass(frozen=True, slots=True)
class Period:
    """A span of time; None where it is open at an end."""

    from_us: int | None
    to_us: int | None
    zone: ZoneInfo


def read_period(query: PeriodQuery) -> Period:
    """Return the span of time of a query. Raises Refused."""
    zone = read_zone(query.time_zone)
    from_us = None if query.from_ is None else _moment(query.from_, zone, "from")
    to_us = None if query.to is None else _moment(query.to, zone, "to", days=1)
    if from_us is not None and to_us is not None and to_us <= from_us:
        raise Refused(INVALID_PERIOD, "Give a `to` that is later than `from`.")
    return Period(from_us, to_us, zone)


def read_zone(name: str) -> ZoneInfo:
    """Return a time zone. Raises Refused."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        detail = "Write time_zone as the IANA database does, as in Europe/Rome."
        raise Refused(INVALID_PERIOD, detail) from error


def _moment(text: str, zone: ZoneInfo, name: str, days: int = 0) -> int:
    """Return a moment; of a day the beginning, or that of a day so many later."""
    try:
        if _DATE.fullmatch(text):
            day = date.fromisoformat(text) + timedelta(days=days)
            moment = datetime(day.year, day.month, day.day)  # noqa: DTZ001  (its zone follows)
        else:
            # A + that a client did not escape arrives as a space.
            moment = datetime.fromisoformat(text.replace(" ", "+"))
        at_us = from_datetime(moment if moment.tzinfo else moment.replace(tzinfo=zone))
    except (ValueError, OverflowError) as error:
        detail = f"Write {name} as a day, yyyy-MM-dd, or as a moment in ISO 8601."
        raise Refused(INVALID_PERIOD, detail) from error
    if not 0 <= at_us < _LATEST_US:
        raise Refused(INVALID_PERIOD, f"Give a {name} between the years 1970 and 2999.")
    return at_us


async def read_filter(
    query: CallQuery, period: Period, asker: Principal, archive: CallArchive
) -> CallFilter:
    """Return what is asked for, of the asker's customer only. Raises Refused."""
    number_ids = tuple(query.number_id)
    if query.number:
        found = await archive.number_ids([_number(each) for each in query.number])
        number_ids = (*number_ids, *found) or _NOWHERE
    return CallFilter(
        customer_id=asker.customer,
        from_us=period.from_us,
        to_us=period.to_us,
        number_ids=number_ids,
        application_ids=tuple(query.application_id),
        version_ids=tuple(query.application_version_id),
        caller_countries=tuple(query.caller_country),
        end_reasons=tuple(query.end_reason),
        min_duration_ms=_ms(query.min_duration_s),
        max_duration_ms=_ms(query.max_duration_s),
        min_price_micros=_micros(query.min_price),
        max_price_micros=_micros(query.max_price),
        caller=_caller(query.caller),
        **{name: getattr(query, name) for name in _AS_THEY_ARE},
    )


_AS_THEY_ARE = (
    *("sip_code", "is_answered", "is_fallback_executed", "is_test"),
    *("min_mos", "max_mos"),
    *("has_recordings", "has_digits", "has_dials", "has_failures", "has_warnings"),
    *("storage_key", "digits", "dial_status", "dialed", "text"),
)


def _number(text: str) -> str:
    if text == TEST_NUMBER:
        return text
    try:
        return str(PhoneNumber.parse(text.replace(" ", "+", 1) if text[:1] == " " else text))
    except InvalidPhoneNumber as error:
        detail = "Write a number in digits with its country dial code, as in +442079460000."
        raise Refused(INVALID_NUMBER, detail) from error


def _caller(text: str | None) -> str | None:
    # A + that a client did not escape arrives as a space.
    return None if text is None else text.replace(" ", "+") if text[:1] == " " else text


def _ms(seconds: float | None) -> int | None:
    return None if seconds is None else round(seconds * 1000)


def _micros(amount: str | None) -> int | None:
    return None if amount is None else micros(amount)


def refuse_unknown(request: Request, *models: type[BaseModel], also: set[str]) -> None:
    """Refuse a name that means nothing: a filter misspelt must not list everything."""
    known = {field.alias or name for model in models for name, field in model.model_fields.items()}
    unknown = sorted(set(request.query_params) - known - also)
    if unknown:
        raise Refused(INVALID_REQUEST, f"There is no parameter {unknown[0]!r} here.")


async def _call_query(request: Request, query: Annotated[CallQuery, Query()]) -> CallQuery:
    refuse_unknown(request, CallQuery, also=_PAGING | {"sort", "unit", "group_by"})
    return query


CallsAsked: Any = Annotated[CallQuery, Depends(_call_query)]
