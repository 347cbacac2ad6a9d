"""Tables: what was said in recordings."""

from sqlalchemy import BigInteger, Column, Float, ForeignKey, Index, Integer, Table, Text

from dillo.store.tables.metadata import metadata

transcriptions = Table(
    "transcriptions",
    metadata,
    # One for each time that a recording is listened to; the texts of earlier times stay.
    Column("id", Text, primary_key=True),
    Column("recording_id", ForeignKey("recordings.id"), nullable=False, index=True),
    Column("call_id", ForeignKey("calls.id"), nullable=False, index=True),
    Column("customer_id", ForeignKey("customers.id"), nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("status", Text, nullable=False),
    Column("language", Text, nullable=False),
    # Which engine shall do it; NULL for those of the settings, in their order.
    Column("wanted_engine", Text),
    # What was heard so far: a JSON array of records.transcript.Said.
    Column("said", Text, nullable=False, server_default="[]"),
    # The recording is cut into pieces at its silences; so many of so many are done.
    Column("pieces_done", Integer, nullable=False, server_default="0"),
    Column("pieces", Integer),
    Column("engine", Text),
    Column("text", Text),
    Column("confidence", Float),
    Column("error", Text),
    # What its success was charged; 0 where an earlier one was.
    Column("price_micros", BigInteger),
    Column("finished_us", BigInteger),
    # The revision of the call's record that it made.
    Column("revision", Integer),
    Index("ix_transcriptions_status", "status"),
    Index("ix_transcriptions_customer_id", "customer_id", "id"),
)
