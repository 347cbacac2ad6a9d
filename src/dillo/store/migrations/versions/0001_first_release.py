"""Create the tables of the first release; on PostgreSQL those of calls are partitioned by month.

The months themselves are made when calls need them (see dillo.store.partitions).
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


_PARTITIONED = ("calls", "charge_lines", "recordings", "call_tallies")


def upgrade() -> None:
    is_postgresql = op.get_context().dialect.name == "postgresql"
    op.create_table(
        "audit_log",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_log"),
    )
    op.create_table(
        "call_tallies",
        sa.Column("number_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("span_s", sa.Integer(), nullable=False),
        sa.Column("starts_us", sa.BigInteger(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("earliest_settled_us", sa.BigInteger(), nullable=False),
        sa.Column("latest_settled_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "number_id", "customer_id", "span_s", "starts_us", name="pk_call_tallies"
        ),
        sqlite_with_rowid=False,
        postgresql_partition_by="RANGE (starts_us)",
    )
    op.create_table(
        "customers",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("is_prepaid", sa.Boolean(), nullable=False),
        sa.Column("balance_micros", sa.BigInteger(), nullable=False),
        sa.Column("is_suspended", sa.Boolean(), nullable=False),
        sa.Column("max_concurrent_calls", sa.Integer(), nullable=False),
        sa.Column("max_calls_per_second", sa.Float(), nullable=False),
        sa.Column("max_call_s", sa.Float(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_customers"),
    )
    op.create_table(
        "directory_revision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_directory_revision"),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_outbox"),
        sa.UniqueConstraint("topic", "reference", name="uq_outbox_topic_reference"),
    )
    op.create_table(
        "settlement_clock",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("settled_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_settlement_clock"),
    )
    op.create_table(
        "tariffs",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("effective_us", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_tariffs"),
        sa.UniqueConstraint("name", "version", name="uq_tariffs_name_version"),
    )
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key_sha256", sa.Text(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("last_used_us", sa.BigInteger(), nullable=True),
        sa.Column("revoked_us", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_api_keys_customer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
        sa.UniqueConstraint("key_sha256", name="uq_api_keys_key_sha256"),
    )
    op.create_index("ix_api_keys_customer_id", "api_keys", ["customer_id"], unique=False)
    op.create_table(
        "applications",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), nullable=False),
        sa.Column("current_version_id", sa.Text(), nullable=True),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name="fk_applications_customer_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_applications"),
        sa.UniqueConstraint("customer_id", "name", name="uq_applications_customer_id_name"),
    )
    op.create_table(
        "ledger_entries",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("at_us", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("amount_micros", sa.BigInteger(), nullable=False),
        sa.Column("balance_micros", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name="fk_ledger_entries_customer_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_ledger_entries"),
        sa.UniqueConstraint("kind", "reference", name="uq_ledger_entries_kind_reference"),
    )
    op.create_index(
        "ix_ledger_entries_customer_id", "ledger_entries", ["customer_id"], unique=False
    )
    op.create_table(
        "prompts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_prompts_customer_id"),
        sa.PrimaryKeyConstraint("id", name="pk_prompts"),
        sa.UniqueConstraint("customer_id", "sha256", name="uq_prompts_customer_id_sha256"),
    )
    op.create_index("ix_prompts_customer_id", "prompts", ["customer_id"], unique=False)
    op.create_table(
        "application_versions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("application_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("behavior", sa.Text(), nullable=False),
        sa.Column("published_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"], name="fk_application_versions_application_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_application_versions"),
        sa.UniqueConstraint(
            "application_id", "version", name="uq_application_versions_application_id_version"
        ),
    )
    op.create_table(
        "numbers",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("e164", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=False),
        sa.Column("number_type", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=True),
        sa.Column("primary_application_id", sa.Text(), nullable=True),
        sa.Column("fallback_application_id", sa.Text(), nullable=True),
        sa.Column("max_concurrent_calls", sa.Integer(), nullable=True),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_numbers_customer_id"),
        sa.ForeignKeyConstraint(
            ["fallback_application_id"],
            ["applications.id"],
            name="fk_numbers_fallback_application_id",
        ),
        sa.ForeignKeyConstraint(
            ["primary_application_id"],
            ["applications.id"],
            name="fk_numbers_primary_application_id",
        ),
        sa.PrimaryKeyConstraint("id", name="pk_numbers"),
        sa.UniqueConstraint("e164", name="uq_numbers_e164"),
    )
    op.create_index("ix_numbers_customer_id", "numbers", ["customer_id"], unique=False)
    op.create_table(
        "calls",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("number_id", sa.Text(), nullable=False),
        sa.Column("caller", sa.Text(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("answered_us", sa.BigInteger(), nullable=True),
        sa.Column("ended_us", sa.BigInteger(), nullable=False),
        sa.Column("end_reason", sa.Text(), nullable=False),
        sa.Column("is_fallback_executed", sa.Boolean(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("price_micros", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("settled_us", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("events", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_calls_customer_id"),
        sa.ForeignKeyConstraint(["number_id"], ["numbers.id"], name="fk_calls_number_id"),
        sa.PrimaryKeyConstraint("id", name="pk_calls"),
        postgresql_partition_by="RANGE (id)",
    )
    op.create_index(
        "ix_calls_page",
        "calls",
        ["number_id", "customer_id", "created_us", "id", "settled_us"],
        unique=False,
    )
    op.create_index(
        "ix_calls_settled", "calls", ["number_id", "customer_id", "settled_us"], unique=False
    )
    op.create_table(
        "number_holders",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("number_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("from_us", sa.BigInteger(), nullable=False),
        sa.Column("until_us", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name="fk_number_holders_customer_id"
        ),
        sa.ForeignKeyConstraint(["number_id"], ["numbers.id"], name="fk_number_holders_number_id"),
        sa.PrimaryKeyConstraint("id", name="pk_number_holders"),
    )
    op.create_index(
        "ix_number_holders_number_id_customer_id",
        "number_holders",
        ["number_id", "customer_id"],
        unique=False,
    )
    op.create_table(
        "charge_lines",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column("amount_micros", sa.BigInteger(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_charge_lines_call_id"),
        # PostgreSQL wants what a table is partitioned by in each of its keys.
        sa.PrimaryKeyConstraint(
            *(("id", "call_id") if is_postgresql else ("id",)), name="pk_charge_lines"
        ),
        sa.UniqueConstraint(
            "call_id", "kind", "subject_id", name="uq_charge_lines_call_id_kind_subject_id"
        ),
        postgresql_partition_by="RANGE (call_id)",
    )
    op.create_table(
        "recordings",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("call_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.Column("expires_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_recordings_call_id"),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name="fk_recordings_customer_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_recordings"),
        postgresql_partition_by="RANGE (id)",
    )
    op.create_index("ix_recordings_call_id", "recordings", ["call_id"], unique=False)
    if is_postgresql:
        for table in _PARTITIONED:
            op.execute(f"CREATE TABLE {table}_default PARTITION OF {table} DEFAULT")
    op.execute("INSERT INTO directory_revision (id, revision) VALUES (1, 0)")
    op.execute("INSERT INTO settlement_clock (id, settled_us) VALUES (1, 0)")
