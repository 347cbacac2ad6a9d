"""Reads the parameters of the statistics API, each with its own problem, and describes them."""

import re
from datetime import date, datetime
from typing import Any

from dillo.model.moments import from_datetime
from dillo.model.phone import InvalidPhoneNumber, PhoneNumber
from dillo.web.problems import (
    END_BEFORE_START,
    INVALID_AS_OF,
    INVALID_DATE,
    INVALID_NUMBER,
    INVALID_PAGE,
    PERIOD_TOO_LONG,
    Problem,
    Refused,
)

MAX_DAYS = 31

_DAY_US = 86_400_000_000
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PAGE = re.compile(r"0*([1-9][0-9]*)")
# No list has so many pages; the number stays far below what a database can count to.
_LAST_PAGE = 10**12


def parse_number(text: str) -> str:
    """Return a number as E.164 with `+`. Raises Refused."""
    try:
        return str(PhoneNumber.parse(text))
    except InvalidPhoneNumber as error:
        raise Refused(
            INVALID_NUMBER,
            "Write the number in digits with its country dial code, as in 442079460000; a leading "
            "+ or 00 is accepted.",
        ) from error


def parse_period(start: str, end: str) -> tuple[int, int]:
    """Return the UTC moments `[start 00:00, end + 1 day 00:00)`. Raises Refused."""
    first, last = _parse_day(start, "startDate"), _parse_day(end, "endDate")
    if last < first:
        raise Refused(END_BEFORE_START, "Give an endDate that is the startDate or a later day.")
    if last - first >= MAX_DAYS:
        raise Refused(
            PERIOD_TOO_LONG,
            f"Ask for at most {MAX_DAYS} days at once, both ends included, and for longer periods "
            "several times.",
        )
    return first * _DAY_US, (last + 1) * _DAY_US


def parse_page(text: str) -> int:
    """Return a page number from 1 up. Raises Refused."""
    match = _PAGE.fullmatch(text)
    if match is None:
        raise Refused(INVALID_PAGE, "Write the page as digits, the first page being 1.")
    digits = match[1]
    return int(digits) if len(digits) < len(str(_LAST_PAGE)) else _LAST_PAGE


def parse_as_of(text: str) -> int:
    """Return a moment in microseconds since the epoch. Raises Refused."""
    try:
        # A + that a client did not escape arrives as a space.
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError as error:
        raise _no_moment() from error
    if moment.tzinfo is None:
        raise _no_moment()
    return from_datetime(moment)


def _no_moment() -> Refused:
    return Refused(
        INVALID_AS_OF,
        "Follow the address in the Link header as it is, or write a moment in ISO 8601 with its "
        "time zone, as in 2026-11-23T10:00:00.123456Z.",
    )


def _parse_day(text: str, name: str) -> int:
    """Return a calendar day as days since the epoch."""
    if _DATE.fullmatch(text) is None:
        raise _no_day(INVALID_DATE, name)
    try:
        return date.fromisoformat(text).toordinal() - _EPOCH_DAY
    except ValueError as error:
        raise _no_day(INVALID_DATE, name) from error


def _no_day(problem: Problem, name: str) -> Refused:
    return Refused(problem, f"Write {name} as yyyy-MM-dd, a day of the calendar.")


def _path_parameter(
    name: str, description: str, example: str, schema: dict[str, Any]
) -> dict[str, Any]:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": schema,
        "example": example,
    }


OPENAPI_PAGE = _path_parameter(
    "page",
    "Page number from 1 up; a page holds at most 20 items.",
    "1",
    {"type": "integer", "minimum": 1},
)
OPENAPI_PARAMETERS: list[dict[str, Any]] = [
    _path_parameter(
        "inboundActiveNumber",
        "The inbound telephone number with country dial code (39 Italy, 44 UK, 40 Romania): "
        "digits, after an optional + or 00.",
        "442079460000",
        {"type": "string", "pattern": r"^(\+|00)?[0-9]+$"},
    ),
    _path_parameter(
        "startDate",
        "First UTC day of the period, yyyy-MM-dd.",
        "2026-11-01",
        {"type": "string", "format": "date"},
    ),
    _path_parameter(
        "endDate",
        "Last UTC day of the period, included, yyyy-MM-dd; the period is at most 31 days.",
        "2026-11-30",
        {"type": "string", "format": "date"},
    ),
    {
        "name": "asOf",
        "in": "query",
        "description": "Pins the list to a moment, so that pages stay as they are while calls "
        "arrive; the Link header of a page carries it to the next.",
        "schema": {"type": "string", "format": "date-time"},
        "example": "2026-11-23T10:00:00.123456Z",
    },
]
