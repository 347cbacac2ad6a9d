"""Completes the OpenAPI document with what FastAPI cannot know."""

from typing import Any

from fastapi import FastAPI

from dillo.web.access import SECURITY_SCHEMES
from dillo.web.documents import ProblemDetails
from dillo.web.problems import PROBLEM_CONTENT
from dillo.web.v1.described import describe, with_page_names

_DESCRIPTIONS = {
    400: "A parameter is wrong; `type` tells which.",
    401: "The customer code or the key is missing, wrong or revoked.",
    404: "This customer never held it.",
    410: "It is gone: its time is over.",
    416: "The file has no such range.",
    429: "The key is used too fast; `Retry-After` says how many seconds to wait.",
    503: "The database does not answer just now; `Retry-After` says how many seconds to wait.",
}


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Describe the problem responses of a route."""
    responses: dict[int | str, dict[str, Any]] = {
        status: {"description": _DESCRIPTIONS[status], "content": PROBLEM_CONTENT}
        for status in statuses
    }
    for status in {429, 503} & set(statuses):
        responses[status]["headers"] = {
            "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}
        }
    responses["default"] = {"description": "Any other error.", "content": PROBLEM_CONTENT}
    return responses


class DescribedApi(FastAPI):
    """An application whose OpenAPI document has the security schemes and the problem's schema."""

    def openapi(self) -> dict[str, Any]:
        """Return the document, made when it is first asked for."""
        if self.openapi_schema is not None:
            return self.openapi_schema
        document = super().openapi()
        components = document.setdefault("components", {})
        components["securitySchemes"] = dict(SECURITY_SCHEMES)
        schemas = components.setdefault("schemas", {})
        problem = ProblemDetails.model_json_schema(ref_template="#/components/schemas/{model}")
        schemas.update(problem.pop("$defs"))
        schemas["ProblemDetails"] = problem
        describe(self, document)
        self.openapi_schema = with_page_names(document)
        return self.openapi_schema
