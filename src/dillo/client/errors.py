"""What can go wrong when the API is asked."""

from collections.abc import Mapping
from typing import Any

import msgspec


class ClientError(Exception):
    """Something went wrong; every error of this package is one."""


class Unreachable(ClientError):
    """The server did not answer, however often it was asked."""


class ExportFailed(ClientError):
    """A file of calls could not be made."""


class Unfinished(ClientError):
    """What was waited for is not there yet; it may be waited for again."""


class ProblemError(ClientError):
    """The server refused: a problem of RFC 9457."""

    def __init__(self, status: int, problem: Mapping[str, Any], headers: Mapping[str, str]) -> None:
        self.status = status
        self.type = str(problem.get("type", "about:blank"))
        self.title = str(problem.get("title", f"HTTP status {status}"))
        self.detail = str(problem.get("detail", ""))
        self.fields = {name: value for name, value in problem.items() if name not in _STANDARD}
        """What the problem says besides: `problems` of a channel behavior, `errors` of a body."""
        self.headers = headers
        super().__init__(f"{self.title}. {self.detail}".strip())


class BadRequest(ProblemError):
    """400: the request cannot be understood."""


class Unauthorized(ProblemError):
    """401: the key is missing, wrong or revoked."""


class PaymentRequired(ProblemError):
    """402: the balance does not cover it."""


class Forbidden(ProblemError):
    """403: this key may not do it."""


class NotFound(ProblemError):
    """404: there is no such thing, or it is somebody else's."""


class Conflict(ProblemError):
    """409: something that is there already, or is in use, stands against it."""


class PreconditionFailed(ProblemError):
    """412: it was changed since you read it."""


class Invalid(ProblemError):
    """422: understood, but wrong; `fields` say where."""


class TooManyRequests(ProblemError):
    """429: the key is used too fast; `retry_after_s` says how long to wait."""


class ServerFailed(ProblemError):
    """5xx: the server could not answer."""


_STANDARD = {"type", "title", "status", "detail"}
_BY_STATUS: Mapping[int, type[ProblemError]] = {
    400: BadRequest,
    401: Unauthorized,
    402: PaymentRequired,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    412: PreconditionFailed,
    422: Invalid,
    429: TooManyRequests,
}


def problem_of(status: int, body: bytes, headers: Mapping[str, str]) -> ProblemError:
    """Return the error that a refusal is."""
    kind = _BY_STATUS.get(status, ServerFailed if status >= 500 else ProblemError)
    return kind(status, _read(body), headers)


def _read(body: bytes) -> Mapping[str, Any]:
    try:
        problem = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return {}  # of a proxy in between
    return problem if isinstance(problem, dict) else {}
