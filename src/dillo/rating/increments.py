"""Increments: what is billed at least, and in which steps after that."""

import re
from functools import lru_cache
from typing import NamedTuple

from dillo.rating.errors import InvalidTariff

_INCREMENTS = re.compile(r"([1-9][0-9]{0,4})/([1-9][0-9]{0,4})")


class Increments(NamedTuple):
    """What is billed at least, and in which steps after that, in seconds: `60/60` is 60, 60."""

    first_s: int
    each_s: int

    def billed_s(self, duration_ms: int) -> int:
        """Return the seconds billed for a duration: every increment that was started."""
        if duration_ms <= 0:
            return 0
        beyond_ms = max(0, duration_ms - self.first_s * 1000)
        return self.first_s - (-beyond_ms // (self.each_s * 1000)) * self.each_s


@lru_cache(maxsize=64)
def parse_increments(text: str) -> Increments:
    """Read `first/each` in whole seconds, both at least 1; raises InvalidTariff."""
    match = _INCREMENTS.fullmatch(text)
    if match is None:
        raise InvalidTariff(f"{text!r} are no increments: write first/each in seconds, as 60/60")
    return Increments(int(match[1]), int(match[2]))
