"""Tables: tariffs and the ledger."""

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, Table, Text, UniqueConstraint

from dillo.store.tables.metadata import metadata

tariffs = Table(
    "tariffs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("currency", Text, nullable=False),
    Column("effective_us", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    UniqueConstraint("name", "version"),
)

ledger_entries = Table(
    "ledger_entries",
    metadata,
    Column("id", Text, primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False, index=True),
    Column("at_us", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("amount_micros", BigInteger, nullable=False),
    Column("balance_micros", BigInteger, nullable=False),
    UniqueConstraint("kind", "reference"),
)
