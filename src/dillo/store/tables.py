"""The tables of the main database, portable between SQLite and PostgreSQL.

Money is integer micros, moments are UTC microseconds (`*_us`), ids are UUIDv7 text.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

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
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Text, primary_key=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    # SHA-256 of the key: the key itself has 256 random bits, so a slow hash would add nothing.
    Column("key_sha256", Text, nullable=False, unique=True),
    Column("created_us", BigInteger, nullable=False),
    Column("last_used_us", BigInteger),
    Column("revoked_us", BigInteger),
)

webhook_secrets = Table(
    "webhook_secrets",
    metadata,
    Column("customer_id", ForeignKey("customers.id"), primary_key=True),
    # Encrypted (see store.vault): every request is signed with it.
    Column("sealed_secret", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False),
)

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

numbers = Table(
    "numbers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("e164", Text, nullable=False, unique=True),
    Column("country", Text, nullable=False),
    Column("number_type", Text, nullable=False),
    Column("customer_id", ForeignKey("customers.id"), index=True),
    Column("primary_application_id", ForeignKey("applications.id")),
    Column("fallback_application_id", ForeignKey("applications.id")),
    Column("max_concurrent_calls", Integer),
    Column("created_us", BigInteger, nullable=False),
)

number_holders = Table(
    "number_holders",
    metadata,
    Column("id", Text, primary_key=True),
    Column("number_id", ForeignKey("numbers.id"), nullable=False),
    Column("customer_id", ForeignKey("customers.id"), nullable=False),
    Column("from_us", BigInteger, nullable=False),
    Column("until_us", BigInteger),
    Index("ix_number_holders_number_id_customer_id", "number_id", "customer_id"),
)

trunks = Table(
    "trunks",
    metadata,
    Column("id", Text, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    # `host[:port]`, tried in order, with spaces between them.
    Column("hosts", Text, nullable=False),
    Column("username", Text),
    # Encrypted (see store.vault).
    Column("sealed_password", Text),
    Column("created_us", BigInteger, nullable=False),
)

trunk_prefixes = Table(
    "trunk_prefixes",
    metadata,
    # The first digits of a number; empty for numbers that no other prefix fits.
    Column("prefix", Text, primary_key=True),
    Column("trunk_id", ForeignKey("trunks.id"), nullable=False, index=True),
)

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
    Index("ix_calls_settled", "number_id", "customer_id", "settled_us"),
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
    UniqueConstraint("call_id", "kind", "subject_id"),
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
)

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

audit_log = Table(
    "audit_log",
    metadata,
    Column("id", Text, primary_key=True),
    Column("at_us", BigInteger, nullable=False),
    Column("actor", Text, nullable=False),
    Column("customer_id", Text),
    Column("action", Text, nullable=False),
    Column("subject", Text, nullable=False),
)

directory_revision = Table(
    "directory_revision",
    metadata,
    # One row, raised by every change to numbers, customers or applications.
    Column("id", Integer, primary_key=True),
    Column("revision", BigInteger, nullable=False),
)

settlement_clock = Table(
    "settlement_clock",
    metadata,
    # One row: the last `calls.settled_us`. Locking it makes the order of stamps that of commits.
    Column("id", Integer, primary_key=True),
    Column("settled_us", BigInteger, nullable=False),
)
