"""`/api/v1/browser-calls`: a browser calls one of the customer's numbers, by WebRTC."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import Field

from dillo.accounts.principals import Principal
from dillo.accounts.publishing import tried
from dillo.calls.browsers import BrowserCalls
from dillo.model import browser
from dillo.model.ids import new_id
from dillo.model.phone import TEST_NUMBER
from dillo.web.problems import INVALID_REQUEST, NUMBER_NOT_FOUND, Refused
from dillo.web.v1.applications import Desk
from dillo.web.v1.described import problems
from dillo.web.v1.documents import Document, Entry, Identifier, Page
from dillo.web.v1.gate import Developer, Viewer
from dillo.web.v1.retries import Retries

_LONGEST_OFFER = 64_000


class NewBrowserCall(Entry):
    """A call to be placed."""

    number: Annotated[
        str | None,
        Field(
            pattern=r"^\+[1-9][0-9]{4,14}$",
            description="One of the customer's; may be left out where a draft is tried",
            examples=["+442079460000"],
        ),
    ] = None
    application_id: Annotated[
        Identifier | None,
        Field(description="Runs the draft of this application, as if the number had it"),
    ] = None
    caller: Annotated[
        str,
        Field(
            pattern=r"^(\+[1-9][0-9]{4,14}|anonymous)$",
            description="Whose call it is to look like",
            examples=["+393703188051"],
        ),
    ] = "anonymous"
    offer: Annotated[
        str,
        Field(
            max_length=_LONGEST_OFFER,
            description="The browser's SDP, once it has gathered its candidates: one audio line, "
            "and a data channel for keys and news",
        ),
    ]


class BrowserCall(Document):
    """A call that is being placed."""

    id: Annotated[Identifier, Field(description="That of the call's record, too")]
    answer: Annotated[str, Field(description="The SDP answer for the browser")]


class IceServer(Document):
    """A server that helps browsers through NATs, as RTCPeerConnection takes it."""

    urls: Annotated[str, Field(examples=["stun:stun.example.com:3478"])]
    username: str | None
    credential: str | None


def add_browser_calls(
    router: APIRouter, desk: Desk, browsers: BrowserCalls, ice_servers: Sequence[str]
) -> None:
    """Add the routes of calls from browsers."""

    async def draft_of(asker: Principal, application_id: str | None) -> str:
        if application_id is None:
            return ""
        application = await desk.authoring.get(asker.customer_id, application_id)
        return await tried(desk.registry, desk.authoring, application, asker.change())

    async def check_called(asker: Principal, entry: NewBrowserCall) -> None:
        if entry.number is None:
            if entry.application_id is None:
                raise Refused(INVALID_REQUEST, "Name a number, or an application to be tried.")
            return
        held = await desk.registry.numbers.of(asker.customer_id)
        if entry.number not in {number.e164 for number in held}:
            raise Refused(NUMBER_NOT_FOUND, "Call one of your own numbers.")

    @router.post(
        "/browser-calls",
        tags=["Calls"],
        status_code=201,
        response_model=BrowserCall,
        responses=problems(409, 422),
    )
    async def place_browser_call(
        asker: Developer, entry: NewBrowserCall, retry: Retries
    ) -> Response:
        """Call one of the customer's own numbers from a browser, to try an application.

        That is what the number runs, or the draft of an application as it is saved now, for this
        call only. A draft needs no number: without one, `test` stands in its place. The call runs,
        is recorded and listed like any other, marked as a test. It costs nothing itself; what it
        dials is charged for. Keys go over the data channel as `{"key": "5"}`, news come back as
        `{"state": "ringing"}`, `answered` and `ended`. Closing the connection hangs up.
        """

        async def work() -> BrowserCall:
            await check_called(asker, entry)
            version_id = await draft_of(asker, entry.application_id)
            number = entry.number or TEST_NUMBER
            order = browser.Dial(new_id(), number, entry.caller, entry.offer, version_id)
            return BrowserCall(id=order.browser_call_id, answer=await browsers.dial(order))

        return await retry.answer_at_most_once(asker, 201, work)

    @router.get("/ice-servers", tags=["Calls"])
    async def list_ice_servers(asker: Viewer) -> Page[IceServer]:
        """List what a browser needs to find its way to the platform."""
        items = [_shown(browser.IceServer.parse(text)) for text in ice_servers]
        return Page(items=items, next_cursor=None)


def _shown(server: browser.IceServer) -> IceServer:
    return IceServer(urls=server.urls, username=server.username, credential=server.credential)
