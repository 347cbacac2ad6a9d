"""Google Cloud speech, over REST with an API key."""

import base64
from collections.abc import Iterator, Sequence
from typing import Final

import httpx
import numpy as np

from dillo.speech.engines import (
    ANY_LANGUAGE,
    EngineMissing,
    Segment,
    Sound,
    Transcript,
    Voice,
    Word,
)
from dillo.speech.options import Options, Variable
from dillo.speech.sending import answered

_RATE_HZ = 24_000
_WAV_HEADER = 44
_DEFAULT = "google"
"""Stands for the voice that Google chooses."""

VARIABLES: Final = (
    Variable("key", "", "API key: `google` needs it."),
    Variable("url", "", "Another host of both services; empty for Google's."),
    Variable("voices", "", "Voices, `it-IT-Standard-A`; empty lets Google choose by language."),
)


class _Service:
    def __init__(self, options: Options) -> None:
        key = options.text("key")
        if not key:
            raise EngineMissing("DILLO_SPEECH_GOOGLE_KEY is not set: google is not used")
        self.headers = {"X-Goog-Api-Key": key}
        self._url = options.text("url").rstrip("/")

    def at(self, service: str) -> str:
        return self._url or f"https://{service}.googleapis.com"


class Google:
    """Speaks."""

    version = "google v1"

    def __init__(self, options: Options) -> None:
        """Raises EngineMissing."""
        self._service = _Service(options)
        self._voices = options.listed("voices")

    def voices(self) -> Sequence[Voice]:
        """Return the voices that were set, and one for whatever Google chooses."""
        named = (Voice(name, ("-".join(name.split("-")[:2]).lower(),)) for name in self._voices)
        return (*named, Voice(_DEFAULT, (ANY_LANGUAGE,)))

    def load(self) -> None:
        """Do nothing: the service is ready."""

    def synthesize(self, text: str, voice: str, language: str) -> Iterator[Sound]:
        """Speak. Raises EngineFailed, SpeechRefused."""
        wanted = {"languageCode": language}
        if voice != _DEFAULT:
            wanted = {"languageCode": "-".join(voice.split("-")[:2]), "name": voice}
        asked = {
            "input": {"text": text},
            "voice": wanted,
            "audioConfig": {"audioEncoding": "LINEAR16", "sampleRateHertz": _RATE_HZ},
        }
        url = f"{self._service.at('texttospeech')}/v1/text:synthesize"
        request = httpx.Request("POST", url, headers=self._service.headers, json=asked)
        octets = base64.b64decode(answered(request).json()["audioContent"])[_WAV_HEADER:]
        yield Sound(np.frombuffer(octets[: len(octets) // 2 * 2], "<i2"), _RATE_HZ)


class GoogleTranscription:
    """Listens to up to a minute at a time."""

    version = "google v1"

    def __init__(self, options: Options) -> None:
        """Raises EngineMissing."""
        self._service = _Service(options)

    def transcribe(self, audio: Sound, language: str) -> Transcript:
        """Write down what is said. Raises EngineFailed, SpeechRefused."""
        asked = {
            "config": {
                "encoding": "LINEAR16",
                "sampleRateHertz": audio.rate_hz,
                "languageCode": language,
                "enableWordTimeOffsets": True,
                "enableWordConfidence": True,
                "enableAutomaticPunctuation": True,
            },
            "audio": {"content": base64.b64encode(audio.samples.astype("<i2").tobytes()).decode()},
        }
        url = f"{self._service.at('speech')}/v1/speech:recognize"
        request = httpx.Request("POST", url, headers=self._service.headers, json=asked)
        found = [
            result["alternatives"][0]
            for result in answered(request).json().get("results", ())
            if result.get("alternatives")
        ]
        return Transcript(language, tuple(_segment(best, audio) for best in found), self.version)


def _segment(best: dict[str, object], audio: Sound) -> Segment:
    listed = best.get("words")
    words = tuple(
        Word(
            str(word["word"]),
            float(str(word.get("startTime", "0s")).rstrip("s")),
            float(str(word.get("endTime", "0s")).rstrip("s")),
            float(word.get("confidence", best.get("confidence", 1.0))),
        )
        for word in (listed if isinstance(listed, list) else ())
    )
    start_s, end_s = (words[0].start_s, words[-1].end_s) if words else (0.0, audio.duration_s)
    confidence = float(str(best.get("confidence", 1.0)))
    return Segment(str(best["transcript"]).strip(), start_s, end_s, confidence, words)
