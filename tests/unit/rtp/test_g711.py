"""G.711 tables (ITU-T G.711) and the quality estimate (ITU-T G.107)."""

import numpy as np
import pytest

from dillo.rtp.g711 import LINEAR, LOUD, TRANSCODE, Law
from dillo.rtp.pcm import decode, encode

EVERY_OCTET = bytes(range(256))


@pytest.mark.parametrize(
    ("law", "octet", "sample"),
    [
        (Law.ULAW, 0xFF, 0),
        (Law.ULAW, 0x7F, 0),
        (Law.ULAW, 0x80, 32124),
        (Law.ULAW, 0x00, -32124),
        (Law.ULAW, 0xFE, 8),
        (Law.ALAW, 0xD5, 8),
        (Law.ALAW, 0x55, -8),
        (Law.ALAW, 0xAA, 32256),
        (Law.ALAW, 0x2A, -32256),
    ],
)
def test_known_levels(law: Law, octet: int, sample: int) -> None:
    assert LINEAR[law][octet] == sample


@pytest.mark.parametrize("law", Law)
def test_encoding_undoes_decoding(law: Law) -> None:
    samples = decode(EVERY_OCTET, law)
    assert np.array_equal(decode(encode(samples, law), law), samples)


@pytest.mark.parametrize("law", Law)
def test_encoding_takes_the_nearest_level(law: Law) -> None:
    samples = np.arange(-32768, 32768).astype(np.int16)
    error = np.abs(decode(encode(samples, law), law).astype(int) - samples)
    levels = np.array(LINEAR[law], dtype=int)
    nearest = np.array([np.abs(levels - sample).min() for sample in samples[::37]])
    assert np.array_equal(error[::37], nearest)


@pytest.mark.parametrize("law", Law)
def test_silence_stays_silence(law: Law) -> None:
    other = Law.ALAW if law is Law.ULAW else Law.ULAW
    silence = bytes([law.silence])
    assert encode(np.zeros(1, np.int16), law) == silence
    assert silence.translate(TRANSCODE[law, other]) == bytes([other.silence])
    assert silence.translate(LOUD[law]).count(1) == 0


def test_transcoding_keeps_the_level() -> None:
    for source, target in TRANSCODE:
        before = decode(EVERY_OCTET, source).astype(float)
        after = decode(EVERY_OCTET.translate(TRANSCODE[source, target]), target).astype(float)
        assert np.all(np.abs(after - before) <= 8 + np.abs(before) * 0.04)


@pytest.mark.parametrize("law", Law)
def test_speech_is_loud_and_line_noise_is_not(law: Law) -> None:
    tone = np.sin(np.arange(160) * 2 * np.pi * 440 / 8000)
    assert encode((tone * 3000).astype(np.int16), law).translate(LOUD[law]).count(1) > 100
    assert encode((tone * 200).astype(np.int16), law).translate(LOUD[law]).count(1) == 0
