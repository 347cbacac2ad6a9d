"""Azure AI Speech, over REST."""

from collections.abc import Iterator, Sequence
from typing import Final
from xml.sax.saxutils import escape, quoteattr

import httpx
import numpy as np

from dillo.speech.engines import EngineFailed, EngineMissing, Segment, Sound, Transcript, Voice
from dillo.speech.options import Options, Variable
from dillo.speech.sending import answered, wav

_RATE_HZ = 24_000
_TICKS = 10_000_000  # a second in units of 100 ns
_VOICES = (
    "en-GB-SoniaNeural,en-US-JennyNeural,it-IT-IsabellaNeural,es-ES-ElviraNeural,"
    "fr-FR-DeniseNeural,de-DE-KatjaNeural"
)

VARIABLES: Final = (
    Variable("key", "", "Key of the speech resource: `azure` needs it."),
    Variable("region", "", "Region of the resource, `westeurope`."),
    Variable("url", "", "Another host of both services; empty for that of the region."),
    Variable("voices", _VOICES, "Voices; the language is the beginning of each name."),
)


class _Service:
    def __init__(self, options: Options) -> None:
        self._key, region = options.text("key"), options.text("region")
        if not self._key or not (region or options.text("url")):
            raise EngineMissing("DILLO_SPEECH_AZURE_KEY and _REGION are not set: azure is not used")
        self._url = options.text("url").rstrip("/")
        self._region = region
        self.headers = {"Ocp-Apim-Subscription-Key": self._key}

    def at(self, kind: str) -> str:
        return self._url or f"https://{self._region}.{kind}.speech.microsoft.com"


class Azure:
    """Speaks."""

    version = "azure 1"

    def __init__(self, options: Options) -> None:
        """Raises EngineMissing."""
        self._service = _Service(options)
        self._voices = options.listed("voices", _VOICES)

    def voices(self) -> Sequence[Voice]:
        """Return the voices that were set."""
        return tuple(_voice(name) for name in self._voices)

    def load(self) -> None:
        """Do nothing: the service is ready."""

    def synthesize(self, text: str, voice: str, language: str) -> Iterator[Sound]:
        """Speak. Raises EngineFailed, SpeechRefused."""
        document = (
            f"<speak version='1.0' xmlns='http://www.w3.org/2001/10/synthesis' "
            f"xml:lang={quoteattr(language)}><voice name={quoteattr(voice)}>"
            f"{escape(text)}</voice></speak>"
        )
        headers = {
            **self._service.headers,
            "Content-Type": "application/ssml+xml",
            "X-Microsoft-OutputFormat": "raw-24khz-16bit-mono-pcm",
        }
        url = f"{self._service.at('tts')}/cognitiveservices/v1"
        answer = answered(httpx.Request("POST", url, headers=headers, content=document.encode()))
        yield Sound(np.frombuffer(answer.content[: len(answer.content) // 2 * 2], "<i2"), _RATE_HZ)


class AzureTranscription:
    """Listens to up to a minute at a time."""

    version = "azure 1"

    def __init__(self, options: Options) -> None:
        """Raises EngineMissing."""
        self._service = _Service(options)

    def transcribe(self, audio: Sound, language: str) -> Transcript:
        """Write down what is said. Raises EngineFailed, SpeechRefused."""
        url = (
            f"{self._service.at('stt')}/speech/recognition/conversation/cognitiveservices/v1"
            f"?language={language}&format=detailed"
        )
        kind = f"audio/wav; codecs=audio/pcm; samplerate={audio.rate_hz}"
        headers = {**self._service.headers, "Content-Type": kind}
        answer = answered(httpx.Request("POST", url, headers=headers, content=wav(audio))).json()
        if answer.get("RecognitionStatus") not in {"Success", "NoMatch", "InitialSilenceTimeout"}:
            raise EngineFailed(f"Azure: {answer.get('RecognitionStatus')}")
        best = next(iter(answer.get("NBest") or ()), None)
        if best is None:
            return Transcript(language, (), self.version)
        start_s = answer.get("Offset", 0) / _TICKS
        end_s = start_s + answer.get("Duration", 0) / _TICKS
        part = Segment(str(best["Display"]), start_s, end_s, float(best["Confidence"]))
        return Transcript(language, (part,), self.version)


def _voice(name: str) -> Voice:
    language = "-".join(name.split("-")[:2]).lower()
    return Voice(name, (language, language.partition("-")[0]), (name.rpartition("-")[2],))
