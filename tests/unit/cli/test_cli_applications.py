"""`dillo app check`, `test`, `publish --scenarios` and `dillo replay`, without a platform."""

import json
import sqlite3
import wave
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
from tests.unit.behavior.past_call import PastCall
from typer.testing import CliRunner, Result

from dillo.behavior import load
from dillo.cli import app
from dillo.model.events import CallEvent, CallReceived

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"
OPENING_HOURS = EXAMPLES / "opening-hours.json"

Run = Callable[..., Result]


@pytest.fixture
def dillo(tmp_path: Path) -> Run:
    """Return a function that runs a command in a home of its own, and checks its exit status."""

    def run(*arguments: str | Path, status: int = 0) -> Result:
        home = {"DILLO_HOME": str(tmp_path / "home"), "COLUMNS": "200"}
        result = CliRunner().invoke(app, list(map(str, arguments)), env=home)
        assert result.exit_code == status, result.output
        return result

    return run


def document(result: Result) -> Any:
    return json.loads(result.stdout)


def write(folder: Path, name: str, nodes: dict[str, Any]) -> Path:
    path = folder / name
    path.write_text(json.dumps({"ChannelBehaviorNodes": nodes}))
    return path


def say(text: str) -> dict[str, Any]:
    return {"ActionType": "Say", "ChannelBehaviorAction": {"Text": text}}


def test_check_tells_the_longest_and_the_dearest_path(dillo: Run) -> None:
    checked = document(dillo("app", "check", OPENING_HOURS, "--json"))
    assert checked["Problems"] == []
    assert checked["LongestPath"] == {
        "Nodes": ["0", "2", "3", "5"],
        "Seconds": 85.072,
        "Price": 0.02,
        "Currency": "EUR",
        "NumberType": "local",
        "Unbounded": ["node 2 leads back, as often as the caller likes"],
        "NotCounted": [],
    }
    assert checked["DearestPath"] == checked["LongestPath"]
    shown = dillo("app", "check", OPENING_HOURS, "--number-type", "mobile").stdout
    assert "nothing is wrong" in shown
    assert "longest path  85.1 s, 0.024 EUR: node 0 → 2 → 3 → 5" in shown
    assert "unbounded     node 2 leads back" in shown


def test_the_dearest_path_need_not_be_the_longest(dillo: Run, tmp_path: Path) -> None:
    keys = {"1": {"NextNode": 1}, "2": {"NextNode": 2}}
    kept = {"MaxLength": 50, "RecordingStoragePeriodCode": "1-Y", "PlayBeep": False}
    nodes = {
        "0": {"ActionType": "Menu", "ChannelBehaviorAction": {"Digits": keys, "MaxAttempts": 1},
              "NextNode": 2},
        "1": {"ActionType": "Record", "ChannelBehaviorAction": kept},
        "2": {"ActionType": "Pause", "ChannelBehaviorAction": {"Seconds": 54}},
    }  # fmt: skip
    checked = document(dillo("app", "check", write(tmp_path, "a.json", nodes), "--json"))
    assert (checked["LongestPath"]["Nodes"], checked["LongestPath"]["Seconds"]) == (["0", "2"], 59)
    assert checked["LongestPath"]["Price"] == 0.008
    assert (checked["DearestPath"]["Nodes"], checked["DearestPath"]["Price"]) == (
        ["0", "1"],
        0.0165,  # 0.008 for the minute, 0.0025 for the recording, 12 * 0.0005 for keeping it
    )


def test_check_has_no_paths_where_there_are_errors(dillo: Run, tmp_path: Path) -> None:
    file = write(tmp_path, "a.json", {"0": {"ActionType": "Say"}})
    checked = document(dillo("app", "check", file, "--json", status=1))
    assert [problem["Field"] for problem in checked["Problems"]] == ["ChannelBehaviorAction.Text"]
    assert (checked["LongestPath"], checked["DearestPath"]) == (None, None)


def test_check_measures_audio_files_beside_the_behavior(dillo: Run, tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "hello.wav"), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(b"\1\0" * 12_000)
    (tmp_path / "broken.wav").write_bytes(b"RIFF")
    play: dict[str, Any] = {
        "ActionType": "Play",
        "ChannelBehaviorAction": {"Url": "hello.wav", "Loop": 2},
    }
    fetched = {"ActionType": "Play", "ChannelBehaviorAction": {"Url": "http://example.com/a.mp3"}}
    file_name = write(tmp_path, "a.json", {"0": {**play, "NextNode": 1}, "1": fetched})
    path = document(dillo("app", "check", file_name, "--json"))["LongestPath"]
    assert (path["Seconds"], path["NotCounted"]) == (3.0, ["http://example.com/a.mp3"])
    play["ChannelBehaviorAction"]["Url"] = "broken.wav"
    broken = dillo("app", "check", write(tmp_path, "b.json", {"0": play}), status=1)
    assert "node 0: ChannelBehaviorAction.Url: broken.wav: neither WAV" in broken.stdout


def test_scenarios_beside_the_behavior_hold(dillo: Run) -> None:
    tried = document(dillo("app", "test", OPENING_HOURS, "--json"))
    assert all(scenario["Holds"] for scenario in tried["Scenarios"])
    assert (tried["BranchesTaken"], tried["BranchesMissed"]) == (12, [])


FAILING = """
Scenario: Hello
at | in | out
0  | Started | Answer, Say Hello [world].
2  | Prompt finished | Hang up FlowEnded
"""


