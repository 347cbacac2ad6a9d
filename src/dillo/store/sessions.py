"""Who is signed in where, links in e-mails, and failures to sign in, in the database."""

from collections.abc import Sequence

from sqlalchemy import delete, insert, select, text, update

from dillo.accounts.changes import Change
from dillo.accounts.errors import UnknownLink, UnknownSession
from dillo.accounts.people import Failures, Link, Session
from dillo.store.audit import record_change
from dillo.store.database import Database
from dillo.store.principals import IDLE_S
from dillo.store.tables import email_links, sessions, sign_in_failures, users

_FORGOTTEN_AFTER_US = 86_400_000_000
_COUNT_FAILURE = text(
    "INSERT INTO sign_in_failures (email_sha256, failures, last_us) VALUES (:sha256, 1, :at_us)"
    " ON CONFLICT (email_sha256) DO UPDATE SET failures = sign_in_failures.failures + 1,"
    " last_us = excluded.last_us"
)
_LINK = select(
    email_links.c.id,
    email_links.c.user_id,
    email_links.c.purpose,
    email_links.c.created_us,
    email_links.c.expires_us,
    email_links.c.password_hash,
)


class SqlSessions:
    """Sessions by the SHA-256 of their secret (accounts.people.SessionStore)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, session: Session, secret_sha256: str) -> None:
        """Store a session, and forget those of its user that are long over."""
        row = {
            "id": session.id,
            "user_id": session.user_id,
            "secret_sha256": secret_sha256,
            "created_us": session.created_us,
            "last_used_us": session.last_used_us,
            "expires_us": session.expires_us,
            "address": session.address,
            "user_agent": session.user_agent,
        }
        columns = sessions.c
        is_over = (columns.user_id == session.user_id, columns.expires_us < session.created_us)
        async with self._database.writing() as connection:
            await connection.execute(delete(sessions).where(*is_over))
            await connection.execute(insert(sessions), row)

    async def of(self, user_id: str, at_us: int) -> Sequence[Session]:
        """Return somebody's sessions that are not over, newest first."""
        columns = sessions.c
        query = (
            select(
                columns.id,
                columns.user_id,
                columns.created_us,
                columns.last_used_us,
                columns.expires_us,
                columns.address,
                columns.user_agent,
            )
            .where(
                columns.user_id == user_id,
                columns.revoked_us.is_(None),
                columns.expires_us > at_us,
                columns.last_used_us > at_us - IDLE_S * 1_000_000,
            )
            .order_by(columns.id.desc())
        )
        async with self._database.reading() as connection:
            return [Session(*row) for row in await connection.execute(query)]

    async def revoke(self, user_id: str, session_id: str, change: Change) -> None:
        """End a session. Raises UnknownSession."""
        columns = sessions.c
        is_it = (
            columns.user_id == user_id,
            columns.id == session_id,
            columns.revoked_us.is_(None),
        )
        statement = update(sessions).where(*is_it).values(revoked_us=change.at_us)
        async with self._database.writing() as connection:
            if (await connection.execute(statement)).rowcount == 0:
                raise UnknownSession("there is no such session")
            query = select(users.c.customer_id).where(users.c.id == user_id)
            customer_id = await connection.scalar(query)
            await record_change(
                connection,
                change,
                "session.end",
                session_id,
                customer_id,
                before={"revoked_us": None},
                after={"revoked_us": change.at_us},
            )

    async def revoke_all(self, user_id: str, at_us: int, *, but: str | None = None) -> None:
        """End somebody's sessions, but for one."""
        columns = sessions.c
        statement = update(sessions).where(columns.user_id == user_id, columns.revoked_us.is_(None))
        if but is not None:
            statement = statement.where(columns.id != but)
        async with self._database.writing() as connection:
            await connection.execute(statement.values(revoked_us=at_us))


class SqlLinks:
    """Links in e-mails by the SHA-256 of their secret (accounts.people.LinkStore)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, link: Link, secret_sha256: str) -> None:
        """Store a link."""
        row = {
            "id": link.id,
            "user_id": link.user_id,
            "purpose": link.purpose,
            "secret_sha256": secret_sha256,
            "created_us": link.created_us,
            "expires_us": link.expires_us,
            "password_hash": link.password_hash,
        }
        async with self._database.writing() as connection:
            await connection.execute(insert(email_links), row)

    async def newest(self, user_id: str, purpose: str) -> Link | None:
        """Return the last link of a purpose that somebody was sent."""
        query = (
            _LINK.where(email_links.c.user_id == user_id, email_links.c.purpose == purpose)
            .order_by(email_links.c.created_us.desc())
            .limit(1)
        )
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).first()
        return None if row is None else Link(*row)

    async def take(self, purpose: str, secret_sha256: str, at_us: int) -> Link:
        """Use up a link and all others of the purpose that its user has. Raises UnknownLink."""
        columns = email_links.c
        is_it = (
            columns.secret_sha256 == secret_sha256,
            columns.purpose == purpose,
            columns.used_us.is_(None),
            columns.expires_us > at_us,
        )
        async with self._database.writing() as connection:
            taken = await connection.execute(
                update(email_links).where(*is_it).values(used_us=at_us)
            )
            if taken.rowcount == 0:
                raise UnknownLink("this link was used, or is too old: ask for another")
            row = (await connection.execute(_LINK.where(*is_it[:1]))).one()
            others = (columns.user_id == row.user_id, columns.purpose == purpose)
            await connection.execute(
                update(email_links).where(*others, columns.used_us.is_(None)).values(used_us=at_us)
            )
        return Link(*row)


class SqlFailures:
    """Failures to sign in (accounts.people.FailureStore)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, email_sha256: str) -> Failures:
        """Return the failures since somebody last signed in with an address."""
        columns = sign_in_failures.c
        query = select(columns.failures, columns.last_us).where(
            columns.email_sha256 == email_sha256
        )
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).first()
        return Failures() if row is None else Failures(*row)

    async def note(self, email_sha256: str, at_us: int) -> None:
        """Count one more, and forget those of yesterday."""
        is_old = sign_in_failures.c.last_us < at_us - _FORGOTTEN_AFTER_US
        async with self._database.writing() as connection:
            await connection.execute(delete(sign_in_failures).where(is_old))
            await connection.execute(_COUNT_FAILURE, {"sha256": email_sha256, "at_us": at_us})

    async def forget(self, email_sha256: str) -> None:
        """Begin again at none."""
        is_it = sign_in_failures.c.email_sha256 == email_sha256
        async with self._database.writing() as connection:
            await connection.execute(delete(sign_in_failures).where(is_it))
