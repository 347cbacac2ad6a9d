"""What an endpoint counted, as plain integers for whoever exports them."""

from dillo.sip.acceptance import ALLOWED


class Counters:
    """Counts since the start; the dictionaries only ever hold a bounded number of keys."""

    __slots__ = ("dropped", "received", "requests", "responses")

    def __init__(self) -> None:
        self.received = 0
        """Datagrams."""
        self.requests = dict.fromkeys((*ALLOWED, "other"), 0)
        """New requests by method."""
        self.responses: dict[int, int] = {}
        """Responses of ours by status, repetitions not counted."""
        self.dropped: dict[str, int] = {}
        """What got no answer, by reason."""

    def count_request(self, method: str) -> None:
        """Count a request that is no repetition."""
        self.requests[method if method in self.requests else "other"] += 1

    def count_response(self, status: int) -> None:
        """Count a response of ours."""
        self.responses[status] = self.responses.get(status, 0) + 1

    def count_dropped(self, reason: str) -> None:
        """Count what got no answer; `reason` is one of few."""
        self.dropped[reason] = self.dropped.get(reason, 0) + 1
