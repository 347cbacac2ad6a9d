"""Keep calls in a few words and their sums by hour and day; old calls are filled in later."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_INDEXES = {
    "created": ("created_us", "id"),
    "customer": ("customer_id", "created_us", "id"),
    "number": ("number_id", "customer_id", "created_us", "id"),
    "application": ("customer_id", "application_id", "created_us", "id"),
    "country": ("customer_id", "caller_country", "created_us", "id"),
    "end_reason": ("customer_id", "end_reason", "created_us", "id"),
    "caller": ("customer_id", "caller", "created_us", "id"),
    "price": ("customer_id", "price_micros", "id", "created_us"),
    "duration": ("customer_id", "duration_ms", "id", "created_us"),
    "mos": ("customer_id", "mos", "id", "created_us"),
}
_RARE = {
    "fallback": ("is_fallback_executed = 1", "is_fallback_executed"),
    "recorded": ("recordings > 0", "recordings > 0"),
    "failed": ("failures > 0", "failures > 0"),
}
"""Conditions of partial indexes, for SQLite and for PostgreSQL."""


def upgrade() -> None:
    _create_summaries()
    _create_details()
    _create_rollups()
    if op.get_context().dialect.name == "postgresql":
        # By month, as the other tables of calls (see dillo.store.partitions).
        for table in ("call_summaries", "call_digits", "call_dials"):
            op.execute(f"CREATE TABLE {table}_default PARTITION OF {table} DEFAULT")
    op.create_table(
        "backfills",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("position", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_backfills"),
    )
    # The jobs process fills in what was settled before, while the platform runs.
    op.execute(
        "INSERT INTO backfills (name, position)"
        " SELECT 'call_summaries', '' WHERE EXISTS (SELECT 1 FROM calls)"
    )


def _create_summaries() -> None:
    op.create_table(
        "call_summaries",
        sa.Column("id", sa.Text(), nullable=False),
        *(_text(name) for name in ("customer_id", "number_id", "application_id", "version_id")),
        sa.Column(
            "caller",
            sa.Text().with_variant(sa.Text(collation="C"), "postgresql"),
            nullable=False,
        ),
        _text("caller_country"),
        _count("created_us"),
        sa.Column("answered_us", sa.BigInteger(), nullable=True),
        _count("ended_us"),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        _text("end_reason"),
        sa.Column("sip_code", sa.Integer(), nullable=True),
        sa.Column("is_fallback_executed", sa.Boolean(), nullable=False),
        _text("currency"),
        _count("price_micros"),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("mos", sa.Float(), nullable=True),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("recordings", "digits", "dials", "failures", "warnings")
        ),
        _count("settled_us"),
        sa.ForeignKeyConstraint(["id"], ["calls.id"], name="fk_call_summaries_id"),
        sa.PrimaryKeyConstraint("id", name="pk_call_summaries"),
        postgresql_partition_by="RANGE (id)",
    )
    for name, columns in _INDEXES.items():
        op.create_index(f"ix_call_summaries_{name}", "call_summaries", list(columns))
    for name, (sqlite_where, postgresql_where) in _RARE.items():
        op.create_index(
            f"ix_call_summaries_{name}",
            "call_summaries",
            ["customer_id", "created_us", "id"],
            sqlite_where=sa.text(sqlite_where),
            postgresql_where=sa.text(postgresql_where),
        )


def _create_details() -> None:
    for table, columns in (
        ("call_digits", ("storage_key", "digits")),
        ("call_dials", ("telephone_number", "status")),
    ):
        op.create_table(
            table,
            _text("call_id"),
            sa.Column("position", sa.Integer(), nullable=False),
            _text("customer_id"),
            *map(_text, columns),
            _count("created_us"),
            sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name=f"fk_{table}_call_id"),
            sa.PrimaryKeyConstraint("call_id", "position", name=f"pk_{table}"),
            postgresql_partition_by="RANGE (call_id)",
        )
    op.create_index(
        "ix_call_digits_value",
        "call_digits",
        ["customer_id", "storage_key", "digits", "created_us", "call_id"],
    )
    for name, column in (("status", "status"), ("number", "telephone_number")):
        op.create_index(
            f"ix_call_dials_{name}",
            "call_dials",
            ["customer_id", column, "created_us", "call_id"],
        )


def _create_rollups() -> None:
    by_call = ("number_id", "application_id", "caller_country", "end_reason")
    op.create_table(
        "call_rollups",
        _text("customer_id"),
        _text("scope"),
        sa.Column("span_s", sa.Integer(), nullable=False),
        _count("starts_us"),
        *map(_text, by_call),
        *map(_count, ("calls", "answered", "fallbacks", "duration_ms", "price_micros")),
        sa.PrimaryKeyConstraint(
            "customer_id", "scope", "span_s", "starts_us", *by_call, name="pk_call_rollups"
        ),
        sqlite_with_rowid=False,
    )
    by_visit = ("node", "outcome", "next_node", "end_reason")
    op.create_table(
        "node_rollups",
        _text("version_id"),
        _count("starts_us"),
        *map(_text, by_visit),
        _text("action_type"),
        *map(_count, ("visits", "duration_ms")),
        sa.PrimaryKeyConstraint("version_id", "starts_us", *by_visit, name="pk_node_rollups"),
        sqlite_with_rowid=False,
    )


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)
