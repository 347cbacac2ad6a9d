"""When a recording ends, and what reaches the disk."""

import threading
from collections.abc import Iterable
from pathlib import Path

import pytest

from dillo.media.disk import Disk, RecordingFile
from dillo.media.ear import Answer, LoudJudge, Piece, last_loud, last_speech
from dillo.media.recording import Recording
from dillo.media.wav import HEADER_SIZE, wav_header
from dillo.model.media import StartRecording
from dillo.rtp.g711 import Law

LOUD = memoryview(b"\x80\x00" * 80)
QUIET = memoryview(b"\xff" * 160)


class Shelf:
    """A disk, and the wait for its files."""

    def __init__(self) -> None:
        self._woken = threading.Event()
        self.disk = Disk(self._woken.set)

    def next_file(self) -> RecordingFile:
        self.disk.submit()
        while True:
            for file in self.disk.closed():
                return file
            assert self._woken.wait(10)
            self._woken.clear()


@pytest.fixture(scope="module")
def shelf() -> Shelf:
    return Shelf()


def start(
    shelf: Shelf, path: Path, max_ms: int = 60_000, silence_ms: int | None = None
) -> Recording:
    command = StartRecording("c", "r", str(path), max_ms, silence_ms)
    return Recording(command, [Law.ULAW], 0, shelf.disk, LoudJudge())


def run(recording: Recording, packets: list[memoryview]) -> tuple[int, str]:
    """Hear packets from the beginning on; return when the recording must end, and why."""
    clock = 0
    for number, packet in enumerate(packets):
        clock = 160 * number
        recording.left.place(clock, packet, clock, True)
        if clock >= recording.wake_at and (ended_by := recording.wake(clock)):
            return clock, ended_by
    return clock, ""


def test_speech_goes_on_and_silence_ends(shelf: Shelf, tmp_path: Path) -> None:
    recording = start(shelf, tmp_path / "r.wav", silence_ms=1000)
    packets = [QUIET] * 40 + [LOUD] * 100 + [QUIET] * 40 + [LOUD] + [QUIET] * 100
    assert run(recording, packets) == ((181 + 50) * 160, "silence")


class LateJudge:
    """Answers some time after it was asked, as a thread does."""

    def __init__(self) -> None:
        self.asked: list[tuple[list[Piece], Answer]] = []

    def ask(self, law: Law, pieces: Iterable[Piece], answer: Answer) -> None:
        self.asked.append((list(pieces), answer))

    def answer(self) -> None:
        for pieces, told in self.asked:
            told(last_speech(last_loud, Law.ULAW, pieces))
        self.asked.clear()


def test_whoever_goes_on_speaking_is_not_cut_off(shelf: Shelf, tmp_path: Path) -> None:
    command = StartRecording("c", "r", str(tmp_path / "r.wav"), 60_000, 1000)
    judge = LateJudge()
    recording = Recording(command, [Law.ULAW], 0, shelf.disk, judge)
    for number in range(500):
        clock = 160 * number
        recording.left.place(clock, LOUD, clock, True)
        assert clock < recording.wake_at or not recording.wake(clock)
        if number % 10 == 9:
            judge.answer()


def test_silence_from_the_beginning_ends_too(shelf: Shelf, tmp_path: Path) -> None:
    recording = start(shelf, tmp_path / "r.wav", silence_ms=1000)
    assert run(recording, [QUIET] * 100) == (8000, "silence")


def test_the_maximum_is_exact(shelf: Shelf, tmp_path: Path) -> None:
    recording = start(shelf, tmp_path / "r.wav", max_ms=1990)
    assert run(recording, [LOUD] * 200) == (16_000, "max-length")
    recording.finish(16_000, "max-length")
    file = shelf.next_file()
    assert (file.error, file.size, recording.duration_ms) == ("", HEADER_SIZE + 15_920, 1990)
    audio = (tmp_path / "r.wav").read_bytes()
    assert audio == wav_header(Law.ULAW, 15_920) + bytes(LOUD) * 99 + bytes(LOUD)[:80]


def test_a_tail_can_be_cut_from_what_is_on_the_disk_already(shelf: Shelf, tmp_path: Path) -> None:
    recording = start(shelf, tmp_path / "r.wav")
    run(recording, [LOUD] * 300)
    recording.finish(48_000, "key", trim_tail_ms=5500)
    file = shelf.next_file()
    assert (file.size, recording.duration_ms) == (HEADER_SIZE + 4000, 500)
    assert (tmp_path / "r.wav").read_bytes() == wav_header(Law.ULAW, 4000) + bytes(LOUD) * 25


@pytest.mark.parametrize("path", ["/nowhere/r.wav", "/dev/full"])
def test_a_file_that_cannot_be_written_says_why(shelf: Shelf, path: str) -> None:
    recording = start(shelf, Path(path))
    run(recording, [LOUD] * 120)
    recording.finish(19_200, "hang-up")
    assert shelf.next_file().error.startswith(f"{path}: No ")
