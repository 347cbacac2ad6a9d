"""People in the database, with their second factors."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from dillo.accounts.changes import Change
from dillo.accounts.errors import EmailTaken, UnknownUser
from dillo.accounts.people import User
from dillo.accounts.roles import Role
from dillo.model.ids import new_id
from dillo.store.audit import record_change
from dillo.store.database import Database
from dillo.store.tables import email_links, recovery_codes, sessions, users

_columns = users.c
_NAMES = (
    "id",
    "customer_id",
    "email",
    "name",
    "role",
    "password_hash",
    "created_us",
    "verified_us",
    "sealed_totp",
    "totp_confirmed_us",
    "last_login_us",
)
_USER = select(*(_columns[name] for name in _NAMES))


class SqlUsers:
    """Who signs in (accounts.people.UserStore)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, user: User, change: Change) -> None:
        """Store somebody. Raises EmailTaken."""
        async with self._database.writing() as connection:
            if await connection.scalar(select(_columns.id).where(_columns.email == user.email)):
                raise EmailTaken("somebody has an account with this address already")
            row = {name: getattr(user, name) for name in _NAMES} | {"role": user.role.value}
            try:
                await connection.execute(insert(users), row)
            except IntegrityError as error:  # somebody was faster
                raise EmailTaken("somebody has an account with this address already") from error
            after = {"email": user.email, "name": user.name, "role": user.role.value}
            await record_change(
                connection, change, "user.add", user.id, user.customer_id, after=after
            )

    async def with_email(self, email: str) -> User | None:
        """Return who has an address."""
        async with self._database.reading() as connection:
            row = (await connection.execute(_USER.where(_columns.email == email))).first()
        return None if row is None else _user(row)

    async def get(self, user_id: str) -> User:
        """Return somebody. Raises UnknownUser."""
        async with self._database.reading() as connection:
            return await _get(connection, _columns.id == user_id)

    async def of(self, customer_id: str | None, user_id: str) -> User:
        """Return somebody of a customer. Raises UnknownUser."""
        async with self._database.reading() as connection:
            return await _get(connection, _belongs_to(customer_id), _columns.id == user_id)

    async def page(
        self, customer_id: str | None, after_id: str | None, limit: int
    ) -> Sequence[User]:
        """Return people, newest first, those after one of them."""
        query = _USER.where(_belongs_to(customer_id)).order_by(_columns.id.desc()).limit(limit)
        if after_id is not None:
            query = query.where(_columns.id < after_id)
        async with self._database.reading() as connection:
            return [_user(row) for row in await connection.execute(query)]

    async def lock(self, customer_id: str | None, role: Role) -> Sequence[str]:
        """Return the ids of who has a role; they stay so until the transaction ends."""
        query = select(_columns.id).where(
            _belongs_to(customer_id), _columns.role == role.value, _columns.verified_us.is_not(None)
        )
        async with self._database.writing() as connection:
            return list(await connection.scalars(query.with_for_update()))

    async def update(
        self,
        user: User,
        change: Change,
        action: str,
        *,
        shown: Sequence[str] = (),
        **values: object,
    ) -> User:
        """Change columns of somebody; those `shown` are in the audit log, before and after."""
        async with self._database.writing() as connection:
            if values:
                await connection.execute(update(users).where(_columns.id == user.id).values(values))
            before = {name: getattr(user, name) for name in shown}
            await record_change(
                connection,
                change,
                action,
                user.id,
                user.customer_id,
                before=before or None,
                after={name: values[name] for name in shown} or None,
            )
            return await _get(connection, _columns.id == user.id)

    async def remove(self, user: User, change: Change) -> None:
        """Forget somebody with their sessions and links."""
        async with self._database.writing() as connection:
            for table in (sessions, email_links, recovery_codes):
                await connection.execute(delete(table).where(table.c.user_id == user.id))
            gone = await connection.execute(delete(users).where(_columns.id == user.id))
            if gone.rowcount == 0:
                raise UnknownUser("there is no such user")
            before = {"email": user.email, "name": user.name, "role": user.role.value}
            await record_change(
                connection, change, "user.remove", user.id, user.customer_id, before=before
            )

    async def take_totp_step(self, user_id: str, step: int) -> bool:
        """Use up a time step; false where it, or a later one, was used."""
        is_later = or_(_columns.totp_step.is_(None), _columns.totp_step < step)
        statement = update(users).where(_columns.id == user_id, is_later).values(totp_step=step)
        async with self._database.writing() as connection:
            return (await connection.execute(statement)).rowcount == 1

    async def set_recovery_codes(self, user_id: str, sha256s: Sequence[str]) -> None:
        """Store recovery codes in place of those there are."""
        rows = [{"id": new_id(), "user_id": user_id, "code_sha256": each} for each in sha256s]
        async with self._database.writing() as connection:
            await connection.execute(
                delete(recovery_codes).where(recovery_codes.c.user_id == user_id)
            )
            if rows:
                await connection.execute(insert(recovery_codes), rows)

    async def take_recovery_code(self, user_id: str, sha256: str, at_us: int) -> bool:
        """Use up a recovery code; false where it is none, or was used."""
        columns = recovery_codes.c
        is_it = (
            columns.user_id == user_id,
            columns.code_sha256 == sha256,
            columns.used_us.is_(None),
        )
        async with self._database.writing() as connection:
            taken = await connection.execute(
                update(recovery_codes).where(*is_it).values(used_us=at_us)
            )
            return taken.rowcount == 1

    async def count_recovery_codes(self, user_id: str) -> int:
        """Return how many recovery codes are left."""
        columns = recovery_codes.c
        query = select(func.count()).where(columns.user_id == user_id, columns.used_us.is_(None))
        async with self._database.reading() as connection:
            return await connection.scalar(query) or 0


def _belongs_to(customer_id: str | None) -> ColumnElement[bool]:
    column = _columns.customer_id
    return column.is_(None) if customer_id is None else column == customer_id


async def _get(connection: AsyncConnection, *where: ColumnElement[bool]) -> User:
    row = (await connection.execute(_USER.where(*where))).first()
    if row is None:
        raise UnknownUser("there is no such user")
    return _user(row)


def _user(row: Row[*tuple[Any, ...]]) -> User:
    fields = row._asdict()
    return User(**fields | {"role": Role(fields["role"])})
