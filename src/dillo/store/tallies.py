"""How many calls a number had in each day, hour and minute: what leads to any page of them."""

from importlib import resources

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

SPANS_S = (86_400, 3_600, 60)

_TALLY_CALL = text(resources.files(__package__).joinpath("tally_call.sql").read_text())


def span_start_us(moment_us: int, span_s: int) -> int:
    """Return when the span of so many seconds that holds a moment starts."""
    return moment_us - moment_us % (span_s * 1_000_000)


async def tally_call(
    connection: AsyncConnection,
    *,
    number_id: str,
    customer_id: str,
    created_us: int,
    settled_us: int,
) -> None:
    """Count a call in the transaction that inserts it, once."""
    rows = [
        {
            "number_id": number_id,
            "customer_id": customer_id,
            "span_s": span_s,
            "starts_us": span_start_us(created_us, span_s),
            "settled_us": settled_us,
        }
        for span_s in SPANS_S
    ]
    await connection.execute(_TALLY_CALL, rows)
