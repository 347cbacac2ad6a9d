"""Choosing a voice by language and by name, and an engine by its voices."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dillo.speech.casting import Casting
from dillo.speech.engines import EngineMissing, Sound, Voice
from dillo.speech.options import Ranked
from dillo.speech.voices import named, speaking

VOICES = (
    Voice("gmw/en", ("en-gb", "en"), ("English (Great Britain)",)),
    Voice("gmw/en-US", ("en-us", "en"), ("English (America)",)),
    Voice("roa/it", ("it",), ("Italian",)),
    Voice("roa/fr", ("fr-fr", "fr"), ("French (France)",)),
    Voice("roa/fr-BE", ("fr-be", "fr"), ("French (Belgium)",)),
    Voice("Mario", ()),
)


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("en-GB", "gmw/en"),
        ("en_us", "gmw/en-US"),
        ("en-AU", "gmw/en"),
        ("it-IT", "roa/it"),
        ("IT", "roa/it"),
        ("fr-CA", "roa/fr"),
        ("fr-BE", "roa/fr-BE"),
        ("fr-FR-x-old", "roa/fr"),
    ],
)
def test_the_nearest_voice_of_a_language_speaks(language: str, name: str) -> None:
    voice = speaking(VOICES, language)
    assert voice is not None
    assert voice.name == name


@pytest.mark.parametrize("language", ["xx", "", "-", "tlh-Latn"])
def test_an_unknown_language_has_no_voice(language: str) -> None:
    assert speaking(VOICES, language) is None
    anything = Voice("any", ("*",))
    assert speaking((*VOICES, anything), language) == anything


@pytest.mark.parametrize(
    ("wanted", "name"),
    [("gmw/en-us", "gmw/en-US"), ("italian", "roa/it"), ("Mario", "Mario"), ("mario", None)],
)
def test_a_voice_may_be_named(wanted: str, name: str | None) -> None:
    voice = named(VOICES, wanted)
    assert (voice.name if voice else None) == name


@given(language=st.text(max_size=12), wanted=st.none() | st.text(max_size=8))
@settings(max_examples=200)
def test_somebody_always_speaks(language: str, wanted: str | None) -> None:
    assert cast(language, wanted)


class Engine:
    def __init__(self, version: str, voices: tuple[Voice, ...]) -> None:
        self.version = version
        self._voices = voices

    def voices(self) -> tuple[Voice, ...]:
        return self._voices

    def load(self) -> None: ...

    def synthesize(self, text: str, voice: str, language: str) -> list[Sound]:
        raise NotImplementedError


KOKORO = Engine("k1", (Voice("af_heart", ("en-us", "en")), Voice("if_sara", ("it-it", "it"))))
ENGINES = {"kokoro": KOKORO, "espeak": Engine("e1", VOICES)}


def make(name: str) -> Engine:
    if name not in ENGINES:
        raise EngineMissing(f"no {name} here")
    return ENGINES[name]


def cast(language: str, wanted: str | None, *engines: str) -> list[tuple[str, str, int]]:
    names = engines or ("kokoro",)
    casting = Casting([Ranked(name, 1) for name in names], make)  # type: ignore[arg-type]
    takes = casting.cast(language, wanted)
    return [(take.engine, take.voice, len(take.warnings)) for take in takes]


@pytest.mark.parametrize(
    ("language", "wanted", "takes"),
    [
        ("it-IT", None, [("kokoro", "if_sara", 0), ("espeak", "roa/it", 0)]),
        ("it-IT", "Bianca", [("kokoro", "if_sara", 1), ("espeak", "roa/it", 1)]),
        ("it-IT", "IsabellaNeural", [("kokoro", "if_sara", 1), ("espeak", "roa/it", 1)]),
        ("it-IT", "AF_HEART", [("kokoro", "af_heart", 0), ("espeak", "roa/it", 1)]),
        ("it-IT", "Mario", [("espeak", "Mario", 0), ("kokoro", "if_sara", 1)]),
        ("fr-FR", None, [("espeak", "roa/fr", 0)]),
        ("xx", None, [("kokoro", "af_heart", 1), ("espeak", "gmw/en", 1)]),
        ("xx", "Bianca", [("kokoro", "af_heart", 2), ("espeak", "gmw/en", 2)]),
    ],
)
def test_engines_are_cast_in_order(
    language: str, wanted: str | None, takes: list[tuple[str, str, int]]
) -> None:
    assert cast(language, wanted) == takes


def test_the_order_is_that_of_the_settings_with_the_floor_last() -> None:
    assert cast("en-GB", None, "espeak", "kokoro")[0][0] == "espeak"
    assert cast("en-GB", None, "third") == [("espeak", "gmw/en", 0)]


def test_a_warning_says_what_is_used_instead() -> None:
    casting = Casting([Ranked("kokoro", 1)], make)  # type: ignore[arg-type]
    assert casting.cast("it-IT", "Bianca")[0].warnings == (
        "no voice 'Bianca': if_sara of kokoro is used for it-IT",
    )


def test_an_engine_that_comes_later_is_found() -> None:
    there: dict[str, Engine] = {"espeak": ENGINES["espeak"]}
    now = [0.0]

    def find(name: str) -> Engine:
        if name not in there:
            raise EngineMissing(f"no {name} here")
        return there[name]

    casting = Casting([Ranked("kokoro", 1)], find, lambda: now[0])  # type: ignore[arg-type]
    assert [take.engine for take in casting.cast("it", None)] == ["espeak"]
    assert casting.lacks == {"kokoro": "no kokoro here"}
    there["kokoro"] = KOKORO
    assert [take.engine for take in casting.cast("it", None)] == ["espeak"]
    now[0] = 31
    assert [take.engine for take in casting.cast("it", None)] == ["kokoro", "espeak"]
    assert casting.lacks == {}
