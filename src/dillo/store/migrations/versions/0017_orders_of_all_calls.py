"""Index what operators list of all customers; an index that serves no query goes."""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_COVERED = [
    *("number_id", "application_id", "caller", "caller_country", "answered_us", "duration_ms"),
    *("end_reason", "sip_code", "is_fallback_executed", "currency", "price_micros", "mos"),
    *("recordings", "digits", "dials", "failures", "warnings", "settled_us", "is_test"),
]


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
    op.drop_index("ix_call_summaries_customer", "call_summaries")
    op.create_index(
        "ix_call_summaries_customer",
        "call_summaries",
        ["customer_id", "created_us", "id"],
        postgresql_include=_COVERED,
    )
