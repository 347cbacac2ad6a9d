"""Recordings on their way into a real S3-compatible store: safe at every point of it."""

import hashlib
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest
from tests.s3 import SECRET_KEY, S3Server

from dillo.files.recordings import Recordings
from dillo.jobs.mover import Mover
from dillo.model.errors import Unavailable

PATH = "customer/2026-11-23/one.wav"
WAV = b"RIFF" + bytes(range(256)) * 4000


@pytest.fixture
def server(s3_server: S3Server) -> Iterator[S3Server]:
    """A server whose bucket is emptied afterwards."""
    yield s3_server
    for file in s3_server.bucket.rglob("*.wav"):
        file.unlink()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    file = tmp_path / PATH
    file.parent.mkdir(parents=True)
    file.write_bytes(WAV)
    return tmp_path


async def _read(recordings: Recordings, path: str, start: int, end: int) -> bytes:
    opened = await recordings.open(path)
    assert opened is not None
    return b"".join([octets async for octets in opened.read(start, end)])


async def test_a_recording_reads_the_same_before_and_after_it_moved(
    server: S3Server, folder: Path
) -> None:
    recordings = Recordings(folder, server.objects())
    for _ in ("here", "there"):
        opened = await recordings.open(PATH)
        assert opened is not None
        assert opened.size == len(WAV)
        opened.close()
        assert await _read(recordings, PATH, 0, len(WAV)) == WAV
        assert await _read(recordings, PATH, 5, 9) == WAV[5:9]
        async with recordings.local(PATH) as copy:
            assert copy.read_bytes() == WAV
        if recordings.waiting(9):
            await recordings.move(PATH)
    assert not (folder / PATH).exists()
    assert (server.bucket / "recordings" / PATH).read_bytes() == WAV


async def test_moving_again_after_a_crash_does_no_harm(server: S3Server, folder: Path) -> None:
    recordings = Recordings(folder, server.objects())
    await recordings.move(PATH)
    (folder / PATH).write_bytes(WAV)  # the crash came before it was removed
    assert recordings.waiting(9) == [PATH]
    await recordings.move(PATH)
    assert recordings.waiting(9) == []
    assert await _read(recordings, PATH, 0, len(WAV)) == WAV


async def test_a_file_stays_until_the_store_has_the_same(
    server: S3Server, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    objects = server.objects()
    recordings = Recordings(folder, objects)

    async def other(_self: object, _path: str) -> bytes:
        return hashlib.sha256(b"other").digest()

    with monkeypatch.context() as patched:
        patched.setattr(type(objects), "digest", other)
        with pytest.raises(Unavailable, match="another"):
            await recordings.move(PATH)
    assert (folder / PATH).read_bytes() == WAV


async def test_a_store_that_is_away_keeps_files_here(tmp_path: Path, folder: Path) -> None:
    server = S3Server(tmp_path / "s3")
    recordings = Recordings(folder, server.objects())
    with pytest.raises(Unavailable):
        await recordings.move(PATH)
    assert await _read(recordings, PATH, 0, 4) == b"RIFF"
    with pytest.raises(Unavailable):
        await recordings.open("customer/2026-11-23/elsewhere.wav")
    server.start()
    try:
        await recordings.move(PATH)
    finally:
        server.stop()
    assert not (folder / PATH).exists()


async def test_a_wrong_secret_is_refused_and_not_told(server: S3Server, folder: Path) -> None:
    wrong = "not the secret"
    recordings = Recordings(folder, server.objects(wrong))
    with pytest.raises(Unavailable) as error:
        await recordings.move(PATH)
    assert wrong not in str(error.value)
    assert SECRET_KEY not in str(error.value)
    assert (folder / PATH).exists()


async def test_what_is_deleted_is_gone_in_both_places(server: S3Server, folder: Path) -> None:
    recordings = Recordings(folder, server.objects())
    await recordings.move(PATH)
    (folder / PATH).write_bytes(WAV)
    await recordings.delete(PATH)
    await recordings.delete(PATH)
    assert await recordings.open(PATH) is None


async def test_nothing_outside_the_folder_is_opened(server: S3Server, folder: Path) -> None:
    for recordings in (Recordings(folder / "y", server.objects()), Recordings(folder / "x")):
        assert await recordings.open("../" + PATH) is None


class _Settled:
    """Knows some calls as settled."""

    def __init__(self, *ids: str) -> None:
        self.ids = set(ids)

    async def settled(self, recording_ids: Collection[str]) -> Collection[str]:
        return self.ids & set(recording_ids)


async def test_only_recordings_of_settled_calls_move(server: S3Server, folder: Path) -> None:
    going_on = "customer/2026-11-23/two.wav"
    (folder / going_on).write_bytes(b"RIFF")
    recordings = Recordings(folder, server.objects())
    mover = Mover(recordings, _Settled("one"))
    assert await mover.step()
    assert recordings.waiting(9) == [going_on]
    assert mover.recordings == {"moved": 1}
    assert await mover.step()


async def test_the_mover_tries_again(tmp_path: Path, folder: Path) -> None:
    server = S3Server(tmp_path / "s3")
    mover = Mover(Recordings(folder, server.objects()), _Settled("one"))
    assert not await mover.step()
    server.start()
    try:
        assert await mover.step()
    finally:
        server.stop()
    assert mover.recordings == {"failed": 1, "moved": 1}
