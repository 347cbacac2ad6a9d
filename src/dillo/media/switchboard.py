"""Who hears whom: the bridges between calls, and their sockets, read when a packet arrives."""

import select
import time
from typing import TYPE_CHECKING

from dillo.media.intake import Intake
from dillo.media.lane import Lane
from dillo.media.packets import Contain, forward

if TYPE_CHECKING:
    from dillo.media.call import Call

_UNHURRIED = select.EPOLLIN | select.EPOLLET


class Switchboard:
    """Bridges calls. A call forwards to one other, and takes from one.

    The sockets of calls that forward are in an epoll set of their own, which alone is watched
    between steps of the clock: a packet of theirs leaves when it arrives, while all others are
    read once a step, which is cheaper, and edge-triggered, so that the kernel asks a socket once.
    """

    def __init__(self, epoll: select.epoll, intake: Intake) -> None:
        """`epoll` is the loop's, where the sockets of all others are, read by the intake."""
        self._intake = intake
        self._unhurried_calls: dict[int, Call] = {}
        self._forwarding: dict[int, Call] = {}
        self._lanes: dict[int, Lane] = {}
        self._descriptors: dict[Call, int] = {}
        self._targets: dict[Call, Call] = {}
        self._sources: dict[Call, Call] = {}
        self._unhurried = epoll
        self._prompt = select.epoll()

    def connect(self, source: "Call", target: "Call") -> None:
        """Let a call forward to another, in place of what either was connected to before."""
        self.disconnect(source)
        if target in self._sources:
            self.disconnect(self._sources[target])
        self._targets[source] = target
        self._sources[target] = source
        target.outgoing.feed(True)
        source.incoming.feed(target.outgoing)
        self._move(source)

    def disconnect(self, source: "Call") -> None:
        """Let a call forward no more."""
        target = self._targets.pop(source, None)
        if target is not None:
            del self._sources[target]
            source.incoming.feed(None)
            target.outgoing.feed(False)
            self._move(source)

    def leave(self, call: "Call") -> None:
        """End the bridges of a call that is closed; what was heard from it is silent now."""
        self.disconnect(call)
        if call in self._sources:
            self.disconnect(self._sources[call])

    # Sockets

    def follow(self, descriptor: int, call: "Call") -> None:
        """Read a call's packets from a descriptor that the loop's epoll has already."""
        self._descriptors[call] = descriptor
        self._unhurried.modify(descriptor, _UNHURRIED)
        self._seat(descriptor, call)
        self._move(call)

    def unfollow(self, descriptor: int) -> None:
        """Forget a descriptor that is about to be closed; it is the loop's epoll's again."""
        self._move_back(descriptor)
        call = self._unhurried_calls.pop(descriptor, None)
        if call is not None:
            self._intake.unfollow(descriptor)
            del self._descriptors[call]

    def _seat(self, descriptor: int, call: "Call") -> None:
        self._unhurried_calls[descriptor] = call
        self._intake.follow(descriptor, call)

    def _move(self, call: "Call") -> None:
        """Put a call's socket where it belongs now."""
        descriptor = self._descriptors.get(call)
        if descriptor is None:
            return
        if call not in self._targets:
            self._move_back(descriptor)
        elif descriptor in self._unhurried_calls:
            self._intake.unfollow(descriptor)
            self._forwarding[descriptor] = self._unhurried_calls.pop(descriptor)
            lane = self._lanes[descriptor] = Lane(call.incoming)
            call.incoming.drive(lane)
            self._unhurried.unregister(descriptor)
            self._prompt.register(descriptor, select.EPOLLIN)

    def _move_back(self, descriptor: int) -> None:
        call = self._forwarding.pop(descriptor, None)
        if call is not None:
            del self._lanes[descriptor]
            call.incoming.rise()
            self._seat(descriptor, call)
            self._prompt.unregister(descriptor)
            self._unhurried.register(descriptor, _UNHURRIED)

    def wait(self, until: float, contain: Contain) -> None:
        """Forward what comes until the given time."""
        if not self._forwarding:
            wait_s = until - time.monotonic()
            if wait_s > 0:
                time.sleep(wait_s)
            return

        def fail(descriptor: int, error: Exception) -> None:
            contain(self._forwarding[descriptor], error)

        now = time.monotonic()
        while True:
            ready = self._prompt.poll(max(0.0, until - now))
            now = time.monotonic()
            if ready:
                forward(ready, self._lanes, now, fail)
                now = time.monotonic()
            if now >= until:
                return
