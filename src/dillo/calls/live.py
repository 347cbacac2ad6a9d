"""Running calls, as those see them who only watch; `dillo.live` implements this."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Protocol

from dillo.model.live import LiveCall


class TooManyListeners(Exception):
    """A customer listens in too many places at once."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a listener hears: a change, or all running calls anew."""

    mark: str
    """Where to go on from, after a break."""
    calls: Sequence[LiveCall]
    is_snapshot: bool


class Listener(Protocol):
    """Hears changes of calls, one after the other."""

    async def hear(self, timeout_s: float) -> Told | None:
        """Return what comes next, None at the end. Raises TimeoutError where nothing does."""


class LiveCalls(Protocol):
    """The running calls of one customer, or of all where `customer_id` is None."""

    def running(self, customer_id: str | None) -> Sequence[LiveCall]:
        """Return running calls, the newest first. Raises Unavailable where they are not known."""

    def find(self, customer_id: str | None, call_id: str) -> LiveCall | None:
        """Return a call that runs, or has ended within the last minute."""

    async def hang_up(self, call: LiveCall, detail: str) -> bool:
        """End a call; return whether it still ran. Raises Unavailable where nothing answers."""

    def listening(
        self, customer_id: str | None, mark: str | None
    ) -> AbstractAsyncContextManager[Listener]:
        """Listen, from a mark on where what followed it is still known. Raises TooManyListeners."""

    def close_listeners(self) -> None:
        """Let every listener hear the end."""

    async def keep_connected(self) -> None:
        """Connect, and again whenever the connection is lost; until cancelled."""
