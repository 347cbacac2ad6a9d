"""Which calls are meant: what lists, sums and exports of calls can be narrowed down by."""

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

_NAMES = {"since": "from", "until": "to"}
_SEVERAL = {
    *("number", "number_id", "application_id", "application_version_id"),
    *("caller_country", "end_reason"),
}


class CallFilters(TypedDict, total=False):
    """Filters, all of which must hold; of several values of one, any."""

    since: str
    """A day of `time_zone`, or a moment in ISO 8601."""
    until: str
    """As `since`; a day is included."""
    time_zone: str
    number: str | Sequence[str]
    number_id: str | Sequence[str]
    application_id: str | Sequence[str]
    application_version_id: str | Sequence[str]
    caller: str
    """How the caller's number begins."""
    caller_country: str | Sequence[str]
    end_reason: str | Sequence[str]
    sip_code: int
    is_answered: bool
    is_fallback_executed: bool
    is_test: bool
    """Whether placed from a browser."""
    min_duration_s: float
    max_duration_s: float
    min_price: str
    max_price: str
    min_mos: float
    max_mos: float
    has_recordings: bool
    has_digits: bool
    has_dials: bool
    has_failures: bool
    has_warnings: bool
    storage_key: str
    digits: str
    dial_status: str
    dialed: str
    """A telephone that was dialled."""
    text: str
    """Part of what was said in a recording, as transcribed."""


def named(filters: Mapping[str, Any]) -> dict[str, Any]:
    """Return filters as the API names them; what takes several values as a list."""
    return {
        _NAMES.get(name, name): [value] if name in _SEVERAL and isinstance(value, str) else value
        for name, value in filters.items()
        if value is not None
    }
