"""Who speaks: for a language and a voice that is wanted, engines and voices in order."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from dillo.calls.voices import Speaker
from dillo.speech.engines import EngineMissing, Synthesizer, Voice
from dillo.speech.options import Ranked
from dillo.speech.registry import make_synthesizer
from dillo.speech.voices import named, speaking

FLOOR = "espeak"
"""The engine that is always there, asked last where the settings do not name it."""

_LAST_RESORT = "en-GB"
_LOOK_AGAIN_S = 30.0
_MOST_REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class Take:
    """One way to speak a text, and what the application's owner should know about it."""

    engine: str
    version: str
    voice: str
    language: str
    warnings: tuple[str, ...] = ()


class Casting:
    """Knows the voices of all engines that can be used here.

    An engine that lacks something is left out, and looked at again every half minute: its model
    may have been fetched meanwhile.
    """

    def __init__(
        self,
        engines: Sequence[Ranked],
        make: Callable[[str], Synthesizer] = make_synthesizer,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._names = tuple(dict.fromkeys((*(engine.name for engine in engines), FLOOR)))
        self._make = make
        self._clock = clock
        self._look_again_at = float("-inf")
        self._engines: dict[str, tuple[str, Sequence[Voice]]] = {}
        self._lacks: dict[str, str] = {}
        self._remembered: dict[tuple[str, str | None], tuple[Take, ...]] = {}

    @property
    def lacks(self) -> Mapping[str, str]:
        """What engines that were set lack, in a sentence each."""
        self._look()
        return self._lacks

    def speakers(self, language: str | None = None) -> list[Speaker]:
        """Return voices, the preferred first; of one language where it is given."""
        self._look()
        return [
            Speaker(voice.name, voice.languages, name)
            for name, (_, voices) in self._engines.items()
            for voice in voices
            if language is None or (voice.languages and speaking([voice], language))
        ]

    def cast(self, language: str, voice: str | None) -> Sequence[Take]:
        """Return who can speak, the best first; there is always somebody.

        A voice that does not exist is mapped by language, and a language that no voice speaks is
        read by an English one, each with a warning.
        """
        self._look()
        key = (language, voice)
        takes = self._remembered.get(key)
        if takes is None:
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            takes = self._remembered[key] = tuple(self._cast(language, voice))
        return takes

    def _cast(self, language: str, wanted: str | None) -> list[Take]:
        takes = list(self._speaking(language))
        if not takes:
            warning = f"no voice speaks {language!r}: English is used"
            takes = [replace(take, warnings=(warning,)) for take in self._speaking(_LAST_RESORT)]
        if wanted is None:
            return takes
        for engine, (version, voices) in self._engines.items():
            voice = named(voices, wanted)
            if voice is not None:
                others = [_instead(take, wanted, engine) for take in takes if take.engine != engine]
                return [Take(engine, version, voice.name, language), *others]
        return [_instead(take, wanted) for take in takes]

    def _speaking(self, language: str) -> Iterator[Take]:
        for engine, (version, voices) in self._engines.items():
            voice = speaking(voices, language)
            if voice is not None:
                yield Take(engine, version, voice.name, language)

    def _look(self) -> None:
        """See which engines are there: all of them once, missing ones every now and then."""
        if self._clock() < self._look_again_at:
            return
        found, lacks = dict(self._engines), {}
        for name in self._names:
            if name in found:
                continue
            try:
                engine = self._make(name)
                found[name] = (engine.version, engine.voices())
            except EngineMissing as error:
                lacks[name] = str(error)
        if found.keys() != self._engines.keys():
            self._engines = {name: found[name] for name in self._names if name in found}
            self._remembered.clear()
        self._lacks = lacks
        self._look_again_at = self._clock() + _LOOK_AGAIN_S if lacks else float("inf")


def _instead(take: Take, wanted: str, engine: str | None = None) -> Take:
    why = f"the voice {wanted!r} of {engine} does not speak" if engine else f"no voice {wanted!r}"
    warning = f"{why}: {take.voice} of {take.engine} is used for {take.language}"
    return replace(take, warnings=(*take.warnings, warning))
