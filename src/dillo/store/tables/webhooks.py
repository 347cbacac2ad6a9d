"""Tables: messages to customers and how their delivery went."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from dillo.store.tables.metadata import metadata

outbox = Table(
    "outbox",
    metadata,
    Column("id", Text, primary_key=True),
    Column("topic", Text, nullable=False),
    Column("reference", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("call_id", Text, index=True),
    Column("customer_id", Text),
    Column("url", Text),
    Column("method", Text),
    # When it is to be sent next; NULL where it was delivered, or given up.
    Column("due_us", BigInteger, index=True),
    Column("is_delivered", Boolean),
    UniqueConstraint("topic", "reference"),
    Index("ix_outbox_customer", "customer_id", "id"),
    Index(
        "ix_outbox_given_up",
        *("customer_id", "id"),
        sqlite_where=text("is_delivered = 0"),
        postgresql_where=text("NOT is_delivered"),
    ),
)

webhook_attempts = Table(
    "webhook_attempts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("outbox_id", ForeignKey("outbox.id"), nullable=False, index=True),
    Column("at_us", BigInteger, nullable=False),
    Column("duration_ms", Integer, nullable=False),
    # What was answered, or why nothing was.
    Column("status", Integer),
    Column("error", Text),
)
