"""Engines behind a server, each against a small real one on the loopback interface."""

import base64
import inspect
import json
import re
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import numpy as np
import pytest

from dillo.speech import azure, google, openai, wyoming
from dillo.speech.engines import EngineFailed, EngineMissing, Sound, SpeechRefused, Synthesizer
from dillo.speech.options import read_options
from dillo.speech.registry import make_synthesizer, make_transcriber

SAMPLES = np.arange(-4000, 4001, dtype="<i2")
HEARD = Sound(np.arange(16_000, dtype=np.int16), 8000)
OPENAI_HEARD = {
    "text": "Hello there.",
    "segments": [{"text": " Hello there.", "start": 0.5, "end": 1.5, "avg_logprob": -0.1}],
    "words": [{"word": "Hello", "start": 0.5, "end": 1.0}],
}
AZURE_HEARD = {
    "RecognitionStatus": "Success",
    "Offset": 5_000_000,
    "Duration": 10_000_000,
    "NBest": [{"Confidence": 0.9, "Display": "Hello there."}],
}
GOOGLE_WORDS = [{"word": "Hello", "startTime": "0.500s", "endTime": "1.5s", "confidence": 0.9}]
GOOGLE_HEARD = {
    "results": [
        {"alternatives": [{"transcript": "Hello there.", "confidence": 0.9, "words": GOOGLE_WORDS}]}
    ]
}
SPOKEN = {"audioContent": base64.b64encode(b"\0" * 44 + SAMPLES.tobytes()).decode()}


class Handler(BaseHTTPRequestHandler):
    """Answers as the three services do."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        server: Any = self.server
        server.asked.append((self.path, dict(self.headers), body))
        answers = {
            "/v1/audio/speech": SAMPLES.tobytes(),
            "/v1/audio/transcriptions": json.dumps(OPENAI_HEARD).encode(),
            "/cognitiveservices/v1": SAMPLES.tobytes(),
            "/v1/text:synthesize": json.dumps(SPOKEN).encode(),
            "/v1/speech:recognize": json.dumps(GOOGLE_HEARD).encode(),
        }
        answer = answers.get(self.path.partition("?")[0], json.dumps(AZURE_HEARD).encode())
        self.send_response(server.status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: object) -> None:
        pass


class WyomingHandler(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        octets = 0
        for line in self.rfile:
            head = json.loads(line)
            octets += len(self.rfile.read(head.get("payload_length") or 0))
            if head["type"] == "synthesize" and head["data"]["text"] == "fail":
                self.answer("error", {"text": "no such voice"})
            elif head["type"] == "synthesize":
                form = {"rate": 22_050, "width": 2, "channels": 1}
                self.answer("audio-start", form)
                for part in np.split(SAMPLES[:8000], 4):
                    self.answer("audio-chunk", form, part.tobytes())
                self.answer("audio-stop", {})
            elif head["type"] == "audio-stop":
                self.answer("transcript", {"text": f"Hello there. {octets}"})

    def answer(self, kind: str, data: dict[str, Any], payload: bytes = b"") -> None:
        apart = json.dumps(data).encode()
        head = {"type": kind, "data_length": len(apart), "payload_length": len(payload)}
        self.wfile.write(json.dumps(head).encode() + b"\n" + apart + payload)


class WyomingServer(socketserver.ThreadingTCPServer):
    daemon_threads = True


@contextmanager
def serving(server: Any) -> Iterator[Any]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def http() -> Iterator[Any]:
    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.asked, server.status, server.daemon_threads = [], 200, True
    with serving(server):
        yield server


def settings(engine: str, server: Any) -> dict[str, str]:
    url = f"http://127.0.0.1:{server.server_address[1]}"
    own = f"DILLO_SPEECH_{engine.upper()}"
    return {
        f"{own}_URL": url,
        f"{own}_KEY": "secret",
        f"{own}_ADDRESS": url.removeprefix("http://"),
    }


def synthesizer(engine: str, server: Any) -> Synthesizer:
    return make_synthesizer(engine, read_options(engine, settings(engine, server)))


@pytest.mark.parametrize("engine", ["openai", "azure", "google"])
def test_a_service_speaks(engine: str, http: Any) -> None:
    speaker = synthesizer(engine, http)
    voice = speaker.voices()[0].name
    parts = list(speaker.synthesize("Hi <you> & me", voice, "en-GB"))
    assert np.array_equal(np.concatenate([part.samples for part in parts]), SAMPLES)
    assert {part.rate_hz for part in parts} == {24_000}
    ((_, headers, body),) = http.asked
    assert "secret" in " ".join(headers.values())
    assert b"you" in body


@pytest.mark.parametrize("engine", ["openai", "azure", "google"])
def test_a_service_listens(engine: str, http: Any) -> None:
    listener = make_transcriber(engine, read_options(engine, settings(engine, http)))
    transcript = listener.transcribe(HEARD, "en-GB")
    assert transcript.text == "Hello there."
    assert (transcript.segments[0].start_s, transcript.segments[0].end_s) == (0.5, 1.5)
    assert transcript.confidence == pytest.approx(0.9, abs=0.01)


@pytest.mark.parametrize(
    ("status", "error"), [(400, SpeechRefused), (500, EngineFailed), (401, EngineFailed)]
)
def test_an_answer_tells_whose_fault_it_is(http: Any, status: int, error: type[Exception]) -> None:
    http.status = status
    with pytest.raises(error, match=f"answered {status}"):
        list(synthesizer("openai", http).synthesize("Hi", "alloy", "en"))


def test_a_server_that_is_not_there_fails(http: Any) -> None:
    speaker = synthesizer("openai", http)
    http.server_close()
    with pytest.raises(EngineFailed):
        list(speaker.synthesize("Hi", "alloy", "en"))


def test_wyoming_speaks_and_listens() -> None:
    with serving(WyomingServer(("127.0.0.1", 0), WyomingHandler)) as server:
        speaker = synthesizer("wyoming", server)
        parts = list(speaker.synthesize("Hi", speaker.voices()[0].name, "it-IT"))
        assert np.array_equal(np.concatenate([part.samples for part in parts]), SAMPLES[:8000])
        with pytest.raises(EngineFailed, match="no such voice"):
            list(speaker.synthesize("fail", "x", "it-IT"))
        listener = make_transcriber("wyoming", read_options("wyoming", settings("wyoming", server)))
        assert listener.transcribe(HEARD, "it-IT").text == "Hello there. 32000"


@pytest.mark.parametrize("engine", ["openai", "wyoming", "azure", "google"])
def test_without_settings_an_engine_says_what_it_lacks(engine: str) -> None:
    with pytest.raises(EngineMissing, match=f"DILLO_SPEECH_{engine.upper()}_"):
        make_synthesizer(engine, read_options(engine, {}))


@pytest.mark.parametrize("engine", [azure, google, openai, wyoming])
def test_every_option_is_documented(engine: Any) -> None:
    read = re.findall(r'options\.(?:text|listed)\("(\w+)"', inspect.getsource(engine))
    assert {each.name for each in engine.VARIABLES} == set(read)
