"""Tell calls from browsers apart in lists, and find webhooks that were given up."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "call_summaries",
        sa.Column("is_test", sa.Boolean(), server_default=sa.false(), nullable=False),
    )
    op.create_index(
        "ix_call_summaries_test",
        "call_summaries",
        ["customer_id", "created_us", "id"],
        sqlite_where=sa.text("is_test = 1"),
        postgresql_where=sa.text("is_test"),
    )
    op.create_index("ix_outbox_customer", "outbox", ["customer_id", "id"])
    op.create_index(
        "ix_outbox_given_up",
        "outbox",
        ["customer_id", "id"],
        sqlite_where=sa.text("is_delivered = 0"),
        postgresql_where=sa.text("NOT is_delivered"),
    )
