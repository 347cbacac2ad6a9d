"""Sum up everybody's calls, too: adding up the sums of all customers takes too long by the hour."""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_SAME = "scope, span_s, starts_us, number_id, application_id, caller_country, end_reason"
_SUMS = ("calls", "answered", "fallbacks", "duration_ms", "price_micros")


def upgrade() -> None:
    if op.get_context().dialect.name == "postgresql":
        # Nothing is settled meanwhile: settling begins with this row.
        op.execute("SELECT settled_us FROM settlement_clock FOR UPDATE")
    op.execute(f"""
        INSERT INTO call_rollups (customer_id, {_SAME}, {", ".join(_SUMS)})
        SELECT currency, {_SAME}, {", ".join(f"sum({name})" for name in _SUMS)}
        FROM call_rollups JOIN customers ON customers.id = customer_id
        WHERE scope IN ('total', 'caller_country', 'end_reason')
        GROUP BY currency, {_SAME}
    """)  # noqa: S608  (constants)
