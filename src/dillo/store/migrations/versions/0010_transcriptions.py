"""Add transcriptions of recordings."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "transcriptions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("recording_id", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("wanted_engine", sa.Text(), nullable=True),
        sa.Column("said", sa.Text(), nullable=False, server_default="[]"),
        sa.Column("pieces_done", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("pieces", sa.Integer(), nullable=True),
        sa.Column("engine", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("price_micros", sa.BigInteger(), nullable=True),
        sa.Column("finished_us", sa.BigInteger(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["recording_id"], ["recordings.id"], name="fk_transcriptions_recording_id"
        ),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_transcriptions_call_id"),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name="fk_transcriptions_customer_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_transcriptions"),
    )
    op.create_index("ix_transcriptions_recording_id", "transcriptions", ["recording_id"])
    op.create_index("ix_transcriptions_call_id", "transcriptions", ["call_id"])
    op.create_index("ix_transcriptions_status", "transcriptions", ["status"])
    op.create_index("ix_recordings_expiring", "recordings", ["deleted_us", "expires_us"])
