"""How long a prompt lasts, as far as that can be known without making it."""

from collections.abc import Callable
from typing import Final

from dillo.model.prompts import Audio

AudioLength = Callable[[Audio], float]
"""Returns the seconds of an audio file; 0 where they are not known."""

BEEP_S: Final = 0.25

# Measured on espeak-ng's voices (en, it, de): 14 to 19 characters a second, digits one by one.
_CHARACTERS_PER_SECOND: Final = 14
_DIGIT_S: Final = 0.45


def speech_s(text: str) -> float:
    """Estimate how many seconds it takes to speak a text."""
    digits = sum(character.isdigit() for character in text)
    return digits * _DIGIT_S + (len(text) - digits) / _CHARACTERS_PER_SECOND
