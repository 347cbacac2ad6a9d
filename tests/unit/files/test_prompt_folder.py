"""The folder of ready prompts, its size, and the customers' own files."""

import io
import os
import wave
from pathlib import Path

import pytest

from dillo.files.folder import PromptFolder, write_whole
from dillo.files.freshness import learned
from dillo.files.keys import fetched_key, prompt_key, speech_key
from dillo.files.sweep import Sweeper
from dillo.model.prompts import Audio, Beep, Silence, Sound

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


PROMPTS: tuple[Sound, ...] = (
    Audio(url="1"),
    Audio(prompt_id="1"),
    Beep(),
    Silence(1),
    Silence(2),
)


def test_every_prompt_has_a_key_of_its_own() -> None:
    spoken = [("1", "a", "en-GB", "1"), ("2", "a", "en-GB", "1"), ("1", "b", "en-GB", "1")]
    spoken += [("1", "a", "en-US", "1"), ("1", "a", "en-GB", "2"), ("1", "a", "en-GB", "\ud800")]
    keys = [prompt_key(prompt, "c") for prompt in PROMPTS]
    keys += [speech_key(*speech) for speech in spoken]
    assert len(set(keys)) == len(keys)
    assert all(len(key) == 64 for key in keys)
    assert fetched_key("u", b"1") != fetched_key("u", b"2")


def test_uploads_are_not_shared() -> None:
    upload = Audio(prompt_id="1")
    assert prompt_key(upload, "a") != prompt_key(upload, "b")
    assert speech_key("1", "a", "EN-gb", "1") == speech_key("1", "a", "en-GB", "1")


def test_who_stores_first_is_heard_by_all(tmp_path: Path) -> None:
    folder = PromptFolder(tmp_path)
    first = folder.store("k", b"u" * 800, b"a" * 800)
    second = folder.store("k", b"U" * 1600, b"A" * 1600)
    assert second == first
    assert Path(first.ulaw_path).read_bytes() == b"u" * 800


def test_what_a_loss_of_power_left_empty_is_stored_again(tmp_path: Path) -> None:
    folder = PromptFolder(tmp_path)
    stored = folder.store("k", b"u" * 800, b"a" * 800)
    Path(stored.ulaw_path).write_bytes(b"")
    assert folder.store("k", b"U" * 800, b"A" * 800) == stored
    assert Path(stored.ulaw_path).read_bytes() == b"U" * 800
