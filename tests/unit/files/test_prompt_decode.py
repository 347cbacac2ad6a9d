"""Decoding of audio files made by the codecs themselves."""

import contextlib
import io
import wave

import av
import numpy as np
import pytest
from av.audio.stream import AudioStream
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dillo.files import decode as decoding
from dillo.files.decode import decode, to_telephone_rate
from dillo.files.kinds import NotAudio, sniff

Samples = NDArray[np.int16]


def sine(rate_hz: int, seconds: float, frequency_hz: float = 1000) -> Samples:
    count = int(rate_hz * seconds)
    wave_form = 0.5 * np.sin(2 * np.pi * frequency_hz / rate_hz * np.arange(count))
    return np.asarray(np.rint(wave_form * 32767), dtype=np.int16)


def wav(samples: Samples, rate_hz: int, channels: int = 1) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(channels)
        writer.setsampwidth(2)
        writer.setframerate(rate_hz)
        writer.writeframes(np.repeat(samples, channels).tobytes())
    return file.getvalue()


def encoded(kind: str, codec: str, rate_hz: int = 48000, seconds: float = 1.0) -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format=kind) as container:
        stream = container.add_stream(codec, rate=rate_hz, layout="mono")
        assert isinstance(stream, AudioStream)
        frame = av.AudioFrame.from_ndarray(
            sine(rate_hz, seconds)[None, :], format="s16", layout="mono"
        )
        frame.sample_rate = rate_hz
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)
    return file.getvalue()


@pytest.mark.parametrize(
    ("kind", "codec"),
    [("wav", "pcm_s16le"), ("mp3", "libmp3lame"), ("ogg", "libopus"), ("flac", "flac")],
)
def test_every_kind_of_file_comes_out_as_it_went_in(kind: str, codec: str) -> None:
    data = encoded(kind, codec)
    signal = decode(data)
    spectrum = np.abs(np.fft.rfft(signal[:8000]))
    assert sniff(data) == kind
    assert len(signal) / 8000 == pytest.approx(1, abs=0.06)
    assert np.argmax(spectrum) == 1000
    assert np.sqrt(np.mean(signal[800:7200] ** 2)) == pytest.approx(
        0.5 / np.sqrt(2),
        rel=0.06,  # LAME encodes at 0.95 of the level
    )


@pytest.mark.parametrize("rate_hz", [8000, 11025, 16000, 44100, 96000])
def test_any_sample_rate_keeps_time_and_level(rate_hz: int) -> None:
    signal = decode(wav(sine(rate_hz, 2.5), rate_hz))
    assert len(signal) == pytest.approx(20000, abs=2)
    assert np.sqrt(np.mean(signal[800:-800] ** 2)) == pytest.approx(0.3535, rel=0.01)


def test_what_lies_above_the_telephone_band_does_not_fold_back() -> None:
    for signal in (
        decode(wav(sine(44100, 1, frequency_hz=5000), 44100)),
        to_telephone_rate(sine(22050, 1, frequency_hz=5000), 22050),
    ):
        assert np.abs(signal[400:-400]).max() < 0.5e-3


def test_stereo_becomes_mono() -> None:
    signal = decode(wav(sine(16000, 0.5), 16000, channels=2))
    assert len(signal) == pytest.approx(4000, abs=2)
    assert np.abs(signal[400:-400]).max() == pytest.approx(0.5 * np.sqrt(2), rel=0.02)


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"", "neither WAV, MP3, OGG nor FLAC"),
        (b"<!DOCTYPE html>", "it begins with b'<!DOCTYPE ht'"),
        (b"#EXTM3U\nhttp://10.0.0.1/", "neither WAV"),
        (b"RIFF\x00\x00\x00\x00WAVE", "WAV"),
        (b"ID3" + b"\0" * 200, "MP3"),
        (b"OggS" + b"\0" * 200, "OGG"),
        (b"fLaC" + b"\0" * 200, "FLAC"),
        (wav(sine(8000, 0), 8000), "holds no sound"),
        (wav(sine(8000, 1), 1000), "a sample rate of 1000 Hz is not played"),
    ],
)
def test_other_bytes_are_no_audio(data: bytes, complaint: str) -> None:
    with pytest.raises(NotAudio, match=complaint):
        decode(data)


def test_a_file_may_last_ten_minutes_and_no_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "LONGEST_S", 60)
    assert len(decode(wav(sine(8000, 60), 8000))) == 480_000
    with pytest.raises(NotAudio, match="longer than 1 minutes"):
        decode(wav(sine(8000, 61), 8000))


@given(
    st.sampled_from([b"RIFF\xff\0\0\0WAVEfmt ", b"fLaC", b"OggS", b"ID3", b"\xff\xfb"]),
    st.binary(max_size=300),
)
@settings(deadline=None, max_examples=60)
def test_garbage_is_refused_or_decoded_never_fatal(start: bytes, rest: bytes) -> None:
    with contextlib.suppress(NotAudio):
        decode(start + rest)


@given(st.integers(0, 999), st.binary(min_size=1, max_size=40))
@settings(deadline=None, max_examples=30)
def test_damaged_files_are_refused_or_decoded(per_mille: int, damage: bytes) -> None:
    whole = encoded("ogg", "libopus", seconds=0.1)
    at = len(whole) * per_mille // 1000
    with contextlib.suppress(NotAudio):
        decode(whole[:at] + damage + whole[at + len(damage) :])
