"""Bodies that are too large: refused by the framework in plain words, answered as a problem."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dillo.web.problems import CONTENT_TOO_LARGE, MEDIA_TYPE, respond

_PROBLEM = respond(CONTENT_TOO_LARGE, "Send less at once.")


class ProblemsOfSize:
    """Turns every answer of 413 into a problem (RFC 9457)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one ASGI connection."""
        is_replaced = False

        async def send_problem(message: Message) -> None:
            nonlocal is_replaced
            if message["type"] == "http.response.start" and message["status"] == 413:
                is_replaced = Headers(scope=message).get("content-type") != MEDIA_TYPE
                if is_replaced:
                    message = {**message, "headers": _PROBLEM.raw_headers}
            elif is_replaced and message["type"] == "http.response.body":
                message = {"type": "http.response.body", "body": _PROBLEM.body}
            await send(message)

        await self._app(scope, receive, send_problem)
