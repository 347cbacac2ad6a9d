"""`/api/v1/users` and `/api/v1/invitations`: who belongs to a customer, and who is asked to.

For an operator who acts for no customer these are the operators.
"""

from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import Field

from dillo.accounts import invitations, users
from dillo.accounts.people import Invitation, People, User
from dillo.accounts.roles import Role
from dillo.model.clock import now_us
from dillo.web.v1.conditions import Conditions
from dillo.web.v1.described import Tags, problems
from dillo.web.v1.documents import (
    Document,
    Entry,
    Id,
    Identifier,
    Moment,
    Name,
    Page,
    maybe_moment,
    moment,
)
from dillo.web.v1.gate import Owner, Viewer, Visitor
from dillo.web.v1.me import AnyRole
from dillo.web.v1.pages import Paging
from dillo.web.v1.sign_up import Email, NewPassword, Token, Verified

_USERS, _INVITATIONS = "users", "invitations"
_VOLATILE = "last_login_at"


class UserShown(Document):
    """Somebody who signs in."""

    id: Identifier
    email: str
    name: str
    role: AnyRole
    status: Annotated[
        Literal["active", "unverified"],
        Field(description="`unverified` until the address is confirmed"),
    ]
    is_totp_on: bool
    created_at: Moment
    last_login_at: Moment | None


class UserChange(Entry):
    """What of a user may be changed by an owner."""

    role: AnyRole


class InvitationShown(Document):
    """Somebody asked to join."""

    id: Identifier
    email: str
    role: AnyRole
    status: Literal["open", "accepted", "expired", "revoked"]
    invited_by: Annotated[str, Field(description="As in the audit log")]
    created_at: Moment
    expires_at: Moment


class NewInvitation(Entry):
    """Whom to ask."""

    email: Email
    role: AnyRole


class Acceptance(Entry):
    """Who joins."""

    token: Token
    name: Name
    password: NewPassword


def add_users(router: APIRouter, people: People) -> None:
    """Add the routes of users."""
    tags: Tags = ["Users"]

    @router.get("/users", tags=tags)
    async def list_users(asker: Viewer, asked: Paging) -> Page[UserShown]:
        """List users, newest first."""
        rows = await people.users.page(asker.customer, asked.after_id(_USERS), asked.take)
        return asked.page(_USERS, rows, _user, lambda user: (user.id,))

    @router.get("/users/{user_id}", tags=tags)
    async def get_user(asker: Viewer, user_id: Id, given: Conditions) -> UserShown:
        """Show a user."""
        return given.shown(_user(await people.users.of(asker.customer, user_id)), _VOLATILE)

    @router.patch("/users/{user_id}", tags=tags, responses=problems(409, 412))
    async def change_user(
        asker: Owner, user_id: Id, entry: UserChange, given: Conditions
    ) -> UserShown:
        """Give a user another role; one owner always remains."""
        async with people.transactions.joint(f"user:{user_id}"):
            user = await people.users.of(asker.customer, user_id)
            given.require(_user(user), _VOLATILE)
            changed = await users.change_role(people, asker.change(), user, Role(entry.role))
        return given.shown(_user(changed), _VOLATILE)

    @router.delete("/users/{user_id}", tags=tags, status_code=204, responses=problems(409))
    async def remove_user(asker: Owner, user_id: Id) -> Response:
        """Let a user in no longer; one owner always remains."""
        user = await people.users.of(asker.customer, user_id)
        await users.remove(people, asker.change(), user)
        return Response(status_code=204)


def add_invitations(router: APIRouter, people: People) -> None:
    """Add the routes of invitations."""
    tags: Tags = ["Invitations"]

    @router.get("/invitations", tags=tags)
    async def list_invitations(asker: Owner, asked: Paging) -> Page[InvitationShown]:
        """List invitations, newest first."""
        after_id = asked.after_id(_INVITATIONS)
        rows = await people.invitations.page(asker.customer, after_id, asked.take)
        return asked.page(_INVITATIONS, rows, _invitation, lambda each: (each.id,))

    @router.post("/invitations", tags=tags, status_code=201)
    async def invite_user(asker: Owner, entry: NewInvitation) -> InvitationShown:
        """Ask somebody to join, by an e-mail with a link that is good for a week."""
        invited = await invitations.invite(
            people, asker.change(), asker.customer, entry.email, Role(entry.role)
        )
        return _invitation(invited.invitation)

    @router.post("/invitations/accept", tags=tags, status_code=201, responses=problems(404, 409))
    async def accept_invitation(_: Visitor, entry: Acceptance) -> Verified:
        """Join with the link of an invitation; then sign in."""
        user = await invitations.accept(people, entry.token, entry.name, entry.password)
        return Verified(email=user.email)

    @router.get("/invitations/{invitation_id}", tags=tags)
    async def get_invitation(asker: Owner, invitation_id: Id, given: Conditions) -> InvitationShown:
        """Show an invitation."""
        found = await people.invitations.get(asker.customer, invitation_id)
        return given.shown(_invitation(found))

    @router.delete("/invitations/{invitation_id}", tags=tags, status_code=204)
    async def revoke_invitation(asker: Owner, invitation_id: Id) -> Response:
        """Make an open invitation worthless."""
        await people.invitations.revoke(asker.customer, invitation_id, asker.change())
        return Response(status_code=204)


def _user(user: User) -> UserShown:
    return UserShown(
        id=user.id,
        email=user.email,
        name=user.name,
        role=user.role.value,
        status="unverified" if user.verified_us is None else "active",
        is_totp_on=user.totp_confirmed_us is not None,
        created_at=moment(user.created_us),
        last_login_at=maybe_moment(user.last_login_us),
    )


def _invitation(invitation: Invitation) -> InvitationShown:
    status: Literal["open", "accepted", "expired", "revoked"] = "open"
    if invitation.accepted_us is not None:
        status = "accepted"
    elif invitation.revoked_us is not None:
        status = "revoked"
    elif invitation.expires_us <= now_us():
        status = "expired"
    return InvitationShown(
        id=invitation.id,
        email=invitation.email,
        role=invitation.role.value,
        status=status,
        invited_by=invitation.invited_by,
        created_at=moment(invitation.created_us),
        expires_at=moment(invitation.expires_us),
    )
