"""What the application refuses, as problems: use cases raise, nobody catches in between."""

import math

from fastapi import FastAPI, Request
from starlette.responses import Response

from dillo.accounts import errors
from dillo.model.errors import PeerError
from dillo.web.problems import (
    CODE_REQUIRED,
    CONFLICT,
    CUSTOMER_CLOSED,
    CUSTOMER_NOT_FOUND,
    CUSTOMER_REQUIRED,
    EMAIL_NOT_VERIFIED,
    EMAIL_TAKEN,
    INVALID_REQUEST,
    INVITATION_NOT_FOUND,
    KEY_NOT_FOUND,
    KEY_REUSED,
    LAST_OWNER,
    LINK_NOT_FOUND,
    SESSION_NOT_FOUND,
    SIGN_UP_CLOSED,
    TOO_MANY_REQUESTS,
    USER_NOT_FOUND,
    WRONG_CODE,
    WRONG_CREDENTIALS,
    WRONG_PASSWORD,
    Problem,
    respond,
)
from dillo.web.v1.conditions import NotModified

REFUSALS: dict[type[PeerError], Problem] = {
    errors.NoCustomerNamed: CUSTOMER_REQUIRED,
    errors.UnknownCustomer: CUSTOMER_NOT_FOUND,
    errors.UnknownKey: KEY_NOT_FOUND,
    errors.KeyReused: KEY_REUSED,
    errors.InvalidEntry: INVALID_REQUEST,
    errors.NoTariff: CONFLICT,
    errors.EmailTaken: EMAIL_TAKEN,
    errors.UnknownUser: USER_NOT_FOUND,
    errors.UnknownSession: SESSION_NOT_FOUND,
    errors.UnknownInvitation: INVITATION_NOT_FOUND,
    errors.UnknownLink: LINK_NOT_FOUND,
    errors.WrongCredentials: WRONG_CREDENTIALS,
    errors.WrongPassword: WRONG_PASSWORD,
    errors.WrongCode: WRONG_CODE,
    errors.CodeRequired: CODE_REQUIRED,
    errors.EmailNotVerified: EMAIL_NOT_VERIFIED,
    errors.TooManyFailures: TOO_MANY_REQUESTS,
    errors.CustomerClosed: CUSTOMER_CLOSED,
    errors.LastOwner: LAST_OWNER,
    errors.TotpState: CONFLICT,
    errors.AccountClosed: CONFLICT,
    errors.SignUpClosed: SIGN_UP_CLOSED,
}
"""The problem of each error; one that is missing here is an invalid request."""


def answer_with_refusals(app: FastAPI) -> None:
    """Answer errors of use cases with their problems."""
    app.add_exception_handler(PeerError, _refused)
    app.add_exception_handler(NotModified, _not_modified)


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, PeerError)
    problems = (REFUSALS[kind] for kind in type(error).__mro__ if kind in REFUSALS)
    problem = next(problems, INVALID_REQUEST)
    headers = {"WWW-Authenticate": 'Session realm="dillo"'} if problem.status == 401 else {}
    if isinstance(error, errors.TooManyFailures):
        headers["Retry-After"] = str(max(1, math.ceil(error.wait_s)))
    return respond(problem, _sentence(str(error)), headers)


async def _not_modified(_request: Request, error: Exception) -> Response:
    assert isinstance(error, NotModified)
    return Response(status_code=304, headers={"ETag": error.etag})


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"