def test_a_scenario_that_fails_shows_the_difference(dillo: Run, tmp_path: Path) -> None:
    file = write(tmp_path, "a.json", {"0": say("Hi [world].")})
    (tmp_path / "a.scenarios").write_text(FAILING)
    shown = dillo("app", "test", file, status=1).stdout
    assert "fails Hello" in shown
    assert "    - 0      | Started          | Answer, Say Hello [world]." in shown
    assert "    + 0      | Started          | Answer, Say Hi [world]." in shown
    assert "0 of 1 scenarios hold\n1 of 1 branches taken" in shown


def test_scenarios_may_be_elsewhere_and_must_be_there(dillo: Run, tmp_path: Path) -> None:
    file = write(tmp_path, "a.json", {"0": say("Hello [world].")})
    assert "a.scenarios cannot be read" in dillo("app", "test", file, status=1).stderr
    (tmp_path / "b.scenarios").write_text(FAILING)
    dillo("app", "test", file, "--scenarios", tmp_path / "b.scenarios")


def new_customer(dillo: Run) -> str:
    return str(document(dillo("customer", "create", "Acme", "--json"))["CustomerCode"])


def test_check_and_publish_warn_of_the_same_missing_voice(dillo: Run, tmp_path: Path) -> None:
    bianca = say("Ciao.")
    bianca["ChannelBehaviorAction"] |= {"LanguageCode": "it-IT", "VoiceId": "Bianca"}
    file = write(tmp_path, "bianca.json", {"0": bianca})
    (problem,) = document(dillo("app", "check", file, "--json"))["Problems"]
    assert problem["Severity"] == "warning"
    assert problem["Message"].startswith("no voice 'Bianca'")
    customer = new_customer(dillo)
    publish = ("app", "publish", "Line", file, "--customer", customer, "--json")
    (warning,) = document(dillo(*publish))["Warnings"]
    assert problem["Message"] in warning


def test_an_application_is_published_only_if_its_scenarios_hold(dillo: Run, tmp_path: Path) -> None:
    customer = new_customer(dillo)
    scenarios = tmp_path / "a.scenarios"
    scenarios.write_text(FAILING)
    publish = ("app", "publish", "Line", "--customer", customer, "--scenarios", scenarios)
    refused = dillo(*publish, write(tmp_path, "a.json", {"0": say("Hi.")}), status=1)
    assert "nothing is published: scenarios fail" in refused.stderr
    assert "- 0      | Started          | Answer, Say Hello [world]." in refused.stderr
    file = write(tmp_path, "b.json", {"0": say("Hello [world].")})
    assert document(dillo(*publish, file, "--json"))["Version"] == 1


@pytest.fixture
def past_call(dillo: Run, tmp_path: Path) -> str:
    """Return the id of a finished call of version 1 of an application that has three versions."""
    customer = new_customer(dillo)
    versions = [{"0": say("Hello.")}, {"0": say("Hi.")}, {"0": {"ActionType": "Hangup"}}]
    published = [
        document(
            dillo(
                *("app", "publish", "Line", "--customer", customer, "--json"),
                write(tmp_path, f"{number}.json", nodes),
            )
        )
        for number, nodes in enumerate(versions, 1)
    ]
    behavior = load((tmp_path / "1.json").read_text())
    received, *others = PastCall(Random(1), behavior).run()
    assert isinstance(received, CallReceived)
    version_id = published[0]["VersionId"]
    received = msgspec.structs.replace(received, primary_version_id=version_id)
    return store_call(tmp_path / "home" / "dillo.db", [received, *others])


def store_call(database: Path, events: list[CallEvent]) -> str:
    row = {
        "id": "call-1", "customer_id": "u", "number_id": "n", "caller": "+39", "created_us": 1,
        "ended_us": 2, "end_reason": "FlowEnded", "is_fallback_executed": 0, "currency": "EUR",
        "price_micros": 0, "revision": 1, "settled_us": 3, "document": "{}",
        "events": msgspec.json.encode(events).decode(),
    }  # fmt: skip
    names, marks = ", ".join(row), ", ".join("?" * len(row))
    connection = sqlite3.connect(database)
    connection.execute(f"INSERT INTO calls ({names}) VALUES ({marks})", tuple(row.values()))
    connection.commit()
    connection.close()
    return "call-1"


def test_a_past_call_does_the_same_again(dillo: Run, past_call: str) -> None:
    replayed = document(dillo("replay", past_call, "--json"))
    assert (replayed["Version"], replayed["Parting"], replayed["Reworded"]) == (1, None, [])
    shown = dillo("replay", past_call).stdout
    assert "NodeEntered  node=0 action_type=Say" in shown
    assert "version 1 does the same" in shown


def test_a_past_call_shows_what_another_version_says(dillo: Run, past_call: str) -> None:
    replayed = document(dillo("replay", past_call, "--version", "2", "--json"))
    assert replayed["Reworded"] == [{"Node": "0", "Recorded": "Hello.", "Replayed": "Hi."}]
    shown = dillo("replay", past_call, "--version", "2").stdout
    assert "node 0 says now: Hi.\n           it said: Hello.\n" in shown


def test_a_past_call_shows_where_another_version_parts(dillo: Run, past_call: str) -> None:
    parting = document(dillo("replay", past_call, "--version", "3", "--json", status=1))["Parting"]
    assert parting["Recorded"]["kind"] == parting["Replayed"]["kind"] == "NodeEntered"
    assert parting["Replayed"]["action_type"] == "Hangup"
    shown = dillo("replay", past_call, "--version", "3", status=1).stdout
    assert "here they part\n-     0.0" in shown


def test_what_is_not_there_cannot_be_replayed(dillo: Run, past_call: str) -> None:
    unknown = dillo("replay", "nonsense", status=1)
    assert unknown.stderr == "error: there is no finished call nonsense\n"
    missing = dillo("replay", past_call, "--version", "9", status=1)
    assert missing.stderr == "error: the application of this call has no version 9\n"
