"""Signing up: an address is believed once a link sent to it was followed.

Nobody learns from an answer whether an address has an account: that is told in an e-mail.
"""

import secrets

from email_validator import EmailNotValidError, validate_email

from dillo.accounts import customers, mails, passwords
from dillo.accounts.changes import Change
from dillo.accounts.customers import checked_name
from dillo.accounts.errors import InvalidEntry, UnknownLink
from dillo.accounts.keys import sha256_of
from dillo.accounts.people import Link, People, User
from dillo.accounts.roles import Role
from dillo.model.clock import now_us
from dillo.model.ids import new_id

VERIFY_S, RESET_S = 86_400, 3600
_PAUSE_US = 60_000_000
"""So long after a link no other is sent: nobody's mailbox is filled by a stranger."""


def checked_email(email: str) -> str:
    """Return an address in lower case. Raises InvalidEntry."""
    try:
        checked = validate_email(email, check_deliverability=False)
    except EmailNotValidError as error:
        raise InvalidEntry(f"that is no e-mail address: {error}") from error
    return checked.normalized.lower()


async def sign_up(
    people: People,
    email: str,
    password: str,
    name: str,
    company: str,
    *,
    currency: str = "EUR",
) -> None:
    """Open a prepaid account with its first owner, who confirms the address by a link.

    Raises InvalidEntry, NoTariff.
    """
    email = checked_email(email)
    passwords.check_strength(password)
    name, company = checked_name(name), checked_name(company)
    password_hash = await passwords.hash_password(password)
    change = Change.by(f"user:{email}")
    await people.registry.tariffs.at(currency, change.at_us)
    async with people.transactions.joint(f"email:{email}"):
        user = await people.users.with_email(email)
        if user is None:
            customer = await customers.create(
                people.registry, change, company, currency=currency, opening_micros=0
            )
            # The password counts once its link was followed.
            user = User(new_id(), customer.id, email, name, Role.OWNER, "", change.at_us)
            await people.users.add(user, change)
        if user.verified_us is None:
            await _send_verification(people, user, password_hash)
        elif await _last(people, user, "known") is None:
            await _make_link(people, user, "known")
            await mails.send(people, email, *mails.KNOWN, change.at_us, "/sign-in")


async def send_again(people: People, email: str) -> None:
    """Send the link that confirms an address once more. Raises InvalidEntry."""
    email = checked_email(email)
    async with people.transactions.joint():
        user = await people.users.with_email(email)
        if user is None or user.verified_us is not None:
            return
        last = await people.links.newest(user.id, "verify")
        if last is not None and last.created_us <= now_us() - _PAUSE_US:
            await _send_verification(people, user, last.password_hash)


async def verify(people: People, secret: str) -> User:
    """Believe an address whose link was followed. Raises UnknownLink."""
    at_us = now_us()
    async with people.transactions.joint():
        link = await people.links.take("verify", sha256_of(secret), at_us)
        user = await people.users.get(link.user_id)
        if user.verified_us is not None:
            raise UnknownLink("this link was used, or is too old")
        return await people.users.update(
            user,
            Change.by(user.actor),
            "user.verify",
            verified_us=at_us,
            password_hash=link.password_hash or user.password_hash,
        )


async def ask_reset(people: People, email: str) -> None:
    """Send a link for a new password, if the address has an account."""
    email = checked_email(email)
    async with people.transactions.joint():
        user = await people.users.with_email(email)
        if user is not None and await _last(people, user, "reset") is None:
            secret = await _make_link(people, user, "reset")
            path = f"/reset-password#token={secret}"
            await mails.send(people, email, *mails.RESET, now_us(), path)


async def reset(people: People, secret: str, password: str) -> User:
    """Set a new password by a link, and end every session. Raises UnknownLink, InvalidEntry."""
    passwords.check_strength(password)
    password_hash = await passwords.hash_password(password)
    at_us = now_us()
    async with people.transactions.joint():
        link = await people.links.take("reset", sha256_of(secret), at_us)
        user = await people.users.get(link.user_id)
        changed = await people.users.update(
            user,
            Change.by(user.actor),
            "user.reset-password",
            password_hash=password_hash,
            verified_us=user.verified_us or at_us,
        )
        await people.sessions.revoke_all(user.id, at_us)
        await people.failures.forget(sha256_of(user.email))
        await mails.send(people, user.email, *mails.CHANGED, at_us, "/forgot-password")
    return changed


async def _send_verification(people: People, user: User, password_hash: str | None) -> None:
    secret = await _make_link(people, user, "verify", password_hash)
    path = f"/verify-email#token={secret}"
    await mails.send(people, user.email, *mails.VERIFY, now_us(), path)


async def _make_link(
    people: People, user: User, purpose: str, password_hash: str | None = None
) -> str:
    secret, at_us = secrets.token_urlsafe(32), now_us()
    lasts_s = VERIFY_S if purpose == "verify" else RESET_S
    link = Link(new_id(), user.id, purpose, at_us, at_us + lasts_s * 1_000_000, password_hash)
    await people.links.add(link, sha256_of(secret))
    return secret


async def _last(people: People, user: User, purpose: str) -> Link | None:
    """Return a link that was sent so short a time ago that no other is."""
    link = await people.links.newest(user.id, purpose)
    return link if link is not None and now_us() - link.created_us < _PAUSE_US else None
