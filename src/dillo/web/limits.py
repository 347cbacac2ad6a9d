"""How fast a client may ask: token buckets."""

import time
from collections.abc import Callable


class TokenBuckets:
    """A bucket of tokens for each client, refilled at a steady rate.

    Holds `burst` tokens at most and gains `rate` a second. At most `capacity` clients are
    remembered: the one that has been silent longest is forgotten first, and starts afresh.
    """

    def __init__(
        self,
        rate: float,
        burst: int,
        capacity: int = 10_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rate = rate
        self._burst = burst
        self._capacity = capacity
        self._clock = clock
        # Oldest use first: a dict keeps the order in which keys were put in.
        self._buckets: dict[str, tuple[float, float]] = {}

    def __contains__(self, client: str) -> bool:
        return client in self._buckets

    def __len__(self) -> int:
        return len(self._buckets)

    def take(self, client: str) -> float:
        """Take a token; return 0, or the seconds until there is one."""
        now = self._clock()
        tokens = self._tokens(client, now)
        wait_s = max(0.0, (1 - tokens) / self._rate)
        self._buckets.pop(client, None)
        self._buckets[client] = (tokens if wait_s else tokens - 1, now)
        if len(self._buckets) > self._capacity:
            del self._buckets[next(iter(self._buckets))]
        return wait_s

    def wait_s(self, client: str) -> float:
        """Return the seconds until the client has a token, 0 where it has one; takes nothing."""
        return max(0.0, (1 - self._tokens(client, self._clock())) / self._rate)

    def _tokens(self, client: str, now: float) -> float:
        tokens, at = self._buckets.get(client, (self._burst, now))
        return min(self._burst, tokens + (now - at) * self._rate)
