"""espeak-ng, the engine that speaks every language, bound through ctypes.

The library is under the GPL: only the prompt worker, a process of its own, loads it, when it
makes an `Espeak`. Importing this module loads nothing. Constants and structures are those of
`speak_lib.h` of espeak-ng 1.52.
"""

import ctypes
import importlib.metadata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dillo.model.errors import PeerError, Unavailable
from dillo.speech.voices import Voice, choose

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


class _EspeakVoice(ctypes.Structure):
    _fields_ = (
        ("name", ctypes.c_char_p),
        ("languages", ctypes.c_void_p),
        ("identifier", ctypes.c_char_p),
        ("gender", ctypes.c_ubyte),
        ("age", ctypes.c_ubyte),
        ("variant", ctypes.c_ubyte),
        ("xx1", ctypes.c_ubyte),
        ("score", ctypes.c_int),
        ("spare", ctypes.c_void_p),
    )


class SpeechTooLong(PeerError):
    """The text takes longer to speak than a prompt may last."""


class EngineFailed(Unavailable):
    """espeak-ng could not be loaded, or refused to speak."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """Spoken text: mono samples, and what was not as asked for."""

    samples: NDArray[np.int16]
    rate_hz: int
    warnings: tuple[str, ...]


def engine_version() -> str:
    """Return what tells this engine's audio from that of others, without loading it."""
    return f"espeak-ng {importlib.metadata.version('espeakng-loader')}"


class Espeak:
    """The engine, loaded: one per process, used by one thread at a time."""

    def __init__(self) -> None:
        import espeakng_loader

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
        self._voices = tuple(filter(self._can_read, self._list_voices()))
        self._variants = tuple(path.name for path in (self._data / "voices" / "!v").iterdir())

    def speak(self, text: str, language: str, voice: str | None) -> Utterance:
        """Speak plain text in a language (BCP 47); see `voices.choose` for the voice.

        Raises SpeechTooLong past ten minutes, EngineFailed where the engine gives an error.
        """
        choice = choose(self._voices, self._variants, language, voice)
        if self._library.espeak_SetVoiceByName(choice.identifier.encode()) != _OK:
            raise EngineFailed(f"espeak-ng does not know its voice {choice.identifier}")
        samples = np.frombuffer(self._synthesize(text), np.int16)
        return Utterance(samples, self._rate_hz, choice.warnings)

    def _synthesize(self, text: str) -> bytes:
        self._spoken.clear()
        octets = text.replace("\0", " ").encode("utf-8", "replace")
        error = self._library.espeak_Synth(
            octets, ctypes.c_size_t(len(octets) + 1), 0, 1, 0, _UTF8, None, None
        )
        if len(self._spoken) > self._limit:
            raise SpeechTooLong(f"the text takes longer than {_LONGEST_S // 60} minutes to speak")
        if error != _OK:
            raise EngineFailed(f"espeak-ng gave the error {error}")
        return bytes(self._spoken)

    def _take(self, samples: "ctypes._Pointer[ctypes.c_short]", count: int, _: int) -> int:
        if samples and count > 0:
            self._spoken += ctypes.string_at(samples, count * 2)
        return _ABORT if len(self._spoken) > self._limit else _CONTINUE

    def _list_voices(self) -> Iterator[Voice]:
        self._library.espeak_ListVoices.restype = ctypes.POINTER(ctypes.POINTER(_EspeakVoice))
        listed = self._library.espeak_ListVoices(None)
        index = 0
        while listed[index]:
            voice = listed[index].contents
            languages = tuple(_languages(voice.languages))
            yield Voice(voice.identifier.decode(), voice.name.decode(), languages)
            index += 1

    def _can_read(self, voice: Voice) -> bool:
        """Tell whether the dictionary of a voice is there: without it, the voice is mute.

        It is named in the voice's file or, by default, after its first language.
        """
        lines = (self._data / "lang" / voice.identifier).read_text("utf-8").splitlines()
        named = [words[1] for words in map(str.split, lines) if words[:1] == ["dictionary"]]
        name = named[0] if named else voice.languages[0][0].partition("-")[0]
        return (self._data / f"{name}_dict").exists()


def _languages(address: int) -> Iterator[tuple[str, int]]:
    """Read a voice's languages: a rank octet and a C string each, ended by a zero octet."""
    while rank := ctypes.string_at(address, 1)[0]:
        tag = ctypes.string_at(address + 1)
        yield tag.decode().lower(), rank
        address += len(tag) + 2
