"""Servers of the Wyoming protocol, such as wyoming-piper and wyoming-faster-whisper.

An event is a line of JSON, then `data_length` octets of JSON, then
`payload_length` octets of audio.
"""

import json
import socket
from collections.abc import Iterator, Sequence
from typing import Any, Final

import numpy as np

from dillo.speech.engines import (
    ANY_LANGUAGE,
    EngineFailed,
    EngineMissing,
    Segment,
    Sound,
    Transcript,
    Voice,
)
from dillo.speech.options import Options, Variable

VARIABLES: Final = (
    Variable("address", "", "`HOST:PORT` of the server: `wyoming` needs it."),
    Variable("voices", "", "Its voices, each `NAME` or `NAME=LANGUAGE`; empty for what it has."),
)

_CONNECT_S, _TIMEOUT_S = 5.0, 600.0
_DEFAULT = "wyoming"
"""Stands for the voice that the server chooses."""
_CHUNK_SAMPLES = 8192
_LONGEST_LINE = 1 << 20


class _Connection:
    """One connection, for one exchange."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._socket = socket.create_connection(address, _CONNECT_S)
        self._socket.settimeout(_TIMEOUT_S)
        self._file = self._socket.makefile("rwb")

    def __enter__(self) -> "_Connection":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()
        self._socket.close()

    def send(self, kind: str, data: dict[str, Any], payload: bytes = b"") -> None:
        head = {"type": kind, "data": data, "payload_length": len(payload)}
        self._file.write(json.dumps(head).encode() + b"\n" + payload)
        self._file.flush()

    def receive(self) -> tuple[str, dict[str, Any], bytes]:
        line = self._file.readline(_LONGEST_LINE)
        if not line:
            raise EngineFailed("the Wyoming server hung up")
        head = json.loads(line)
        data = head.get("data") or {}
        if head.get("data_length"):
            data |= json.loads(self._file.read(head["data_length"]))
        return head["type"], data, self._file.read(head.get("payload_length") or 0)


def _address(options: Options) -> tuple[str, int]:
    host, _, port = options.text("address").rpartition(":")
    if not host or not port.isdigit():
        raise EngineMissing("DILLO_SPEECH_WYOMING_ADDRESS is not HOST:PORT: wyoming has no server")
    return host.strip("[]"), int(port)


class WyomingSpeech:
    """Speaks; parts are passed on as they arrive."""

    def __init__(self, options: Options) -> None:
        """Raises EngineMissing."""
        self._at = _address(options)
        self._listed = options.listed("voices")

    @property
    def version(self) -> str:
        return f"wyoming {self._at[0]}:{self._at[1]}"

    def voices(self) -> Sequence[Voice]:
        """Return the voices that were set, and one for whatever the server chooses."""
        pairs = (text.partition("=") for text in self._listed)
        named = (Voice(name, (language.lower() or ANY_LANGUAGE,)) for name, _, language in pairs)
        return (*named, Voice(_DEFAULT, (ANY_LANGUAGE,)))

    def load(self) -> None:
        """Do nothing: the server is ready."""

    def synthesize(self, text: str, voice: str, language: str) -> Iterator[Sound]:
        """Speak. Raises EngineFailed."""
        wanted = {"language": language} if voice == _DEFAULT else {"name": voice}
        try:
            with _Connection(self._at) as server:
                server.send("synthesize", {"text": text, "voice": wanted})
                while True:
                    kind, data, payload = server.receive()
                    if kind == "audio-chunk":
                        yield _sound(data, payload)
                    elif kind == "error":
                        raise EngineFailed(f"the Wyoming server: {data.get('text')}")
                    elif kind == "audio-stop":
                        return
        except (OSError, ValueError, KeyError) as error:
            raise EngineFailed(f"the Wyoming server: {error}") from error


class WyomingTranscription:
    """Listens; the protocol gives a text without timing, so that it is one segment."""

    def __init__(self, options: Options) -> None:
        """Raises EngineMissing."""
        self._at = _address(options)

    @property
    def version(self) -> str:
        return f"wyoming {self._at[0]}:{self._at[1]}"

    def transcribe(self, audio: Sound, language: str) -> Transcript:
        """Write down what is said. Raises EngineFailed."""
        form = {"rate": audio.rate_hz, "width": 2, "channels": 1}
        try:
            with _Connection(self._at) as server:
                tag = language.replace("_", "-").partition("-")[0].lower()
                server.send("transcribe", {"language": tag})
                server.send("audio-start", form)
                for start in range(0, len(audio.samples), _CHUNK_SAMPLES):
                    chunk = audio.samples[start : start + _CHUNK_SAMPLES].astype("<i2")
                    server.send("audio-chunk", form, chunk.tobytes())
                server.send("audio-stop", {})
                while True:
                    kind, data, _ = server.receive()
                    if kind == "error":
                        raise EngineFailed(f"the Wyoming server: {data.get('text')}")
                    if kind == "transcript":
                        text = str(data.get("text", "")).strip()
                        part = Segment(text, 0.0, audio.duration_s, 1.0)
                        return Transcript(language, (part,) if text else (), self.version)
        except (OSError, ValueError, KeyError) as error:
            raise EngineFailed(f"the Wyoming server: {error}") from error


def _sound(data: dict[str, Any], payload: bytes) -> Sound:
    if data.get("width", 2) != 2:
        raise EngineFailed("the Wyoming server sends samples that are not of 16 bits")
    samples = np.frombuffer(payload, "<i2")
    channels = int(data.get("channels", 1))
    return Sound(samples[::channels], int(data["rate"]))
