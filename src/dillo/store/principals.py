"""Whom a credential stands for, in the database."""

from sqlalchemy import or_, select

from dillo.accounts.principals import Principal
from dillo.accounts.roles import Role
from dillo.store.database import Database
from dillo.store.tables import api_keys, customers, sessions, users

IDLE_S = 7 * 86_400
"""A session that is not used for so long is over."""

_OF_KEY = (
    select(api_keys.c.id, api_keys.c.customer_id, api_keys.c.role, customers.c.is_suspended)
    .outerjoin(customers, customers.c.id == api_keys.c.customer_id)
    .where(api_keys.c.revoked_us.is_(None), customers.c.closed_us.is_(None))
)
_OF_SESSION = (
    select(
        sessions.c.id,
        users.c.id.label("user_id"),
        users.c.customer_id,
        users.c.email,
        users.c.role,
        customers.c.is_suspended,
    )
    .join(users, users.c.id == sessions.c.user_id)
    .outerjoin(customers, customers.c.id == users.c.customer_id)
    .where(sessions.c.revoked_us.is_(None), customers.c.closed_us.is_(None))
)


class SqlPrincipals:
    """Keys and sessions with those who hold them (accounts.principals.PrincipalStore)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_key(self, key_sha256: str, at_us: int) -> Principal | None:
        """Return who shows an API key."""
        query = _OF_KEY.where(
            api_keys.c.key_sha256 == key_sha256,
            or_(api_keys.c.expires_us.is_(None), api_keys.c.expires_us > at_us),
        )
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).first()
        if row is None:
            return None
        return Principal(
            actor=f"key:{row.id}",
            role=Role(row.role),
            customer=row.customer_id,
            key_id=row.id,
            is_suspended=bool(row.is_suspended),
        )

    async def of_session(self, secret_sha256: str, at_us: int) -> Principal | None:
        """Return who has a session."""
        query = _OF_SESSION.where(
            sessions.c.secret_sha256 == secret_sha256,
            sessions.c.expires_us > at_us,
            sessions.c.last_used_us > at_us - IDLE_S * 1_000_000,
        )
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).first()
        if row is None:
            return None
        kind = "user" if row.customer_id is not None else "operator"
        return Principal(
            actor=f"{kind}:{row.email}",
            role=Role(row.role),
            customer=row.customer_id,
            user_id=row.user_id,
            session_id=row.id,
            is_suspended=bool(row.is_suspended),
        )

    async def has_customer(self, customer_id: str) -> bool:
        """Return whether there is a customer with this id."""
        query = select(customers.c.id).where(customers.c.id == customer_id)
        async with self._database.reading() as connection:
            return await connection.scalar(query) is not None
