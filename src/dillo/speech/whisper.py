"""faster-whisper: transcription on this machine's processor.

Beam 5, temperature 0 and the language always given: measured best on G.711 audio.
"""

import math
from collections.abc import Iterable
from functools import cached_property
from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

import numpy as np
import soxr

from dillo.speech.engines import (
    EngineMissing,
    Segment,
    Sound,
    SpeechRefused,
    Transcript,
    Word,
)
from dillo.speech.models import MODELS
from dillo.speech.options import Options

if TYPE_CHECKING:
    from faster_whisper import WhisperModel
    from faster_whisper.transcribe import Segment as Heard

_RATE_HZ: Final = 16_000
_BEAM: Final = 5


class Whisper:
    """Listens with a model of OpenAI's Whisper, loaded when it is needed first."""

    def __init__(self, options: Options) -> None:
        """`DILLO_SPEECH_WHISPER_MODEL` is `base` or `tiny.en`. Raises EngineMissing."""
        if find_spec("faster_whisper") is None:
            raise EngineMissing("faster-whisper is not installed: it is in the extra `speech`")
        name = options.text("model", "base")
        model = MODELS.get(f"whisper-{name}")
        if model is None:
            raise EngineMissing(f"there is no Whisper model {name!r}: `base` or `tiny.en`")
        if options.models.find(model) is None:
            raise EngineMissing(options.models.lack(model))
        self._files = model
        self._options = options
        self._name = name

    @property
    def version(self) -> str:
        return f"faster-whisper {version('faster-whisper')} {self._name}"

    @cached_property
    def _model(self) -> "WhisperModel":
        from faster_whisper import WhisperModel

        folder = self._options.models.require(self._files)
        return WhisperModel(
            str(folder),
            device="cpu",
            compute_type="int8",
            cpu_threads=self._options.threads,
            local_files_only=True,
        )

    def transcribe(self, audio: Sound, language: str) -> Transcript:
        """Write down what is said. Raises SpeechRefused for a language Whisper does not know."""
        code = language.lower().replace("_", "-").partition("-")[0]
        if code not in self._model.supported_languages:
            raise SpeechRefused(f"{self.version} does not know the language {language!r}")
        signal = audio.samples.astype(np.float32) / 32768
        heard, _ = self._model.transcribe(
            soxr.resample(signal, audio.rate_hz, _RATE_HZ).astype(np.float32),
            language=code,
            beam_size=_BEAM,
            temperature=0.0,
            word_timestamps=True,
            condition_on_previous_text=False,  # one hallucination must not lead to the next
        )
        return Transcript(language, tuple(_segments(heard)), self.version)


def _segments(heard: "Iterable[Heard]") -> Iterable[Segment]:
    for segment in heard:
        words = tuple(
            Word(word.word.strip(), float(word.start), float(word.end), float(word.probability))
            for word in segment.words or ()
        )
        yield Segment(
            segment.text.strip(),
            float(segment.start),
            float(segment.end),
            min(1.0, math.exp(segment.avg_logprob)),
            words,
        )
