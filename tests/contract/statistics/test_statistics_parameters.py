"""Whatever a client writes, a parameter is read or refused; nothing else happens."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dillo.model.moments import from_datetime, to_datetime
from dillo.web.parameters import parse_as_of, parse_number, parse_page, parse_period
from dillo.web.problems import Refused

DATE_LIKE = st.from_regex(r"\d{1,4}-?\d{1,2}-?\d{1,2}", fullmatch=True)
TEXT = st.text(max_size=40) | DATE_LIKE | st.from_regex(r"[+0-9.TZ: -]{0,40}", fullmatch=True)


@pytest.mark.parametrize("parse", [parse_number, parse_page, parse_as_of])
@given(text=TEXT)
@settings(deadline=None, max_examples=150)
def test_any_text_is_read_or_refused(parse: Callable[[str], object], text: str) -> None:
    with suppress(Refused):
        parse(text)


@given(start=TEXT, end=TEXT)
@settings(deadline=None)
def test_any_days_are_read_or_refused(start: str, end: str) -> None:
    with suppress(Refused):
        start_us, end_us = parse_period(start, end)
        assert 0 < end_us - start_us <= 31 * 86_400_000_000


@given(first=st.dates(), days=st.integers(0, 30))
@settings(deadline=None)
def test_a_period_is_its_midnights(first: date, days: int) -> None:
    last = date.fromordinal(min(first.toordinal() + days, date.max.toordinal()))
    start_us, end_us = parse_period(first.isoformat(), last.isoformat())
    assert start_us == from_datetime(datetime(first.year, first.month, first.day, tzinfo=UTC))
    midnight = datetime(last.year, last.month, last.day, tzinfo=UTC)
    assert end_us == from_datetime(midnight) + timedelta(days=1) // timedelta(microseconds=1)


@given(page=st.integers(1, 10**40))
@settings(deadline=None)
def test_pages_are_read_up_to_where_no_list_reaches(page: int) -> None:
    assert parse_page(str(page)) == min(page, 10**12)
    assert parse_page(f"00{page}") == min(page, 10**12)


@given(moment=st.datetimes(timezones=st.just(UTC)))
@settings(deadline=None)
def test_moments_keep_their_microseconds(moment: datetime) -> None:
    assert to_datetime(parse_as_of(moment.isoformat())) == moment
