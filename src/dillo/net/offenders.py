"""Sources that send broken SIP: they are refused politely a few times, then not at all.

Sources can be forged, so nobody is shut out for what came in his name: only the refusals stop,
well-formed messages are served as ever.
"""


class Offenders:
    """Counts broken messages by source host within a window of time."""

    MAX_REFUSALS = 20
    """Broken messages of one host that are answered within a window."""
    WINDOW_S = 10.0
    MAX_HOSTS = 10_000

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}
        """Broken messages in the current window by source host."""
        self.unanswered = 0
        """Refusals kept back since the start."""
        self._window_ends_at = 0.0

    def may_answer(self, host: str, now: float) -> bool:
        """Count a broken message, and tell whether its source may still have an answer."""
        if now >= self._window_ends_at or len(self.counts) >= self.MAX_HOSTS:
            self.counts.clear()
            self._window_ends_at = now + self.WINDOW_S
        count = self.counts[host] = self.counts.get(host, 0) + 1
        if count <= self.MAX_REFUSALS:
            return True
        self.unanswered += 1
        return False
