"""The engine itself speaks, in this process (the platform loads it in workers only)."""

import numpy as np
import pytest

from dillo.speech.espeak import Espeak, SpeechTooLong, engine_version


@pytest.fixture(scope="module")
def engine() -> Espeak:
    return Espeak()


@pytest.mark.parametrize("language", ["en-GB", "it-IT", "ro-RO", "fr-FR", "de-DE", "es-ES"])
def test_a_sentence_sounds_in_every_language(engine: Espeak, language: str) -> None:
    spoken = engine.speak("Radio, taxi, hotel.", language, None)
    seconds = len(spoken.samples) / spoken.rate_hz
    assert spoken.rate_hz == 22050
    assert spoken.warnings == ()
    assert 0.8 < seconds < 3
    assert np.sqrt(np.mean(np.square(spoken.samples, dtype=float))) > 1000


def test_a_voice_without_its_dictionary_does_not_speak(engine: Espeak) -> None:
    spoken = engine.speak("Hello.", "fo", None)
    assert spoken.warnings == ("no voice speaks 'fo': English is used",)
    assert len(spoken.samples) > 5000


def test_more_text_takes_longer(engine: Espeak) -> None:
    short = engine.speak("One.", "en", None)
    long = engine.speak("One, two, three, four, five.", "en", None)
    assert len(long.samples) > 2 * len(short.samples)


def test_voices_sound_different_and_missing_ones_are_told(engine: Espeak) -> None:
    female = engine.speak("Hello.", "en", "f3")
    assert female.warnings == ()
    missing = engine.speak("Hello.", "en", "nobody")
    assert missing.warnings == ("there is no voice 'nobody': ignored",)
    assert len(female.samples) != len(missing.samples)


@pytest.mark.parametrize("text", ["", "...", "\0", "\ud800", "[[h@l'oU]] <b>&"])
def test_odd_texts_do_not_upset_it(engine: Espeak, text: str) -> None:
    assert engine.speak(text, "en", None).rate_hz == 22050


def test_a_text_without_end_is_cut_short_with_an_error(engine: Espeak) -> None:
    with pytest.raises(SpeechTooLong, match="longer than 10 minutes"):
        engine.speak("telephone " * 2000, "en", None)
    assert len(engine.speak("Hello.", "en", None).samples) > 5000


def test_the_version_is_known_without_loading() -> None:
    assert engine_version().startswith("espeak-ng 0.")
