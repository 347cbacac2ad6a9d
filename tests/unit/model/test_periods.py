"""Storage periods end on the calendar."""

from datetime import UTC, datetime
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dillo.model.moments import from_datetime, to_datetime
from dillo.model.periods import InvalidStoragePeriod, StoragePeriod


@pytest.mark.parametrize(
    ("start", "code", "end"),
    [
        ("2026-11-23T10:42:07.125", "7-D", "2026-11-30T10:42:07.125"),
        ("2026-11-23T10:42:07.125", "3-M", "2027-02-23T10:42:07.125"),
        ("2026-01-31T00:00:00", "1-M", "2026-02-28T00:00:00"),
        ("2024-01-31T23:59:59", "1-M", "2024-02-29T23:59:59"),
        ("2024-02-29T12:00:00", "1-Y", "2025-02-28T12:00:00"),
        ("2026-12-31T12:00:00", "12-M", "2027-12-31T12:00:00"),
        ("2026-11-30T12:00:00", "1-M", "2026-12-30T12:00:00"),
    ],
)
def test_a_period_ends_on_the_calendar(start: str, code: str, end: str) -> None:
    start_us = from_datetime(datetime.fromisoformat(start).replace(tzinfo=UTC))
    end_us = StoragePeriod.parse(code).ends_us(start_us)
    assert to_datetime(end_us) == datetime.fromisoformat(end).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "months"), [("7-D", Fraction(7, 30)), ("3-M", Fraction(3)), ("2-Y", Fraction(24))]
)
def test_a_day_is_charged_as_a_thirtieth_of_a_month(code: str, months: Fraction) -> None:
    assert StoragePeriod.parse(code).months == months


@pytest.mark.parametrize("code", ["", "0-D", "7", "D-7", "7-W", "-7-D", "7-D ", "07-D", "\u0667-D"])
def test_anything_else_is_refused(code: str) -> None:
    with pytest.raises(InvalidStoragePeriod):
        StoragePeriod.parse(code)


@settings(deadline=None, max_examples=100)
@given(st.integers(1, 9999), st.sampled_from("DMY"), st.integers(0, 4_102_444_800_000_000))
def test_a_period_is_never_shorter_than_its_days(count: int, unit: str, start_us: int) -> None:
    period = StoragePeriod(count, unit)
    assert StoragePeriod.parse(str(period)) == period
    days = (period.ends_us(start_us) - start_us) / 86_400_000_000
    at_least = {"D": 1, "M": 28, "Y": 365}[unit]
    # The calendar of Python ends with the year 9999.
    assert days >= min(count * at_least, 2_800_000)
