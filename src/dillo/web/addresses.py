"""The address customers reach the API by, as links in responses begin."""

import re

from starlette.requests import Request

_HOST = re.compile(r"[A-Za-z0-9._\[\]:-]+")


def public_base(public_url: str, request: Request) -> str:
    """Return scheme and host without a slash at the end: as configured, or as the request says."""
    if public_url:
        return public_url.rstrip("/")
    host = request.headers.get("Host", "")
    # What a client made up must not end up in a header or a JSON string.
    if _HOST.fullmatch(host) is None:
        name, port = request.scope.get("server") or ("localhost", None)
        host = f"{name}:{port}" if port else name
    return f"{request.scope['scheme']}://{host}"
