"""`GET /api/inbound/recordings/{id}`: the file of a recording, whole or in ranges."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import anyio
from fastapi import APIRouter, Request
from fastapi import Path as PathParameter
from starlette.responses import FileResponse, Response

from dillo.web.access import SECURITY
from dillo.web.openapi import problem_responses
from dillo.web.ports import RecordingFiles, RecordingStore
from dillo.web.problems import RECORDING_EXPIRED, RECORDING_NOT_FOUND, Refused
from dillo.web.ranges import HEADERS, MEDIA_TYPE, stream

_PATH = "/api/inbound/recordings/{recordingId}"

_EXPIRED = (
    "Its audio was deleted, on request or when its storage period was over; its record stays."
    " Choose a longer RecordingStoragePeriodCode to keep the next ones longer."
)

RecordingId = Annotated[
    str,
    PathParameter(
        alias="recordingId",
        description="Id of a recording, as the statistics list it.",
        examples=["0199f6d2-7a51-7c3e-9d0a-5d2a7f0c1e11"],
        json_schema_extra={"format": "uuid"},
    ),
]


Listener = Callable[[Request], Awaitable[str]]
"""Returns the id of the customer who asks; raises Refused."""


class _Files:
    """Recordings below one folder."""

    def __init__(self, recordings: RecordingFiles, folder: Path) -> None:
        self._recordings = recordings
        self._folder = folder.resolve()

    async def path(self, customer_id: str, recording_id: str) -> str | None:
        """Return where a customer's recording is kept, None where there is none for them.

        Raises Refused where its time is over.
        """
        stored = await self._recordings.recording_path(customer_id, recording_id)
        if stored is not None and stored[1]:
            raise Refused(RECORDING_EXPIRED, _EXPIRED)
        return stored[0] if stored else None

    async def file(self, customer_id: str, recording_id: str) -> Path | None:
        """Return the file of a customer's recording, None where there is none for them."""
        stored = await self.path(customer_id, recording_id)
        if stored is None:
            return None
        path = await anyio.Path(self._folder, stored).resolve()
        # Whatever a row may say, nothing outside the folder is ever sent.
        is_inside = Path(path).is_relative_to(self._folder)
        return Path(path) if is_inside and await path.is_file() else None


class Downloads:
    """Answers with recordings, from the folder or from the store that is given."""

    def __init__(
        self, recordings: RecordingFiles, folder: Path, store: RecordingStore | None = None
    ) -> None:
        self._files = _Files(recordings, folder)
        self._store = store

    async def answer(self, request: Request, customer_id: str, recording_id: str) -> Response:
        """Answer with a customer's recording; `Range` is understood. Raises Refused."""
        response = await self._found(request, customer_id, recording_id)
        if response is None:
            detail = "Ask for a recording that your statistics list and that has not expired."
            raise Refused(RECORDING_NOT_FOUND, detail)
        return response

    async def _found(
        self, request: Request, customer_id: str, recording_id: str
    ) -> Response | None:
        if self._store is not None:
            path = await self._files.path(customer_id, recording_id)
            opened = None if path is None else await self._store.open(path)
            if opened is None:
                return None
            asked, is_head = request.headers.get("Range"), request.method == "HEAD"
            return stream(opened, recording_id, asked, is_head=is_head)
        file = await self._files.file(customer_id, recording_id)
        if file is None:
            return None
        return FileResponse(
            file, media_type=MEDIA_TYPE, filename=f"{recording_id}.wav", headers=HEADERS
        )


def add_recordings(router: APIRouter, downloads: Downloads, listener: Listener) -> None:
    """Add the route that downloads a recording."""

    async def download(request: Request, recording_id: RecordingId) -> Response:
        """Download a recording; `Range` is understood."""
        return await downloads.answer(request, await listener(request), recording_id)

    audio = {"audio/wav": {"schema": {"type": "string", "format": "binary"}}}
    router.add_api_route(
        _PATH,
        download,
        methods=["GET"],
        tags=["Recordings"],
        operation_id="download_recording",
        response_class=FileResponse,
        openapi_extra={"security": [*SECURITY, {"Session": []}]},
        responses={
            200: {"description": "The recording, G.711 in a WAV file.", "content": audio},
            206: {"description": "The part that Range asked for.", "content": audio},
            **problem_responses(401, 404, 410, 429, 503),
        },
    )
    router.add_api_route(_PATH, download, methods=["HEAD"], include_in_schema=False)
