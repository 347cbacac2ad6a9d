"""Tables: finished calls in a few words, for lists and charts.

A call's own row carries texts of kilobytes, which lists must not wade through.
"""

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
    false,
    text,
)

from dillo.store.tables.metadata import metadata

# Prefixes are looked for as ranges, which takes the order of code points.
_CODE_POINTS = Text().with_variant(Text(collation="C"), "postgresql")

# What calls are counted and looked through by: where PostgreSQL finds all of it in the index of
# time, it need not read rows of other customers in between.
_COVERED = (
    *("number_id", "application_id", "caller", "caller_country", "answered_us", "duration_ms"),
    *("end_reason", "sip_code", "is_fallback_executed", "currency", "price_micros", "mos"),
    *("recordings", "digits", "dials", "failures", "warnings", "settled_us", "is_test"),
)

call_summaries = Table(
    "call_summaries",
    metadata,
    Column("id", ForeignKey("calls.id"), primary_key=True),
    Column("customer_id", Text, nullable=False),
    Column("number_id", Text, nullable=False),
    # The application that was executed last, and its version; empty where none was.
    Column("application_id", Text, nullable=False),
    Column("version_id", Text, nullable=False),
    Column("caller", _CODE_POINTS, nullable=False),
    # ISO 3166 alpha-2; empty where the caller withheld the number or it belongs to no country.
    Column("caller_country", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("answered_us", BigInteger),
    Column("ended_us", BigInteger, nullable=False),
    Column("duration_ms", Integer, nullable=False),
    Column("end_reason", Text, nullable=False),
    # Of the refusal; NULL where the call was answered or the caller gave up.
    Column("sip_code", Integer),
    Column("is_fallback_executed", Boolean, nullable=False),
    Column("currency", Text, nullable=False),
    Column("price_micros", BigInteger, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("mos", Float),
    Column("recordings", Integer, nullable=False),
    Column("digits", Integer, nullable=False),
    Column("dials", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("warnings", Integer, nullable=False),
    Column("settled_us", BigInteger, nullable=False),
    # Placed from a browser, at the test tariff.
    Column("is_test", Boolean, nullable=False, server_default=false()),
    # One for each way to list a customer's calls; `id` makes the order of equals a fixed one.
    Index("ix_call_summaries_created", "created_us", "id"),
    Index(
        "ix_call_summaries_customer",
        *("customer_id", "created_us", "id"),
        postgresql_include=_COVERED,
    ),
    Index("ix_call_summaries_number", "number_id", "created_us", "id", "customer_id"),
    Index("ix_call_summaries_application", "customer_id", "application_id", "created_us", "id"),
    Index("ix_call_summaries_country", "customer_id", "caller_country", "created_us", "id"),
    Index("ix_call_summaries_end_reason", "customer_id", "end_reason", "created_us", "id"),
    Index("ix_call_summaries_caller", "customer_id", "caller", "created_us", "id"),
    Index("ix_call_summaries_price", "customer_id", "price_micros", "id", "created_us"),
    Index("ix_call_summaries_duration", "customer_id", "duration_ms", "id", "created_us"),
    Index("ix_call_summaries_mos", "customer_id", "mos", "id", "created_us"),
    # All customers' calls in the same orders.
    Index("ix_call_summaries_all_prices", "price_micros", "id", "created_us"),
    Index("ix_call_summaries_all_durations", "duration_ms", "id", "created_us"),
    # What is rare and looked for.
    Index(
        "ix_call_summaries_fallback",
        *("customer_id", "created_us", "id"),
        sqlite_where=text("is_fallback_executed = 1"),
        postgresql_where=text("is_fallback_executed"),
    ),
    Index(
        "ix_call_summaries_recorded",
        *("customer_id", "created_us", "id"),
        sqlite_where=text("recordings > 0"),
        postgresql_where=text("recordings > 0"),
    ),
    Index(
        "ix_call_summaries_failed",
        *("customer_id", "created_us", "id"),
        sqlite_where=text("failures > 0"),
        postgresql_where=text("failures > 0"),
    ),
    Index(
        "ix_call_summaries_test",
        *("customer_id", "created_us", "id"),
        sqlite_where=text("is_test = 1"),
        postgresql_where=text("is_test"),
    ),
)

call_digits = Table(
    "call_digits",
    metadata,
    # What callers keyed in, by what it was stored as; masked where sensitive.
    Column("call_id", ForeignKey("calls.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("customer_id", Text, nullable=False),
    Column("storage_key", Text, nullable=False),
    Column("digits", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Index("ix_call_digits_value", "customer_id", "storage_key", "digits", "created_us", "call_id"),
)

call_dials = Table(
    "call_dials",
    metadata,
    Column("call_id", ForeignKey("calls.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("customer_id", Text, nullable=False),
    Column("telephone_number", Text, nullable=False),
    Column("status", Text, nullable=False),
    # Of the call, not of the leg.
    Column("created_us", BigInteger, nullable=False),
    Index("ix_call_dials_status", "customer_id", "status", "created_us", "call_id"),
    Index("ix_call_dials_number", "customer_id", "telephone_number", "created_us", "call_id"),
)

call_rollups = Table(
    "call_rollups",
    metadata,
    # The calls of a customer in a day, an hour or a quarter of one, by one thing: `scope` says
    # which columns tell the rows of it apart, the others are empty. The id of a number as scope:
    # all of them. A currency as customer: everybody who pays in it.
    Column("customer_id", Text, primary_key=True),
    Column("scope", Text, primary_key=True),
    Column("span_s", Integer, primary_key=True),
    Column("starts_us", BigInteger, primary_key=True),
    Column("number_id", Text, primary_key=True),
    Column("application_id", Text, primary_key=True),
    Column("caller_country", Text, primary_key=True),
    Column("end_reason", Text, primary_key=True),
    Column("calls", BigInteger, nullable=False),
    Column("answered", BigInteger, nullable=False),
    Column("fallbacks", BigInteger, nullable=False),
    Column("duration_ms", BigInteger, nullable=False),
    Column("price_micros", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

node_rollups = Table(
    "node_rollups",
    metadata,
    # Visits to the nodes of a published version in an hour, by how they were left.
    Column("version_id", Text, primary_key=True),
    Column("starts_us", BigInteger, primary_key=True),
    Column("node", Text, primary_key=True),
    Column("outcome", Text, primary_key=True),
    # Empty where the flow went nowhere from here.
    Column("next_node", Text, primary_key=True),
    # Of the call, where it ended in this node; else empty.
    Column("end_reason", Text, primary_key=True),
    Column("action_type", Text, nullable=False),
    Column("visits", BigInteger, nullable=False),
    Column("duration_ms", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

backfills = Table(
    "backfills",
    metadata,
    # What a migration left to be filled in while the platform runs; a row goes when it is done.
    Column("name", Text, primary_key=True),
    # The last id that is done.
    Column("position", Text, nullable=False),
)
