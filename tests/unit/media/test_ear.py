"""Who speaks: loudness first, then voice activity."""

import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest
import soxr

from dillo.media.ear import Ear, LoudJudge, VoiceJudge
from dillo.rtp.g711 import Law
from dillo.rtp.pcm import Samples, encode
from dillo.speech.registry import make_synthesizer

LOUD, QUIET = bytes((0x10,)) * 160, b"\xff" * 160


class LateJudge:
    """Answers when it is told to."""

    def __init__(self) -> None:
        self.asked: list[tuple[bytes, Callable[[int | None], None]]] = []

    def ask(self, law: Law, octets: bytes, answer: Callable[[int | None], None]) -> None:
        self.asked.append((octets, answer))


def hear(ear: Ear, *packets: bytes) -> int:
    clock = 0
    for clock, packet in enumerate(packets, start=1):
        ear.hear(packet, 160 * clock)
    return 160 * clock


def test_quiet_audio_is_nobodys_business() -> None:
    judge = LateJudge()
    hear(Ear(Law.ULAW, 0, judge), *[QUIET] * 200)
    assert judge.asked == []


def test_what_is_loud_is_looked_at_with_what_follows() -> None:
    judge = LateJudge()
    ear = Ear(Law.ULAW, 0, judge)
    clock = hear(ear, *[QUIET] * 10, LOUD, *[QUIET] * 30)
    assert not ear.knows(ear.decide(clock))
    assert b"".join(octets for octets, _ in judge.asked) == LOUD + QUIET * 15


@pytest.mark.parametrize(("answer", "last_speech"), [(None, 0), (320, 1280 + 320)])
def test_the_judge_decides(answer: int | None, last_speech: int) -> None:
    judge = LateJudge()
    ear = Ear(Law.ULAW, 0, judge)
    clock = hear(ear, *[QUIET] * 8, *[LOUD] * 4)
    question = ear.decide(clock)
    for _, told in judge.asked:
        told(answer)
    assert (ear.last_speech, ear.knows(question)) == (last_speech, True)


def test_without_a_detector_loud_is_speech() -> None:
    ear = Ear(Law.ULAW, 0, LoudJudge())
    clock = hear(ear, *[QUIET] * 8, *[LOUD] * 4, *[QUIET] * 8)
    ear.decide(clock)
    assert ear.last_speech == 12 * 160


@pytest.fixture(scope="module")
def judge() -> VoiceJudge:
    return VoiceJudge()


def judged(judge: VoiceJudge, samples: Samples, law: Law) -> int:
    """Return when the last speech in some audio was, with the real detector."""
    octets = encode(samples, law)
    ear = Ear(law, 0, judge)
    hear(ear, *_packets(octets))
    question = ear.decide(len(octets))
    done = threading.Event()
    judge.ask(law, b"", lambda _: done.set())  # answered in order
    assert done.wait(20)
    assert ear.knows(question)
    return ear.last_speech


def _packets(octets: bytes) -> Iterator[bytes]:
    return (octets[at : at + 160] for at in range(0, len(octets) - 159, 160))


@pytest.mark.parametrize("law", Law)
def test_speech_is_told_from_noise(judge: VoiceJudge, law: Law) -> None:
    espeak = make_synthesizer("espeak")
    voice = espeak.voices()[0].name
    (sound,) = espeak.synthesize("Please call me back tomorrow.", voice, "en-GB")
    spoken = soxr.resample(sound.samples, sound.rate_hz, 8000)
    noise = np.random.default_rng(1).normal(0, 2000, 24_000).astype(np.int16)
    quiet = np.zeros(8000, np.int16)
    at = len(spoken)
    ends = judged(judge, np.concatenate([spoken, quiet, noise, quiet]), law)
    assert abs(ends - at) < 8000 // 2
    assert judged(judge, noise, law) == 0
