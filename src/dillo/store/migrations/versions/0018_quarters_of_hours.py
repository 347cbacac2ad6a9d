"""Sum up calls by quarters of an hour, too: the hours of some time zones begin at these."""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_SPAN_S = 900
_SCOPES = {
    "total": "'', ''",
    "caller_country": "caller_country, ''",
    "end_reason": "'', end_reason",
}
"""What of a call the rows of each scope are told apart by: its caller's country, how it ended."""


def upgrade() -> None:
    # The sums of calls are counted by whoever settles them, except of those that are there.
    if op.get_context().dialect.name == "postgresql":
        # Nothing is settled meanwhile: settling begins with this row.
        op.execute("SELECT settled_us FROM settlement_clock FOR UPDATE")
    for scope, keys in _SCOPES.items():
        op.execute(f"""
            INSERT INTO call_rollups (customer_id, scope, span_s, starts_us, number_id,
                application_id, caller_country, end_reason, calls, answered, fallbacks,
                duration_ms, price_micros)
            SELECT customer_id, '{scope}', {_SPAN_S},
                created_us - created_us % {_SPAN_S * 1_000_000}, '', '', {keys},
                count(*), count(answered_us),
                sum(CASE WHEN is_fallback_executed THEN 1 ELSE 0 END), sum(duration_ms),
                sum(price_micros)
            FROM call_summaries GROUP BY 1, 4, 7, 8
        """)  # noqa: S608  (constants)
