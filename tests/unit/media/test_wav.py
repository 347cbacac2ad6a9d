"""Recordings as WAV files, and their repair after a crash."""

import wave
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dillo.media.disk import RecordingFile
from dillo.media.wav import HEADER_SIZE, NotARecording, repair_wav, wav_header
from dillo.rtp.g711 import Law


@pytest.mark.parametrize("law", Law)
@pytest.mark.parametrize("samples", [0, 1, 8000, 8001])
def test_a_cut_off_recording_is_completed(tmp_path: Path, law: Law, samples: int) -> None:
    path = tmp_path / "cut.wav"
    path.write_bytes(wav_header(law, 0) + b"x" * samples)
    size = HEADER_SIZE + samples + samples % 2
    assert repair_wav(path) == (samples * 1000 // 8000, size)
    whole = wav_header(law, samples) + b"x" * samples + b"\0" * (samples % 2)
    assert path.read_bytes() == whole
    assert repair_wav(path) == (samples * 1000 // 8000, size)
    assert path.read_bytes() == whole


def test_the_header_is_what_others_expect(tmp_path: Path) -> None:
    path = tmp_path / "ulaw.wav"
    path.write_bytes(wav_header(Law.ULAW, 2) + b"ab")
    octets = path.read_bytes()
    assert int.from_bytes(octets[4:8], "little") == len(octets) - 8
    assert octets[20:22] == b"\x07\x00"
    with pytest.raises(wave.Error, match="unknown format: 7"), wave.open(str(path)):
        pass  # the standard library reads PCM only, but gets as far as the format


@settings(deadline=None, max_examples=50)
@given(st.binary(max_size=100))
def test_other_files_are_left_alone(octets: bytes) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "other")
        path.write_bytes(octets)
        with pytest.raises(NotARecording):
            repair_wav(path)
        assert path.read_bytes() == octets


def test_a_repair_waits_for_whoever_still_writes(tmp_path: Path) -> None:
    path = tmp_path / "written.wav"
    file = RecordingFile(str(path), Law.ULAW)
    file.open()
    with ThreadPoolExecutor(1) as elsewhere:
        repair = elsewhere.submit(repair_wav, path)
        with pytest.raises(TimeoutError):
            repair.result(timeout=0.1)
        file.finish(b"x" * 800, 800)
        file.close()
        assert repair.result() == (100, HEADER_SIZE + 800)


def test_no_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        repair_wav(tmp_path / "none.wav")
