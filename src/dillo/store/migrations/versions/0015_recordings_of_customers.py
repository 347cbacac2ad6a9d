"""List a customer's recordings without reading everybody's."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_recordings_customer", "recordings", ["customer_id", "id"])
