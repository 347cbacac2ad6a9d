"""CSV as the body of a request."""

from typing import Any

from fastapi import Request

from dillo.web.problems import INVALID_REQUEST, Refused

LARGEST = 32 << 20
"""Octets: a deck of some 500,000 prefixes."""

BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "A table with a header, in UTF-8, separated by commas or semicolons.",
        "content": {"text/csv": {"schema": {"type": "string"}}},
    }
}


async def read_sheet(request: Request) -> str:
    """Return the CSV of a request. Raises Refused where it is no UTF-8."""
    try:
        return (await request.body()).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Refused(INVALID_REQUEST, f"Send UTF-8: octet {error.start} is none.") from error
