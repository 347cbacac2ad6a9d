"""Let calls try drafts, which have no number."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("application_versions") as versions:
        versions.alter_column("version", existing_type=sa.Integer(), nullable=True)
