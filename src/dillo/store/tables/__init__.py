"""The tables of the main database, portable between SQLite and PostgreSQL.

Money is integer micros, moments are UTC microseconds (`*_us`), ids are UUIDv7 text.
"""

from dillo.store.tables.accounts import api_keys, audit_log, customers, webhook_secrets
from dillo.store.tables.applications import (
    application_drafts,
    application_versions,
    applications,
    prompts,
)
from dillo.store.tables.calls import call_tallies, calls, charge_lines, recordings, settlement_clock
from dillo.store.tables.exports import exports
from dillo.store.tables.idempotency import idempotency_keys
from dillo.store.tables.jobs import job_requests
from dillo.store.tables.metadata import metadata
from dillo.store.tables.money import balance_alerts, ledger_entries, number_charges, tariffs
from dillo.store.tables.numbers import (
    directory_revision,
    number_holders,
    numbers,
    trunk_prefixes,
    trunks,
)
from dillo.store.tables.summaries import (
    backfills,
    call_dials,
    call_digits,
    call_rollups,
    call_summaries,
    node_rollups,
)
from dillo.store.tables.transcripts import transcriptions
from dillo.store.tables.users import (
    email_links,
    invitations,
    mails,
    recovery_codes,
    sessions,
    sign_in_failures,
    users,
)
from dillo.store.tables.webhooks import outbox, webhook_attempts

__all__ = [
    "api_keys",
    "application_drafts",
    "application_versions",
    "applications",
    "audit_log",
    "backfills",
    "balance_alerts",
    "call_dials",
    "call_digits",
    "call_rollups",
    "call_summaries",
    "call_tallies",
    "calls",
    "charge_lines",
    "customers",
    "directory_revision",
    "email_links",
    "exports",
    "idempotency_keys",
    "invitations",
    "job_requests",
    "ledger_entries",
    "mails",
    "metadata",
    "node_rollups",
    "number_charges",
    "number_holders",
    "numbers",
    "outbox",
    "prompts",
    "recordings",
    "recovery_codes",
    "sessions",
    "settlement_clock",
    "sign_in_failures",
    "tariffs",
    "transcriptions",
    "trunk_prefixes",
    "trunks",
    "users",
    "webhook_attempts",
    "webhook_secrets",
]
