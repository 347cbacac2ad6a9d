"""Which of an engine's voices speaks a language, given as BCP 47."""

from collections.abc import Sequence
from dataclasses import dataclass

_LAST_RESORT = "en-gb"


@dataclass(frozen=True, slots=True)
class Voice:
    """A voice of the engine and the languages it speaks."""

    identifier: str
    """What the engine calls it, `roa/it`."""
    name: str
    languages: tuple[tuple[str, int], ...]
    """BCP 47 tags in lower case, each with a rank: the lowest rank speaks a language best."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The voice that speaks, and what the application's owner should know about it."""

    identifier: str
    warnings: tuple[str, ...] = ()


def choose(
    voices: Sequence[Voice], variants: Sequence[str], language: str, wanted: str | None
) -> Choice:
    """Choose a voice for a language, or the one that is wanted by name.

    A language that no voice speaks is spoken by the nearest one that contains it (`en-AU` by
    `en`), at last by English with a warning. `wanted` is a voice's name, identifier or language,
    or one of the engine's `variants` (a timbre, `f3`); what does not exist is ignored with a
    warning.
    """
    warnings = []
    voice = _speaking(voices, language)
    if voice is None:
        voice = _exactly(voices, _LAST_RESORT)
        warnings.append(f"no voice speaks {language!r}: English is used")
    if wanted is None:
        return Choice(voice.identifier, tuple(warnings))
    if wanted in variants:
        return Choice(f"{voice.identifier}+{wanted}", tuple(warnings))
    named = _named(voices, wanted)
    if named is None:
        return Choice(voice.identifier, (*warnings, f"there is no voice {wanted!r}: ignored"))
    return Choice(named.identifier)


def _speaking(voices: Sequence[Voice], language: str) -> Voice | None:
    """Look a tag up as RFC 4647 §3.4 does: dropping its last subtag until a voice has it."""
    subtags = language.lower().replace("_", "-").split("-")
    for length in range(len(subtags), 0, -1):
        tag = "-".join(subtags[:length])
        able = [(rank, voice) for voice in voices if (rank := dict(voice.languages).get(tag))]
        if able:
            return min(able, key=lambda pair: pair[0])[1]
    return None


def _exactly(voices: Sequence[Voice], tag: str) -> Voice:
    return next(voice for voice in voices if tag in dict(voice.languages))


def _named(voices: Sequence[Voice], wanted: str) -> Voice | None:
    key = wanted.lower()
    for voice in voices:
        if key in {voice.identifier.lower(), voice.name.lower()}:
            return voice
    return next((voice for voice in voices if key in dict(voice.languages)), None)
