"""A call's named timers."""

import asyncio
from collections.abc import Callable


class Timers:
    """Calls back with a timer's name when it runs out; one that was cancelled never does."""

    __slots__ = ("_handles", "_on_fire")

    def __init__(self, on_fire: Callable[[str], None]) -> None:
        self._on_fire = on_fire
        self._handles: dict[str, asyncio.TimerHandle] = {}

    def start(self, name: str, seconds: float) -> None:
        """Start a timer; a running one of that name starts anew."""
        self.cancel(name)
        loop = asyncio.get_running_loop()
        self._handles[name] = loop.call_later(seconds, self._fire, name)

    def cancel(self, name: str) -> None:
        """Forget a timer; harmless where it does not run."""
        if (handle := self._handles.pop(name, None)) is not None:
            handle.cancel()

    def cancel_all(self) -> None:
        """Forget every timer."""
        for handle in self._handles.values():
            handle.cancel()
        self._handles.clear()

    def _fire(self, name: str) -> None:
        del self._handles[name]
        self._on_fire(name)
