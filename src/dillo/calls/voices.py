"""Who can speak on this platform."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Speaker:
    """A voice, and the engine that has it."""

    voice: str
    """What a `VoiceId` calls it."""
    languages: tuple[str, ...]
    """BCP 47 tags in lower case; `*` for any, none for a timbre that any language can have."""
    engine: str


class Voices(Protocol):
    """The voices of all engines that can be used."""

    def speakers(self, language: str | None = None) -> Sequence[Speaker]:
        """Return voices, the preferred first; of one language (BCP 47) where it is given.

        May look at files: it is for a thread.
        """
