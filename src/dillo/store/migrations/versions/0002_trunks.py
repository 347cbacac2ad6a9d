"""Add trunks: the ways out to carriers."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "trunks",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("hosts", sa.Text(), nullable=False),
        sa.Column("username", sa.Text(), nullable=True),
        sa.Column("sealed_password", sa.Text(), nullable=True),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_trunks"),
        sa.UniqueConstraint("name", name="uq_trunks_name"),
    )
    op.create_table(
        "trunk_prefixes",
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("trunk_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["trunk_id"], ["trunks.id"], name="fk_trunk_prefixes_trunk_id"),
        sa.PrimaryKeyConstraint("prefix", name="pk_trunk_prefixes"),
    )
    op.create_index("ix_trunk_prefixes_trunk_id", "trunk_prefixes", ["trunk_id"])
