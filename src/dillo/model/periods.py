"""How long a recording is kept: `7-D`, `3-M`, `1-Y`."""

import calendar
import re
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from functools import lru_cache

from dillo.model.errors import PeerError
from dillo.model.moments import from_datetime, to_datetime

_CODE = re.compile(r"([1-9][0-9]{0,3})-([DMY])")


class InvalidStoragePeriod(PeerError):
    """The text is no storage period."""


@dataclass(frozen=True, slots=True)
class StoragePeriod:
    """A number of calendar days (`D`), months (`M`) or years (`Y`)."""

    count: int
    unit: str

    @staticmethod
    @lru_cache(maxsize=256)
    def parse(code: str) -> "StoragePeriod":
        """Read a code such as `3-M`; raises InvalidStoragePeriod."""
        match = _CODE.fullmatch(code)
        if match is None:
            raise InvalidStoragePeriod(f"{code!r} is no storage period: write 7-D, 3-M or 1-Y")
        return StoragePeriod(int(match[1]), match[2])

    def __str__(self) -> str:
        return f"{self.count}-{self.unit}"

    @property
    def months(self) -> Fraction:
        """How many months are charged for; a day counts a thirtieth."""
        return {
            "D": Fraction(self.count, 30),
            "M": Fraction(self.count),
            "Y": Fraction(12 * self.count),
        }[self.unit]

    def ends_us(self, start_us: int) -> int:
        """Return the moment at which a period that starts at `start_us` is over.

        Months and years keep the day of the month and the time of day; where the month is too
        short its last day is taken (31 January and one month: 28 or 29 February).
        """
        if self.unit == "D":
            return start_us + self.count * timedelta(days=1) // timedelta(microseconds=1)
        return months_after(start_us, self.count if self.unit == "M" else 12 * self.count)


def months_after(start_us: int, count: int) -> int:
    """Return the moment so many calendar months later, at the same day and time of day.

    Where that month is too short its last day is taken; counted from the same start, the next
    month is on the old day again: 31 January, 28 February, 31 March.
    """
    start = to_datetime(start_us)
    months = start.month - 1 + count
    year, month = min(start.year + months // 12, 9999), months % 12 + 1
    day = min(start.day, calendar.monthrange(year, month)[1])
    return from_datetime(start.replace(year=year, month=month, day=day))
