"""What the test caller does once it is answered: `1,w500,23#,w2000,a`."""

import re
from dataclasses import dataclass

from dillo.model.errors import PeerError

_KEYS = re.compile(r"[0-9*#A-D]+")
_WAIT = re.compile(r"w([0-9]{1,7})")


class InvalidDigitScript(PeerError):
    """The text is no digit script; the message names the item."""


@dataclass(frozen=True, slots=True)
class Press:
    """Press a key: `0`-`9`, `*`, `#`, `A`-`D`."""

    key: str

    def __str__(self) -> str:
        return self.key


@dataclass(frozen=True, slots=True)
class Wait:
    """Keep silent for so long."""

    duration_ms: int

    def __str__(self) -> str:
        return f"w{self.duration_ms}"


@dataclass(frozen=True, slots=True)
class Speak:
    """Send the audio file, to its end."""

    def __str__(self) -> str:
        return "a"


Step = Press | Wait | Speak


@dataclass(frozen=True, slots=True)
class DigitScript:
    """Steps, one after the other; a script that does not say when speaks at its end."""

    steps: tuple[Step, ...] = ()

    @classmethod
    def parse(cls, text: str) -> "DigitScript":
        """Read items separated by commas: keys (`1`, `123#`), `w500` to wait 500 ms, `a` to speak.

        Raises InvalidDigitScript.
        """
        items = text.split(",") if text.strip() else []
        steps: list[Step] = []
        for number, item in enumerate(map(str.strip, items), 1):
            steps += _steps(number, item)
        return cls(tuple(steps))

    def __str__(self) -> str:
        return ",".join(map(str, self.steps))

    def with_speech(self) -> "DigitScript":
        """Return the script as it is carried out: with a Speak at the end where it has none."""
        if any(isinstance(step, Speak) for step in self.steps):
            return self
        return DigitScript((*self.steps, Speak()))


def _steps(number: int, item: str) -> list[Step]:
    if item == "a":
        return [Speak()]
    if wait := _WAIT.fullmatch(item):
        return [Wait(int(wait[1]))]
    if _KEYS.fullmatch(item):
        return [Press(key) for key in item]
    raise InvalidDigitScript(
        f"item {number}, {item[:20]!r}, is neither keys (0-9 * # A-D) nor wNNN (wait NNN ms) nor a"
    )
