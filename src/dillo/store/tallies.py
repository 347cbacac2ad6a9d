"""How many calls a number had in each day, hour and minute: what leads to any page of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

SPANS_S = (86_400, 3_600, 60)

_TALLY_CALL = text(resources.files(__package__).joinpath("tally_call.sql").read_text())


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
    await connection.execute(_TALLY_CALL, tally_rows(calls))


def tally_rows(calls: Sequence[Tallied]) -> list[Row]:
    """Return the parameters of `tally_call.sql`: one row a span, however many calls it counts."""
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
                    "earliest_us": call.settled_us,
                },
            )
            row["calls"] += 1
            row["latest_us"] = call.settled_us
    return [row for _, row in sorted(rows.items())]
