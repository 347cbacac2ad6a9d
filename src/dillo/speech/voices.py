"""Which of an engine's voices speaks a language, given as BCP 47."""

from collections.abc import Sequence

from dillo.speech.engines import ANY_LANGUAGE, Voice


def speaking(voices: Sequence[Voice], language: str) -> Voice | None:
    """Return the first voice that speaks a language, or the nearest one that contains it.

    A tag is looked up as RFC 4647 §3.4 does: dropping its last subtag until a voice has it.
    """
    subtags = language.lower().replace("_", "-").split("-")
    for length in range(len(subtags), 0, -1):
        tag = "-".join(subtags[:length])
        for voice in voices:
            if tag in voice.languages:
                return voice
    return next((voice for voice in voices if ANY_LANGUAGE in voice.languages), None)


def named(voices: Sequence[Voice], wanted: str) -> Voice | None:
    """Return the voice of a name; a timbre only where the name is exactly its own."""
    key = wanted.casefold()
    for voice in voices:
        names = (voice.name, *voice.aliases)
        if wanted == voice.name or (voice.languages and key in map(str.casefold, names)):
            return voice
    return None
