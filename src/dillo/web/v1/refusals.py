"""What the application refuses, as problems: use cases raise, nobody catches in between."""

import math

from fastapi import FastAPI, Request
from starlette.responses import Response

from dillo.accounts import errors
from dillo.behavior.scenario import InvalidScenario
from dillo.calls.deliveries import UnknownDelivery
from dillo.calls.exports import TooManyExports, UnknownExport
from dillo.calls.recorded import UnknownRecording
from dillo.calls.transcribed import UnknownTranscription
from dillo.model.errors import PeerError
from dillo.model.sheets import InvalidSheet
from dillo.web.problems import (
    APPLICATION_EXISTS,
    APPLICATION_IN_USE,
    APPLICATION_NOT_FOUND,
    CHANGED_MEANWHILE,
    CODE_REQUIRED,
    CONFLICT,
    CUSTOMER_CLOSED,
    CUSTOMER_NOT_FOUND,
    CUSTOMER_REQUIRED,
    DELIVERY_NOT_FOUND,
    EMAIL_NOT_VERIFIED,
    EMAIL_TAKEN,
    EXPORT_NOT_FOUND,
    INSUFFICIENT_BALANCE,
    INVALID_AUDIO,
    INVALID_REQUEST,
    INVALID_SCENARIOS,
    INVITATION_NOT_FOUND,
    KEY_NOT_FOUND,
    KEY_REUSED,
    LAST_OWNER,
    LINK_NOT_FOUND,
    NOT_SPOKEN,
    NOTHING_TO_PUBLISH,
    NUMBER_EXISTS,
    NUMBER_NOT_FOUND,
    NUMBER_UNAVAILABLE,
    PROMPT_IN_USE,
    PROMPT_NOT_FOUND,
    RECORDING_NOT_FOUND,
    SESSION_NOT_FOUND,
    SIGN_UP_CLOSED,
    TARIFF_NOT_FOUND,
    TEMPLATE_NOT_FOUND,
    TOO_MANY_EXPORTS,
    TOO_MANY_REQUESTS,
    TRANSCRIPTION_NOT_FOUND,
    TRUNK_NOT_FOUND,
    USER_NOT_FOUND,
    VERSION_NOT_FOUND,
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
    errors.StillUnderWay: CONFLICT,
    errors.InvalidEntry: INVALID_REQUEST,
    errors.NoTariff: CONFLICT,
    UnknownExport: EXPORT_NOT_FOUND,
    UnknownRecording: RECORDING_NOT_FOUND,
    UnknownTranscription: TRANSCRIPTION_NOT_FOUND,
    UnknownDelivery: DELIVERY_NOT_FOUND,
    TooManyExports: TOO_MANY_EXPORTS,
    errors.UnknownTariff: TARIFF_NOT_FOUND,
    errors.TariffExists: CONFLICT,
    errors.TrunkExists: CONFLICT,
    errors.TrunkInUse: CONFLICT,
    errors.UnknownTrunk: TRUNK_NOT_FOUND,
    errors.UnknownNumber: NUMBER_NOT_FOUND,
    errors.NumberNotHeld: NUMBER_NOT_FOUND,
    errors.NumberTaken: NUMBER_UNAVAILABLE,
    errors.NumberQuarantined: NUMBER_UNAVAILABLE,
    errors.NumberExists: NUMBER_EXISTS,
    errors.InsufficientBalance: INSUFFICIENT_BALANCE,
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
    errors.UnknownApplication: APPLICATION_NOT_FOUND,
    errors.UnknownVersion: VERSION_NOT_FOUND,
    errors.UnknownTemplate: TEMPLATE_NOT_FOUND,
    errors.UnknownPrompt: PROMPT_NOT_FOUND,
    errors.ApplicationExists: APPLICATION_EXISTS,
    errors.ApplicationInUse: APPLICATION_IN_USE,
    errors.PromptInUse: PROMPT_IN_USE,
    errors.NothingToPublish: NOTHING_TO_PUBLISH,
    errors.StaleChange: CHANGED_MEANWHILE,
    errors.InvalidAudio: INVALID_AUDIO,
    errors.Unspeakable: NOT_SPOKEN,
    InvalidScenario: INVALID_SCENARIOS,
}
"""The problem of each error; one that is missing here is an invalid request."""


def answer_with_refusals(app: FastAPI) -> None:
    """Answer errors of use cases with their problems."""
    app.add_exception_handler(PeerError, _refused)
    app.add_exception_handler(NotModified, _not_modified)


async def _refused(_request: Request, error: Exception) -> Response:
    assert isinstance(error, PeerError)
    if isinstance(error, InvalidSheet):
        return _wrong_sheet(error)
    problems = (REFUSALS[kind] for kind in type(error).__mro__ if kind in REFUSALS)
    problem = next(problems, INVALID_REQUEST)
    headers = {"WWW-Authenticate": 'Session realm="dillo"'} if problem.status == 401 else {}
    if isinstance(error, errors.TooManyFailures):
        headers["Retry-After"] = str(max(1, math.ceil(error.wait_s)))
    return respond(problem, _sentence(str(error)), headers)


def _wrong_sheet(error: InvalidSheet) -> Response:
    """Name everything that is wrong with a table by line and column."""
    found = [
        {"line": each.line, "column": each.column, "detail": each.detail} for each in error.problems
    ]
    detail = f"Nothing of the table was taken: {error.problems[0]}"
    return respond(INVALID_REQUEST, _sentence(detail), errors=found)


async def _not_modified(_request: Request, error: Exception) -> Response:
    assert isinstance(error, NotModified)
    return Response(status_code=304, headers={"ETag": error.etag})


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"
