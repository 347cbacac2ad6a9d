"""`/api/v1/recordings`: what was recorded and what was said in it; removing audio."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import Field
from starlette.responses import FileResponse

from dillo.calls.recorded import Recorded, RecordedAudio, RecordingBook, remove_audio
from dillo.calls.transcribed import Transcribed
from dillo.model.clock import now_us
from dillo.records.document import RECORDINGS_PATH
from dillo.web.recordings import Downloads
from dillo.web.v1.described import problems
from dillo.web.v1.documents import Document, Id, Identifier, Moment, Money, Page, moment, money
from dillo.web.v1.gate import Developer, Viewer
from dillo.web.v1.pages import Paging
from dillo.web.v1.transcriptions import (
    OfCall,
    Progress,
    SpokenSegment,
    TranscriptionStatus,
    segment_fields,
)

_LIST = "recordings"
_TAGS: list[Any] = ["Recordings"]
_AUDIO = {"content": {"audio/wav": {"schema": {"type": "string", "format": "binary"}}}}


class RecordingTranscription(Document):
    """What was said in a recording, as it was heard last."""

    id: Identifier
    status: TranscriptionStatus
    progress: Progress
    language: Annotated[str, Field(examples=["it-IT"])]
    text: str | None
    price: Money | None
    segments: Annotated[list[SpokenSegment], Field(description="What was heard so far")]


class StoredRecording(Document):
    """A recording of a call."""

    id: Identifier
    call_id: Identifier
    created_at: Moment
    duration_s: float
    size: Annotated[int, Field(description="Octets")]
    status: Annotated[
        Literal["available", "expired", "deleted"],
        Field(description="The audio can be fetched only while it is `available`"),
    ]
    url: Annotated[str, Field(description="Where its audio is; 410 once that is gone")]
    expires_at: Moment
    transcription: RecordingTranscription | None


def add_recording_book(router: APIRouter, book: RecordingBook, audio: RecordedAudio) -> None:
    """Add the routes of recordings."""

    @router.get("/recordings", tags=_TAGS)
    async def list_recordings(
        asker: Viewer, asked: Paging, call_id: OfCall = None
    ) -> Page[StoredRecording]:
        """List recordings of settled calls, newest first."""
        rows = await book.page(asker.customer_id, call_id, asked.after_id(_LIST), asked.take)
        return asked.page(_LIST, rows, _shown, lambda recorded: (recorded.id,))

    @router.get("/recordings/{recording_id}", tags=_TAGS)
    async def get_recording(asker: Viewer, recording_id: Id) -> StoredRecording:
        """Show a recording and what was said in it."""
        return _shown(await book.get(asker.customer_id, recording_id))

    @router.delete("/recordings/{recording_id}", tags=_TAGS, status_code=204)
    async def delete_recording(asker: Developer, recording_id: Id) -> Response:
        """Remove the audio of a recording for good; its record and its price stay."""
        await remove_audio(book, audio, asker.actor, asker.customer_id, recording_id)
        return Response(status_code=204)


def add_recording_audio(router: APIRouter, downloads: Downloads) -> None:
    """Add the route that downloads a recording."""

    @router.get(
        "/recordings/{recording_id}/audio", tags=_TAGS, response_class=FileResponse,
        responses={
            200: {"description": "The recording, G.711 in a WAV file.", **_AUDIO},
            206: {"description": "The part that Range asked for.", **_AUDIO},
            **problems(410, 416),
        },
    )  # fmt: skip
    async def download_recording_audio(
        asker: Viewer, request: Request, recording_id: Id
    ) -> Response:
        """Download the audio of a recording; `Range` is understood."""
        return await downloads.answer(request, asker.customer_id, recording_id)


def _shown(recorded: Recorded) -> StoredRecording:
    is_over = recorded.expires_us <= now_us()
    return StoredRecording(
        id=recorded.id,
        call_id=recorded.call_id,
        created_at=moment(recorded.created_us),
        duration_s=recorded.duration_ms / 1000,
        size=recorded.size,
        status="deleted" if recorded.deleted_us else "expired" if is_over else "available",
        url=f"{RECORDINGS_PATH}{recorded.id}",
        expires_at=moment(recorded.expires_us),
        transcription=None if recorded.transcribed is None else _heard(recorded.transcribed),
    )


def _heard(heard: Transcribed) -> RecordingTranscription:
    return RecordingTranscription(
        id=heard.id,
        status=heard.status,
        progress=heard.progress,
        language=heard.language,
        text=heard.text,
        price=None if heard.price_micros is None else money(heard.price_micros),
        segments=[SpokenSegment(**segment_fields(said)) for said in heard.said],
    )
