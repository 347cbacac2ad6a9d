"""Finds any page of a number's calls at the same cost, by the tallies of its days.

Nothing here talks to a database: `find_page` yields the queries it needs and is sent their rows,
so one function serves every driver.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from importlib import resources
from itertools import pairwise
from typing import Any

Row = Sequence[Any]
Rows = Sequence[Row]

_DAY_S, _HOUR_S, _MINUTE_S = 86_400, 3_600, 60
_FINER = dict(pairwise((_DAY_S, _HOUR_S, _MINUTE_S)))
_US = 1_000_000
_NEAR = 200


@dataclass(frozen=True, slots=True)
class Query:
    """One statement of `statistics.sql` with its parameters."""

    name: str
    parameters: dict[str, str | int]


Span = tuple[int, int]
"""When a day, hour or minute starts, and how many calls in it are seen."""

Asking = Generator[Query, Rows, "CallPage | None"]


@dataclass(frozen=True, slots=True)
class CallPage:
    """Calls as JSON objects, newest first."""

    documents: tuple[str, ...]
    total: int
    """Calls of all pages."""
    pin_us: int
    """Only calls settled up to this moment are in the list."""


def load_statements() -> dict[str, str]:
    """Return the statements of `statistics.sql` by name; parameters are written `:name`."""
    text = resources.files(__package__).joinpath("statistics.sql").read_text()
    sections = (section.split("\n", 1) for section in text.split("-- name: ")[1:])
    return {name: statement.strip() for name, statement in sections}


def find_page(
    customer_id: str,
    number: str,
    period_us: tuple[int, int],
    paging: tuple[int, int],
    as_of_us: int | None,
) -> Asking:
    """Find the calls of `[start, end)`, newest first: so many are skipped, so many taken.

    Both ends are midnights UTC, `number` is E.164 with `+`. Returns None where the customer never
    held the number.
    """
    (start_us, end_us), (skip, take) = period_us, paging
    held = yield Query("number_held", {"number": number, "customer_id": customer_id})
    if not held:
        return None
    days: Rows = yield _spans_query(held[0][0], customer_id, _DAY_S, start_us, end_us)
    latest_us = max((latest_us for *_, latest_us in days), default=0)
    # A call that is not there yet settles later than every call that is.
    pin_us = latest_us if as_of_us is None else min(as_of_us, latest_us)
    listing = _Listing(held[0][0], customer_id, pin_us)
    spans = yield from listing.seen_spans(_DAY_S, days)
    total = sum(calls for _, calls in spans)
    if skip >= total:
        return CallPage((), total, pin_us)
    if pin_us == latest_us and skip <= _NEAR:
        # Nothing is hidden, so the first pages are counted off faster than searched for.
        documents = yield listing.documents_query(start_us, end_us, skip, take)
    else:
        documents = yield from listing.documents(start_us, spans, skip, take)
    return CallPage(tuple(document for (document,) in documents), total, pin_us)


def _spans_query(
    number_id: str, customer_id: str, span_s: int, start_us: int, end_us: int
) -> Query:
    return Query(
        "spans",
        {
            "number_id": number_id,
            "customer_id": customer_id,
            "span_s": span_s,
            "start_us": start_us,
            "end_us": end_us,
        },
    )


@dataclass(frozen=True, slots=True)
class _Listing:
    """The calls of one number and customer that were settled up to the pin."""

    number_id: str
    customer_id: str
    pin_us: int

    def documents(
        self, start_us: int, days: Sequence[Span], skip: int, take: int
    ) -> Generator[Query, Rows, Rows]:
        """Walk from the days to the minute that holds item `skip`, and read on from there."""
        starts_us, skip = _locate(days, skip)
        for coarser_s, span_s in _FINER.items():
            spans = yield from self._spans_within(starts_us, coarser_s, span_s)
            starts_us, skip = _locate(spans, skip)
        end_us = starts_us + _MINUTE_S * _US
        return (yield self.documents_query(start_us, end_us, skip, take))

    def documents_query(self, start_us: int, end_us: int, skip: int, take: int) -> Query:
        """Ask for documents from the newest before `end_us` on."""
        return self._calls_query("documents", start_us, end_us, skip=skip, take=take)

    def seen_spans(self, span_s: int, rows: Rows) -> Generator[Query, Rows, list[Span]]:
        """Count what is seen in each span; rows are those of the query `spans`."""
        spans: list[Span] = []
        for starts_us, calls, earliest_us, latest_us in rows:
            if latest_us <= self.pin_us:
                spans.append((starts_us, calls))
            elif earliest_us > self.pin_us:
                spans.append((starts_us, 0))
            else:
                spans.append((starts_us, (yield from self._look_inside(starts_us, span_s))))
        return spans

    def _look_inside(self, starts_us: int, span_s: int) -> Generator[Query, Rows, int]:
        """Count in a span that the pin divides: some calls were settled before, some after."""
        if span_s == _MINUTE_S:
            rows = yield self._calls_query("seen", starts_us, starts_us + span_s * _US)
            return int(rows[0][0])
        spans = yield from self._spans_within(starts_us, span_s, _FINER[span_s])
        return sum(calls for _, calls in spans)

    def _spans_within(
        self, starts_us: int, coarser_s: int, span_s: int
    ) -> Generator[Query, Rows, list[Span]]:
        end_us = starts_us + coarser_s * _US
        rows = yield _spans_query(self.number_id, self.customer_id, span_s, starts_us, end_us)
        return (yield from self.seen_spans(span_s, rows))

    def _calls_query(self, name: str, start_us: int, end_us: int, **more: int) -> Query:
        return Query(
            name,
            {
                "number_id": self.number_id,
                "customer_id": self.customer_id,
                "pin_us": self.pin_us,
                "start_us": start_us,
                "end_us": end_us,
                **more,
            },
        )


def _locate(spans: Sequence[Span], skip: int) -> tuple[int, int]:
    """Return where the span that holds item `skip` starts, and how many of its own come before."""
    for starts_us, calls in spans:
        if skip < calls:
            return starts_us, skip
        skip -= calls
    raise LookupError("the tallies of a span do not add up to those of its parts")
