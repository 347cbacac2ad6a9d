"""`/api/v1/voices`: who can speak."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from dillo.calls.voices import Speaker, Voices
from dillo.web.v1.documents import Document, LanguageTag, Page
from dillo.web.v1.gate import Viewer


class Voice(Document):
    """A voice that texts can be spoken with."""

    name: Annotated[
        str, Field(description="What a VoiceId names, and a preview", examples=["it-it"])
    ]
    languages: Annotated[
        list[str],
        Field(
            description="BCP 47 tags in lower case that it speaks; `*` for whatever it is given, "
            "none for a timbre, which any language can have",
            examples=[["it-it", "it"]],
        ),
    ]
    engine: Annotated[str, Field(examples=["espeak"])]


Language = Annotated[
    LanguageTag | None, Query(description="Only voices that speak it", examples=["it-IT"])
]


def add_voices(router: APIRouter, voices: Voices) -> None:
    """Add the route of voices."""

    @router.get("/voices", tags=["Prompts"])
    async def list_voices(_asker: Viewer, language: Language = None) -> Page[Voice]:
        """List all voices, those that are preferred first.

        To hear one, `POST /prompts/preview` with its name as `voice`. A text whose voice is not
        here any more is spoken by the first one of its language.
        """
        found = await asyncio.to_thread(voices.speakers, language)
        return Page(items=[_shown(each) for each in found], next_cursor=None)


def _shown(speaker: Speaker) -> Voice:
    return Voice(name=speaker.voice, languages=list(speaker.languages), engine=speaker.engine)
