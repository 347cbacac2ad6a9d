"""A job that was asked for: what is to be done after the transaction that wants it."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class JobRequest:
    """One run of a job; job and id make it the only one of its kind."""

    job: str
    """Which one, such as `transcription`."""
    id: str
    """What it is about, such as a recording's id: asked for again, it is not done again."""
    arguments: dict[str, Any] = field(default_factory=dict)
    """What the job is given, as JSON has it."""
    due_us: int = 0
    """Not before; 0 for at once."""
