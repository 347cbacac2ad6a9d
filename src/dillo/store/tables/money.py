"""Tables: tariffs, the ledger, and what is told of balances."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from dillo.store.tables.metadata import metadata

tariffs = Table(
    "tariffs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("currency", Text, nullable=False),
    Column("effective_us", BigInteger, nullable=False),
    # Never changed: a trigger of the database sees to it.
    Column("body", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False, server_default="0"),
    # How many prefixes its decks have.
    Column("prefixes", Integer, nullable=False, server_default="0"),
    UniqueConstraint("name", "version"),
)

ledger_entries = Table(
    "ledger_entries",
    metadata,
    # Only ever added to: a trigger of the database sees to it.
    Column("id", Text, primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False, index=True),
    Column("at_us", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("amount_micros", BigInteger, nullable=False),
    Column("balance_micros", BigInteger, nullable=False),
    UniqueConstraint("kind", "reference"),
    Index("ix_ledger_entries_page", "customer_id", "at_us", "id"),
)

number_charges = Table(
    "number_charges",
    metadata,
    # What a number cost its holder, beside its calls; one for each movement of such a kind.
    Column("id", Text, primary_key=True),
    Column("holding_id", ForeignKey("number_holders.id"), nullable=False),
    Column("customer_id", ForeignKey("customers.id"), nullable=False, index=True),
    Column("kind", Text, nullable=False),
    # 1 for the month that was bought; 0 for the set-up.
    Column("month", Integer, nullable=False),
    Column("amount_micros", BigInteger, nullable=False),
    Column("explanation", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    UniqueConstraint("holding_id", "kind", "month"),
)

balance_alerts = Table(
    "balance_alerts",
    metadata,
    Column("customer_id", ForeignKey("customers.id"), primary_key=True),
    Column("threshold_micros", BigInteger, nullable=False),
    # Where it is told; each is empty where it is not.
    Column("url", Text, nullable=False),
    Column("email", Text, nullable=False),
)
