"""`GET /api/inbound/voice/…`: the calls of a number, ready-made text put together."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

from fastapi import APIRouter, Request
from fastapi.routing import APIRoute
from starlette.responses import Response

from dillo.model.moments import to_datetime
from dillo.web.access import SECURITY, Access
from dillo.web.addresses import public_base
from dillo.web.documents import InboundVoiceCall
from dillo.web.openapi import problem_responses
from dillo.web.parameters import (
    OPENAPI_PAGE,
    OPENAPI_PARAMETERS,
    parse_as_of,
    parse_number,
    parse_page,
    parse_period,
)
from dillo.web.ports import StatisticsReader
from dillo.web.problems import NUMBER_NOT_FOUND, Refused

PAGE_SIZE = 20

_PATH = "/api/inbound/voice"
_FIRST_PAGE = _PATH + "/{inboundActiveNumber}/{startDate}/{endDate}"
_ANY_PAGE = _FIRST_PAGE + "/{page}"


@dataclass(frozen=True, slots=True)
class _Asked:
    """The parameters of a request, as sent.

    They are read here and only described to FastAPI, which would take 80 µs a request for it.
    So it is not asked for anything else either, see `_BareRoute`.
    """

    number: str
    start: str
    end: str
    page: str
    as_of: str | None

    @classmethod
    def read(cls, request: Request) -> Self:
        path = request.path_params
        return cls(
            path["inboundActiveNumber"],
            path["startDate"],
            path["endDate"],
            path.get("page", "1"),
            request.query_params.get("asOf"),
        )

    def next_link(self, base: str, page: int, pin_us: int) -> str:
        moment = to_datetime(pin_us).replace(tzinfo=None).isoformat(timespec="microseconds")
        path = f"{_PATH}/{self.number}/{self.start}/{self.end}/{page + 1}"
        return f'<{base}{path}?asOf={moment}Z>; rel="next"'


class _BareRoute(APIRoute):
    """A route that FastAPI describes, and that gets the request as it is: 60 µs sooner."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handler: Callable[[Request], Coroutine[Any, Any, Response]] = self.endpoint
        return handler


class _Statistics:
    """Answers requests for pages."""

    def __init__(self, reader: StatisticsReader, access: Access, public_url: str) -> None:
        self._reader = reader
        self._access = access
        self._public_url = public_url

    async def list_calls(self, request: Request) -> Response:
        """List the finished calls that a number received in a period, newest first."""
        # Strangers learn nothing, not even what a valid request looks like.
        customer_id = await self._access.customer(request)
        asked = _Asked.read(request)
        number = parse_number(asked.number)
        start_us, end_us = parse_period(asked.start, asked.end)
        page = parse_page(asked.page)
        found = await self._reader.page(
            customer_id,
            number,
            start_us=start_us,
            end_us=end_us,
            skip=(page - 1) * PAGE_SIZE,
            take=PAGE_SIZE,
            as_of_us=None if asked.as_of is None else parse_as_of(asked.as_of),
        )
        if found is None:
            detail = "Ask for a number that you hold or held."
            raise Refused(NUMBER_NOT_FOUND, detail)
        base = public_base(self._public_url, request)
        headers = {"X-Total-Count": str(found.total), "Cache-Control": "private, no-store"}
        if page * PAGE_SIZE < found.total:
            headers["Link"] = asked.next_link(base, page, found.pin_us)
        body = _assemble(found.documents, number, asked.number, base)
        return Response(body, headers=headers, media_type="application/json")


def _assemble(documents: Sequence[str], number: str, as_sent: str, base: str) -> str:
    """Write the array; the number appears as it was sent, recordings with their full address.

    Inside a JSON string every quote is escaped, so these texts are properties wherever they stand.
    """
    body = f"[{','.join(documents)}]"
    if as_sent != number:
        stored = f'"InboundActiveNumber":"{number}"'
        body = body.replace(stored, f'"InboundActiveNumber":"{as_sent}"')
    recordings = "/api/inbound/recordings/"
    return body.replace(f'"Url":"{recordings}', f'"Url":"{base}{recordings}')


def add_statistics(
    router: APIRouter, reader: StatisticsReader, access: Access, public_url: str
) -> None:
    """Add the routes with and without a page, each with and without a slash at the end."""
    list_calls = _Statistics(reader, access, public_url).list_calls
    add = partial(router.add_api_route, endpoint=list_calls, route_class_override=_BareRoute)
    parameters = {_FIRST_PAGE: OPENAPI_PARAMETERS, _ANY_PAGE: [*OPENAPI_PARAMETERS, OPENAPI_PAGE]}
    # Routes are tried in this order: the common ones first.
    for path, operation_id in ((_FIRST_PAGE, "list_calls"), (_ANY_PAGE, "list_page_of_calls")):
        add(
            path,
            methods=["GET"],
            operation_id=operation_id,
            openapi_extra={"security": SECURITY, "parameters": parameters[path]},
            **_DESCRIPTION,
        )
    for path in (_FIRST_PAGE, _ANY_PAGE):
        add(path, methods=["HEAD"], include_in_schema=False)
        add(path + "/", methods=["GET", "HEAD"], include_in_schema=False)


_DESCRIPTION: dict[str, Any] = {
    "response_model": list[InboundVoiceCall],
    "tags": ["Voice call statistics"],
    "response_description": "The calls of the page; an empty array past the last page.",
    "responses": {
        200: {
            "headers": {
                "X-Total-Count": {
                    "description": "Items of all pages.",
                    "schema": {"type": "integer", "minimum": 0},
                },
                "Link": {
                    "description": 'Address of the next page as `<…>; rel="next"`, where there is '
                    "one. It carries `asOf`: who follows it reads a list that does not change.",
                    "schema": {"type": "string"},
                },
            },
        },
        **problem_responses(400, 401, 404, 429, 503),
    },
}
