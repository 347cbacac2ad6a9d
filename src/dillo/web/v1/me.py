"""`/api/v1/me`: who asks, their password and their second factor."""

from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import Field

from dillo.accounts import second_factor, sign_in, users
from dillo.accounts.people import People, User
from dillo.accounts.principals import Principal
from dillo.web.v1.described import Tags, problems
from dillo.web.v1.documents import Document, Entry, Identifier, Moment, Name, maybe_moment
from dillo.web.v1.gate import Anyone, Person, csrf_token, session_secret
from dillo.web.v1.sign_up import NewPassword

_TAGS: Tags = ["Me"]

AnyRole = Literal["viewer", "developer", "owner", "operator"]
Code = Annotated[str, Field(min_length=6, max_length=40, examples=["123456"])]


class MyCustomer(Document):
    """The customer acted for."""

    id: Identifier
    name: str
    currency: str
    is_suspended: bool


class MyUser(Document):
    """The user who is signed in."""

    id: Identifier
    email: str
    name: str
    last_login_at: Moment | None
    is_totp_on: bool
    recovery_codes_left: int


class Me(Document):
    """Who asks."""

    role: AnyRole
    customer: Annotated[
        MyCustomer | None, Field(description="Null for an operator who acts for none")
    ]
    user: Annotated[MyUser | None, Field(description="Null where an API key asks")]
    key_id: Identifier | None
    csrf_token: Annotated[str | None, Field(description="For `X-CSRF-Token`; null for keys")]


class MyChange(Entry):
    """What of oneself may be changed."""

    name: Name


class PasswordChange(Entry):
    """Another password."""

    old_password: Annotated[str, Field(max_length=256, json_schema_extra={"format": "password"})]
    new_password: NewPassword


class Confirmation(Entry):
    """One's password, to make sure that it is oneself."""

    password: Annotated[str, Field(max_length=256, json_schema_extra={"format": "password"})]


class TotpCode(Entry):
    """A code that an authenticator shows."""

    code: Code


class TotpSecret(Document):
    """What an authenticator is told, once."""

    secret: Annotated[str, Field(description="Base32, as authenticators take it by hand")]
    uri: Annotated[str, Field(description="`otpauth://…`, to be shown as a QR code")]


class RecoveryCodes(Document):
    """Codes for a lost authenticator: each is good once, and all are shown this once."""

    recovery_codes: list[str]


def add_me(router: APIRouter, people: People) -> None:
    """Add the routes about whoever asks."""

    @router.get("/me", tags=_TAGS)
    async def get_me(asker: Anyone, request: Request) -> Me:
        """Say who asks, what they may do, and for whom."""
        return await _shown(people, asker, request)

    @router.patch("/me", tags=_TAGS)
    async def change_me(asker: Person, request: Request, entry: MyChange) -> Me:
        """Change your name."""
        await users.rename(people, asker.change(), await _user(people, asker), entry.name)
        return await _shown(people, asker, request)

    @router.put("/me/password", tags=_TAGS, status_code=204)
    async def change_password(asker: Person, entry: PasswordChange) -> Response:
        """Set another password, and end all your other sessions."""
        user = await _user(people, asker)
        await sign_in.change_password(
            people,
            asker.change(),
            user,
            entry.old_password,
            entry.new_password,
            asker.session_id,
        )
        return Response(status_code=204)


def add_second_factor(router: APIRouter, people: People) -> None:
    """Add the routes of the second factor."""
    path = "/me/totp"
    tags: Tags = ["Second factor"]

    @router.post(path, tags=tags, status_code=201, responses=problems(409))
    async def enrol_totp(asker: Person, entry: Confirmation) -> TotpSecret:
        """Get a secret for an authenticator; it counts once confirmed."""
        user = await _confirmed(people, asker, entry)
        enrolment = await second_factor.enrol(people, asker.change(), user)
        return TotpSecret(secret=enrolment.secret, uri=enrolment.uri)

    @router.post(f"{path}/confirm", tags=tags, responses=problems(409))
    async def confirm_totp(asker: Person, entry: TotpCode) -> RecoveryCodes:
        """Turn the second factor on with a first code; answers recovery codes."""
        user = await _user(people, asker)
        codes = await second_factor.confirm(people, asker.change(), user, entry.code)
        return RecoveryCodes(recovery_codes=list(codes))

    @router.post(f"{path}/recovery-codes", tags=tags, responses=problems(409))
    async def renew_recovery_codes(asker: Person, entry: Confirmation) -> RecoveryCodes:
        """Get other recovery codes; those before are worthless."""
        user = await _confirmed(people, asker, entry)
        codes = await second_factor.renew_codes(people, asker.change(), user)
        return RecoveryCodes(recovery_codes=list(codes))

    @router.post(f"{path}/disable", tags=tags, status_code=204, responses=problems(409))
    async def disable_totp(asker: Person, entry: Confirmation) -> Response:
        """Turn the second factor off."""
        user = await _confirmed(people, asker, entry)
        await second_factor.disable(people, asker.change(), user)
        return Response(status_code=204)


async def _user(people: People, asker: Principal) -> User:
    assert asker.user_id is not None
    return await people.users.get(asker.user_id)


async def _confirmed(people: People, asker: Principal, entry: Confirmation) -> User:
    user = await _user(people, asker)
    await sign_in.confirm_password(people, user, entry.password)
    return user


async def _shown(people: People, asker: Principal, request: Request) -> Me:
    user = customer = None
    if asker.user_id is not None:
        found = await _user(people, asker)
        user = MyUser(
            id=found.id,
            email=found.email,
            name=found.name,
            last_login_at=maybe_moment(found.last_login_us),
            is_totp_on=found.totp_confirmed_us is not None,
            recovery_codes_left=await people.users.count_recovery_codes(found.id),
        )
    if asker.customer is not None:
        theirs = await people.registry.customers.get(asker.customer)
        customer = MyCustomer(
            id=theirs.id,
            name=theirs.name,
            currency=theirs.currency,
            is_suspended=theirs.is_suspended,
        )
    secret = session_secret(request) if asker.session_id is not None else None
    return Me(
        role=asker.role.value,
        customer=customer,
        user=user,
        key_id=asker.key_id,
        csrf_token=csrf_token(secret) if secret else None,
    )
