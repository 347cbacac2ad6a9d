"""`/api/v1/prompts`: audio that applications play, and texts spoken to be listened to."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Query, Request, Response
from pydantic import Field
from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException
from starlette.responses import FileResponse

from dillo.accounts import prompts
from dillo.accounts.customers import checked_name
from dillo.accounts.people import Transactions
from dillo.accounts.ports import InForce, Registry, StoredPrompt
from dillo.behavior.prompts import WantedVoice
from dillo.model.prompts import Audio
from dillo.web.limits import TokenBuckets
from dillo.web.problems import INVALID_REQUEST, PROMPT_NOT_FOUND, Refused
from dillo.web.v1.conditions import Conditions
from dillo.web.v1.described import problems
from dillo.web.v1.documents import (
    Document,
    Entry,
    Id,
    Identifier,
    LanguageTag,
    Moment,
    Name,
    Page,
    moment,
)
from dillo.web.v1.gate import Developer, Viewer, refuse_while
from dillo.web.v1.pages import Paging

_LIST = "prompts"
_TAG = "Prompts"
_MAX_FILE = 20_000_000
_MAX_BODY = _MAX_FILE + 100_000
"""A multipart body has headers of its own."""
_MEDIA_TYPES = {
    "wav": "audio/wav",
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "flac": "audio/flac",
}
_PREVIEWS_A_SECOND, _PREVIEWS_AT_ONCE = 0.5, 20

_BINARY = {"schema": {"type": "string", "format": "binary"}}
_FORM = {
    "schema": {
        "type": "object",
        "properties": {
            "file": {"type": "string", "format": "binary"},
            "name": {"type": "string", "minLength": 1, "maxLength": 200},
        },
        "required": ["file"],
    }
}
_UPLOAD = {
    "requestBody": {
        "required": True,
        "description": "An audio file (WAV, MP3, OGG or FLAC) of at most 20 MB and ten minutes, as "
        "it is or as the field `file` of a form.",
        "content": {
            **dict.fromkeys(_MEDIA_TYPES.values(), _BINARY),
            "application/octet-stream": _BINARY,
            "multipart/form-data": _FORM,
        },
    }
}
_AUDIO = {"content": dict.fromkeys(_MEDIA_TYPES.values(), _BINARY)}
_WAV = {"description": "What callers hear, as WAV.", "content": {"audio/wav": _BINARY}}


class PromptFiles(prompts.PromptFiles, Protocol):
    """Where the audio of prompts is kept, and texts are spoken."""

    def path(self, customer_id: str, sha256: str) -> Path | None:
        """Return where an upload is, None where there is none."""

    async def speak(self, text: str, language: str, voice: str | None, customer_id: str) -> bytes:
        """Return a text as a WAV file. Raises Unspeakable."""

    async def fetch(self, files: Iterable[Audio], customer_id: str) -> Mapping[Audio, str]:
        """Fetch files ahead of the first call; returns why, for those that failed."""

    async def voice_warnings(
        self, voices: Iterable[WantedVoice]
    ) -> Mapping[WantedVoice, Sequence[str]]:
        """Return what is heard instead of voices that are not there."""

    async def close(self) -> None:
        """Stop what works in the background."""


class PromptUse(Document):
    """An application that plays a prompt."""

    application_id: Identifier
    application: Annotated[str, Field(examples=["Front desk"])]


class Prompt(Document):
    """Audio that was uploaded."""

    id: Identifier
    name: Name
    prompt_id: Annotated[
        str,
        Field(
            description="What the PromptId of a Play names: the SHA-256 of the file",
            pattern="^[0-9a-f]{64}$",
        ),
    ]
    size: Annotated[int | None, Field(description="Bytes of the file")]
    duration_s: Annotated[float | None, Field(description="Seconds, silence at the ends cut off")]
    format: Annotated[str | None, Field(examples=["wav"])]
    created_at: Moment
    used_by: Annotated[
        list[PromptUse], Field(description="Applications whose version in force plays it")
    ]


class PromptChange(Entry):
    """What of a prompt may be changed."""

    name: Name


class PreviewEntry(Entry):
    """A text to be spoken."""

    text: Annotated[str, Field(min_length=1, max_length=1000, examples=["Buongiorno."])]
    language: Annotated[LanguageTag, Field(examples=["it-IT"])] = "en-GB"
    voice: Annotated[str | None, Field(max_length=100, pattern=r"^[\x20-\x7e]+$")] = None


Uploaded = Annotated[
    str | None,
    Query(
        min_length=1,
        max_length=200,
        description="What to call it; by default the name of the file in the form",
        examples=["Welcome"],
    ),
]


def add_prompts(
    router: APIRouter, registry: Registry, files: PromptFiles, transactions: Transactions
) -> None:
    """Add the routes of uploaded prompts."""

    async def shown(prompt: StoredPrompt) -> Prompt:
        used = await prompts.uses(registry, prompt.customer_id, [prompt])
        return _prompt(prompt, used[prompt.id])

    @router.get("/prompts", tags=[_TAG])
    async def list_prompts(asker: Viewer, asked: Paging) -> Page[Prompt]:
        """List prompts, newest first."""
        rows = await registry.prompts.page(asker.customer_id, asked.after_id(_LIST), asked.take)
        used = await prompts.uses(registry, asker.customer_id, rows)
        return asked.page(
            _LIST, rows, lambda row: _prompt(row, used[row.id]), lambda prompt: (prompt.id,)
        )

    @router.post(
        "/prompts", tags=[_TAG], status_code=201, responses=problems(413, 422),
        openapi_extra=_UPLOAD, max_body_size=_MAX_BODY,
    )  # fmt: skip
    async def upload_prompt(asker: Developer, request: Request, name: Uploaded = None) -> Prompt:
        """Upload an audio file; the same file again is the prompt that is there."""
        file_name, data = await _file_of(request)
        name = checked_name(name or file_name or "Prompt")
        uploaded = await prompts.upload(
            registry, files, asker.change(), asker.customer_id, name, data
        )
        return await shown(uploaded)

    @router.get("/prompts/{prompt}", tags=[_TAG])
    async def get_prompt(asker: Viewer, prompt: Id, given: Conditions) -> Prompt:
        """Show a prompt."""
        found = await registry.prompts.get(asker.customer_id, prompt)
        return given.shown(await shown(found))

    @router.patch("/prompts/{prompt}", tags=[_TAG], responses=problems(412))
    async def rename_prompt(
        asker: Developer, prompt: Id, entry: PromptChange, given: Conditions
    ) -> Prompt:
        """Give a prompt another name."""
        async with transactions.joint():
            found = await registry.prompts.get(asker.customer_id, prompt)
            given.require(await shown(found))
            renamed = await registry.prompts.rename(found, checked_name(entry.name), asker.change())
        return given.shown(await shown(renamed))

    @router.delete("/prompts/{prompt}", tags=[_TAG], status_code=204, responses=problems(409))
    async def delete_prompt(asker: Developer, prompt: Id) -> Response:
        """Delete a prompt that no version in force plays."""
        await prompts.delete(registry, files, asker.change(), asker.customer_id, prompt)
        return Response(status_code=204)

    @router.get(
        "/prompts/{prompt}/audio", tags=[_TAG], response_class=FileResponse,
        responses={
            200: {"description": "The file as it was uploaded.", **_AUDIO},
            206: {"description": "The part that Range asked for.", **_AUDIO},
            **problems(416),
        },
    )  # fmt: skip
    async def download_prompt(asker: Viewer, prompt: Id) -> FileResponse:
        """Download the file of a prompt; `Range` is understood."""
        found = await registry.prompts.get(asker.customer_id, prompt)
        path = files.path(asker.customer_id, found.sha256)
        if path is None:
            raise Refused(PROMPT_NOT_FOUND, "Its file is gone: upload it again.")
        media_type = _MEDIA_TYPES.get(found.format or "", "application/octet-stream")
        return FileResponse(path, media_type=media_type, headers={"Cache-Control": "private"})


def add_previews(router: APIRouter, files: PromptFiles) -> None:
    """Add the route that speaks a text."""
    buckets = TokenBuckets(_PREVIEWS_A_SECOND, _PREVIEWS_AT_ONCE)

    @router.post(
        "/prompts/preview",
        tags=[_TAG],
        response_class=Response,
        responses={200: _WAV, **problems(422)},
    )
    async def preview_prompt(asker: Viewer, entry: PreviewEntry) -> Response:
        """Speak a text as callers will hear it. Twenty at once, then one in two seconds."""
        refuse_while(buckets.take(asker.customer_id))
        audio = await files.speak(entry.text, entry.language, entry.voice, asker.customer_id)
        headers = {"Cache-Control": "private, max-age=3600"}
        return Response(audio, media_type="audio/wav", headers=headers)


async def _file_of(request: Request) -> tuple[str | None, bytes]:
    """Return the name and the content of the file in a request. Raises Refused."""
    if not request.headers.get("Content-Type", "").startswith("multipart/form-data"):
        return None, _not_empty(await request.body())
    try:
        async with request.form(max_files=1, max_fields=4, max_part_size=_MAX_BODY) as form:
            file, name = form.get("file"), _text_of(form, "name")
            if not isinstance(file, UploadFile):
                raise Refused(INVALID_REQUEST, "Send the file in the field `file` of the form.")
            return name or file.filename, _not_empty(await file.read())
    except MultiPartException as error:
        raise Refused(INVALID_REQUEST, f"The form cannot be read: {error.message}") from error


def _text_of(form: Mapping[str, Any], name: str) -> str | None:
    value = form.get(name)
    return value if isinstance(value, str) else None


def _not_empty(data: bytes) -> bytes:
    if not data:
        raise Refused(INVALID_REQUEST, "Send an audio file as the body.")
    return data


def _prompt(prompt: StoredPrompt, used: Sequence[InForce]) -> Prompt:
    return Prompt(
        id=prompt.id,
        name=prompt.name,
        prompt_id=prompt.sha256,
        size=prompt.size,
        duration_s=None if prompt.duration_ms is None else prompt.duration_ms / 1000,
        format=prompt.format,
        created_at=moment(prompt.created_us),
        used_by=[
            PromptUse(application_id=each.application_id, application=each.application)
            for each in used
        ],
    )
