"""Let numbers have fees, limits and months, accounts credit and alerts; keep the books unchanged.

What is charged and what prices it is only ever added to: from here on the database itself refuses
to change a ledger entry, a charge line or a tariff.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_NUMBERS = (
    sa.Column("max_calls_per_second", sa.Float(), nullable=True),
    sa.Column("max_call_s", sa.Float(), nullable=True),
    sa.Column("area", sa.Text(), nullable=True),
    sa.Column("trunk", sa.Text(), nullable=True),
    sa.Column("fee_currency", sa.Text(), nullable=True),
    sa.Column("set_up_micros", sa.BigInteger(), nullable=True),
    sa.Column("month_micros", sa.BigInteger(), nullable=True),
    sa.Column("free_from_us", sa.BigInteger(), nullable=False, server_default="0"),
)
_HOLDERS = (
    sa.Column("months_paid", sa.Integer(), nullable=False, server_default="1"),
    sa.Column("paid_until_us", sa.BigInteger(), nullable=False, server_default="0"),
    sa.Column("grace_until_us", sa.BigInteger(), nullable=True),
)

# What must never happen to which table.
_FROZEN = (
    ("ledger_entries", "UPDATE"),
    ("ledger_entries", "DELETE"),
    ("charge_lines", "UPDATE"),
    ("tariffs", "UPDATE"),
    ("number_charges", "UPDATE"),
)


def upgrade() -> None:
    for column in _NUMBERS:
        op.add_column("numbers", column)
    op.create_index("ix_numbers_search", "numbers", ["country", "number_type", "e164"])
    for column in _HOLDERS:
        op.add_column("number_holders", column)
    op.create_index("ix_number_holders_paid_until_us", "number_holders", ["paid_until_us"])
    op.execute("UPDATE number_holders SET paid_until_us = from_us + 2592000000000")
    op.add_column(
        "customers",
        sa.Column("credit_micros", sa.BigInteger(), nullable=False, server_default="0"),
    )
    op.add_column("charge_lines", sa.Column("is_default_rate", sa.Boolean(), nullable=True))
    op.create_index(
        "ix_charge_lines_is_default_rate", "charge_lines", ["is_default_rate", "created_us"]
    )
    for name, kind in (("created_us", sa.BigInteger()), ("prefixes", sa.Integer())):
        op.add_column("tariffs", sa.Column(name, kind, nullable=False, server_default="0"))
    op.create_index("ix_ledger_entries_page", "ledger_entries", ["customer_id", "at_us", "id"])
    _create_tables()
    _freeze()


def _create_tables() -> None:
    op.create_table(
        "number_charges",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("holding_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("month", sa.Integer(), nullable=False),
        sa.Column("amount_micros", sa.BigInteger(), nullable=False),
        sa.Column("explanation", sa.Text(), nullable=False),
        sa.Column("created_us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name="fk_number_charges_customer_id"
        ),
        sa.ForeignKeyConstraint(
            ["holding_id"], ["number_holders.id"], name="fk_number_charges_holding_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_number_charges"),
        sa.UniqueConstraint(
            "holding_id", "kind", "month", name="uq_number_charges_holding_id_kind_month"
        ),
    )
    op.create_index("ix_number_charges_customer_id", "number_charges", ["customer_id"])
    op.create_table(
        "balance_alerts",
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("threshold_micros", sa.BigInteger(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.id"], name="fk_balance_alerts_customer_id"
        ),
        sa.PrimaryKeyConstraint("customer_id", name="pk_balance_alerts"),
    )


def _freeze() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION '% is only ever added to', TG_TABLE_NAME; END $$"
        )
        for table, action in _FROZEN:
            op.execute(
                f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION refuse_change()"
            )
        return
    for table, action in _FROZEN:
        op.execute(
            f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table}"
            f" BEGIN SELECT RAISE(ABORT, '{table} is only ever added to'); END"
        )
