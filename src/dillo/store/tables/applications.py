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
    # What it is expected to do, and whether publishing requires that.
    Column("scenarios", Text),
    Column("requires_scenarios", Boolean),
    # Its versions stay: calls that ran them refer to them.
    Column("deleted_us", BigInteger),
    UniqueConstraint("customer_id", "name"),
)

application_versions = Table(
    "application_versions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("application_id", ForeignKey("applications.id"), nullable=False),
    # NULL of a draft that was only tried: it is kept for the calls that ran it.
    Column("version", Integer),
    Column("behavior", Text, nullable=False),
    Column("published_us", BigInteger, nullable=False),
    # Where an editor shows the nodes: JSON.
    Column("layout", Text),
    Column("note", Text),
    Column("published_by", Text),
    # The version that this one repeats.
    Column("restored_from", Integer),
    UniqueConstraint("application_id", "version"),
)

application_drafts = Table(
    "application_drafts",
    metadata,
    # There is one while something is to be published.
    Column("application_id", ForeignKey("applications.id"), primary_key=True),
    Column("behavior", Text, nullable=False),
    Column("layout", Text),
    Column("saved_us", BigInteger, nullable=False),
    Column("saved_by", Text, nullable=False),
)

prompts = Table(
    "prompts",
    metadata,
    Column("id", Text, primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    # Not known of prompts that were uploaded before there were these columns.
    Column("size", BigInteger),
    Column("duration_ms", Integer),
    Column("format", Text),
    UniqueConstraint("customer_id", "sha256"),
)
