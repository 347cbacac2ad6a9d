"""Moments are UTC microseconds since the Unix epoch, kept as integers named `*_us`."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAIVE_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - written without an offset, half the time


def from_datetime(moment: datetime) -> int:
    """Return the microseconds since the epoch of an aware datetime."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def to_datetime(moment_us: int) -> datetime:
    """Return the aware UTC datetime of a moment."""
    return _EPOCH + timedelta(microseconds=moment_us)


def iso_ms(moment_us: int) -> str:
    """Write a moment as ISO 8601 with milliseconds and `Z`: `2026-11-23T10:42:07.125Z`."""
    moment = _NAIVE_EPOCH + timedelta(microseconds=moment_us)
    return moment.isoformat(timespec="milliseconds") + "Z"
