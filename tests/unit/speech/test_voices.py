"""Choosing a voice by language and by name."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dillo.speech.voices import Voice, choose

VOICES = (
    Voice("gmw/en-US", "English (America)", (("en-us", 2), ("en", 3))),
    Voice("gmw/en", "English (Great Britain)", (("en-gb", 2), ("en", 2))),
    Voice("roa/it", "Italian", (("it", 5),)),
    Voice("roa/fr-BE", "French (Belgium)", (("fr-be", 5), ("fr", 8))),
    Voice("roa/fr", "French (France)", (("fr-fr", 5), ("fr", 5))),
)


@pytest.mark.parametrize(
    ("language", "identifier"),
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
def test_the_nearest_voice_of_a_language_speaks(language: str, identifier: str) -> None:
    choice = choose(VOICES, (), language, None)
    assert (choice.identifier, choice.warnings) == (identifier, ())


@pytest.mark.parametrize("language", ["xx", "", "-", "tlh-Latn"])
def test_an_unknown_language_is_spoken_by_english_with_a_warning(language: str) -> None:
    choice = choose(VOICES, (), language, None)
    assert choice.identifier == "gmw/en"
    assert choice.warnings == (f"no voice speaks {language!r}: English is used",)


@pytest.mark.parametrize(
    ("wanted", "identifier"),
    [
        ("gmw/en-us", "gmw/en-US"),
        ("Italian", "roa/it"),
        ("en-US", "gmw/en-US"),
        ("f3", "roa/fr+f3"),
    ],
)
def test_a_voice_may_be_named(wanted: str, identifier: str) -> None:
    choice = choose(VOICES, ("f3",), "fr", wanted)
    assert (choice.identifier, choice.warnings) == (identifier, ())


def test_a_voice_that_does_not_exist_is_ignored_with_a_warning() -> None:
    choice = choose(VOICES, ("f3",), "fr", "../f3")
    assert choice.identifier == "roa/fr"
    assert choice.warnings == ("there is no voice '../f3': ignored",)


@given(st.text(max_size=20), st.none() | st.text(max_size=20))
@settings(deadline=None, max_examples=100)
def test_some_voice_always_speaks(language: str, wanted: str | None) -> None:
    known = {voice.identifier for voice in VOICES}
    assert choose(VOICES, (), language, wanted).identifier in known
