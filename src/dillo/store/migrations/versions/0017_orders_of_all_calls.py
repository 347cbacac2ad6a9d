"""Index what operators list of all customers; an index that serves no query goes."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_calls_settled", "calls")
    op.drop_index("ix_call_summaries_number", "call_summaries")
    op.create_index(
        "ix_call_summaries_number",
        "call_summaries",
        ["number_id", "created_us", "id", "customer_id"],
    )
    for name, column in (("prices", "price_micros"), ("durations", "duration_ms")):
        op.create_index(
            f"ix_call_summaries_all_{name}", "call_summaries", [column, "id", "created_us"]
        )
