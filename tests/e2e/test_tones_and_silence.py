"""Keys as tones, and recordings that end when nobody speaks any more: over real calls."""

import json
import sqlite3
from contextlib import closing
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soxr
from tests.e2e.node import Held, Node, behavior
from tests.e2e.telephones import act, download, noise, place, plan
from tests.unit.rtp.test_dtmf import ALL, keyed

from dillo.caller import write_wav
from dillo.rtp.pcm import Samples
from dillo.speech.registry import make_synthesizer


def ways(node: Node, held: Held) -> list[str]:
    """Return in which way the keys of a number's calls came."""
    with closing(sqlite3.connect(node.home / "dillo.db")) as file:
        rows = file.execute(
            "SELECT events FROM calls JOIN numbers ON numbers.id = number_id WHERE e164 = ?",
            [held.number],
        ).fetchall()
    events = [event for (text,) in rows for event in json.loads(text)]
    return [event["via"] for event in events if event["kind"] == "DigitReceived"]


@pytest.mark.parametrize("law", ["pcmu", "pcma"])
def test_a_peer_without_telephone_events_is_heard(node: Node, tmp_path: Path, law: str) -> None:
    fields: dict[str, Any] = {
        "NumberOfDigits": 16,
        "FinishOnKey": "",
        "StorageKey": "Keys",
        "Timeout": 10,
    }
    held = node.hold(behavior(act("Collect", Intro={"Text": "Keys, please."}, **fields)))
    tones = (keyed(ALL, 1, ms=60) * 32767).astype(np.int16)
    write_wav(tmp_path / "tones.wav", tones)
    place(plan(node, held, "w300,a,w3000", dtmf="info", law=law, audio=tmp_path / "tones.wav"))
    (record,) = node.records(held)
    assert record["CollectedDigits"][0]["Digits"] == ALL
    assert set(ways(node, held)) == {"inband"}


def test_tones_of_a_peer_that_sends_events_are_only_sound(node: Node, tmp_path: Path) -> None:
    held = node.hold(behavior(act("Collect", NumberOfDigits=4, Timeout=3, MaxAttempts=1)))
    write_wav(tmp_path / "tones.wav", (keyed("1234", 1, ms=80) * 32767).astype(np.int16))
    place(plan(node, held, "w300,a,w2000", audio=tmp_path / "tones.wav"))
    (record,) = node.records(held)
    assert record["CollectedDigits"][0]["Digits"] == ""


def spoken() -> Samples:
    """Return a sentence, with noise after it that is as loud."""
    espeak = make_synthesizer("espeak")
    (sound,) = espeak.synthesize("Please call me tomorrow.", espeak.voices()[0].name, "en-GB")
    narrow: Samples = soxr.resample(sound.samples, sound.rate_hz, 8000)
    return np.trim_zeros(narrow)


def test_a_caller_who_falls_silent_ends_the_recording(node: Node, tmp_path: Path) -> None:
    speech = spoken()
    write_wav(tmp_path / "talk.wav", np.concatenate([speech, noise(6)]))
    held = node.hold(behavior(act("Record", SilenceTimeout=1.5, PlayBeep=False)))
    (call,) = place(plan(node, held, "w500,a,w9000", audio=tmp_path / "talk.wav"))
    assert call.ended_by == "callee"
    (record,) = node.records(held)
    (kept,) = record["Recordings"]
    said_s = 0.5 + len(speech) / 8000
    # Noise does not keep it going, and of what followed the speech half a second is kept.
    assert said_s + 0.1 < kept["Duration"] < said_s + 1.0
    assert record["CallDuration"] < said_s + 3.5
    assert int(kept["Duration"] * 1000) == len(download(held, kept, tmp_path)) // 8


def test_a_recording_of_nobody_is_empty_and_free(node: Node) -> None:
    held = node.hold(behavior(act("Record", SilenceTimeout=1, PlayBeep=False)))
    place(plan(node, held, "w5000"))
    (record,) = node.records(held)
    (kept,) = record["Recordings"]
    assert (kept["Duration"], kept["Size"], kept["Price"]) == (0, 58, 0)
    assert record["Price"] == Decimal("0.0080")
