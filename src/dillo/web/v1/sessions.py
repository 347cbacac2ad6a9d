"""`/api/v1/sessions`: signing in and out, and where one is signed in."""

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import Field

from dillo.accounts import sign_in
from dillo.accounts.errors import WrongCredentials
from dillo.accounts.people import People, Session
from dillo.model.clock import now_us
from dillo.web.problems import SESSION_NOT_FOUND, Refused
from dillo.web.v1.described import Tags, problems
from dillo.web.v1.documents import Document, Entry, Id, Identifier, Moment, moment
from dillo.web.v1.gate import (
    CSRF_COOKIE,
    Person,
    Visitor,
    cookie_name,
    csrf_token,
    gate_of,
    is_secure,
    source_of,
)
from dillo.web.v1.sign_up import Email

_TAGS: Tags = ["Sessions"]


class Credentials(Entry):
    """Who signs in."""

    email: Email
    password: Annotated[
        str, Field(min_length=1, max_length=256, json_schema_extra={"format": "password"})
    ]
    code: Annotated[
        str | None,
        Field(
            max_length=40,
            description="Of the second factor, or a recovery code; where it is on",
            examples=["123456"],
        ),
    ] = None


class SignedIn(Document):
    """A new session, whose cookies come with it."""

    id: Identifier
    expires_at: Moment
    csrf_token: Annotated[
        str,
        Field(description=f"Send it as `X-CSRF-Token`; it is in the cookie `{CSRF_COOKIE}`, too"),
    ]


class SessionShown(Document):
    """Where somebody is signed in."""

    id: Identifier
    is_current: Annotated[bool, Field(description="Whether it is the one that asks")]
    address: Annotated[str, Field(examples=["203.0.113.7"])]
    user_agent: str
    created_at: Moment
    last_used_at: Moment
    expires_at: Moment


class SessionList(Document):
    """All sessions of somebody."""

    items: list[SessionShown]


def add_sessions(router: APIRouter, people: People) -> None:
    """Add the routes of sessions."""

    @router.post("/sessions", tags=_TAGS, status_code=201, responses=problems(401))
    async def sign_in_user(
        _: Visitor, request: Request, response: Response, entry: Credentials
    ) -> SignedIn:
        """Sign in: sets the cookies of a session."""
        browser = sign_in.Browser(source_of(request), request.headers.get("User-Agent", ""))
        try:
            begun = await sign_in.sign_in(people, entry.email, entry.password, entry.code, browser)
        except WrongCredentials:
            gate_of(request).failures.take(source_of(request))
            raise
        _set_cookies(request, response, begun.secret, sign_in.SESSION_S)
        return SignedIn(
            id=begun.session.id,
            expires_at=moment(begun.session.expires_us),
            csrf_token=csrf_token(begun.secret),
        )

    @router.get("/sessions", tags=_TAGS)
    async def list_sessions(asker: Person) -> SessionList:
        """List where you are signed in, newest first."""
        assert asker.user_id is not None
        found = await people.sessions.of(asker.user_id, now_us())
        return SessionList(items=[_shown(each, asker.session_id) for each in found])

    @router.delete("/sessions/current", tags=_TAGS, status_code=204)
    async def sign_out(asker: Person, request: Request) -> Response:
        """Sign out here."""
        assert asker.user_id is not None
        assert asker.session_id is not None
        await sign_in.sign_out(people, asker.user_id, asker.session_id, asker.change())
        response = Response(status_code=204)
        _set_cookies(request, response, "", 0)
        return response

    @router.delete("/sessions/{session_id}", tags=_TAGS, status_code=204)
    async def end_session(asker: Person, session_id: Id) -> Response:
        """Sign out somewhere else."""
        if asker.user_id is None:
            raise Refused(SESSION_NOT_FOUND, "There is no such session.")
        await sign_in.sign_out(people, asker.user_id, session_id, asker.change())
        return Response(status_code=204)


def _set_cookies(request: Request, response: Response, secret: str, lasts_s: int) -> None:
    """Set both cookies, or with no secret remove them."""
    token = csrf_token(secret) if secret else ""
    for name, value, is_hidden in (
        (cookie_name(request), secret, True),
        (CSRF_COOKIE, token, False),
    ):
        response.set_cookie(
            name,
            value,
            max_age=lasts_s,
            path="/",
            secure=is_secure(request),
            httponly=is_hidden,
            samesite="lax",
        )


def _shown(session: Session, current: str | None) -> SessionShown:
    return SessionShown(
        id=session.id,
        is_current=session.id == current,
        address=session.address,
        user_agent=session.user_agent,
        created_at=moment(session.created_us),
        last_used_at=moment(session.last_used_us),
        expires_at=moment(session.expires_us),
    )
