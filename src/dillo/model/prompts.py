"""What a caller can be made to hear."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Speech:
    """Text to be spoken."""

    text: str
    language: str
    """BCP 47, `en-GB`."""
    voice: str | None = None

    def __str__(self) -> str:
        return self.text if len(self.text) <= 80 else f"{self.text[:79]}…"


@dataclass(frozen=True, slots=True)
class Audio:
    """An audio file: an http(s) address, or the id of a prompt that the customer uploaded."""

    url: str | None = None
    prompt_id: str | None = None

    def __str__(self) -> str:
        return self.url or f"prompt {self.prompt_id}"


@dataclass(frozen=True, slots=True)
class Beep:
    """The tone before a recording: 1000 Hz for 250 ms."""

    def __str__(self) -> str:
        return "beep"


@dataclass(frozen=True, slots=True)
class RingingTone:
    """One ring of the tone that a caller hears: 425 Hz for a second (ITU-T E.180)."""

    def __str__(self) -> str:
        return "ringing tone"


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing, for so long."""

    duration_ms: int

    def __str__(self) -> str:
        return f"{self.duration_ms} ms of silence"


Sound = Audio | Beep | RingingTone | Silence
"""What needs no voice."""

Prompt = Speech | Sound
