"""The engine itself speaks, in this process (the platform loads it in workers only)."""

import ctypes
from pathlib import Path

import espeakng_loader
import numpy as np
import pytest

from dillo.speech.engines import Sound, SpeechRefused
from dillo.speech.espeak import Espeak
from dillo.speech.options import read_options
from dillo.speech.voices import named, speaking

# One process loads the library once.
ENGINE = Espeak(read_options("espeak", {}))


def speak(text: str, language: str, voice: str | None = None) -> Sound:
    if voice is None:
        speaker = speaking(ENGINE.voices(), language)
        assert speaker is not None
        voice = speaker.name
    (sound,) = ENGINE.synthesize(text, voice, language)
    return sound


@pytest.mark.parametrize("language", ["en-GB", "it-IT", "ro-RO", "fr-FR", "de-DE", "es-ES"])
def test_a_sentence_sounds_in_every_language(language: str) -> None:
    spoken = speak("Radio, taxi, hotel.", language)
    assert spoken.rate_hz == 22050
    assert 0.8 < spoken.duration_s < 3
    assert np.sqrt(np.mean(np.square(spoken.samples, dtype=float))) > 1000


def test_the_library_takes_every_voice_that_is_listed() -> None:
    languages = [voice for voice in ENGINE.voices() if voice.languages]
    assert len(languages) > 90
    for voice in languages:
        assert speak("1 a", "", voice.name).duration_s > 0, voice


@pytest.mark.parametrize(
    ("language", "name"),
    [
        ("en", "gmw/en"),
        ("en-US", "gmw/en-US"),
        ("es-MX", "roa/es-419"),
        ("fr", "roa/fr"),
        ("zh", "sit/cmn"),
    ],
)
def test_the_best_voice_of_a_language_is_first(language: str, name: str) -> None:
    voice = speaking(ENGINE.voices(), language)
    assert voice is not None
    assert voice.name == name


def test_a_voice_without_its_dictionary_is_not_listed() -> None:
    languages = Path(espeakng_loader.get_data_path()) / "lang"
    assert (languages / "gmq" / "fo").exists()
    assert speaking(ENGINE.voices(), "fo") is None


def test_more_text_takes_longer() -> None:
    short = speak("One.", "en")
    long = speak("One, two, three, four, five.", "en")
    assert len(long.samples) > 2 * len(short.samples)


def test_a_timbre_suits_any_language() -> None:
    assert named(ENGINE.voices(), "f3") is not None
    plain, female = speak("Buongiorno a tutti.", "it"), speak("Buongiorno a tutti.", "it", "f3")
    assert abs(plain.duration_s - female.duration_s) < 0.5
    assert len(plain.samples) != len(female.samples)


@pytest.mark.parametrize("text", ["", "...", "\0", "\ud800", "[[h@l'oU]] <b>&"])
def test_odd_texts_do_not_upset_it(text: str) -> None:
    assert speak(text, "en").rate_hz == 22050


def test_a_text_without_end_is_cut_short_with_an_error() -> None:
    with pytest.raises(SpeechRefused, match="longer than 10 minutes"):
        speak("telephone " * 2000, "en")
    assert len(speak("Hello.", "en").samples) > 5000


def test_the_version_is_known_without_loading(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", None)
    assert Espeak(read_options("espeak", {})).version.startswith("espeak-ng 0.")
