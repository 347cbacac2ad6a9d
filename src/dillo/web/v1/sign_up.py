"""`/api/v1/sign-up`, `/api/v1/password-resets`: accounts by e-mail, and passwords forgotten.

An answer never tells whether an address has an account, nor does the time it takes.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Response
from pydantic import Field

from dillo.accounts import passwords, sign_up
from dillo.accounts.errors import SignUpClosed
from dillo.accounts.people import People
from dillo.web.v1.described import Tags, problems
from dillo.web.v1.documents import Document, Entry, Name
from dillo.web.v1.gate import Visitor

_LEAST_S: Final = 0.25

Email = Annotated[
    str,
    Field(
        min_length=3,
        max_length=254,
        examples=["anna@example.com"],
        json_schema_extra={"format": "email"},
    ),
]
NewPassword = Annotated[
    str,
    Field(
        min_length=passwords.SHORTEST,
        max_length=passwords.LONGEST,
        examples=["correct horse battery"],
        json_schema_extra={"format": "password"},
    ),
]
Token = Annotated[
    str, Field(min_length=1, max_length=200, description="What the link has after `#token=`")
]


class SignUp(Entry):
    """Who wants an account."""

    email: Email
    password: NewPassword
    name: Annotated[Name, Field(description="Your own", examples=["Anna Bianchi"])]
    company: Annotated[Name, Field(description="The customer's", examples=["Bianchi Srl"])]
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="ISO 4217")] = "EUR"


class Address(Entry):
    """Whom to write."""

    email: Email


class Followed(Entry):
    """A link that was followed."""

    token: Token


class NewPasswordByLink(Entry):
    """A link that was followed, and the password chosen there."""

    token: Token
    password: NewPassword


class MailSent(Document):
    """What is answered whether or not the address has an account."""

    status: Annotated[
        Literal["mail_sent"], Field(description="What to do next is in an e-mail, if any is due")
    ] = "mail_sent"


class Verified(Document):
    """An address that is confirmed: sign in now."""

    email: str


def add_sign_up(router: APIRouter, people: People, is_open: bool) -> None:
    """Add the routes that need nobody to be signed in."""
    sign_ups: Tags = ["Sign-up"]
    resets: Tags = ["Passwords"]

    @router.post("/sign-up", tags=sign_ups, status_code=202, responses=problems(409))
    async def create_account(_: Visitor, entry: SignUp) -> MailSent:
        """Open a prepaid account; it counts once the link in an e-mail was followed."""
        if not is_open:
            raise SignUpClosed("ask the operator for an account")
        async with _evenly():
            await sign_up.sign_up(
                people,
                entry.email,
                entry.password,
                entry.name,
                entry.company,
                currency=entry.currency,
            )
        return MailSent()

    @router.post("/sign-up/resend", tags=sign_ups, status_code=202)
    async def resend_verification(_: Visitor, entry: Address) -> MailSent:
        """Send the link that confirms an address once more, a minute later at the earliest."""
        async with _evenly():
            await sign_up.send_again(people, entry.email)
        return MailSent()

    @router.post("/sign-up/verify", tags=sign_ups, responses=problems(404))
    async def verify_email(_: Visitor, entry: Followed) -> Verified:
        """Confirm an address by the link that was sent to it."""
        return Verified(email=(await sign_up.verify(people, entry.token)).email)

    @router.post("/password-resets", tags=resets, status_code=202)
    async def ask_password_reset(_: Visitor, entry: Address) -> MailSent:
        """Send a link for a new password, once a minute at most."""
        async with _evenly():
            await sign_up.ask_reset(people, entry.email)
        return MailSent()

    @router.post("/password-resets/complete", tags=resets, status_code=204, responses=problems(404))
    async def reset_password(_: Visitor, entry: NewPasswordByLink) -> Response:
        """Set a new password by the link that was sent, and end every session."""
        await sign_up.reset(people, entry.token, entry.password)
        return Response(status_code=204)


@asynccontextmanager
async def _evenly() -> AsyncIterator[None]:
    """Take a while, whatever there is to do."""
    until = time.monotonic() + _LEAST_S
    try:
        yield
    finally:
        await asyncio.sleep(max(0.0, until - time.monotonic()))
