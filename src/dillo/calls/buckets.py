"""Hours, days, weeks and months of a time zone, as spans of UTC."""

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from dillo.model.moments import from_datetime, to_datetime

_HOUR_US = 3_600_000_000


class Unit(enum.StrEnum):
    """What calls are summed up by."""

    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Bucket:
    """A span `[start, end)`; `label` names it as people of the time zone do."""

    label: str
    start_us: int
    end_us: int


def buckets(start_us: int, end_us: int, unit: Unit, zone: ZoneInfo) -> Iterator[Bucket]:
    """Divide `[start, end)` where hours, days, weeks (from Monday) or months of a zone begin.

    The first and the last are cut to fit. Labels are `2026-11-23T10:00+01:00`, `2026-11-23`,
    `2026-W48` and `2026-11`. A day on which clocks change has 23 or 25 hours.
    """
    at_us = start_us
    while at_us < end_us:
        next_us = _next_us(at_us, unit, zone)
        yield Bucket(_label(at_us, unit, zone), at_us, min(next_us, end_us))
        at_us = next_us


def _next_us(at_us: int, unit: Unit, zone: ZoneInfo) -> int:
    """Return the first moment after `at_us` at which a unit begins."""
    if unit is Unit.HOUR:
        next_us = _hour_us(at_us, zone) + _HOUR_US
        # Where clocks change by half an hour, the next hour begins when they say so.
        changed_us = _hour_us(next_us, zone)
        return changed_us if changed_us > at_us else next_us
    first = _first_day(to_datetime(at_us).astimezone(zone).date(), unit)
    return _midnight_us(_following(first, unit), zone)


def _hour_us(at_us: int, zone: ZoneInfo) -> int:
    offset = to_datetime(at_us).astimezone(zone).utcoffset() or timedelta()
    offset_us = offset // timedelta(microseconds=1)
    return at_us - (at_us + offset_us) % _HOUR_US


def _first_day(day: date, unit: Unit) -> date:
    if unit is Unit.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if unit is Unit.MONTH else day


def _following(first: date, unit: Unit) -> date:
    if unit is Unit.MONTH:
        return (first + timedelta(days=31)).replace(day=1)
    return first + timedelta(days=7 if unit is Unit.WEEK else 1)


def _midnight_us(day: date, zone: ZoneInfo) -> int:
    return from_datetime(datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC))


def _label(at_us: int, unit: Unit, zone: ZoneInfo) -> str:
    local = to_datetime(at_us).astimezone(zone)
    if unit is Unit.HOUR:
        hour = to_datetime(_hour_us(at_us, zone)).astimezone(zone)
        return hour.isoformat(timespec="minutes")
    if unit is Unit.DAY:
        return local.date().isoformat()
    if unit is Unit.WEEK:
        year, week, _ = local.isocalendar()
        return f"{year}-W{week:02}"
    return f"{local.year:04}-{local.month:02}"
