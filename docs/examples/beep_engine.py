"""A speech engine that beeps once for every word: what a plug-in needs, and no more.

Its package names it in pyproject.toml:

    [project.entry-points."dillo.synthesizers"]
    beep = "beep_engine:Beep"

and `DILLO_SPEECH_ENGINES=beep,espeak` lets it speak; `DILLO_SPEECH_BEEP_HZ=880` is its option.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from dillo.speech.engines import Sound, Voice
from dillo.speech.options import Options

RATE_HZ = 16_000


class Beep:
    """Speaks every language with one voice."""

    version = "beep 1"  # raise it when the sound changes: ready prompts are kept by it

    def __init__(self, options: Options) -> None:
        self._hz = float(options.text("hz", "440"))

    def voices(self) -> Sequence[Voice]:
        return (Voice("beep", ("*",)),)

    def load(self) -> None:
        """Nothing is to be loaded."""

    def synthesize(self, text: str, voice: str, language: str) -> Iterator[Sound]:
        times = np.arange(RATE_HZ // 5) / RATE_HZ
        tone = (8000 * np.sin(2 * np.pi * self._hz * times)).astype(np.int16)
        for _ in text.split():
            yield Sound(np.concatenate([tone, np.zeros(RATE_HZ // 10, np.int16)]), RATE_HZ)
