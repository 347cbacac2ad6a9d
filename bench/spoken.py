"""Speech as a telephone sends it, spoken by Kokoro and kept in a folder between runs."""

import hashlib
import tempfile
from functools import cache
from pathlib import Path

import numpy as np
import soxr
from bench.utterances import UTTERANCES, VOICES

from dillo.rtp.pcm import Samples
from dillo.speech.engines import Synthesizer
from dillo.speech.registry import make_synthesizer

RATE_HZ = 8000
_FOLDER = Path(tempfile.gettempdir()) / "dillo-bench-speech"


@cache
def _kokoro() -> Synthesizer:
    return make_synthesizer("kokoro")


def speak(text: str, voice: str, language: str) -> Samples:
    """Return a sentence of 8000 samples a second."""
    name = hashlib.sha256(f"{text}|{voice}|{language}".encode()).hexdigest()[:24]
    path = _FOLDER / f"{name}.npy"
    if path.exists():
        kept: Samples = np.load(path)
        return kept
    sounds = list(_kokoro().synthesize(text, voice, language))
    full = np.concatenate([sound.samples for sound in sounds]).astype(np.float32)
    narrow = soxr.resample(full, sounds[0].rate_hz, RATE_HZ)
    spoken: Samples = np.clip(narrow, -32768, 32767).astype(np.int16)
    _FOLDER.mkdir(exist_ok=True)
    np.save(path, spoken)
    return spoken


def utterances(language: str) -> list[tuple[str, Samples]]:
    """Return what is said in a language and how it sounds, voices taking turns."""
    voices = VOICES[language]
    return [
        (text, speak(text, voices[number % len(voices)], language))
        for number, text in enumerate(UTTERANCES[language])
    ]


def talk(seconds: float) -> Samples:
    """Return so much speech of all voices and languages, with short pauses."""
    pause = np.zeros(RATE_HZ // 4, np.int16)
    parts: list[Samples] = []
    length, turn = 0, 0
    while length < seconds * RATE_HZ:
        for language, texts in UTTERANCES.items():
            voices = VOICES[language]
            voice = voices[(turn // len(texts) + turn) % len(voices)]
            parts += [speak(texts[turn % len(texts)], voice, language), pause]
            length += len(parts[-2]) + len(pause)
        turn += 1
    return np.concatenate(parts)[: int(seconds * RATE_HZ)]
