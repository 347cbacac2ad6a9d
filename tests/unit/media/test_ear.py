"""Who speaks: loudness first, then voice activity."""

import threading
from collections.abc import Iterable

import numpy as np
import pytest
import soxr

from dillo.media.ear import Answer, Ear, LoudJudge, Piece, VoiceJudge, last_speech
from dillo.rtp.g711 import Law
from dillo.rtp.pcm import Samples, encode
from dillo.speech.registry import make_synthesizer

LOUD, QUIET = bytes((0x10,)) * 160, b"\xff" * 160


class LateJudge:
    """Answers when it is told to."""

    def __init__(self) -> None:
        self.asked: list[tuple[list[Piece], Answer]] = []

    def ask(self, law: Law, pieces: Iterable[Piece], answer: Answer) -> None:
        self.asked.append((list(pieces), answer))


def hear(ear: Ear, *packets: bytes) -> None:
    ear.hear(0, b"".join(packets))


def test_quiet_audio_is_nobodys_business() -> None:
    judge = LateJudge()
    hear(Ear(Law.ULAW, judge), *[QUIET] * 200)
    assert judge.asked == []


def test_what_is_loud_is_looked_at_with_what_follows() -> None:
    judge = LateJudge()
    ear = Ear(Law.ULAW, judge)
    hear(ear, *[QUIET] * 10, LOUD, *[QUIET] * 30)
    assert not ear.knows(ear.decide())
    assert judge.asked[0][0] == [Piece(LOUD + QUIET * 15, 26 * 160)]


@pytest.mark.parametrize(("answer", "last_speech"), [(None, 0), (320, 320)])
def test_the_judge_decides(answer: int | None, last_speech: int) -> None:
    judge = LateJudge()
    ear = Ear(Law.ULAW, judge)
    hear(ear, *[QUIET] * 8, *[LOUD] * 4)
    question = ear.decide()
    for _, told in judge.asked:
        told(answer)
    assert (ear.last_speech, ear.knows(question)) == (last_speech, True)


def test_what_is_heard_in_parts_is_heard_once_and_in_its_place() -> None:
    judge = LateJudge()
    ear = Ear(Law.ULAW, judge)
    ear.hear(0, LOUD)
    ear.hear(160, QUIET * 20)
    ear.hear(8000, LOUD[:100])
    ear.decide()
    assert judge.asked[0][0] == [Piece(LOUD[:100], 8100), Piece(LOUD + QUIET * 15, 16 * 160)]
    assert (ear.last_loud, ear.position) == (8100, 8100)


def test_nobody_is_asked_before_it_matters() -> None:
    judge = LateJudge()
    ear = Ear(Law.ULAW, judge)
    hear(ear, *[LOUD] * 500)
    assert judge.asked == []
    ear.decide()
    assert [piece.end for piece in judge.asked[0][0]] == list(range(80_000, 0, -4000))


def test_the_newest_speech_is_looked_for_first() -> None:
    looked_at = []

    def find(law: Law, octets: bytes) -> int | None:
        looked_at.append(octets)
        return 2 if octets == b"yes" else None

    pieces = [Piece(b"no", 30), Piece(b"yes", 20), Piece(b"yes", 10)]
    assert last_speech(find, Law.ULAW, pieces) == 20 - 3 + 2
    assert looked_at == [b"no", b"yes"]


def test_without_a_detector_loud_is_speech() -> None:
    ear = Ear(Law.ULAW, LoudJudge())
    hear(ear, *[QUIET] * 8, *[LOUD] * 4, *[QUIET] * 8)
    ear.decide()
    assert ear.last_speech == 12 * 160


@pytest.fixture(scope="module")
def judge() -> VoiceJudge:
    return VoiceJudge()


def judged(judge: VoiceJudge, samples: Samples, law: Law) -> int:
    """Return when the last speech in some audio was, with the real detector."""
    octets = encode(samples, law)
    ear = Ear(law, judge)
    hear(ear, octets)
    question = ear.decide()
    done = threading.Event()
    judge.ask(law, [], lambda _: done.set())  # answered in order
    assert done.wait(20)
    assert ear.knows(question)
    return ear.last_speech


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
