"""ETags: a client changes only what it has seen, and reads again only what has changed."""

import hashlib
from typing import Annotated, TypeVar

from fastapi import Depends, Header, Request, Response

from dillo.web.problems import PRECONDITION_FAILED, Refused
from dillo.web.v1.documents import Document

Shown = TypeVar("Shown", bound=Document)


class NotModified(Exception):
    """The client has it already: answered with 304."""

    def __init__(self, etag: str) -> None:
        super().__init__(etag)
        self.etag = etag


def etag_of(document: Document, *volatile: str) -> str:
    """Return the strong validator of a document, `volatile` fields aside (RFC 9110 §8.8.3)."""
    text = document.model_dump_json(exclude=set(volatile))
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


class Given:
    """The conditions of a request, and the response that carries the tag."""

    def __init__(self, response: Response, if_match: str | None, if_none_match: str | None) -> None:
        self._response = response
        self._if_match = if_match
        self._if_none_match = if_none_match

    def shown(self, document: Shown, *volatile: str) -> Shown:
        """Tag a document that is answered. Raises NotModified where the client has it."""
        etag = etag_of(document, *volatile)
        if self._if_none_match is not None and _names(self._if_none_match, etag):
            raise NotModified(etag)
        self._response.headers["ETag"] = etag
        self._response.headers["Cache-Control"] = "private, no-cache"
        return document

    def require(self, document: Document, *volatile: str) -> None:
        """Refuse a change of what is no longer as the client saw it. Raises Refused.

        Read `document` in the transaction that makes the change.
        """
        if self._if_match is not None and not _names(self._if_match, etag_of(document, *volatile)):
            raise Refused(PRECONDITION_FAILED, "Read it again, then decide again.")


def _names(header: str, etag: str) -> bool:
    tags = [tag.strip().removeprefix("W/") for tag in header.split(",")]
    return "*" in tags or etag in tags


async def _given(
    request: Request,
    response: Response,
    if_match: Annotated[
        str | None,
        Header(
            alias="If-Match", description="ETag of what is to be changed; 412 if it is another now"
        ),
    ] = None,
    if_none_match: Annotated[
        str | None,
        Header(
            alias="If-None-Match", description="ETag of what the client has; 304 if it is still so"
        ),
    ] = None,
) -> Given:
    is_read = request.method in {"GET", "HEAD"}
    return Given(response, if_match, if_none_match if is_read else None)


Conditions = Annotated[Given, Depends(_given)]
