"""Kokoro: natural voices for English, Italian, Spanish and French, on this machine's processor.

What it reads out it takes from espeak-ng as phonemes, whose library is under the GPL: only a
worker, a process of its own, loads either, when it speaks first.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

import numpy as np

from dillo.speech.engines import EngineMissing, Sound, SpeechRefused, Voice
from dillo.speech.models import KOKORO, KOKORO_VOICES
from dillo.speech.options import Options

if TYPE_CHECKING:
    import kokoro_onnx

# A voice's first letter tells its language, the second whether it is a woman's or a man's.
_LANGUAGES: Final = {
    "a": ("en-us", "en"),
    "b": ("en-gb", "en"),
    "e": ("es-es", "es"),
    "f": ("fr-fr", "fr"),
    "i": ("it-it", "it"),
}
_PHONEMES: Final = {
    "en-us": "en-us",
    "en-gb": "en-gb",
    "en": "en-gb",
    "es": "es",
    "fr": "fr-fr",
    "it": "it",
}
"""What espeak-ng calls a language."""


class Kokoro:
    """Speaks sentence by sentence; about half as long as the sentence lasts."""

    def __init__(self, options: Options) -> None:
        """Raises EngineMissing."""
        if find_spec("kokoro_onnx") is None:
            raise EngineMissing("kokoro-onnx is not installed: it is in the extra `speech`")
        if options.models.find(KOKORO) is None:
            raise EngineMissing(options.models.lack(KOKORO))
        self._options = options

    @property
    def version(self) -> str:
        return f"kokoro-onnx {version('kokoro-onnx')} {KOKORO.files[0].sha256[:8]}"

    def voices(self) -> Sequence[Voice]:
        """Return its voices, the best of each language first."""
        return tuple(Voice(name, _LANGUAGES[name[0]]) for name in KOKORO_VOICES)

    def load(self) -> None:
        """Load the model, and run it once: the first run takes longer. Raises ModelMissing."""
        self._model.create("One.", KOKORO_VOICES[0])

    def synthesize(self, text: str, voice: str, language: str) -> Iterator[Sound]:
        """Speak in one part. Raises SpeechRefused where the text has nothing to be said."""
        tag = language.lower().replace("_", "-")
        phonemes = _PHONEMES.get(tag) or _PHONEMES.get(tag.partition("-")[0])
        try:
            signal, rate_hz = self._model.create(
                text, voice, lang=phonemes or _PHONEMES[_LANGUAGES[voice[0]][1]]
            )
        except ValueError as error:
            raise SpeechRefused(f"Kokoro cannot speak this: {error}") from error
        yield Sound((np.clip(signal, -1, 1) * 32767).astype(np.int16), rate_hz)

    @cached_property
    def _model(self) -> "kokoro_onnx.Kokoro":
        import onnxruntime
        from kokoro_onnx import Kokoro

        folder = self._options.models.require(KOKORO)
        limits = onnxruntime.SessionOptions()
        limits.intra_op_num_threads = self._options.threads
        limits.inter_op_num_threads = 1
        # Threads that wait for work would otherwise spin, on cores that media need.
        limits.add_session_config_entry("session.intra_op.allow_spinning", "0")
        session = onnxruntime.InferenceSession(
            str(folder / KOKORO.files[0].name), limits, providers=["CPUExecutionProvider"]
        )
        model: kokoro_onnx.Kokoro = Kokoro.from_session(session, str(folder / KOKORO.files[1].name))
        return model
