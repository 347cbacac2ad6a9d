"""Server-sent events: read from lines, and gone on with where a connection broke."""

from dataclasses import replace

from dillo.client.calls import Answer, Request
from dillo.client.errors import Unreachable


class Watch:
    """One stream of events over as many connections as it takes; knows no I/O."""

    def __init__(self, request: Request, retries: int) -> None:
        self._request = request
        self._retries = retries
        self._failures = 0
        self._id = self._name = ""
        self._data: list[str] = []
        self.pause_s = 3.0
        """How long to wait before the next connection."""

    def request(self) -> Request:
        """Return what to ask next: for what follows the last event."""
        self._name, self._data = "", []
        headers = {**self._request.headers, "Accept": "text/event-stream"}
        if self._id:
            headers["Last-Event-ID"] = self._id
        return replace(self._request, headers=headers)

    def take(self, line: str) -> Answer | None:
        """Take a line; return the event that it completes, its name as the header `event`."""
        self._failures = 0
        if not line:
            name, data = self._name, "\n".join(self._data)
            self._name, self._data = "", []
            return Answer(200, {"event": name or "message"}, data.encode()) if data else None
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        match field:
            case "data":
                self._data.append(value)
            case "event":
                self._name = value
            case "id":
                self._id = value
            case "retry" if value.isdecimal():
                self.pause_s = int(value) / 1000
        return None

    def broken(self, error: Exception) -> None:
        """Note that a connection broke. Raises Unreachable where none would stand, time and again.

        A line that arrives in between forgives all that went before.
        """
        self._failures += 1
        if self._failures > self._retries:
            raise Unreachable(f"GET {self._request.path}: {error}") from error
