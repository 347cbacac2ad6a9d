"""Recordings as jobs see them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Expired:
    """A recording whose storage period is over."""

    recording_id: str
    path: str
    """Below the recordings folder, or in the store."""
