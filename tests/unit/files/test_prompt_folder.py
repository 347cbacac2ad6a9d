"""The folder of ready prompts, its size, and the customers' own files."""

import io
import os
import wave
from pathlib import Path

import pytest

from dillo.files.decode import NotAudio
from dillo.files.folder import PromptFolder, write_whole
from dillo.files.freshness import learned
from dillo.files.keys import fetched_key, prompt_key
from dillo.files.sweep import Sweeper
from dillo.files.uploads import UploadTooLarge, store_upload, upload_path
from dillo.model.errors import PeerError
from dillo.model.prompts import Audio, Beep, Prompt, Silence, Speech

SECOND_OF_WAV = io.BytesIO()
with wave.open(SECOND_OF_WAV, "wb") as writer:
    writer.setparams((1, 2, 8000, 0, "NONE", ""))
    writer.writeframes(bytes(16000))


def test_what_is_stored_is_found(tmp_path: Path) -> None:
    folder = PromptFolder(tmp_path)
    stored = folder.store("k", b"u" * 800, b"a" * 800)
    assert folder.find("k") == stored
    assert stored.duration_ms == 100
    assert Path(stored.ulaw_path).read_bytes() == b"u" * 800
    assert Path(stored.alaw_path).read_bytes() == b"a" * 800
    assert sorted(path.name for path in tmp_path.iterdir()) == ["k.alaw", "k.ulaw"]


@pytest.mark.parametrize(("ulaw", "alaw"), [(0, 0), (800, None), (None, 800), (800, 400)])
def test_half_a_prompt_is_none(tmp_path: Path, ulaw: int | None, alaw: int | None) -> None:
    for law, size in (("ulaw", ulaw), ("alaw", alaw)):
        if size is not None:
            (tmp_path / f"k.{law}").write_bytes(bytes(size))
    assert PromptFolder(tmp_path).find("k") is None


def test_a_file_that_cannot_be_completed_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="directory"):
        write_whole(tmp_path / "taken", b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["taken"]


def test_addresses_are_remembered(tmp_path: Path) -> None:
    folder = PromptFolder(tmp_path)
    remembered = learned("http://a/b", "k", {"etag": "1"}, 5)
    folder.remember("u", remembered)
    assert folder.recall("u") == remembered
    assert folder.recall("v") is None
    (tmp_path / "u.json").write_bytes(b"{")
    assert folder.recall("u") is None


async def test_the_oldest_unused_prompts_are_swept_out(tmp_path: Path) -> None:
    folder = PromptFolder(tmp_path)
    for age, key in enumerate(("new", "old", "oldest", "playing")):
        folder.store(key, bytes(500), bytes(500))
        os.utime(tmp_path / f"{key}.ulaw", (1000 - age, 1000 - age))
        os.utime(tmp_path / f"{key}.alaw", (1000 - age, 1000 - age))
    forgotten: set[str] = set()
    sweeper = Sweeper(folder, 2500, forgotten.update)
    sweeper.used.add("playing")
    await sweeper.sweep()
    assert forgotten == {"oldest", "old"}
    assert [key for key in ("new", "old", "oldest", "playing") if folder.find(key)] == [
        "new",
        "playing",
    ]


PROMPTS: tuple[Prompt, ...] = (
    Speech("1", "en-GB"),
    Speech("1", "en-US"),
    Speech("1", "en-GB", "f3"),
    Speech("2", "en-GB"),
    Speech("\ud800", "en-GB"),
    Audio(url="1"),
    Audio(prompt_id="1"),
    Beep(),
    Silence(1),
    Silence(2),
)


def test_every_prompt_has_a_key_of_its_own() -> None:
    keys = [prompt_key(prompt, "c", "e") for prompt in PROMPTS]
    assert len(set(keys)) == len(keys)
    assert all(len(key) == 64 for key in keys)
    assert fetched_key("u", b"1") != fetched_key("u", b"2")


def test_speech_is_shared_and_uploads_are_not() -> None:
    text, upload = Speech("1", "en-GB"), Audio(prompt_id="1")
    assert prompt_key(text, "a", "e") == prompt_key(text, "b", "e")
    assert prompt_key(text, "a", "e") == prompt_key(Speech("1", "EN-gb"), "a", "e")
    assert prompt_key(text, "a", "e") != prompt_key(text, "a", "other engine")
    assert prompt_key(upload, "a", "e") != prompt_key(upload, "b", "e")


def test_uploads_are_kept_by_content(tmp_path: Path) -> None:
    data = SECOND_OF_WAV.getvalue()
    prompt_id = store_upload(tmp_path, "c-1", data)
    assert store_upload(tmp_path, "c-1", data) == prompt_id
    path = upload_path(tmp_path, "c-1", prompt_id)
    assert path == tmp_path / "c-1" / prompt_id
    assert path.read_bytes() == data


def test_uploads_must_be_audio_of_a_sensible_size(tmp_path: Path) -> None:
    with pytest.raises(NotAudio):
        store_upload(tmp_path, "c", b"%PDF-1.7")
    with pytest.raises(UploadTooLarge, match="20,000,001 bytes"):
        store_upload(tmp_path, "c", bytes(20_000_001))
    with pytest.raises(PeerError, match="no customer id"):
        store_upload(tmp_path, "../c", SECOND_OF_WAV.getvalue())
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("customer_id", "prompt_id"),
    [("c", ""), ("c", "../../etc/passwd"), ("c", "A" * 64), ("", "a" * 64), ("..", "a" * 64)],
)
def test_ids_cannot_lead_elsewhere(customer_id: str, prompt_id: str) -> None:
    assert upload_path(Path("/uploads"), customer_id, prompt_id) is None
