"""The wall clock; the pure cores never import it, they are told the time."""

import time


def now_us() -> int:
    """Return the wall clock in microseconds since the Unix epoch."""
    return time.time_ns() // 1_000
