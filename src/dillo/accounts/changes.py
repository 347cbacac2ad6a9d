"""Who changes something, and when."""

from dataclasses import dataclass

from dillo.model.clock import now_us


@dataclass(frozen=True, slots=True)
class Change:
    """Who changes something, and when: what the audit log keeps."""

    actor: str
    at_us: int

    @classmethod
    def by(cls, actor: str) -> "Change":
        """Return a change made now, by `operator`, a user or a key."""
        return cls(actor, now_us())
