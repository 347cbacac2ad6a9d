"""Prompts: audio that applications play."""

from dillo.client.calls import (
    Answer,
    Call,
    M,
    Page,
    Resource,
    download,
    get,
    listing,
    operation,
    page_of,
    path,
    send,
    upload,
)
from dillo.client.models.numbers import Prompt

_ALL = "/api/v1/prompts"
_ONE = _ALL + "/{}"


def _body(answer: Answer) -> bytes:
    return answer.body


class Prompts(Resource[M]):
    """Prompts."""

    @listing
    def list(self) -> Call[Page[Prompt]]:
        """Return all prompts, newest first."""
        return page_of(_ALL, Prompt)

    @operation
    def get(self, prompt: str) -> Call[Prompt]:
        """Return a prompt by its id."""
        return get(path(_ONE, prompt), Prompt)

    @operation
    def upload(self, name: str, data: bytes) -> Call[Prompt]:
        """Upload a WAV, MP3, OGG or FLAC file; the same file again is the same prompt."""
        return upload(_ALL, Prompt, data, "application/octet-stream", {"name": name})

    @operation
    def download(self, prompt: str) -> Call[bytes]:
        """Return the file of a prompt, as it was uploaded."""
        return download(path(_ONE + "/audio", prompt))

    @operation
    def rename(self, prompt: str, name: str, *, if_match: str | None = None) -> Call[Prompt]:
        """Give a prompt another name."""
        return send("PATCH", path(_ONE, prompt), Prompt, {"name": name}, if_match=if_match)

    @operation
    def delete(self, prompt: str) -> Call[None]:
        """Delete a prompt that no version in force plays."""
        return send("DELETE", path(_ONE, prompt), type(None))

    @operation
    def preview(
        self, text: str, *, language: str = "en-GB", voice: str | None = None
    ) -> Call[bytes]:
        """Return a text as callers will hear it, as WAV."""
        body = {"text": text, "language": language, "voice": voice}
        return Call(send("POST", _ALL + "/preview", bytes, body).request, _body)
