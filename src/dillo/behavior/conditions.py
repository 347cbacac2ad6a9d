"""What the cases of a Switch can ask: values, the caller's prefix, local time and weekday."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from dillo.behavior.reader import Reader
from dillo.behavior.report import nearest, quoted
from dillo.behavior.templates import Scope, Value
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
_PREFIX = re.compile(r"\+[1-9][0-9]{0,14}|anonymous")
_DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class ValueIs:
    """A variable, or the digits under a StorageKey, equal one of some texts."""

    of: Callable[[Scope], Mapping[str, Value]]
    name: str
    texts: frozenset[str]

    def holds(self, scope: Scope, at_us: int) -> bool:
        """Return whether the value is one of the texts; what was never set is an empty text."""
        value = self.of(scope).get(self.name)
        return (value.text if value else "") in self.texts


@dataclass(frozen=True, slots=True)
class CallerStartsWith:
    """The caller's number begins with one of some prefixes."""

    prefixes: tuple[str, ...]

    def holds(self, scope: Scope, at_us: int) -> bool:
        """Return whether the caller, E.164 with `+`, begins so."""
        return scope.caller.startswith(self.prefixes)


@dataclass(frozen=True, slots=True)
class LocalTimeWithin:
    """The local time is in a daily window on one of some weekdays.

    `start_min` and `end_min` are minutes after midnight, the end not included. A window that ends
    before it starts goes on past midnight, and belongs to the weekday on which it started.
    """

    zone: tzinfo
    start_min: int
    end_min: int
    weekdays: frozenset[int]

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
        return local.weekday() in self.weekdays


Condition = ValueIs | CallerStartsWith | LocalTimeWithin


def read_conditions(fields: Reader) -> tuple[Condition, ...]:
    """Read all conditions of a case; each kind is a line in the table of readers."""
    conditions = tuple(condition for read in _READERS if (condition := read(fields)) is not None)
    if not any(fields.has(name) for name in _OPENERS):
        expected = "Variable, Digits, CallerPrefix, LocalTime or Weekdays is expected"
        fields.complain_of_all(f"has no condition: {expected}")
    return conditions


def _read_value_is(fields: Reader) -> ValueIs | None:
    variable, key = fields.optional_name("Variable"), fields.optional_name("Digits")
    texts = fields.words("Equals", "a text or an array of texts", lambda text: True)
    if fields.has("Variable") and fields.has("Digits"):
        fields.complain("Digits", "Variable or Digits is expected, not both of them")
    is_asked = fields.has("Variable") or fields.has("Digits")
    if is_asked and not fields.has("Equals"):
        fields.complain("Equals", "is missing: a text or an array of texts is expected")
    if fields.has("Equals") and not is_asked:
        fields.complain("Equals", "needs a Variable or Digits that it is compared with")
    if variable is not None:
        return ValueIs(_variables, variable, frozenset(texts))
    return ValueIs(_digits, key, frozenset(texts)) if key is not None else None


def _variables(scope: Scope) -> Mapping[str, Value]:
    return scope.variables


def _digits(scope: Scope) -> Mapping[str, Value]:
    return scope.digits


def _read_caller(fields: Reader) -> CallerStartsWith | None:
    expected = "a number prefix such as +39, or anonymous, or an array of them"
    prefixes = fields.words("CallerPrefix", expected, lambda text: bool(_PREFIX.fullmatch(text)))
    return CallerStartsWith(prefixes) if prefixes else None


def _read_local_time(fields: Reader) -> LocalTimeWithin | None:
    days = fields.words("Weekdays", "names such as Monday", WEEKDAYS.__contains__)
    window = fields.child("LocalTime", 'an object such as {"From": "09:00", "To": "17:30"}')
    zone = _read_zone(fields)
    is_asked = fields.has("Weekdays") or fields.has("LocalTime")
    if is_asked and not fields.has("TimeZone"):
        fields.complain("TimeZone", "is missing: a name such as Europe/London is expected")
    if fields.has("TimeZone") and not is_asked:
        fields.complain("TimeZone", "needs a LocalTime or Weekdays that it is meant for")
    if zone is None or not is_asked:
        return None
    start, end = _read_window(window) if window else (0, _DAY_MINUTES)
    weekdays = frozenset(WEEKDAYS.index(day) for day in days if day in WEEKDAYS)
    return LocalTimeWithin(zone, start, end, weekdays or frozenset(range(7)))


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


_READERS: tuple[Callable[[Reader], Condition | None], ...] = (
    _read_value_is,
    _read_caller,
    _read_local_time,
)
_OPENERS = ("Variable", "Digits", "Equals", "CallerPrefix", "LocalTime", "Weekdays", "TimeZone")
