"""Invitations in the database."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, insert, select, update

from dillo.accounts.changes import Change
from dillo.accounts.errors import UnknownInvitation, UnknownLink
from dillo.accounts.people import Invitation
from dillo.accounts.roles import Role
from dillo.store.audit import record_change
from dillo.store.database import Database
from dillo.store.tables import invitations

_columns = invitations.c
_NAMES = (
    "id",
    "customer_id",
    "email",
    "role",
    "invited_by",
    "created_us",
    "expires_us",
    "accepted_us",
    "revoked_us",
)
_INVITATION = select(*(_columns[name] for name in _NAMES))
_IS_OPEN = (_columns.accepted_us.is_(None), _columns.revoked_us.is_(None))


class SqlInvitations:
    """Invitations by the SHA-256 of their secret (accounts.people.InvitationStore)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def add(self, invitation: Invitation, secret_sha256: str, change: Change) -> None:
        """Store an invitation."""
        row = {name: getattr(invitation, name) for name in _NAMES}
        row |= {"role": invitation.role.value, "secret_sha256": secret_sha256}
        async with self._database.writing() as connection:
            await connection.execute(insert(invitations), row)
            await record_change(
                connection,
                change,
                "invitation.send",
                invitation.id,
                invitation.customer_id,
                after={"email": invitation.email, "role": invitation.role.value},
            )

    async def page(
        self, customer_id: str | None, after_id: str | None, limit: int
    ) -> Sequence[Invitation]:
        """Return invitations, newest first, those after one of them."""
        query = _INVITATION.where(_belongs_to(customer_id))
        query = query.order_by(_columns.id.desc()).limit(limit)
        if after_id is not None:
            query = query.where(_columns.id < after_id)
        async with self._database.reading() as connection:
            return [_invitation(row) for row in await connection.execute(query)]

    async def get(self, customer_id: str | None, invitation_id: str) -> Invitation:
        """Return an invitation. Raises UnknownInvitation."""
        query = _INVITATION.where(_belongs_to(customer_id), _columns.id == invitation_id)
        async with self._database.reading() as connection:
            row = (await connection.execute(query)).first()
        if row is None:
            raise UnknownInvitation("there is no such invitation")
        return _invitation(row)

    async def revoke(self, customer_id: str | None, invitation_id: str, change: Change) -> None:
        """Make an open invitation worthless. Raises UnknownInvitation."""
        is_it = (_belongs_to(customer_id), _columns.id == invitation_id, *_IS_OPEN)
        statement = update(invitations).where(*is_it).values(revoked_us=change.at_us)
        async with self._database.writing() as connection:
            if (await connection.execute(statement)).rowcount == 0:
                raise UnknownInvitation("there is no such invitation that is open")
            await record_change(
                connection,
                change,
                "invitation.revoke",
                invitation_id,
                customer_id,
                before={"revoked_us": None},
                after={"revoked_us": change.at_us},
            )

    async def take(self, secret_sha256: str, at_us: int) -> Invitation:
        """Use up an open invitation. Raises UnknownLink."""
        is_it = _columns.secret_sha256 == secret_sha256
        taking = update(invitations).where(is_it, *_IS_OPEN, _columns.expires_us > at_us)
        async with self._database.writing() as connection:
            if (await connection.execute(taking.values(accepted_us=at_us))).rowcount == 0:
                raise UnknownLink("this invitation was used, withdrawn, or is too old")
            return _invitation((await connection.execute(_INVITATION.where(is_it))).one())


def _belongs_to(customer_id: str | None) -> ColumnElement[bool]:
    column = _columns.customer_id
    return column.is_(None) if customer_id is None else column == customer_id


def _invitation(row: Row[*tuple[Any, ...]]) -> Invitation:
    fields = row._asdict()
    return Invitation(**fields | {"role": Role(fields["role"])})
