"""Any server that speaks OpenAI's audio API: `/v1/audio/speech` and `/v1/audio/transcriptions`.

The operator may choose the address freely, private ones included.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

import httpx
import numpy as np

from dillo.speech.engines import (
    ANY_LANGUAGE,
    EngineFailed,
    EngineMissing,
    Segment,
    Sound,
    Transcript,
    Voice,
    Word,
)
from dillo.speech.options import Options, Variable
from dillo.speech.sending import check, wav

_RATE_HZ = 24_000  # of `pcm`: 16 bits, mono, little-endian
_VOICES = "alloy,ash,ballad,coral,echo,fable,nova,onyx,sage,shimmer,verse"
_MODEL, _TRANSCRIPTION_MODEL = "tts-1", "whisper-1"

VARIABLES: Final = (
    Variable("url", "", "Base URL of the server, `http://127.0.0.1:8000/v1`: `openai` needs it."),
    Variable("key", "", "Its API key."),
    Variable("model", _MODEL, "The model that speaks."),
    Variable("voices", _VOICES, "Its voices."),
    Variable("transcription_model", _TRANSCRIPTION_MODEL, "The model that listens."),
)

_TIMEOUT = httpx.Timeout(600, connect=5)
_BLOCK = 1 << 15


class _Server:
    def __init__(self, options: Options) -> None:
        """Raises EngineMissing."""
        url = options.text("url")
        if not url:
            raise EngineMissing(
                "DILLO_SPEECH_OPENAI_URL is not set: the engine openai has no server"
            )
        key = options.text("key")
        self.url = url.rstrip("/")
        self.client = httpx.Client(
            timeout=_TIMEOUT,
            trust_env=False,
            headers={"Authorization": f"Bearer {key}"} if key else {},
        )


class OpenAiSpeech:
    """Speaks; parts are passed on as they arrive."""

    def __init__(self, options: Options) -> None:
        """Raises EngineMissing."""
        self._server = _Server(options)
        self._model = options.text("model", _MODEL)
        self._voices = options.listed("voices", _VOICES)

    @property
    def version(self) -> str:
        return f"openai {self._server.url} {self._model}"

    def voices(self) -> Sequence[Voice]:
        """Return the voices that were set; each speaks all languages."""
        return tuple(Voice(name, (ANY_LANGUAGE,)) for name in self._voices)

    def load(self) -> None:
        """Do nothing: the server is ready."""

    def synthesize(self, text: str, voice: str, language: str) -> Iterator[Sound]:
        """Speak. Raises EngineFailed, SpeechRefused for what the server calls invalid."""
        asked = {"model": self._model, "input": text, "voice": voice, "response_format": "pcm"}
        odd = b""
        try:
            with self._server.client.stream(
                "POST", f"{self._server.url}/v1/audio/speech", json=asked
            ) as answer:
                check(answer)
                for block in answer.iter_bytes(_BLOCK):
                    octets = odd + block
                    odd = octets[len(octets) // 2 * 2 :]
                    yield Sound(np.frombuffer(octets[: len(octets) // 2 * 2], "<i2"), _RATE_HZ)
        except httpx.HTTPError as error:
            raise EngineFailed(f"the speech server: {error or type(error).__name__}") from error


class OpenAiTranscription:
    """Listens."""

    def __init__(self, options: Options) -> None:
        """Raises EngineMissing."""
        self._server = _Server(options)
        self._model = options.text("transcription_model", _TRANSCRIPTION_MODEL)

    @property
    def version(self) -> str:
        return f"openai {self._model}"

    def transcribe(self, audio: Sound, language: str) -> Transcript:
        """Write down what is said. Raises EngineFailed, SpeechRefused."""
        asked = {
            "model": self._model,
            "language": language.replace("_", "-").partition("-")[0].lower(),
            "response_format": "verbose_json",
            "temperature": "0",
            "timestamp_granularities[]": ["segment", "word"],
        }
        try:
            answer = self._server.client.post(
                f"{self._server.url}/v1/audio/transcriptions",
                data=asked,
                files={"file": ("audio.wav", wav(audio), "audio/wav")},
            )
            check(answer)
            heard = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise EngineFailed(f"the speech server: {error or type(error).__name__}") from error
        return Transcript(language, _segments(heard, audio.duration_s), self.version)


def _segments(heard: dict[str, Any], duration_s: float) -> tuple[Segment, ...]:
    """Read `verbose_json`; plain `json`, which some servers answer with, has a text only."""
    text = str(heard.get("text", "")).strip()
    if not heard.get("segments"):
        return (Segment(text, 0.0, duration_s, 1.0),) if text else ()
    words = tuple(
        Word(str(word["word"]), float(word["start"]), float(word["end"]), 1.0)
        for word in heard.get("words") or ()
    )
    return tuple(
        Segment(
            str(part["text"]).strip(),
            float(part["start"]),
            float(part["end"]),
            min(1.0, float(np.exp(part.get("avg_logprob", 0.0)))),
            tuple(word for word in words if part["start"] <= word.start_s < part["end"]),
        )
        for part in heard["segments"]
    )
