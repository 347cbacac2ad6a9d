"""What the OpenAPI document says of every operation of the management API, read from its code.

A route's dependencies tell who may use it and what can go wrong; so a resource says only what is
its own.
"""

import json
import re
from collections.abc import Iterator
from enum import Enum
from typing import Any

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from dillo.web.problems import PROBLEM_CONTENT
from dillo.web.v1 import conditions, gate, retries

PREFIX = "/api/v1"
Tags = list[str | Enum]
_PAGE = re.compile(r"\bPage_(\w+?)_\b")

SECURITY_SCHEMES: dict[str, dict[str, str]] = {
    "BearerKey": {
        "type": "http",
        "scheme": "bearer",
        "description": "One of the customer's API keys, or an operator's.",
    },
    "Session": {
        "type": "apiKey",
        "in": "cookie",
        "name": f"__Host-{gate.SESSION_COOKIE}",
        "description": f"Set by signing in; `{gate.SESSION_COOKIE}` where the platform is reached "
        "over plain HTTP on its own machine.",
    },
    "CsrfToken": {
        "type": "apiKey",
        "in": "header",
        "name": gate.CSRF_HEADER,
        "description": f"The value of the cookie `{gate.CSRF_COOKIE}`; needed with a session.",
    },
}

_DESCRIPTIONS = {
    400: "The request is wrong; `errors` says where.",
    401: "Nobody is signed in, or the API key is missing, wrong, revoked or over.",
    403: "Your role may not do this, or the customer is suspended.",
    404: "There is no such thing, or it belongs to somebody else.",
    409: "What there is already stands against it.",
    410: "It is gone.",
    412: "It was changed since you read it.",
    413: "The body is larger than this takes.",
    416: "The file has no such range.",
    422: "It can be read, but not done; or the Idempotency-Key came with another request before.",
    429: "The credential is used too fast; `Retry-After` says how many seconds to wait.",
    503: "The database does not answer just now; `Retry-After` says how many seconds to wait.",
}
_RETRY_AFTER = {"description": "Seconds to wait.", "schema": {"type": "integer"}}
_ETAG = {"description": "What If-Match and If-None-Match take.", "schema": {"type": "string"}}
_CUSTOMER_CODE = {
    "name": "CustomerCode",
    "in": "header",
    "required": False,
    "description": "For an operator: the customer to act for. A customer's key may send its own.",
    "schema": {"type": "string", "format": "uuid"},
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe problems that a route answers beside those that its signature tells."""
    return {status: _problem(status) for status in statuses}


def describe(app: FastAPI, document: dict[str, Any]) -> None:
    """Complete the operations below the prefix, if there are any."""
    found = list(operations(app))
    if not found:
        return
    for path, method, route in found:
        _describe(route, method, document["paths"][path][method])
    schemas = document["components"]["schemas"]
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    document["components"]["securitySchemes"].update(SECURITY_SCHEMES)


def with_page_names(document: dict[str, Any]) -> dict[str, Any]:
    """Return the document with pages named as clients would: `KeyPage`, not `Page_Key_`."""
    renamed: dict[str, Any] = json.loads(_PAGE.sub(r"\1Page", json.dumps(document)))
    return renamed


def operations(app: FastAPI) -> Iterator[tuple[str, str, APIRoute]]:
    """Yield every operation of the management API: its address, method and route."""
    for route in app.routes:
        if isinstance(route, APIRoute) and route.path.startswith(PREFIX):
            for method in sorted((route.methods or set()) - {"HEAD"}):
                yield route.path_format, method.lower(), route


def role_of(route: APIRoute) -> Any:
    """Return which of `gate.ROLES` a route depends on, None where anybody may use it."""
    calls = {each.call for each in _dependencies(route.dependant)}
    return next((admit for admit in gate.ROLES if admit in calls), None)


def _describe(route: APIRoute, method: str, operation: dict[str, Any]) -> None:
    calls = {each.call for each in _dependencies(route.dependant)}
    responses = operation["responses"]
    if 422 not in route.responses:
        responses.pop("422", None)  # FastAPI's own, which are 400 here
    admit = role_of(route)
    statuses = {429, 503}
    if route.dependant.path_params:
        statuses.add(404)
    if operation.get("parameters") or operation.get("requestBody"):
        statuses.add(400)
    if operation.get("requestBody"):
        statuses.add(413)
    if retries._retry in calls:
        statuses.add(422)
    if admit is None:
        operation["security"] = []
        statuses.add(403)
    else:
        _secure(operation, method, gate.ROLES[admit])
        statuses |= {401, 403, 404}
    for status in statuses:
        responses.setdefault(str(status), _problem(status))
    responses["default"] = {"description": "Any other error.", "content": PROBLEM_CONTENT}
    if conditions._given in calls:
        success = next(each for code, each in responses.items() if code.startswith("2"))
        success.setdefault("headers", {})["ETag"] = _ETAG
        if method == "get":
            responses["304"] = {"description": "It is still what the client has."}
    operation["responses"] = dict(sorted(responses.items()))


def _secure(operation: dict[str, Any], method: str, role: Any) -> None:
    session: dict[str, list[str]] = {"Session": []}
    if method != "get":
        session["CsrfToken"] = []
    operation["security"] = [{"BearerKey": []}, {"CustomerCode": [], "ApiKey": []}, session]
    if role is not None:
        operation["x-role"] = role.value
        text = operation.get("description", "")
        operation["description"] = f"{text}\n\nFor roles from `{role.value}` up.".strip()
    operation.setdefault("parameters", []).append(_CUSTOMER_CODE)


def _problem(status: int) -> dict[str, Any]:
    answer: dict[str, Any] = {"description": _DESCRIPTIONS[status], "content": PROBLEM_CONTENT}
    if status in {429, 503}:
        answer["headers"] = {"Retry-After": _RETRY_AFTER}
    return answer


def _dependencies(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for each in dependant.dependencies:
        yield from _dependencies(each)
