"""Tables: phone applications and prompts."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    Table,
    Text,
    UniqueConstraint,
)

from dillo.store.tables.metadata import metadata

applications = Table(
    "applications",
    metadata,
    Column("id", Text, primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("description", Text, nullable=False),
    Column("is_enabled", Boolean, nullable=False),
    Column("current_version_id", Text),
    Column("created_us", BigInteger, nullable=False),
    UniqueConstraint("customer_id", "name"),
)

application_versions = Table(
    "application_versions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("application_id", ForeignKey("applications.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("behavior", Text, nullable=False),
    Column("published_us", BigInteger, nullable=False),
    UniqueConstraint("application_id", "version"),
)

prompts = Table(
    "prompts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    UniqueConstraint("customer_id", "sha256"),
)
