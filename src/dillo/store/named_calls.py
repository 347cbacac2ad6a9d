"""Calls as lists show them: summaries, and the names of their numbers and applications."""

from dataclasses import fields
from typing import Any

from sqlalchemy import Row, Select, func, select

from dillo.calls.archive import CallSummary
from dillo.store.tables import application_versions, applications, call_summaries, numbers

_calls, _versions = call_summaries.c, application_versions.c
_NAMES = {
    "number": numbers.c.e164,
    "application": func.coalesce(applications.c.name, ""),
    "version": _versions.version,
}
_FIELDS = [each.name for each in fields(CallSummary)]

NAMED: Select[Any] = (
    select(*(_NAMES[name].label(name) if name in _NAMES else _calls[name] for name in _FIELDS))
    .select_from(call_summaries)
    .join(numbers, numbers.c.id == _calls.number_id)
    .join(applications, applications.c.id == _calls.application_id, isouter=True)
    .join(application_versions, _versions.id == _calls.version_id, isouter=True)
)
"""Rows that begin with the fields of CallSummary."""


def summary_of(row: Row[Any]) -> CallSummary:
    """Return the call of a row of NAMED."""
    return CallSummary(*row[: len(_FIELDS)])
