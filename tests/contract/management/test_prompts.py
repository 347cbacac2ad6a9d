"""Prompts over HTTP: uploaded, listened to, renamed, deleted; texts spoken."""

import io
import wave
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httpx
import pytest_asyncio

from dillo.app.prompts import make_audition
from dillo.settings import Settings

if TYPE_CHECKING:
    from tests.contract.management.conftest import Platform

PROMPTS = "/api/v1/prompts"


def wav(seconds: float = 1.0, level: int = 3000) -> bytes:
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        samples = (level if n % 16 < 8 else -level for n in range(int(seconds * 8000)))
        file.writeframes(b"".join(each.to_bytes(2, "little", signed=True) for each in samples))
    return written.getvalue()


@pytest_asyncio.fixture
async def alice(platform: "Platform") -> AsyncIterator[httpx.AsyncClient]:
    files = make_audition(Settings(home=platform.folder))
    platform.management = replace(platform.management, prompt_files=files)
    async with platform.client("alice") as alice:
        yield alice
    await files.close()


async def upload(client: httpx.AsyncClient, data: bytes, **query: str) -> httpx.Response:
    headers = {"Content-Type": "audio/wav"}
    return await client.post(PROMPTS, content=data, headers=headers, params=query)


def problem(response: httpx.Response, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.text
    found: dict[str, Any] = response.json()
    return found


async def test_a_prompt_is_uploaded_heard_renamed_and_deleted(alice: httpx.AsyncClient) -> None:
    made = await upload(alice, wav(), name="Welcome")
    assert made.status_code == 201, made.text
    prompt = made.json()
    assert (prompt["name"], prompt["format"], prompt["size"]) == ("Welcome", "wav", len(wav()))
    assert 0.9 < prompt["duration_s"] <= 1.0
    assert (await upload(alice, wav())).json() == prompt, "the same audio is the same prompt"
    audio = f"{PROMPTS}/{prompt['id']}/audio"
    assert (await alice.get(audio)).content == wav()
    part = await alice.get(audio, headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"RIFF")
    renamed = await alice.patch(f"{PROMPTS}/{prompt['id']}", json={"name": "Hello"})
    assert renamed.json()["name"] == "Hello"
    assert (await alice.get(PROMPTS)).json()["items"] == [renamed.json()]
    play = {"ActionType": "Play", "ChannelBehaviorAction": {"PromptId": prompt["prompt_id"]}}
    line = (await alice.post("/api/v1/applications", json={"name": "Line"})).json()
    versions = f"/api/v1/applications/{line['id']}/versions"
    body = {"behavior": {"ChannelBehaviorNodes": {"0": play}}}
    assert (await alice.post(versions, json=body)).status_code == 201
    listed = (await alice.get(PROMPTS)).json()["items"][0]
    assert listed["used_by"] == [{"application_id": line["id"], "application": "Line"}]
    used = problem(await alice.delete(f"{PROMPTS}/{prompt['id']}"), 409)
    assert used["type"] == "urn:dillo:problem:prompt-in-use"
    assert "Line" in used["detail"]
    hangup = {"behavior": {"ChannelBehaviorNodes": {"0": {"ActionType": "Hangup"}}}}
    await alice.post(versions, json=hangup)
    assert (await alice.delete(f"{PROMPTS}/{prompt['id']}")).status_code == 204
    problem(await alice.get(audio), 404)
    refused = problem(await alice.post(versions, json=body), 422)
    assert "there is no prompt" in refused["problems"][0]["message"]


async def test_a_form_may_carry_the_file(alice: httpx.AsyncClient) -> None:
    made = await alice.post(PROMPTS, files={"file": ("closed.wav", wav(0.5), "audio/wav")})
    assert made.status_code == 201, made.text
    assert made.json()["name"] == "closed.wav"
    form: dict[str, Any] = {"files": {"file": ("a.wav", wav(0.7))}, "data": {"name": "Named"}}
    assert (await alice.post(PROMPTS, **form)).json()["name"] == "Named"
    problem(await alice.post(PROMPTS, files={"other": b"x"}), 400)


async def test_what_is_no_audio_is_refused(alice: httpx.AsyncClient) -> None:
    refused = problem(await upload(alice, b"hello"), 422)
    assert refused["type"] == "urn:dillo:problem:invalid-audio"
    assert "Neither WAV, MP3, OGG nor FLAC" in refused["detail"]
    damaged = problem(await upload(alice, b"RIFF\0\0\0\0WAVE" + b"?" * 99), 422)
    assert damaged["type"] == "urn:dillo:problem:invalid-audio"
    problem(await upload(alice, b""), 400)
    large = await upload(alice, b"RIFF" + b"\0" * 21_000_000)
    problem(large, 413)
    assert (await alice.get(PROMPTS)).json()["items"] == []


async def test_a_text_is_spoken_as_callers_hear_it(alice: httpx.AsyncClient) -> None:
    entry = {"text": "Good morning.", "language": "en-GB"}
    spoken = await alice.post(f"{PROMPTS}/preview", json=entry)
    assert (spoken.status_code, spoken.headers["Content-Type"]) == (200, "audio/wav")
    with wave.open(io.BytesIO(spoken.content)) as file:
        assert file.getframerate() == 8000
        assert 0.3 < file.getnframes() / 8000 < 5
    slow = spoken
    for _ in range(100):  # a busy machine is slow enough for a few more
        if slow.status_code == 200:
            slow = await alice.post(f"{PROMPTS}/preview", json=entry)
    assert problem(slow, 429)
    assert int(slow.headers["Retry-After"]) >= 1
