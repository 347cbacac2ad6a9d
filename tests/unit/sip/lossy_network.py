"""A network that loses, doubles and reorders datagrams, and a clock that only goes when told."""

import heapq
import itertools
from collections.abc import Callable
from typing import Protocol

MAX_LOST = 5
"""An INVITE is sent six times in good time before its sender gives up; all else more often."""


class Side(Protocol):
    """Somebody who waits for timers."""

    def deadline(self) -> float | None: ...

    def fire(self) -> None: ...


class World:
    """The clock and the network: what is in flight, and what is to be done when."""

    def __init__(self, fates: list[int]) -> None:
        self.now = 0.0
        self.fates = iter(fates)
        self.lost = 0
        self.count = itertools.count()
        self.agenda: list[tuple[float, int, Callable[[], None]]] = []

    def at(self, time: float, action: Callable[[], None]) -> None:
        heapq.heappush(self.agenda, (time, next(self.count), action))

    def carry(self, deliver: Callable[[bytes], None], data: bytes) -> None:
        """Let a datagram suffer its fate: 0 is lost, 1 doubled, more is late."""
        fate = next(self.fates, 2)
        if fate == 0 and self.lost < MAX_LOST:
            self.lost += 1
            return
        for delay in (0.01, 0.7) if fate == 1 else (0.01 + 0.2 * max(fate - 2, 0),):
            self.at(self.now + delay, lambda: deliver(data))

    def run(self, *sides: Side) -> None:
        while True:
            deadlines = [d for d in (side.deadline() for side in sides) if d is not None]
            times = [*deadlines, *(time for time, _, _ in self.agenda[:1])]
            if not times:
                return
            self.now = max(self.now, min(times))
            if self.agenda and self.agenda[0][0] <= self.now:
                heapq.heappop(self.agenda)[2]()
            for side in sides:
                side.fire()
