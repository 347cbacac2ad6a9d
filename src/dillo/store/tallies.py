"""How many calls a number had in each day, hour and minute: what leads to any page of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from dillo.store.bulk import add_rows
from dillo.store.tables import call_tallies

SPANS_S = (86_400, 3_600, 60)

# The settling transactions of a number stamp ever greater moments, so the newest call is also the
# latest settled one.
UPDATES = (
    "calls = call_tallies.calls + excluded.calls, latest_settled_us = excluded.latest_settled_us"
)

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Tallied:
    """A call, as far as it is counted."""

    number_id: str
    customer_id: str
    created_us: int
    settled_us: int


def span_start_us(moment_us: int, span_s: int) -> int:
    """Return when the span of so many seconds that holds a moment starts."""
    return moment_us - moment_us % (span_s * 1_000_000)


async def tally_calls(connection: AsyncConnection, calls: Sequence[Tallied]) -> None:
    """Count calls in the transaction that inserts them, once, in the order of `settled_us`."""
    await add_rows(connection, call_tallies, tally_rows(calls), UPDATES)


def tally_rows(calls: Sequence[Tallied]) -> list[Row]:
    """Return one row a span, however many calls it counts."""
    rows: dict[tuple[str, str, int, int], Row] = {}
    for call in calls:
        for span_s in SPANS_S:
            starts_us = span_start_us(call.created_us, span_s)
            row = rows.setdefault(
                (call.number_id, call.customer_id, span_s, starts_us),
                {
                    "number_id": call.number_id,
                    "customer_id": call.customer_id,
                    "span_s": span_s,
                    "starts_us": starts_us,
                    "calls": 0,
                    "earliest_settled_us": call.settled_us,
                },
            )
            row["calls"] += 1
            row["latest_settled_us"] = call.settled_us
    return [row for _, row in sorted(rows.items())]
