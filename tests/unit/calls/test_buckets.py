"""Hours, days, weeks and months cover a span without a gap, whatever clocks do."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dillo.calls.buckets import Unit, buckets
from dillo.model.moments import from_datetime

ROME = ZoneInfo("Europe/Rome")
ZONES = ("UTC", "Europe/Rome", "Asia/Kolkata", "America/St_Johns", "Australia/Lord_Howe")


def _us(text: str) -> int:
    return from_datetime(datetime.fromisoformat(text))


def _labels(start: str, end: str, unit: Unit, zone: ZoneInfo = ROME) -> list[str]:
    return [each.label for each in buckets(_us(start), _us(end), unit, zone)]


def test_labels_are_those_of_the_zone() -> None:
    start, end = "2026-12-30T22:30:00Z", "2027-01-01T00:30:00Z"
    days = ["2026-12-30", "2026-12-31", "2027-01-01"]
    assert _labels(start, end, Unit.DAY) == days
    assert _labels(start, end, Unit.WEEK) == ["2026-W53"]
    assert _labels(start, end, Unit.MONTH) == ["2026-12", "2027-01"]
    assert _labels(start, "2026-12-31T00:00:00Z", Unit.HOUR) == [
        "2026-12-30T23:00+01:00",
        "2026-12-31T00:00+01:00",
    ]


def test_a_day_on_which_clocks_change_has_23_or_25_hours() -> None:
    spring, autumn = "2026-03-29T00:00:00+01:00", "2026-10-25T00:00:00+02:00"
    for start, hours in ((spring, 23), (autumn, 25)):
        end = (datetime.fromisoformat(start) + timedelta(hours=hours)).isoformat()
        assert len(_labels(start, end, Unit.HOUR)) == hours
        assert len(_labels(start, end, Unit.DAY)) == 1
    assert _labels(autumn, "2026-10-25T03:00:00+01:00", Unit.HOUR)[2:] == [
        "2026-10-25T02:00+02:00",
        "2026-10-25T02:00+01:00",
    ]


@settings(deadline=None)
@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    st.timedeltas(timedelta(seconds=1), timedelta(days=40)),
    st.sampled_from(list(Unit)),
    st.sampled_from(ZONES),
)
def test_a_span_is_divided_without_gaps(
    start: datetime, length: timedelta, unit: Unit, zone: str
) -> None:
    start_us, end_us = from_datetime(start), from_datetime(start + length)
    found = list(buckets(start_us, end_us, unit, ZoneInfo(zone)))
    assert [found[0].start_us, found[-1].end_us] == [start_us, end_us]
    assert all(a.end_us == b.start_us for a, b in pairwise(found))
    assert all(each.start_us < each.end_us for each in found)


# Lord Howe changes clocks by half an hour: those hours come in two parts.
@pytest.mark.parametrize("zone", ZONES[:-1])
def test_hours_begin_when_clocks_say_so(zone: str) -> None:
    start, end = _us("2026-01-01T00:00:00Z"), _us("2027-01-01T00:00:00Z")
    labels = [each.label for each in buckets(start, end, Unit.HOUR, ZoneInfo(zone))]
    assert len(labels) == len(set(labels))
    assert {label[14:16] for label in labels} == {"00"}
