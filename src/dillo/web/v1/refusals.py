"""What the application refuses, as problems: use cases raise, nobody catches in between."""

from fastapi import FastAPI, Request
from starlette.responses import Response

from dillo.accounts import errors
from dillo.model.errors import PeerError
from dillo.web.problems import (
    CONFLICT,
    CUSTOMER_NOT_FOUND,
    CUSTOMER_REQUIRED,
    INVALID_REQUEST,
    KEY_NOT_FOUND,
    KEY_REUSED,
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
}
"""The problem of each error; one that is missing here is an invalid request."""


def answer_with_refusals(app: FastAPI) -> None:
    """Answer errors of use cases with their problems."""
    app.add_exception_handler(PeerError, _refused)
    app.add_exception_handler(NotModified, _not_modified)


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, PeerError)
    problems = (REFUSALS[kind] for kind in type(error).__mro__ if kind in REFUSALS)
    return respond(next(problems, INVALID_REQUEST), _sentence(str(error)))


async def _not_modified(_request: Request, error: Exception) -> Response:
    assert isinstance(error, NotModified)
    return Response(status_code=304, headers={"ETag": error.etag})


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"
