"""LocalTime, Weekdays and PublicHoliday: when the call is, where the called party lives."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from dillo.behavior.conditions.public_holidays import PublicHolidays, read_public_holidays
from dillo.behavior.reader import Reader
from dillo.behavior.report import nearest, quoted
from dillo.behavior.templates import Scope
from dillo.model.moments import to_datetime

WEEKDAYS: Final = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])|24:00")
_DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class LocalTimeWithin:
    """The local time is in a daily window, on one of some weekdays that is a public holiday.

    `start_min` and `end_min` are minutes after midnight, the end not included. A window that ends
    before it starts goes on past midnight, and belongs to the day on which it started. Without
    `holidays` any day counts.
    """

    zone: tzinfo
    start_min: int
    end_min: int
    weekdays: frozenset[int]
    holidays: PublicHolidays | None = None

    def holds(self, scope: Scope, at_us: int) -> bool:
        """Return whether the moment is in the window."""
        local = to_datetime(at_us).astimezone(self.zone)
        minute = local.hour * 60 + local.minute
        if self.start_min < self.end_min:
            return self.start_min <= minute < self.end_min and self._is_day(local)
        if minute >= self.start_min:
            return self._is_day(local)
        return minute < self.end_min and self._is_day(local - timedelta(days=1))

    def _is_day(self, local: datetime) -> bool:
        if local.weekday() not in self.weekdays:
            return False
        return self.holidays is None or self.holidays.include(local.date())


def read_local_time(fields: Reader) -> LocalTimeWithin | None:
    """Read LocalTime, Weekdays and PublicHoliday, and the TimeZone in which they are meant."""
    days = fields.words("Weekdays", "names such as Monday", WEEKDAYS.__contains__)
    window = fields.child("LocalTime", 'an object such as {"From": "09:00", "To": "17:30"}')
    holidays = read_public_holidays(fields)
    zone = _read_zone(fields)
    is_asked = any(fields.has(name) for name in ("Weekdays", "LocalTime", "PublicHoliday"))
    if is_asked and not fields.has("TimeZone"):
        fields.complain("TimeZone", "is missing: a name such as Europe/London is expected")
    if fields.has("TimeZone") and not is_asked:
        needed = "needs a LocalTime, Weekdays or PublicHoliday that it is meant for"
        fields.complain("TimeZone", needed)
    start, end = _read_window(window) if window else (0, _DAY_MINUTES)
    if zone is None or not is_asked:
        return None
    weekdays = frozenset(WEEKDAYS.index(day) for day in days if day in WEEKDAYS)
    return LocalTimeWithin(zone, start, end, weekdays or frozenset(range(7)), holidays)


def _read_window(fields: Reader) -> tuple[int, int]:
    start, end = _read_clock(fields, "From"), _read_clock(fields, "To")
    if start == _DAY_MINUTES:
        fields.complain("From", '"24:00" is wrong: a day begins at "00:00"')
    if start is not None and start == end:
        fields.complain("To", "is the same time as From: leave LocalTime out to mean all day")
    fields.finish("LocalTime")
    return start or 0, end or 0


def _read_clock(fields: Reader, name: str) -> int | None:
    expected = "a time of day such as 09:00"
    text = fields.text(name, expected, at_most=5)
    if not text:
        return None
    if not _CLOCK.fullmatch(text):
        fields.complain(name, f"{quoted(text)} is wrong: {expected} is expected")
        return None
    return int(text[:2]) * 60 + int(text[3:])


def _read_zone(fields: Reader) -> tzinfo | None:
    name = fields.optional_text("TimeZone", at_most=64)
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # what a wrong key ends in varies
        expected = "a name such as Europe/London is expected"
        hint = nearest(name, _zone_names())
        fields.complain("TimeZone", f"there is no time zone {quoted(name)}: {expected}{hint}")
    return None


@lru_cache(maxsize=1)
def _zone_names() -> frozenset[str]:
    return frozenset(available_timezones())
