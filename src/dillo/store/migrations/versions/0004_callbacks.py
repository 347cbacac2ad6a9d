"""Let the outbox hold status callbacks, and note every attempt to deliver one."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_TEXTS = ("call_id", "customer_id", "url", "method")


def upgrade() -> None:
    for name in _TEXTS:
        op.add_column("outbox", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("outbox", sa.Column("due_us", sa.BigInteger(), nullable=True))
    op.add_column("outbox", sa.Column("is_delivered", sa.Boolean(), nullable=True))
    op.create_index("ix_outbox_call_id", "outbox", ["call_id"])
    op.create_index("ix_outbox_due_us", "outbox", ["due_us"])
    op.create_table(
        "webhook_attempts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("outbox_id", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["outbox_id"], ["outbox.id"], name="fk_webhook_attempts_outbox_id"),
        sa.PrimaryKeyConstraint("id", name="pk_webhook_attempts"),
    )
    op.create_index("ix_webhook_attempts_outbox_id", "webhook_attempts", ["outbox_id"])
    # One row for each call, which nothing ever read.
    op.execute("DELETE FROM outbox WHERE url IS NULL")
