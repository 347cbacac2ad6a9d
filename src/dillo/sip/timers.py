"""When something must happen: the durations of RFC 3261 §17 and a queue of running timers."""

import heapq
from collections.abc import Iterator

import msgspec


class Timing(msgspec.Struct, frozen=True):
    """The three durations that all others follow from (RFC 3261 table 4)."""

    t1_s: float = 0.5
    """Estimate of the round-trip time."""
    t2_s: float = 4.0
    """The longest pause between two retransmissions."""
    t4_s: float = 5.0
    """How long a message may stay in the network."""

    @property
    def timeout_s(self) -> float:
        """64*T1: timers B, D, F, H, J, L and M."""
        return 64 * self.t1_s


class Timer:
    """A running timer; whoever started it may cancel it."""

    __slots__ = ("event", "owner")

    def __init__(self, owner: object, event: str) -> None:
        self.owner: object | None = owner
        self.event = event

    def cancel(self) -> None:
        """Make sure that it never fires, and let go of its owner."""
        self.owner = None


class Timers:
    """Running timers by deadline; a cancelled one stays queued, empty, until its time."""

    __slots__ = ("_heap", "_started")

    def __init__(self) -> None:
        self._heap: list[tuple[float, int, Timer]] = []
        self._started = 0

    def start(self, deadline: float, owner: object, event: str) -> Timer:
        """Let `event` happen to `owner` at `deadline`, on the clock that `due` is asked with."""
        timer = Timer(owner, event)
        self._started += 1
        heapq.heappush(self._heap, (deadline, self._started, timer))
        return timer

    def next_deadline(self) -> float | None:
        """Return when the next timer fires, None where none runs."""
        heap = self._heap
        while heap and heap[0][2].owner is None:
            heapq.heappop(heap)
        return heap[0][0] if heap else None

    def due(self, now: float) -> Iterator[tuple[object, str]]:
        """Take out the timers whose time has come, earliest first, one at a time."""
        heap = self._heap
        while heap and heap[0][0] <= now:
            timer = heapq.heappop(heap)[2]
            if timer.owner is not None:
                yield timer.owner, timer.event

    def __len__(self) -> int:
        return sum(timer.owner is not None for _, _, timer in self._heap)
