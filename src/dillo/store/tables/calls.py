"""Tables: finished calls, what they cost and what was recorded.

On PostgreSQL these are partitioned by month (see dillo.store.partitions).
"""

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
)

from dillo.store.tables.metadata import metadata

calls = Table(
    "calls",
    metadata,
    Column("id", Text, primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False),
    Column("number_id", ForeignKey("numbers.id"), nullable=False),
    Column("caller", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("answered_us", BigInteger),
    Column("ended_us", BigInteger, nullable=False),
    Column("end_reason", Text, nullable=False),
    Column("is_fallback_executed", Boolean, nullable=False),
    Column("currency", Text, nullable=False),
    Column("price_micros", BigInteger, nullable=False),
    Column("revision", Integer, nullable=False),
    # Stamped inside the settling transaction, strictly increasing: what `asOf` pins.
    Column("settled_us", BigInteger, nullable=False),
    # The InboundVoiceCall of the statistics API, ready to send (see records.document).
    Column("document", Text, nullable=False),
    # The call's events as a JSON array: what replays and the call's page read.
    Column("events", Text, nullable=False),
    # Covers the counts of statistics, `settled_us` included.
    Index("ix_calls_page", "number_id", "customer_id", "created_us", "id", "settled_us"),
)

call_tallies = Table(
    "call_tallies",
    metadata,
    # How many calls a number had in a span of time: what makes page 50,000 as cheap as page 1.
    Column("number_id", Text, primary_key=True),
    Column("customer_id", Text, primary_key=True),
    # 86400, 3600 and 60: a call counts in one day, one hour and one minute of its `created_us`.
    Column("span_s", Integer, primary_key=True),
    Column("starts_us", BigInteger, primary_key=True),
    Column("calls", Integer, nullable=False),
    # The least and the greatest `settled_us` of these calls: `asOf` looks inside a span only where
    # it lies between the two.
    Column("earliest_settled_us", BigInteger, nullable=False),
    Column("latest_settled_us", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

charge_lines = Table(
    "charge_lines",
    metadata,
    Column("id", Text, primary_key=True),
    Column("call_id", ForeignKey("calls.id"), nullable=False),
    Column("kind", Text, nullable=False),
    # The recording or leg charged for; empty for the call itself.
    Column("subject_id", Text, nullable=False),
    Column("amount_micros", BigInteger, nullable=False),
    Column("explanation", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    # Whether the tariff had no rate of its own for this, so that the default one was taken.
    Column("is_default_rate", Boolean),
    Index("ix_charge_lines_is_default_rate", "is_default_rate", "created_us"),
    UniqueConstraint("call_id", "kind", "subject_id"),
)

recordings = Table(
    "recordings",
    metadata,
    Column("id", Text, primary_key=True),
    Column("call_id", ForeignKey("calls.id"), nullable=False, index=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False),
    Column("path", Text, nullable=False),
    Column("duration_ms", Integer, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("expires_us", BigInteger, nullable=False),
    # When its audio was removed on request, or because its time was over.
    Column("deleted_us", BigInteger),
    Index("ix_recordings_expiring", "deleted_us", "expires_us"),
    Index("ix_recordings_customer", "customer_id", "id"),
)

settlement_clock = Table(
    "settlement_clock",
    metadata,
    # One row: the last `calls.settled_us`. Locking it makes the order of stamps that of commits.
    Column("id", Integer, primary_key=True),
    Column("settled_us", BigInteger, nullable=False),
)
