"""Downloading recordings: one's own, whole or in part, and nothing else of the disk."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests.s3 import S3Server

from dillo.files.recordings import Recordings
from dillo.web.app import WebSettings

if TYPE_CHECKING:
    from tests.contract.statistics.conftest import House

PATH = "/api/inbound/recordings"
WAV = b"RIFF" + bytes(range(256)) * 4


@pytest.fixture
def recording(house: "House") -> str:
    """A recording of Alice's."""
    file = house.recordings_dir / "2026" / "11" / "x.wav"
    file.parent.mkdir(parents=True)
    file.write_bytes(WAV)
    return house.recording("2026/11/x.wav")


async def test_the_whole_file(house: "House", recording: str) -> None:
    async with house.client(house.alice) as client:
        response = await client.get(f"{PATH}/{recording}")
        head = await client.head(f"{PATH}/{recording}")
    assert (response.status_code, response.content) == (200, WAV)
    assert response.headers["Content-Type"] == "audio/wav"
    assert response.headers["Content-Disposition"] == f'attachment; filename="{recording}.wav"'
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == str(len(WAV))


async def test_a_range(house: "House", recording: str) -> None:
    async with house.client(house.alice) as client:
        part = await client.get(f"{PATH}/{recording}", headers={"Range": "bytes=4-7"})
        beyond = await client.get(f"{PATH}/{recording}", headers={"Range": "bytes=9999-"})
    assert (part.status_code, part.content) == (206, WAV[4:8])
    assert part.headers["Content-Range"] == f"bytes 4-7/{len(WAV)}"
    assert beyond.status_code == 416


async def test_only_ones_own(house: "House", recording: str) -> None:
    async with house.client() as client:
        assert (await client.get(f"{PATH}/{recording}")).status_code == 401
    async with house.client(house.bob) as client:
        foreign = await client.get(f"{PATH}/{recording}")
        nowhere = await client.get(f"{PATH}/{house.new_id()}")
    assert foreign.status_code == nowhere.status_code == 404
    assert foreign.content == nowhere.content
    assert foreign.json()["type"] == "urn:dillo:problem:recording-not-found"


async def test_a_file_that_is_gone(house: "House", recording: str) -> None:
    (house.recordings_dir / "2026/11/x.wav").unlink()
    async with house.client(house.alice) as client:
        assert (await client.get(f"{PATH}/{recording}")).status_code == 404


@pytest.mark.parametrize("path", ["../secret", "2026/../../secret", "ABSOLUTE", "link", ".", ""])
async def test_nothing_outside_the_folder(house: "House", tmp_path: Path, path: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    (house.recordings_dir / "link").symlink_to(secret)
    stored = str(secret) if path == "ABSOLUTE" else path
    recording = house.recording(stored)
    async with house.client(house.alice) as client:
        response = await client.get(f"{PATH}/{recording}")
        climbing = await client.get(f"{PATH}/..%2F..%2Fsecret")
    assert (response.status_code, climbing.status_code) == (404, 404)


async def test_a_recording_in_a_store(house: "House", recording: str, s3_server: S3Server) -> None:
    recordings = Recordings(house.recordings_dir, s3_server.objects())
    settings = WebSettings(house.recordings_dir, recording_store=recordings)
    for is_moved in (False, True):
        if is_moved:
            await recordings.move("2026/11/x.wav")
        async with house.client(house.alice, settings) as client:
            whole = await client.get(f"{PATH}/{recording}")
            head = await client.head(f"{PATH}/{recording}")
            for asked, expected in {
                "bytes=4-7": WAV[4:8],
                "bytes=1000-": WAV[1000:],
                "bytes=-5": WAV[-5:],
                "bytes=0-99999": WAV,
            }.items():
                part = await client.get(f"{PATH}/{recording}", headers={"Range": asked})
                assert (part.status_code, part.content) == (206, expected), asked
            beyond = await client.get(f"{PATH}/{recording}", headers={"Range": "bytes=9999-"})
            odd = await client.get(f"{PATH}/{recording}", headers={"Range": "bytes=7-4"})
        assert (whole.status_code, whole.content) == (200, WAV)
        assert whole.headers["Content-Disposition"] == f'attachment; filename="{recording}.wav"'
        assert head.headers["Content-Length"] == str(len(WAV))
        assert (beyond.status_code, beyond.headers["Content-Range"]) == (416, f"bytes */{len(WAV)}")
        assert (odd.status_code, odd.content) == (200, WAV)
    async with house.client(house.bob, settings) as client:
        assert (await client.get(f"{PATH}/{recording}")).status_code == 404


async def test_a_store_that_does_not_answer(house: "House", recording: str, tmp_path: Path) -> None:
    (house.recordings_dir / "2026/11/x.wav").unlink()
    recordings = Recordings(house.recordings_dir, S3Server(tmp_path / "s3").objects())
    settings = WebSettings(house.recordings_dir, recording_store=recordings)
    async with house.client(house.alice, settings) as client:
        response = await client.get(f"{PATH}/{recording}")
    assert response.status_code == 503


async def test_one_whose_time_is_over_is_gone(house: "House", recording: str) -> None:
    expired = house.recording("2026/11/x.wav", is_expired=True)
    async with house.client(house.alice) as client:
        response = await client.get(f"{PATH}/{expired}")
        others = await client.get(f"{PATH}/{recording}")
    assert (response.status_code, others.status_code) == (410, 200)
    assert response.json()["type"] == "urn:dillo:problem:recording-expired"
    assert "storage period" in response.json()["detail"]
