"""Tables: people who sign in, and the e-mails they get."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table, Text

from dillo.store.tables.metadata import metadata

users = Table(
    "users",
    metadata,
    Column("id", Text, primary_key=True),
    # NULL for an operator.
    Column("customer_id", ForeignKey("customers.id"), index=True),
    # In lower case.
    Column("email", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    # Argon2id, with its parameters and salt.
    Column("password_hash", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    Column("verified_us", BigInteger),
    # Encrypted (see store.vault); counts once it is confirmed.
    Column("sealed_totp", Text),
    Column("totp_confirmed_us", BigInteger),
    # The time step of the last code taken: no code is taken twice (RFC 6238 §5.2).
    Column("totp_step", BigInteger),
    Column("last_login_us", BigInteger),
)

sign_in_failures = Table(
    "sign_in_failures",
    metadata,
    # Of addresses that nobody has, too: what happens tells nobody who has an account.
    Column("email_sha256", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_us", BigInteger, nullable=False),
)

recovery_codes = Table(
    "recovery_codes",
    metadata,
    Column("id", Text, primary_key=True),
    Column("user_id", ForeignKey("users.id"), nullable=False, index=True),
    Column("code_sha256", Text, nullable=False),
    Column("used_us", BigInteger),
)

sessions = Table(
    "sessions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("user_id", ForeignKey("users.id"), nullable=False, index=True),
    Column("secret_sha256", Text, nullable=False, unique=True),
    Column("created_us", BigInteger, nullable=False),
    Column("last_used_us", BigInteger, nullable=False),
    Column("expires_us", BigInteger, nullable=False),
    Column("revoked_us", BigInteger),
    Column("address", Text, nullable=False),
    Column("user_agent", Text, nullable=False),
)

email_links = Table(
    "email_links",
    metadata,
    Column("id", Text, primary_key=True),
    Column("user_id", ForeignKey("users.id"), nullable=False, index=True),
    # `verify`, `reset` or `known`.
    Column("purpose", Text, nullable=False),
    # What a sign-up chose: it counts only for who follows its own link.
    Column("password_hash", Text),
    Column("secret_sha256", Text, nullable=False, unique=True),
    Column("created_us", BigInteger, nullable=False),
    Column("expires_us", BigInteger, nullable=False),
    Column("used_us", BigInteger),
)

invitations = Table(
    "invitations",
    metadata,
    Column("id", Text, primary_key=True),
    # NULL where an operator is invited.
    Column("customer_id", ForeignKey("customers.id")),
    Column("email", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("invited_by", Text, nullable=False),
    Column("secret_sha256", Text, nullable=False, unique=True),
    Column("created_us", BigInteger, nullable=False),
    Column("expires_us", BigInteger, nullable=False),
    Column("accepted_us", BigInteger),
    Column("revoked_us", BigInteger),
    Index("ix_invitations_customer_id_id", "customer_id", "id"),
)

mails = Table(
    "mails",
    metadata,
    Column("id", Text, primary_key=True),
    Column("recipient", Text, nullable=False),
    Column("subject", Text, nullable=False),
    # Encrypted (see store.vault): the links in it open accounts.
    Column("sealed_text", Text, nullable=False),
    Column("created_us", BigInteger, nullable=False),
    # When it is to be sent next; NULL where it was sent, or given up.
    Column("due_us", BigInteger, index=True),
    Column("attempts", Integer, nullable=False),
    Column("sent_us", BigInteger),
    Column("error", Text),
)
