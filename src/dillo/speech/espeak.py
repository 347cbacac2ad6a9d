"""espeak-ng, the engine that speaks every language, bound through ctypes.

The library is under the GPL: only a worker, a process of its own, loads it, when it speaks first.
Constants are those of `speak_lib.h` of espeak-ng 1.52.
"""

import ctypes
import importlib.metadata
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

import espeakng_loader
import numpy as np

from dillo.speech.engines import EngineFailed, Sound, SpeechRefused, Voice
from dillo.speech.espeak_voices import read_voices
from dillo.speech.options import Options
from dillo.speech.voices import named, speaking

_SYNCHRONOUS = 2  # AUDIO_OUTPUT_SYNCHRONOUS: samples go to the callback before espeak_Synth returns
_DO_NOT_EXIT = 0x8000  # espeakINITIALIZE_DONT_EXIT
_UTF8 = 1  # espeakCHARS_UTF8
_OK = 0  # EE_OK
_CONTINUE, _ABORT = 0, 1
_BUFFER_MS = 200
_LONGEST_S = 600

_Callback = ctypes.CFUNCTYPE(
    ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p
)


class Espeak:
    """The floor: every language, always there, 11 ms a sentence."""

    def __init__(self, options: Options) -> None:
        """There are no options."""

    @property
    def version(self) -> str:
        return f"espeak-ng {importlib.metadata.version('espeakng-loader')}"

    @cached_property
    def _voices(self) -> tuple[Voice, ...]:
        return read_voices(Path(espeakng_loader.get_data_path()))

    @cached_property
    def _library(self) -> "Library":
        return Library()

    def voices(self) -> Sequence[Voice]:
        """Return a voice for each of some hundred languages, and timbres that suit all."""
        return self._voices

    def load(self) -> None:
        """Load the library. Raises EngineFailed."""
        self._library.speak("", self._voices[0].name)

    def synthesize(self, text: str, voice: str, language: str) -> Iterator[Sound]:
        """Speak in one part. Raises SpeechRefused past ten minutes, EngineFailed."""
        chosen = named(self._voices, voice)
        if chosen is None or not chosen.languages:
            speaker = speaking(self._voices, language) or self._voices[0]
            voice = f"{speaker.name}+{voice}" if chosen else speaker.name
        yield self._library.speak(text, voice)


class Library:
    """The library, loaded: one per process, used by one thread at a time."""

    def __init__(self) -> None:
        self._data = Path(espeakng_loader.get_data_path())
        self._library = ctypes.CDLL(espeakng_loader.get_library_path())
        rate_hz: int = self._library.espeak_Initialize(
            _SYNCHRONOUS, _BUFFER_MS, bytes(self._data), _DO_NOT_EXIT
        )
        if rate_hz <= 0:
            raise EngineFailed("espeak-ng cannot read its data")
        self._rate_hz = rate_hz
        self._spoken = bytearray()
        self._limit = _LONGEST_S * rate_hz * 2
        self._callback = _Callback(self._take)  # the library keeps no reference of its own
        self._library.espeak_SetSynthCallback(self._callback)

    def speak(self, text: str, voice: str) -> Sound:
        """Speak plain text with a voice, `roa/it`, and maybe a timbre, `roa/it+f3`.

        Raises SpeechRefused past ten minutes, EngineFailed where the engine gives an error.
        """
        if self._library.espeak_SetVoiceByName(voice.encode()) != _OK:
            raise EngineFailed(f"espeak-ng does not know its voice {voice}")
        return Sound(np.frombuffer(self._synthesize(text), np.int16), self._rate_hz)

    def _synthesize(self, text: str) -> bytes:
        self._spoken.clear()
        octets = text.replace("\0", " ").encode("utf-8", "replace")
        error = self._library.espeak_Synth(
            octets, ctypes.c_size_t(len(octets) + 1), 0, 1, 0, _UTF8, None, None
        )
        if len(self._spoken) > self._limit:
            raise SpeechRefused(f"the text takes longer than {_LONGEST_S // 60} minutes to speak")
        if error != _OK:
            raise EngineFailed(f"espeak-ng gave the error {error}")
        return bytes(self._spoken)

    def _take(self, samples: "ctypes._Pointer[ctypes.c_short]", count: int, _: int) -> int:
        if samples and count > 0:
            self._spoken += ctypes.string_at(samples, count * 2)
        return _ABORT if len(self._spoken) > self._limit else _CONTINUE
