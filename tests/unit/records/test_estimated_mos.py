"""The estimated MOS follows the E-model."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dillo.records.quality import Quality, mean_opinion_score


def _quality(received: int, lost: int, sent: int, remote_lost: int | None) -> Quality:
    return Quality(received, lost, sent, 0, 0, 0, remote_lost, 0.0, None)


@pytest.mark.parametrize(
    ("loss", "jitter_ms", "round_trip_ms", "mos"),
    [
        (0.0, 0.0, None, 4.40),
        (0.0, 5.0, 100.0, 4.36),
        (0.01, 0.0, None, 4.31),
        (0.05, 0.0, None, 3.90),
        (0.0, 0.0, 800.0, 2.91),
        (1.0, 0.0, None, 1.16),
    ],
)
def test_values_of_the_model(
    loss: float, jitter_ms: float, round_trip_ms: float | None, mos: float
) -> None:
    assert mean_opinion_score(loss, jitter_ms, round_trip_ms) == pytest.approx(mos, abs=0.01)


@settings(deadline=None, max_examples=100)
@given(st.floats(0, 1), st.floats(0, 1000), st.none() | st.floats(0, 10_000))
def test_a_score_is_on_the_scale_and_falls_with_loss(
    loss: float, jitter_ms: float, round_trip_ms: float | None
) -> None:
    score = mean_opinion_score(loss, jitter_ms, round_trip_ms)
    assert 1.0 <= score <= 4.41
    assert score <= mean_opinion_score(0.0, jitter_ms, round_trip_ms)


def test_the_worse_direction_counts() -> None:
    assert _quality(90, 10, 100, 2).loss == pytest.approx(0.1)
    assert _quality(100, 0, 100, 50).loss == pytest.approx(0.5)
    assert _quality(100, -3, 0, None).loss == 0.0


def test_silence_has_no_score() -> None:
    assert _quality(0, 0, 100, None).mos is None
    assert _quality(100, 0, 100, 0).mos == pytest.approx(4.40, abs=0.01)


def test_the_score_falls_with_loss_and_delay() -> None:
    best = mean_opinion_score(0, 0, 0)
    assert best == pytest.approx(4.4, abs=0.05)
    assert best > mean_opinion_score(0.01, 5, 80) > mean_opinion_score(0.05, 20, 300) > 1
    assert mean_opinion_score(1, 2000, 9000) == 1
