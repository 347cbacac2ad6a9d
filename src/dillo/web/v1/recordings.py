"""`/api/v1/recordings`: what was recorded and what was said in it; removing audio."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field
from starlette.responses import FileResponse

from dillo.calls.recorded import Heard, Recorded, RecordedAudio, RecordingBook, remove_audio
from dillo.model.clock import now_us
from dillo.records.document import RECORDINGS_PATH
from dillo.web.recordings import Downloads
from dillo.web.v1.described import problems
from dillo.web.v1.documents import Document, Id, Identifier, Moment, Money, Page, moment, money
from dillo.web.v1.gate import Developer, Viewer
from dillo.web.v1.pages import Paging

_LIST = "recordings"
_TAGS: list[Any] = ["Recordings"]
_AUDIO = {"content": {"audio/wav": {"schema": {"type": "string", "format": "binary"}}}}

OfCall = Annotated[
    str | None,
    Query(
        pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
        description="Only those of a call",
        examples=["0199f6d2-7a51-7c3e-9d0a-5d2a7f0c1e11"],
    ),
]


class SpokenSegment(Document):
    """A sentence or so."""

    channel: int
    start_s: float
    end_s: float
    text: str
    confidence: Annotated[float, Field(description="0 to 1")]


class RecordingTranscription(Document):
    """What was said in a recording, as it was heard last."""

    status: Annotated[str, Field(examples=["Completed"])]
    language: Annotated[str, Field(examples=["it-IT"])]
    text: str | None
    price: Money | None
    segments: list[SpokenSegment]


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
        transcription=None if recorded.heard is None else _heard(recorded.heard),
    )


def _heard(heard: Heard) -> RecordingTranscription:
    return RecordingTranscription(
        status=heard.status,
        language=heard.language,
        text=heard.text,
        price=None if heard.price_micros is None else money(heard.price_micros),
        segments=[
            SpokenSegment(
                channel=each.channel,
                start_s=each.start_ms / 1000,
                end_s=each.end_ms / 1000,
                text=each.text,
                confidence=each.confidence,
            )
            for each in heard.said
        ],
    )
