"""Table: answers kept for requests that may be sent again."""

from sqlalchemy import BigInteger, Column, Integer, Table, Text

from dillo.store.tables.metadata import metadata

idempotency_keys = Table(
    "idempotency_keys",
    metadata,
    # Who asked: the same key of another customer is another key.
    Column("scope", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    # SHA-256 of method, address and body.
    Column("fingerprint", Text, nullable=False),
    # 0 while the work is under way.
    Column("status", Integer, nullable=False),
    Column("body", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False, index=True),
)
