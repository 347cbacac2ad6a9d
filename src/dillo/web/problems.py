"""Errors as the API tells them: problem details (RFC 9457)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import Response

from dillo.model.errors import Unavailable

MEDIA_TYPE = "application/problem+json"
PROBLEM_CONTENT = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}


@dataclass(frozen=True, slots=True)
class Problem:
    """A kind of error: `name` makes its stable type, `title` says it in a few words."""

    name: str
    status: int
    title: str

    @property
    def type(self) -> str:
        return f"urn:dillo:problem:{self.name}"


INVALID_NUMBER = Problem("invalid-number", 400, "The number has no country dial code")
INVALID_DATE = Problem("invalid-date", 400, "The date is not a calendar day")
END_BEFORE_START = Problem("end-before-start", 400, "The period ends before it starts")
PERIOD_TOO_LONG = Problem("period-too-long", 400, "The period is longer than 31 days")
INVALID_PAGE = Problem("invalid-page", 400, "The page is not a whole number from 1 up")
INVALID_PERIOD = Problem("invalid-period", 400, "The span of time cannot be understood")
TOO_MANY_PERIODS = Problem("too-many-periods", 400, "The span of time has too many parts")
INVALID_AS_OF = Problem("invalid-as-of", 400, "asOf is not a moment")
INVALID_REQUEST = Problem("invalid-request", 400, "The request cannot be understood")
UNAUTHORIZED = Problem("unauthorized", 401, "The customer code or the API key is not valid")
UNAUTHENTICATED = Problem(
    "unauthenticated", 401, "Nobody is signed in, or the API key is not valid"
)
WRONG_CREDENTIALS = Problem("wrong-credentials", 401, "Address, password or code is wrong")
CODE_REQUIRED = Problem("code-required", 401, "A code of the second factor is needed")
USER_REQUIRED = Problem("user-required", 403, "Only people who are signed in have this")
WRONG_PASSWORD = Problem("wrong-password", 403, "That is not your password")
WRONG_CODE = Problem("wrong-code", 403, "The code is wrong, too old, or was used before")
EMAIL_NOT_VERIFIED = Problem("email-not-verified", 403, "The e-mail address is not confirmed yet")
CUSTOMER_CLOSED = Problem("customer-closed", 403, "The account is closed")
SIGN_UP_CLOSED = Problem("sign-up-closed", 403, "Only the operator opens accounts here")
FORBIDDEN = Problem("forbidden", 403, "Your role may not do this")
CSRF_REFUSED = Problem("csrf", 403, "The request does not come from the platform's own pages")
CUSTOMER_SUSPENDED = Problem("customer-suspended", 403, "The customer is suspended")
CUSTOMER_REQUIRED = Problem("customer-required", 400, "The request names no customer")
INVALID_CURSOR = Problem("invalid-cursor", 400, "The cursor is none of this list")
CUSTOMER_NOT_FOUND = Problem("customer-not-found", 404, "No such customer")
LINK_NOT_FOUND = Problem("link-not-found", 404, "The link was used, is too old, or never was one")
USER_NOT_FOUND = Problem("user-not-found", 404, "No such user")
SESSION_NOT_FOUND = Problem("session-not-found", 404, "No such session")
INVITATION_NOT_FOUND = Problem("invitation-not-found", 404, "No such invitation")
KEY_NOT_FOUND = Problem("key-not-found", 404, "No such API key")
CONFLICT = Problem("conflict", 409, "What there is already stands against it")
LAST_OWNER = Problem("last-owner", 409, "Nobody else could look after the account")
EMAIL_TAKEN = Problem("email-taken", 409, "The address has an account already")
PRECONDITION_FAILED = Problem("precondition-failed", 412, "It was changed since you read it")
KEY_REUSED = Problem("idempotency-key-reused", 422, "The Idempotency-Key came with another request")
NUMBER_NOT_FOUND = Problem("number-not-found", 404, "No such number")
APPLICATION_NOT_FOUND = Problem("application-not-found", 404, "No such application")
VERSION_NOT_FOUND = Problem("version-not-found", 404, "No such version")
TEMPLATE_NOT_FOUND = Problem("template-not-found", 404, "No such template")
PROMPT_NOT_FOUND = Problem("prompt-not-found", 404, "No such prompt")
APPLICATION_EXISTS = Problem("application-exists", 409, "The name is taken")
APPLICATION_IN_USE = Problem("application-in-use", 409, "A number runs the application")
PROMPT_IN_USE = Problem("prompt-in-use", 409, "A version in force plays the prompt")
NOTHING_TO_PUBLISH = Problem("nothing-to-publish", 409, "There is no draft")
CHANGED_MEANWHILE = Problem("changed-meanwhile", 409, "Somebody changed it meanwhile")
INVALID_BEHAVIOR = Problem("invalid-behavior", 422, "The channel behavior has errors")
INVALID_SCENARIOS = Problem("invalid-scenarios", 422, "The scenarios cannot be read")
SCENARIOS_FAILED = Problem("scenarios-failed", 422, "What is required of it does not hold")
INVALID_AUDIO = Problem("invalid-audio", 422, "The file cannot be played")
NOT_SPOKEN = Problem("not-spoken", 422, "The text cannot be spoken")
RECORDING_NOT_FOUND = Problem("recording-not-found", 404, "No such recording")
TRANSCRIPTION_NOT_FOUND = Problem("transcription-not-found", 404, "No such transcription")
RECORDING_EXPIRED = Problem("recording-expired", 410, "The recording's time is over")
APPLICATION_NOT_FOUND = Problem("application-not-found", 404, "No such application")
CALL_NOT_FOUND = Problem("call-not-found", 404, "No such call")
CALL_OVER = Problem("call-over", 409, "The call is over")
TOO_MANY_LISTENERS = Problem("too-many-listeners", 429, "Calls are followed in too many places")
EXPORT_NOT_FOUND = Problem("export-not-found", 404, "No such export")
EXPORT_NOT_READY = Problem("export-not-ready", 409, "The file is not there yet")
TOO_MANY_EXPORTS = Problem("too-many-exports", 409, "Too many exports are not done yet")
NUMBER_UNAVAILABLE = Problem("number-unavailable", 409, "The number cannot be bought")
NUMBER_EXISTS = Problem("number-exists", 409, "The number is in the inventory already")
INSUFFICIENT_BALANCE = Problem("insufficient-balance", 409, "The balance does not cover it")
TARIFF_NOT_FOUND = Problem("tariff-not-found", 404, "No such version of a tariff")
DELIVERY_NOT_FOUND = Problem("delivery-not-found", 404, "No such delivery")
TRUNK_NOT_FOUND = Problem("trunk-not-found", 404, "No such trunk")
NOT_FOUND = Problem("not-found", 404, "There is nothing at this address")
METHOD_NOT_ALLOWED = Problem("method-not-allowed", 405, "This address does not take this method")
TOO_MANY_REQUESTS = Problem("too-many-requests", 429, "Too many requests")
CONTENT_TOO_LARGE = Problem("content-too-large", 413, "The body is larger than this takes")
INTERNAL_ERROR = Problem("internal-error", 500, "Something broke on our side")
UNAVAILABLE = Problem("unavailable", 503, "The service cannot answer just now")

_BY_STATUS = {404: NOT_FOUND, 405: METHOD_NOT_ALLOWED}


class Refused(Exception):
    """A request that is answered with a problem; `detail` says what to do about it."""

    def __init__(
        self, problem: Problem, detail: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.problem = problem
        self.detail = detail
        self.headers = headers


def respond(
    problem: Problem,
    detail: str,
    headers: Mapping[str, str] | None = None,
    **extensions: object,
) -> Response:
    """Write a problem as a response; extension members stand beside those of RFC 9457."""
    body = {
        "type": problem.type,
        "title": problem.title,
        "status": problem.status,
        "detail": detail,
        **extensions,
    }
    return Response(json.dumps(body), problem.status, headers, MEDIA_TYPE)


def answer_with_problems(app: FastAPI) -> None:
    """Make every error of an application a problem response."""
    app.add_exception_handler(Refused, _refused)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(Unavailable, _unavailable)
    app.add_exception_handler(Exception, _broken)


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return respond(error.problem, error.detail, error.headers)


async def _http_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    fallback = Problem(status.phrase.lower().replace(" ", "-"), status.value, status.phrase)
    problem = _BY_STATUS.get(status.value, fallback)
    detail = "See /openapi.json for the addresses there are and the methods they take."
    return respond(problem, detail, error.headers)


async def _invalid(_request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    found = [_violation(each) for each in error.errors()]
    name = (found[0].get("pointer") or found[0]["parameter"]).removeprefix("#/")
    return respond(INVALID_REQUEST, f"{name or 'body'}: {found[0]['detail']}.", errors=found)


def _violation(error: Mapping[str, Any]) -> dict[str, str]:
    """Say where in the request something is wrong: a JSON pointer into the body, or a parameter."""
    place, *path = error["loc"]
    if error["type"] == "json_invalid":
        path = []
    where = (
        {"pointer": f"#/{'/'.join(map(str, path))}"}
        if place == "body"
        else {"parameter": str(path[-1] if path else place)}
    )
    return {**where, "detail": str(error["msg"])}


async def _unavailable(_request: Request, _error: Exception) -> Response:
    return respond(UNAVAILABLE, "Send the same request again later.", {"Retry-After": "1"})


async def _broken(_request: Request, _error: Exception) -> Response:
    return respond(INTERNAL_ERROR, "Send the request again; if it fails again, tell the operator.")
