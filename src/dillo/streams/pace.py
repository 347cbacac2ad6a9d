"""How fast a server is listened to."""

import asyncio

_BURST_S = 1.0


class Pace:
    """Lets a second's worth of work through at once, then so much a second.

    What is not read stays in the socket: a server that floods is held up by TCP.
    """

    def __init__(self, units_per_s: float) -> None:
        self._rate = units_per_s
        self._free_at = 0.0

    async def spend(self, units: float) -> None:
        """Return when there is room for so many units."""
        now = asyncio.get_running_loop().time()
        self._free_at = max(self._free_at, now - _BURST_S) + units / self._rate
        if self._free_at > now:
            await asyncio.sleep(self._free_at - now)
