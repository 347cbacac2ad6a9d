"""What the cases of a Switch can ask; a new kind of condition is a file here and a line below."""

from collections.abc import Callable
from typing import Final

from dillo.behavior.conditions.caller import CallerIs, CallerStartsWith, read_caller, read_prefix
from dillo.behavior.conditions.local_time import LocalTimeWithin, read_local_time
from dillo.behavior.conditions.values import ValueIs, read_value_is
from dillo.behavior.reader import Reader
from dillo.behavior.report import listed

Condition = ValueIs | CallerIs | CallerStartsWith | LocalTimeWithin

_READERS: Final[tuple[Callable[[Reader], Condition | None], ...]] = (
    read_value_is,
    read_caller,
    read_prefix,
    read_local_time,
)
_OPENERS: Final = (
    "Variable",
    "Digits",
    "Caller",
    "CallerPrefix",
    "LocalTime",
    "Weekdays",
    "PublicHoliday",
)
_COMPANIONS: Final = ("Equals", "TimeZone")
"""Fields that mean nothing alone: their reader says so."""


def read_conditions(fields: Reader) -> tuple[Condition, ...]:
    """Read all conditions of a case."""
    conditions = tuple(condition for read in _READERS if (condition := read(fields)) is not None)
    if not any(fields.has(name) for name in (*_OPENERS, *_COMPANIONS)):
        fields.complain_of_all(f"has no condition: {listed(_OPENERS)} is expected")
    return conditions


__all__ = ["Condition", "read_conditions"]
