"""Trimming, loudness and limiting of prompts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dillo.files.level import (
    PEAK,
    TARGET_DBOV,
    Signal,
    active_level_dbov,
    limit,
    normalise,
    to_samples,
    tone,
    trim,
)


def silence(ms: int) -> Signal:
    return np.zeros(ms * 8, np.float32)


def test_dead_air_is_cut_off_both_ends() -> None:
    sound = tone(440, 500)
    trimmed = trim(np.concatenate([silence(800), sound, silence(1200)]))
    assert len(trimmed) // 8 == pytest.approx(20 + 500 + 60, abs=15)


def test_pauses_within_stay() -> None:
    signal = np.concatenate([tone(440, 200), silence(700), tone(440, 200)])
    assert len(trim(signal)) == len(signal)


def test_files_lose_little_of_their_own_pauses() -> None:
    ringback = np.concatenate([silence(100), tone(425, 1000), silence(4000)])
    assert len(trim(ringback, most_ms=250)) // 8 == pytest.approx(20 + 1000 + 3750, abs=15)


def test_silence_alone_is_cut_to_nothing_unless_it_was_meant() -> None:
    assert len(trim(silence(500))) == 0
    assert len(trim(silence(500), most_ms=250)) == 4000
    assert len(trim(silence(0))) == 0


def test_a_full_scale_square_wave_is_0_dbov() -> None:
    square = np.tile(np.array([1, -1], np.float32), 4000)
    assert active_level_dbov(square) == pytest.approx(0)


def test_the_level_leaves_pauses_out() -> None:
    sound = tone(440, 1000)
    paused = np.concatenate([sound, silence(5000), sound])
    assert active_level_dbov(paused) == pytest.approx(active_level_dbov(sound), abs=0.2)
    assert active_level_dbov(silence(1000)) == float("-inf")
    assert active_level_dbov(silence(5)) == float("-inf")


@pytest.mark.parametrize("factor", [0.1, 1, 3])
def test_every_loudness_comes_to_the_target(factor: float) -> None:
    signal = normalise(tone(700, 1000) * np.float32(factor))
    assert active_level_dbov(signal) == pytest.approx(TARGET_DBOV, abs=0.1)


def test_noise_is_not_made_speech_and_silence_stays_silent() -> None:
    hiss = tone(700, 1000) * np.float32(10 ** (-60 / 20))
    assert active_level_dbov(normalise(hiss)) == pytest.approx(TARGET_DBOV - 60 + 30, abs=0.2)
    assert not normalise(silence(100)).any()


def test_peaks_are_turned_down_without_being_cut() -> None:
    signal = tone(300, 1000)
    signal[4000:4010] *= 12
    limited = limit(signal)
    assert np.abs(limited).max() <= PEAK + 1e-6
    assert np.array_equal(limited[:3900], signal[:3900])
    assert np.abs(limited[4000:4010]).max() > 0.8 * PEAK


@given(st.lists(st.floats(-100, 100, width=32), max_size=400))
@settings(deadline=None, max_examples=60)
def test_nothing_ever_exceeds_the_peak(values: list[float]) -> None:
    signal = np.array(values, np.float32)
    limited = limit(signal)
    assert len(limited) == len(signal)
    assert np.abs(limited).max(initial=0) <= PEAK + 1e-6
    assert np.abs(to_samples(normalise(trim(signal)))).max(initial=0) <= 32767 * PEAK + 1


def test_a_tone_has_its_frequency_and_level() -> None:
    beep = tone(1000, 250)
    spectrum = np.abs(np.fft.rfft(beep))
    assert len(beep) == 2000
    assert np.argmax(spectrum) * 8000 / 2000 == 1000
    assert active_level_dbov(beep) == pytest.approx(TARGET_DBOV, abs=0.3)
    assert beep[0] == beep[-1] == 0
