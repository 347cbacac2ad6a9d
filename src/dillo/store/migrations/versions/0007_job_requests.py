"""Add the requests for durable jobs."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "job_requests",
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("arguments", sa.Text(), nullable=False),
        sa.Column("requested_us", sa.BigInteger(), nullable=False),
        sa.Column("due_us", sa.BigInteger(), nullable=False),
        sa.Column("handed_us", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("job", "id", name="pk_job_requests"),
    )
    op.create_index("ix_job_requests_waiting", "job_requests", ["handed_us", "due_us"])
