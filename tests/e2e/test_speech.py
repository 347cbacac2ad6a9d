"""Real calls that hear Kokoro, and fall back to espeak-ng where it is taken away."""

import json
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.e2e.node import Held, Node, behavior
from tests.e2e.telephones import act, place, plan
from tests.e2e.voices import await_ahead
from tests.unit.speech.plug_ins import install

from dillo.speech.engines import Sound, Transcript
from dillo.speech.fetching import obtain
from dillo.speech.models import DEFAULT_MODELS, KOKORO
from dillo.speech.options import read_model_store, read_options
from dillo.speech.registry import make_transcriber
from dillo.speech.whisper import Whisper


@pytest.fixture(scope="session")
def models() -> None:
    for model in DEFAULT_MODELS:
        obtain(model, read_model_store(), print)


@pytest.fixture(scope="session")
def ears(models: None) -> Whisper:
    whisper = make_transcriber("whisper", read_options("whisper", {}))
    assert isinstance(whisper, Whisper)
    return whisper


@pytest.fixture(scope="module")
def speaking(tmp_path_factory: pytest.TempPathFactory, models: None) -> Iterator[Node]:
    running = Node(tmp_path_factory.mktemp("speaking"))
    # No matter how busy the machine is: what is tested is what Kokoro says.
    running.settings |= {
        "DILLO_SPEECH_ENGINES": "kokoro:60,espeak",
        "DILLO_SPEECH_PATIENCE_S": "60",
    }
    running.start()
    yield running
    assert running.stop() == 0


def say(text: str, language: str, **fields: Any) -> dict[str, Any]:
    return act("Say", Text=text, LanguageCode=language, **fields)


def understood(ears: Whisper, heard: np.ndarray[Any, Any], language: str) -> Transcript:
    return ears.transcribe(Sound(heard.astype(np.int16), 8000), language)


def warnings(node: Node, held: Held) -> list[str]:
    """Return what the events of a customer's one call warn of."""
    node.records(held)
    with closing(sqlite3.connect(node.home / "dillo.db")) as connection:
        query = "SELECT events FROM calls WHERE customer_id = ?"
        ((events,),) = connection.execute(query, (held.customer_code,)).fetchall()
    return [event["detail"] for event in json.loads(events) if "Warned" in event.values()]


@pytest.mark.parametrize(
    ("language", "text", "words"),
    [
        ("en-GB", "Thank you for calling. Please hold the line.", ("thank you", "hold the line")),
        ("it-IT", "Grazie per aver chiamato. Attenda in linea.", ("grazie", "linea")),
    ],
)
def test_a_fixed_text_is_there_before_the_call_and_understood(
    speaking: Node, ears: Whisper, language: str, text: str, words: tuple[str, ...]
) -> None:
    held = speaking.hold(behavior(say(text, language, VoiceId="Bianca")))
    await_ahead(speaking, text, language)
    (call,) = place(plan(speaking, held))
    transcript = understood(ears, call.heard, language)
    for word in words:
        assert word in transcript.text.lower()
    assert transcript.confidence > 0.4
    assert transcript.segments[0].words[0].start_s >= 0
    (warning,) = warnings(speaking, held)
    assert warning.startswith("no voice 'Bianca': ")
    assert warning.endswith(f" of kokoro is used for {language}")


def test_digits_of_the_call_are_spoken_one_by_one(speaking: Node, ears: Whisper) -> None:
    text = (
        "<speak>Your number is <say-as interpret-as='digits'>{{digits.Code}}</say-as>."
        "<break time='600ms'/>Goodbye.</speak>"
    )
    collect = act("Collect", 1, NumberOfDigits=3, StorageKey="Code", Timeout=10)
    held = speaking.hold(behavior(collect, say(text, "en-GB")))
    (call,) = place(plan(speaking, held, "w500,427", hang_up_after_s=90))
    said = understood(ears, call.heard, "en-GB").text.lower()
    assert "your number is" in said
    assert all(
        digit in said or word in said
        for digit, word in zip("427", ("four", "two", "seven"), strict=True)
    )
    assert "goodbye" in said.replace(" ", "")


def test_the_next_engine_serves_where_one_is_taken_away(tmp_path: Path, own_node: Node) -> None:
    folder = tmp_path / "models" / "kokoro"
    folder.mkdir(parents=True)
    for file in KOKORO.files:  # of the right size, and nothing but zeros
        with (folder / file.name).open("wb") as damaged:
            damaged.truncate(file.size)
    own_node.settings |= {
        "DILLO_SPEECH_ENGINES": "kokoro:60,espeak",
        "DILLO_SPEECH_PATIENCE_S": "60",
        "DILLO_SPEECH_MODELS": str(tmp_path / "models"),
        "XDG_CACHE_HOME": str(tmp_path / "no-cache"),
    }
    own_node.start()
    held = own_node.hold(behavior(say("Call of {{caller}}.", "en-GB")))
    (call,) = place(plan(own_node, held))
    assert np.abs(call.heard).max() > 1000
    (warning,) = warnings(own_node, held)
    assert warning.startswith("kokoro: ")
    assert "is not the file it should be" in warning
    assert warning.endswith(": espeak speaks instead")


def plug_in(node: Node, folder: Path, does: str) -> None:
    """Let an engine of a strange package speak before espeak-ng does."""
    folder.mkdir()
    node.settings |= {
        "PYTHONPATH": f"{install(folder)}{os.pathsep}{os.environ.get('PYTHONPATH', '')}",
        "DILLO_SPEECH_ENGINES": "first:60,espeak",
        "DILLO_SPEECH_FIRST_DOES": does,
    }


@pytest.mark.parametrize("does", ["load", "hang"])
def test_a_caller_does_not_wait_for_an_engine_that_is_late(
    tmp_path: Path, own_node: Node, does: str
) -> None:
    """It loads for a minute, or is silent for one; the call is over long before."""
    plug_in(own_node, tmp_path / "plug-in", does)
    own_node.start()
    held = own_node.hold(behavior(say("Call of {{caller}}.", "en-GB")))
    (call,) = place(plan(own_node, held, hang_up_after_s=30))
    assert call.ended_by == "callee"
    assert np.abs(call.heard).max() > 1000
    (warning,) = warnings(own_node, held)
    assert warning == "first: nothing within 2.0 s: espeak speaks instead"


def speech_workers(node: Node) -> list[str]:
    """Return the engines that are there for calls now."""
    signal = node.children()["signal"]
    children = Path(f"/proc/{signal}/task/{signal}/children").read_text().split()
    commands = [Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0") for pid in children]
    return [
        command[command.index(b"dillo.speech_worker") + 1].decode()
        for command in commands
        if b"dillo.speech_worker" in command
    ]


def test_an_engine_is_loaded_once_an_application_needs_it_in_calls(
    tmp_path: Path, own_node: Node
) -> None:
    plug_in(own_node, tmp_path / "plug-in", "")
    own_node.start()
    own_node.hold(behavior(say("A fixed text.", "en-GB")))
    time.sleep(1)
    assert set(speech_workers(own_node)) == {"espeak"}
    own_node.hold(behavior(say("Call of {{caller}}.", "en-GB")))
    deadline = time.monotonic() + 120
    while "first" not in speech_workers(own_node):
        assert time.monotonic() < deadline
        time.sleep(0.1)
