"""Recordings over HTTP: listed, shown with what was said, their audio removed."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest_asyncio
from sqlalchemy import select, update
from tests.contract.store.crowded import crowd

from dillo.accounts import Change
from dillo.accounts.roles import Role
from dillo.calls.transcribing import Concluded
from dillo.files.recordings import Recordings
from dillo.records.record import CallRecord
from dillo.records.transcript import Said, SaidWord
from dillo.store.tables import calls, recordings
from dillo.store.transcripts import SqlTranscripts
from dillo.web.app import WebSettings

if TYPE_CHECKING:
    from tests.contract.management.conftest import Platform

RECORDINGS = "/api/v1/recordings"
TRANSCRIPTIONS = "/api/v1/transcriptions"
NEVER_US = 4_000_000_000_000_000


@dataclass(frozen=True)
class Kept:
    """A customer's calls, and the file of the first recording."""

    platform: "Platform"
    customer_id: str
    records: list[CallRecord]
    file: Path

    @property
    def call(self) -> CallRecord:
        return next(record for record in self.records if record.recordings)

    @property
    def recording_id(self) -> str:
        return self.call.recordings[0].recording_id

    @property
    def address(self) -> str:
        return f"{RECORDINGS}/{self.recording_id}"

    async def price_micros(self) -> int:
        query = select(calls.c.price_micros).where(calls.c.id == self.call.call_id)
        async with self.platform.database.reading() as connection:
            return int(await connection.scalar(query) or 0)


@pytest_asyncio.fixture
async def kept(platform: "Platform") -> Kept:
    settled = await crowd(platform.database, Change.by("operator"), 40)
    owner = settled.lines[0].customer_id
    for role in (Role.VIEWER, Role.DEVELOPER):
        await platform.add_person("mine", role, owner)
    records = [each.record for each in settled.calls if each.record.customer_id == owner]
    file = platform.folder / "kept" / "a.wav"
    kept = Kept(platform, owner, records, file)
    file.parent.mkdir()
    file.write_bytes(b"RIFF")
    row = {"path": file.name, "expires_us": NEVER_US}
    is_it = recordings.c.id == kept.recording_id
    async with platform.database.writing() as connection:
        await connection.execute(update(recordings).where(is_it).values(row))
    audio = Recordings(file.parent)
    platform.management = replace(platform.management, recorded_audio=audio)
    return kept


async def test_recordings_are_listed_in_pages_and_by_call(kept: Kept) -> None:
    ids = {each.recording_id for record in kept.records for each in record.recordings}
    found: list[str] = []
    cursor: dict[str, str] = {}
    async with kept.platform.client("mine", Role.VIEWER) as viewer:
        while not found or cursor:
            page = (await viewer.get(RECORDINGS, params={"limit": "2"} | cursor)).json()
            found += [each["id"] for each in page["items"]]
            cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else {}
        of_call = await viewer.get(RECORDINGS, params={"call_id": kept.call.call_id})
        assert (await viewer.delete(kept.address)).status_code == 403
    assert found == sorted(ids, reverse=True)
    listed = {each["id"] for each in of_call.json()["items"]}
    assert listed == {each.recording_id for each in kept.call.recordings}


async def test_what_was_said_is_shown(kept: Kept) -> None:
    transcripts = SqlTranscripts(kept.platform.database)
    (transcription_id,) = await transcripts.ask_again(kept.recording_id, None)
    said = Said(0, 500, 1_250, "Buongiorno.", 0.75, (SaidWord("Buongiorno.", 520, 1_240, 0.8),))
    await transcripts.begin(transcription_id, 4)
    await transcripts.note(transcription_id, 1, [said])
    async with kept.platform.client("mine", Role.VIEWER) as viewer:
        shown = (await viewer.get(kept.address)).json()
        address = f"{TRANSCRIPTIONS}/{shown['transcription']['id']}"
        detailed = (await viewer.get(address)).json()
    assert (shown["status"], shown["call_id"]) == ("available", kept.call.call_id)
    assert shown["transcription"]["status"] == "Pending"
    assert shown["transcription"]["segments"] == [
        {"channel": 0, "start_s": 0.5, "end_s": 1.25, "text": "Buongiorno.", "confidence": 0.75}
    ]
    assert (detailed["id"], detailed["status"], detailed["progress"]) == (
        transcription_id, "Pending", 0.25,
    )  # fmt: skip
    assert detailed["segments"][0]["words"] == [
        {"text": "Buongiorno.", "start_s": 0.52, "end_s": 1.24, "confidence": 0.8}
    ]


async def test_transcriptions_are_listed_earlier_ones_included(kept: Kept) -> None:
    transcripts = SqlTranscripts(kept.platform.database)
    (first,) = await transcripts.ask_again(kept.recording_id, None)
    await transcripts.conclude(first, Concluded("Completed", "whisper", "Hello.", 0.9))
    (second,) = await transcripts.ask_again(kept.recording_id, "other")

    async with kept.platform.client("mine", Role.VIEWER) as viewer:

        async def listed(**wanted: str) -> list[tuple[str, str, str | None, float | None]]:
            items = (await viewer.get(TRANSCRIPTIONS, params=wanted)).json()["items"]
            return [
                (each["id"], each["status"], each["text"], each["progress"])
                for each in items
                if each["recording_id"] == kept.recording_id
            ]

        pending = (second, "Pending", None, None)
        completed = (first, "Completed", "Hello.", 1.0)
        assert (await listed())[:2] == [pending, completed]
        assert (await listed(recording_id=kept.recording_id, limit="1")) == [pending]
        assert pending in await listed(call_id=kept.call.call_id, status="Pending")
        assert completed in await listed(status="Completed")
        assert await listed(call_id=second) == []
        assert (await viewer.get(TRANSCRIPTIONS, params={"call_id": "1"})).status_code == 400


async def test_audio_is_downloaded_in_ranges(kept: Kept) -> None:
    settings = WebSettings(kept.file.parent)
    address = f"{kept.address}/audio"
    async with kept.platform.client("mine", Role.VIEWER, settings) as viewer:
        assert (await viewer.get(address)).content == b"RIFF"
        part = await viewer.get(address, headers={"Range": "bytes=1-2"})
        assert (part.status_code, part.content) == (206, b"IF")
    async with kept.platform.client("alice", Role.OWNER, settings) as alice:
        assert (await alice.get(address)).status_code == 404


async def test_audio_is_removed_and_the_record_stays(kept: Kept) -> None:
    price_micros = await kept.price_micros()
    async with kept.platform.client("alice", Role.OWNER) as alice:
        for answer in (await alice.get(kept.address), await alice.delete(kept.address)):
            assert answer.status_code == 404
    assert kept.file.exists()
    async with kept.platform.client("mine", Role.DEVELOPER) as mine:
        for _ in range(2):
            assert (await mine.delete(kept.address)).status_code == 204
        assert not kept.file.exists()
        shown = (await mine.get(kept.address)).json()
        assert shown["status"] == "deleted"
        for gone in (shown["url"], f"{kept.address}/audio"):
            assert (await mine.get(gone)).status_code == 410
    assert await kept.price_micros() == price_micros
    entries = await kept.platform.management.registry.audit.entries(kept.customer_id)
    deleted = [each.subject for each in entries if each.action == "recording.delete"]
    assert deleted == [kept.recording_id]
