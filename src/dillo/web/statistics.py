"""`GET /api/inbound/voice/…`: the calls of a number, ready-made text put together."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from starlette.responses import Response

from dillo.model.moments import to_datetime
from dillo.web.access import SECURITY, Access
from dillo.web.addresses import public_base
from dillo.web.documents import InboundVoiceCall
from dillo.web.openapi import problem_responses
from dillo.web.parameters import parse_as_of, parse_number, parse_page, parse_period
from dillo.web.ports import StatisticsReader
from dillo.web.problems import NUMBER_NOT_FOUND, Refused

PAGE_SIZE = 20

_PATH = "/api/inbound/voice"
_PERIOD = "/{inboundActiveNumber}/{startDate}/{endDate}"

Number = Annotated[
    str,
    Path(
        alias="inboundActiveNumber",
        description="The inbound telephone number with country dial code (39 Italy, 44 UK, 40 "
        "Romania): digits, after an optional + or 00.",
        examples=["442079460000"],
    ),
]
StartDate = Annotated[
    str,
    Path(
        alias="startDate",
        description="First UTC day of the period, yyyy-MM-dd.",
        examples=["2026-11-01"],
        json_schema_extra={"format": "date"},
    ),
]
EndDate = Annotated[
    str,
    Path(
        alias="endDate",
        description="Last UTC day of the period, included, yyyy-MM-dd; the period is at most 31 "
        "days.",
        examples=["2026-11-30"],
        json_schema_extra={"format": "date"},
    ),
]
PageNumber = Annotated[
    str,
    Path(
        description="Page number from 1 up; a page holds at most 20 items.",
        examples=["1"],
        json_schema_extra={"pattern": "^0*[1-9][0-9]*$"},
    ),
]
AsOf = Annotated[
    str | None,
    Query(
        alias="asOf",
        description="Pins the list to a moment, so that pages stay as they are while calls "
        "arrive; the Link header of the first page carries it.",
        examples=["2026-11-23T10:00:00.123456Z"],
        json_schema_extra={"format": "date-time"},
    ),
]


@dataclass(frozen=True, slots=True)
class _Asked:
    """The path of a request, as sent."""

    number: str
    start: str
    end: str
    page: str

    def next_link(self, base: str, page: int, pin_us: int) -> str:
        moment = to_datetime(pin_us).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        path = f"{_PATH}/{self.number}/{self.start}/{self.end}/{page + 1}"
        return f'<{base}{path}?asOf={moment}>; rel="next"'


class _Statistics:
    """Answers requests for pages."""

    def __init__(self, reader: StatisticsReader, public_url: str) -> None:
        self._reader = reader
        self._public_url = public_url

    async def answer(
        self, request: Request, customer_id: str, asked: _Asked, as_of: str | None
    ) -> Response:
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
            as_of_us=None if as_of is None else parse_as_of(as_of),
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


def statistics_router(reader: StatisticsReader, access: Access, public_url: str) -> APIRouter:
    """Return the routes with and without a page, each with and without a slash at the end."""
    statistics = _Statistics(reader, public_url)
    customer = Depends(access.customer)

    async def first_page(
        request: Request,
        number: Number,
        start: StartDate,
        end: EndDate,
        as_of: AsOf = None,
        customer_id: str = customer,
    ) -> Response:
        """List the first page of a number's finished calls in a period, newest first."""
        asked = _Asked(number, start, end, "1")
        return await statistics.answer(request, customer_id, asked, as_of)

    async def any_page(
        request: Request,
        number: Number,
        start: StartDate,
        end: EndDate,
        page: PageNumber,
        as_of: AsOf = None,
        customer_id: str = customer,
    ) -> Response:
        """List a page of a number's finished calls in a period, newest first."""
        asked = _Asked(number, start, end, page)
        return await statistics.answer(request, customer_id, asked, as_of)

    router = APIRouter(prefix=_PATH, tags=["Voice call statistics"])
    for path, endpoint in ((_PERIOD, first_page), (_PERIOD + "/{page}", any_page)):
        described = _DESCRIPTION | {"operation_id": endpoint.__name__}
        router.add_api_route(path, endpoint, methods=["GET"], **described)
        router.add_api_route(path, endpoint, methods=["HEAD"], include_in_schema=False)
        slash = path + "/"
        router.add_api_route(slash, endpoint, methods=["GET", "HEAD"], include_in_schema=False)
    return router


_DESCRIPTION: dict[str, Any] = {
    "response_model": list[InboundVoiceCall],
    "response_model_by_alias": True,
    "response_description": "The calls of the page; an empty array past the last page.",
    "openapi_extra": {"security": SECURITY},
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
