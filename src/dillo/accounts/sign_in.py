"""Signing in: who fails is slowed down, and learns nothing of who has an account."""

import secrets
from dataclasses import dataclass

from dillo.accounts import mails, passwords, second_factor
from dillo.accounts.changes import Change
from dillo.accounts.errors import (
    CodeRequired,
    CustomerClosed,
    EmailNotVerified,
    TooManyFailures,
    WrongCredentials,
    WrongPassword,
)
from dillo.accounts.keys import sha256_of
from dillo.accounts.people import Failures, People, Session, User
from dillo.model.clock import now_us
from dillo.model.ids import new_id

SESSION_S = 30 * 86_400
FREE_FAILURES = 5
_FIRST_WAIT_S, _LONGEST_WAIT_S = 5.0, 900.0


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session; `secret` is what the cookie holds."""

    user: User
    session: Session
    secret: str


@dataclass(frozen=True, slots=True)
class Browser:
    """Where somebody signs in."""

    address: str
    user_agent: str


async def sign_in(
    people: People, email: str, password: str, code: str | None, browser: Browser
) -> SignedIn:
    """Begin a session.

    Raises WrongCredentials for a wrong address, password or code; TooManyFailures; and, only where
    the password was right, EmailNotVerified, CodeRequired, CustomerClosed.
    """
    email = email.strip().lower()
    failures = await people.failures.of(sha256_of(email))
    if (wait_s := wait_after(failures, now_us())) > 0:
        raise TooManyFailures(wait_s)
    user = await people.users.with_email(email)
    stored = await _stored(people, user)
    if not await passwords.is_password(password, stored) or user is None:
        await people.failures.note(sha256_of(email), now_us())
        raise WrongCredentials("the e-mail address or the password is wrong")
    await _check_state(people, user)
    await _check_code(people, user, code)
    return await _begin(people, user, browser)


async def sign_out(people: People, user_id: str, session_id: str, change: Change) -> None:
    """End a session. Raises UnknownSession."""
    await people.sessions.revoke(user_id, session_id, change)


async def change_password(
    people: People, change: Change, user: User, old: str, new: str, session_id: str | None
) -> None:
    """Set another password, and end all other sessions.

    Raises WrongPassword, TooManyFailures, InvalidEntry.
    """
    passwords.check_strength(new)
    await confirm_password(people, user, old)
    password_hash = await passwords.hash_password(new)
    async with people.transactions.joint():
        await people.users.update(user, change, "user.change-password", password_hash=password_hash)
        await people.sessions.revoke_all(user.id, change.at_us, but=session_id)
        await mails.send(people, user.email, *mails.CHANGED, change.at_us, "/forgot-password")


async def confirm_password(people: People, user: User, password: str) -> None:
    """Make sure that it is they. Raises WrongPassword, TooManyFailures."""
    sha256 = sha256_of(user.email)
    if (wait_s := wait_after(await people.failures.of(sha256), now_us())) > 0:
        raise TooManyFailures(wait_s)
    if not await passwords.is_password(password, user.password_hash or None):
        await people.failures.note(sha256, now_us())
        raise WrongPassword("the password is wrong")


def wait_after(failures: Failures, at_us: int) -> float:
    """Return how many seconds to wait before the next try: ever longer, from the sixth on."""
    if failures.count < FREE_FAILURES:
        return 0.0
    doublings = min(failures.count - FREE_FAILURES, 20)
    wait_s = min(_FIRST_WAIT_S * 2.0**doublings, _LONGEST_WAIT_S)
    until_us = failures.last_us + wait_s * 1_000_000
    return max(0.0, (until_us - at_us) / 1_000_000)


async def _stored(people: People, user: User | None) -> str | None:
    """Return what somebody's password is compared with, None for nothing."""
    if user is None:
        return None
    if user.verified_us is not None:
        return user.password_hash or None
    # Who signed up is told that the address is not confirmed yet: nobody else knows the password.
    last = await people.links.newest(user.id, "verify")
    return last.password_hash if last is not None else None


async def _check_state(people: People, user: User) -> None:
    if user.verified_us is None:
        raise EmailNotVerified("follow the link in the e-mail that you were sent")
    if user.customer_id is not None:
        customer = await people.registry.customers.get(user.customer_id)
        if customer.closed_us is not None:
            raise CustomerClosed("this account is closed: ask the operator")


async def _check_code(people: People, user: User, code: str | None) -> None:
    if user.totp_confirmed_us is None:
        return
    if code is None:
        raise CodeRequired("send the code that your authenticator shows, or a recovery code")
    if not await second_factor.take(people, user, code, now_us()):
        await people.failures.note(sha256_of(user.email), now_us())
        raise WrongCredentials("the code is wrong, too old, or was used before")


async def _begin(people: People, user: User, browser: Browser) -> SignedIn:
    secret, at_us = secrets.token_urlsafe(32), now_us()
    session = Session(
        id=new_id(),
        user_id=user.id,
        created_us=at_us,
        last_used_us=at_us,
        expires_us=at_us + SESSION_S * 1_000_000,
        address=browser.address,
        user_agent=browser.user_agent[:200],
    )
    async with people.transactions.joint():
        await people.failures.forget(sha256_of(user.email))
        await people.sessions.add(session, sha256_of(secret))
        change = Change(user.actor, at_us)
        user = await people.users.update(user, change, "user.sign-in", last_login_us=at_us)
    return SignedIn(user, session, secret)
