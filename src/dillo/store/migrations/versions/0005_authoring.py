"""Keep drafts, scenarios and notes of phone applications, and what is known of prompts."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_ADDED: dict[str, tuple[sa.Column[object], ...]] = {
    "applications": (
        sa.Column("scenarios", sa.Text()),
        sa.Column("requires_scenarios", sa.Boolean()),
        sa.Column("deleted_us", sa.BigInteger()),
    ),
    "application_versions": (
        sa.Column("layout", sa.Text()),
        sa.Column("note", sa.Text()),
        sa.Column("published_by", sa.Text()),
        sa.Column("restored_from", sa.Integer()),
    ),
    "prompts": (
        sa.Column("size", sa.BigInteger()),
        sa.Column("duration_ms", sa.Integer()),
        sa.Column("format", sa.Text()),
    ),
    "recordings": (sa.Column("deleted_us", sa.BigInteger()),),
}


def upgrade() -> None:
    for table, columns in _ADDED.items():
        for column in columns:
            op.add_column(table, column)
    op.create_table(
        "application_drafts",
        sa.Column("application_id", sa.Text(), nullable=False),
        sa.Column("behavior", sa.Text(), nullable=False),
        sa.Column("layout", sa.Text()),
        sa.Column("saved_us", sa.BigInteger(), nullable=False),
        sa.Column("saved_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name="fk_application_drafts_application_id"
        ),
        sa.PrimaryKeyConstraint("application_id", name="pk_application_drafts"),
    )
