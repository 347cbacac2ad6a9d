"""Invitations: how people join a customer, or the operators."""

import secrets
from dataclasses import dataclass

from dillo.accounts import mails, passwords
from dillo.accounts.changes import Change
from dillo.accounts.customers import checked_name
from dillo.accounts.errors import EmailTaken, InvalidEntry
from dillo.accounts.keys import sha256_of
from dillo.accounts.people import Invitation, People, User
from dillo.accounts.roles import CUSTOMER_ROLES, Role
from dillo.accounts.sign_up import checked_email
from dillo.model.ids import new_id

LASTS_S = 7 * 86_400


@dataclass(frozen=True, slots=True)
class Invited:
    """A new invitation, and the link that was sent."""

    invitation: Invitation
    link: str


async def invite(
    people: People, change: Change, customer_id: str | None, email: str, role: Role
) -> Invited:
    """Ask somebody to join; whether they have an account they are not asked here.

    Raises InvalidEntry for a wrong address or role, UnknownCustomer.
    """
    check_role(customer_id, role)
    email = checked_email(email)
    secret = secrets.token_urlsafe(32)
    invitation = Invitation(
        id=new_id(),
        customer_id=customer_id,
        email=email,
        role=role,
        invited_by=change.actor,
        created_us=change.at_us,
        expires_us=change.at_us + LASTS_S * 1_000_000,
    )
    subject, text = mails.INVITED
    async with people.transactions.joint():
        place = "run this platform"
        if customer_id is not None:
            place = (await people.registry.customers.get(customer_id)).name
        await people.invitations.add(invitation, sha256_of(secret), change)
        inviter = change.actor.partition(":")[2] or "The operator"
        body = text.format(inviter=inviter, place=place, role=role.value)
        path = f"/accept-invitation#token={secret}"
        link = await mails.send(people, email, subject, body, change.at_us, path)
    return Invited(invitation, link)


async def accept(people: People, secret: str, name: str, password: str) -> User:
    """Join with an invitation. Raises UnknownLink, EmailTaken, InvalidEntry."""
    name = checked_name(name)
    passwords.check_strength(password)
    password_hash = await passwords.hash_password(password)
    async with people.transactions.joint():
        change = Change.by("invitation")
        invitation = await people.invitations.take(sha256_of(secret), change.at_us)
        # The store refuses it, too, where two invitations are accepted at once.
        if await people.users.with_email(invitation.email) is not None:
            raise EmailTaken("this address has an account already: ask to be invited by another")
        user = User(
            id=new_id(),
            customer_id=invitation.customer_id,
            email=invitation.email,
            name=name,
            role=invitation.role,
            password_hash=password_hash,
            created_us=change.at_us,
            verified_us=change.at_us,
        )
        await people.users.add(user, Change(user.actor, change.at_us))
    return user


def check_role(customer_id: str | None, role: Role) -> None:
    """Raises InvalidEntry for a customer's role among operators, or the other way round."""
    fits = role is Role.OPERATOR if customer_id is None else role in CUSTOMER_ROLES
    if not fits:
        raise InvalidEntry(f"nobody can be {role.value} here")
