"""List a customer's transcriptions by an index."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_transcriptions_customer_id", "transcriptions", ["customer_id", "id"])
