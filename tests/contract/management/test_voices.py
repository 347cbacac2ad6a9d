"""Voices over HTTP: listed by language, and heard."""

import io
import wave
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from dillo.accounts.roles import Role
from dillo.app.prompts import make_audition, make_casting
from dillo.settings import Settings

if TYPE_CHECKING:
    from tests.contract.management.conftest import Platform

# What is asked is the HTTP side: one database is enough.
pytestmark = pytest.mark.parametrize("url", ["sqlite"], indirect=True)


async def test_voices_are_listed_by_language_and_heard(platform: "Platform") -> None:
    settings = Settings(home=platform.folder, speech_engines="espeak")
    files = make_audition(settings)
    platform.management = replace(
        platform.management, voices=make_casting(settings), prompt_files=files
    )
    async with platform.client("alice", Role.VIEWER) as viewer:

        async def listed(**query: str) -> list[dict[str, Any]]:
            page = (await viewer.get("/api/v1/voices", params=query)).json()
            assert page["next_cursor"] is None
            return list(page["items"])

        everybody, italians = await listed(), await listed(language="it-IT")
        assert 0 < len(italians) < len(everybody)
        assert {each["engine"] for each in everybody} == {"espeak"}
        assert all("it" in each["languages"] for each in italians)
        assert await listed(language="xx") == []
        entry = {"text": "Ciao.", "language": "it-IT", "voice": italians[0]["name"]}
        heard = await viewer.post("/api/v1/prompts/preview", json=entry)
        with wave.open(io.BytesIO(heard.content)) as spoken:
            assert spoken.getnframes() > 1000
        refused = await viewer.get("/api/v1/voices", params={"language": "not a tag"})
        assert refused.status_code == 400
    await files.close()
