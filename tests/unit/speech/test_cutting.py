"""Recordings are cut in silences, and nothing that is said is lost."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dillo.speech import cutting
from dillo.speech.cutting import RATE_HZ, pieces, spans

WINDOW_S = 0.032


def talk(*seconds: float) -> list[float]:
    """Return likelihoods of speech: silence and speech by turns, so many seconds each."""
    likely: list[float] = []
    for index, length in enumerate(seconds):
        likely += [0.95 if index % 2 else 0.02] * round(length / WINDOW_S)
    return likely


def cut(monkeypatch: pytest.MonkeyPatch, likely: Sequence[float]) -> list[tuple[float, float]]:
    monkeypatch.setattr(cutting, "likelihoods", lambda _: np.array(likely, np.float32))
    samples = np.zeros(len(likely) * 256, np.int16)
    return [(start / RATE_HZ, end / RATE_HZ) for start, end in pieces(samples)]


def test_silence_alone_is_not_listened_to(monkeypatch: pytest.MonkeyPatch) -> None:
    assert cut(monkeypatch, talk(60)) == []


def test_a_short_pause_stays_inside_and_margins_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    (piece,) = cut(monkeypatch, talk(5, 3, 2, 4, 10))
    assert piece == pytest.approx((4.7, 14.3), abs=0.1)


def test_a_long_silence_cuts(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = cut(monkeypatch, talk(1, 3, 20, 3))
    assert first == pytest.approx((0.7, 4.3), abs=0.1)
    assert second == pytest.approx((23.7, 27), abs=0.1)


def test_long_talk_is_cut_in_its_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = cut(monkeypatch, talk(0, 20, 2, 20, 2))
    assert first == pytest.approx((0, 20.3), abs=0.1)
    assert second == pytest.approx((21.7, 42.3), abs=0.1)


def test_talk_without_a_pause_is_cut_where_it_is_least(monkeypatch: pytest.MonkeyPatch) -> None:
    likely = talk(0, 40)
    likely[700] = 0.6
    (_, cut_at), (starts, _) = cut(monkeypatch, likely)
    assert cut_at == starts == pytest.approx(700 * WINDOW_S)


@given(st.lists(st.floats(0, 1), max_size=400))
def test_spans_are_in_order_and_inside(likely: list[float]) -> None:
    length = len(likely) * 256
    found = spans(likely, length)
    assert all(0 <= start < end <= length for start, end in found)
    assert all(ours[1] < theirs[0] for ours, theirs in pairwise(found))


def test_the_detector_hears_no_speech_in_noise_and_silence() -> None:
    hiss = np.random.default_rng(1).normal(0, 300, 4 * RATE_HZ).astype(np.int16)
    assert pieces(hiss) == []
    assert pieces(np.zeros(RATE_HZ, np.int16)) == []
    assert pieces(np.zeros(0, np.int16)) == []
