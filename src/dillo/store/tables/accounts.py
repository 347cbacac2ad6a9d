"""Tables: customers, keys and what they changed."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
)

from dillo.store.tables.metadata import metadata

customers = Table(
    "customers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("is_prepaid", Boolean, nullable=False),
    Column("balance_micros", BigInteger, nullable=False),
    Column("is_suspended", Boolean, nullable=False),
    Column("max_concurrent_calls", Integer, nullable=False),
    Column("max_calls_per_second", Float, nullable=False),
    Column("max_call_s", Float, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    # How far below zero a prepaid balance may fall.
    Column("credit_micros", BigInteger, nullable=False, server_default="0"),
    Column("closed_us", BigInteger),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Text, primary_key=True),
    # NULL for a key of an operator.
    Column("customer_id", ForeignKey("customers.id"), index=True),
    Column("name", Text, nullable=False),
    # SHA-256 of the key: the key itself has 256 random bits, so a slow hash would add nothing.
    Column("key_sha256", Text, nullable=False, unique=True),
    Column("created_us", BigInteger, nullable=False),
    Column("last_used_us", BigInteger),
    Column("revoked_us", BigInteger),
    Column("role", Text, nullable=False, server_default="developer"),
    # When it ends by itself: a key that was replaced works until then.
    Column("expires_us", BigInteger),
)

webhook_secrets = Table(
    "webhook_secrets",
    metadata,
    Column("customer_id", ForeignKey("customers.id"), primary_key=True),
    # Encrypted (see store.vault): every request is signed with it.
    Column("sealed_secret", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False),
)

audit_log = Table(
    "audit_log",
    metadata,
    Column("id", Text, primary_key=True),
    Column("at_us", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("customer_id", Text),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
    # What was changed, as JSON objects without secrets.
    Column("before", Text),
    Column("after", Text),
    Index("ix_audit_log_customer_id_id", "customer_id", "id"),
)
