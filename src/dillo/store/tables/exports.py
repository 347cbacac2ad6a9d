"""Tables: files that are made of calls."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table, Text

from dillo.store.tables.metadata import metadata

exports = Table(
    "exports",
    metadata,
    Column("id", Text, primary_key=True),
    # NULL: an operator's, of all customers.
    Column("customer_id", ForeignKey("customers.id")),
    Column("format", Text, nullable=False),
    # Which calls, as JSON (calls.archive.CallFilter).
    Column("filters", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("expires_us", BigInteger, nullable=False, index=True),
    Column("rows", Integer, nullable=False),
    Column("expected", Integer),
    Column("size", BigInteger),
    Column("finished_us", BigInteger),
    Column("error", Text),
    Index("ix_exports_customer_id", "customer_id", "id"),
)
