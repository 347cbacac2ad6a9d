"""Tables: work that was asked for and is not done yet."""

from sqlalchemy import BigInteger, Column, Index, Table, Text

from dillo.store.tables.metadata import metadata

job_requests = Table(
    "job_requests",
    metadata,
    Column("job", Text, primary_key=True),
    Column("id", Text, primary_key=True),
    Column("arguments", Text, nullable=False),
    Column("requested_us", BigInteger, nullable=False),
    Column("due_us", BigInteger, nullable=False),
    # When a workflow was made of it; the row goes when that is over.
    Column("handed_us", BigInteger),
    Index("ix_job_requests_waiting", "handed_us", "due_us"),
)
