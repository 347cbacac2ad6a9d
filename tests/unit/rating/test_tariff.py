"""Tariffs: reading them, and what their increments bill."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dillo.rating import InvalidTariff, default_tariff, parse_tariff, write_tariff
from dillo.rating.increments import parse_increments

S = 1000


@pytest.mark.parametrize(
    ("increments", "duration_ms", "billed_s"),
    [
        ("60/60", 0, 0),
        ("60/60", 1, 60),
        ("60/60", 60 * S, 60),
        ("60/60", 60 * S + 1, 120),
        ("30/6", 29 * S, 30),
        ("30/6", 30 * S, 30),
        ("30/6", 30 * S + 1, 36),
        ("30/6", 36 * S, 36),
        ("30/6", 37 * S, 42),
        ("1/1", 1, 1),
        ("1/1", 1 * S, 1),
        ("1/1", 61 * S + 1, 62),
        ("60/1", 59 * S, 60),
        ("60/1", 61 * S, 61),
    ],
)
def test_every_started_increment_is_billed(
    increments: str, duration_ms: int, billed_s: int
) -> None:
    assert parse_increments(increments).billed_s(duration_ms) == billed_s


@settings(deadline=None, max_examples=100)
@given(st.integers(1, 120), st.integers(1, 120), st.integers(1, 10_000_000))
def test_billed_time_covers_the_call_by_less_than_one_increment(
    first_s: int, each_s: int, duration_ms: int
) -> None:
    billed_s = parse_increments(f"{first_s}/{each_s}").billed_s(duration_ms)
    assert billed_s >= first_s
    assert (billed_s - first_s) % each_s == 0
    assert billed_s * S >= duration_ms
    if billed_s > first_s:
        assert (billed_s - each_s) * S < duration_ms


def test_the_default_tariff_reads_back_as_it_was_written() -> None:
    assert parse_tariff(write_tariff(default_tariff())) == default_tariff()
    assert default_tariff().currency == "EUR"


def test_a_type_without_rates_of_its_own_gets_the_default() -> None:
    assert default_tariff().match("satellite")[0] == "default"
    assert default_tariff().match("mobile")[0] == "mobile"


def test_fees_are_micros() -> None:
    assert default_tariff().fees("toll-free") == (5_000_000, 10_000_000)


def _changed(path: str, value: Any) -> str:
    tariff = json.loads(write_tariff(default_tariff()))
    *parents, last = path.split(".")
    place = tariff
    for parent in parents:
        place = place[parent]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return json.dumps(tariff)


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        ("numbers.local.per_minute", "-1", "not negative"),
        ("numbers.local.per_minute", "NaN", "finite"),
        ("numbers.local.per_minute", "cheap", "decimal"),
        ("numbers.local.per_minute", None, "per_minute"),
        ("numbers.local.increments", "0/60", "60/60"),
        ("numbers.local.increments", "60", "60/60"),
        ("numbers.default", None, "default"),
        ("recording_per_minute", "-0.1", "recording_per_minute"),
        ("currency", "euro", "ISO 4217"),
        ("surprise", 1, "surprise"),
    ],
)
def test_what_is_wrong_with_a_tariff_is_named(path: str, value: Any, complaint: str) -> None:
    with pytest.raises(InvalidTariff, match=complaint):
        parse_tariff(_changed(path, value))


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=40) | st.binary(max_size=40))
def test_anything_else_is_no_tariff(text: str | bytes) -> None:
    with pytest.raises(InvalidTariff):
        parse_tariff(text)
