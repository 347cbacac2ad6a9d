"""Tables: numbers, who held them, and the trunks that calls leave through."""

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, Integer, Table, Text

from dillo.store.tables.metadata import metadata

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
    Column("max_calls_per_second", Float),
    Column("max_call_s", Float),
    # City or region, as people search for it.
    Column("area", Text),
    # The name of the trunk that its calls come over.
    Column("trunk", Text),
    # Fees of its own, for customers of this currency; NULL where those of its type apply.
    Column("fee_currency", Text),
    Column("set_up_micros", BigInteger),
    Column("month_micros", BigInteger),
    # Nobody may buy it before: the quarantine after a release.
    Column("free_from_us", BigInteger, nullable=False, server_default="0"),
    Index("ix_numbers_search", "country", "number_type", "e164"),
)

number_holders = Table(
    "number_holders",
    metadata,
    Column("id", Text, primary_key=True),
    Column("number_id", ForeignKey("numbers.id"), nullable=False),
    Column("customer_id", ForeignKey("customers.id"), nullable=False),
    Column("from_us", BigInteger, nullable=False),
    Column("until_us", BigInteger),
    # Months paid for, the first included, and when the last of them is over.
    Column("months_paid", Integer, nullable=False, server_default="1"),
    Column("paid_until_us", BigInteger, nullable=False, server_default="0"),
    # Until when a month that could not be paid may be paid late; NULL where none is owed.
    Column("grace_until_us", BigInteger),
    Index("ix_number_holders_paid_until_us", "paid_until_us"),
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

directory_revision = Table(
    "directory_revision",
    metadata,
    # One row, raised by every change to numbers, customers or applications.
    Column("id", Integer, primary_key=True),
    Column("revision", BigInteger, nullable=False),
)
