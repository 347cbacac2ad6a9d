"""The command line, as a person or a script runs it."""

import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.e2e.node import Node, behavior
from tests.e2e.telephones import CALLER, act, noise

from dillo.caller import read_audio, write_wav

NUMBER = "+442079460000"
PATIENCE_S = 120


@dataclass(frozen=True)
class Dillo:
    """`dillo` in a home folder."""

    home: Path

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command."""
        return subprocess.Popen(
            [sys.executable, "-m", "dillo", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"DILLO_HOME": str(self.home), "COLUMNS": "100"},
        )

    def run(self, *arguments: str, status: int = 0) -> tuple[str, str]:
        """Run a command to its end; return what it printed, and its messages."""
        process = self.start(*arguments)
        printed, messages = process.communicate(timeout=PATIENCE_S)
        assert process.returncode == status, f"{arguments}: {printed}\n{messages}"
        return printed, messages

    def ask(self, *arguments: str, status: int = 0) -> Any:
        """Run a command with --json; return the one document that it prints."""
        printed, _ = self.run(*arguments, "--json", status=status)
        return json.loads(printed, parse_float=Decimal)

    def fail(self, *arguments: str) -> str:
        """Run a command that cannot succeed; return its message."""
        printed, messages = self.run(*arguments, "--json", status=1)
        assert printed == ""
        assert messages.count("\n") == 1
        return messages


def read_until(process: subprocess.Popen[str], end: str) -> str:
    """Return what a running command prints up to a text."""
    assert process.stdout is not None
    printed = ""
    while end not in printed:
        line = process.stdout.readline()
        assert line, process.communicate()[1]
        printed += line
    return printed


@pytest.fixture
def dillo(tmp_path: Path) -> Dillo:
    return Dillo(tmp_path)


def write(folder: Path, document: object) -> str:
    """Write a channel behavior and return its path."""
    path = folder / "application.json"
    path.write_text(json.dumps(document))
    return str(path)


def test_from_a_fresh_home_to_a_listed_call(own_node: Node, dillo: Dillo, tmp_path: Path) -> None:
    write_wav(tmp_path / "welcome.wav", noise(0.5))
    write_wav(tmp_path / "spoken.wav", noise(0.5, seed=2))
    menu = act("Menu", 1, Intro={"Url": "welcome.wav"}, Digits={"1": {"NextNode": 1}})
    file = write(tmp_path, behavior(menu, act("Record", StorageKey="Word", PlayBeep=False)))
    created = dillo.ask("customer", "create", "Ada & Söhne")
    code = created["CustomerCode"]
    assert list(created) == ["CustomerCode", "ApiKey"]
    assert dillo.ask("app", "check", file)["Problems"] == []
    added = dillo.ask("number", "add", NUMBER, "--type", "local", "--country", "GB")
    assert (added["Number"], added["CustomerCode"]) == (NUMBER, None)
    assert dillo.ask("number", "buy", NUMBER, "--customer", code)["CustomerCode"] == code
    published = dillo.ask("app", "publish", "Main", file, "--customer", code)
    assert (published["Application"], published["Version"]) == ("Main", 1)
    own_node.start()
    heard = tmp_path / "heard.wav"
    call = ("call", NUMBER, "--from", CALLER, "--digits", "w200,1,a,#")
    refused = dillo.ask("call", "+442079460001", status=1)
    assert (refused["Status"], refused["Answered"]) == (404, False)
    assigned = dillo.ask("number", "assign", NUMBER, "--primary", "Main")
    assert (assigned["Primary"], assigned["Fallback"]) == ("Main", None)
    spoken = str(tmp_path / "spoken.wav")
    outcome = dillo.ask(*call, "--audio", spoken, "--save", str(heard))
    assert (outcome["Status"], outcome["DigitsSent"], outcome["EndedBy"]) == (200, "1#", "callee")
    assert len(read_audio(heard)) == outcome["HeardSeconds"] * 8000
    today = str(datetime.now(UTC).date())
    (record,) = dillo.ask("calls", NUMBER, today, today)
    response = httpx.get(
        f"{own_node.http}/api/inbound/voice/{NUMBER}/{today}/{today}",
        headers={"CustomerCode": code, "ApiKey": created["ApiKey"]},
        trust_env=False,
    )
    (listed,) = json.loads(response.text, parse_float=Decimal)
    recordings = listed.pop("Recordings")
    assert len(recordings) == len(record.pop("Recordings")) == 1
    assert record == listed
    assert (record["TelephoneNumber"], record["CollectedDigits"][0]["Digits"]) == (CALLER, "1")
    assert dillo.ask("calls", NUMBER, today, today, "--page", "2") == []
    printed, _ = dillo.run("calls", NUMBER, today, today)
    assert re.search(rf"\{CALLER} .* 1 +1 +0\.011", printed)
    assert printed.endswith("1 calls\n")


def test_accounts_and_inventory(dillo: Dillo) -> None:
    code = dillo.ask("customer", "create", "Prepaid", "--balance", "1.50")["CustomerCode"]
    dillo.ask("number", "add", NUMBER)
    dillo.ask("number", "buy", NUMBER, "--customer", code)
    topped = dillo.ask("balance", "add", "10.25", "--customer", code)
    assert (topped["CustomerCode"], topped["Balance"]) == (code, Decimal("10.25"))
    issued = dillo.ask("key", "create", "reports", "--customer", code)
    revoked = dillo.ask("key", "revoke", issued["KeyId"], "--customer", code)
    assert (revoked["KeyId"], revoked["Status"]) == (issued["KeyId"], "revoked")
    assert dillo.ask("number", "release", NUMBER)["CustomerCode"] is None
    printed, _ = dillo.run("number", "add", "+390612345678")
    assert "+390612345678" in printed
    assert "IT" in printed


def test_errors_are_one_line_and_a_status(dillo: Dillo, tmp_path: Path) -> None:
    code = dillo.ask("customer", "create", "Somebody")["CustomerCode"]
    file = write(tmp_path, behavior(act("Say", 7, Text="Hello")))
    stranger = "00000000-0000-7000-8000-000000000000"
    messages = {
        ("number", "add", "02079460000"): "country dial code",
        ("number", "buy", NUMBER, "--customer", code): NUMBER,
        ("number", "assign", NUMBER, "--primary", "Main"): NUMBER,
        ("app", "publish", "Main", file, "--customer", code): "there is no node 7",
        ("app", "publish", "Main", file, "--customer", stranger): "no such customer",
        ("calls", NUMBER, "2026-11-01", "2026-11-30"): NUMBER,
        ("customer", "create", "Somebody", "--currency", "XXX"): "XXX",
        ("balance", "add", "ten", "--customer", code): "'ten' is no amount",
        ("customer", "create", "Rich", "--balance", "1e10"): "'1e10' is no amount",
        ("call", NUMBER, "--digits", "1,x"): "item 2",
        ("call", NUMBER, "--to-sip", "nowhere"): "nowhere",
        ("call", NUMBER, "--audio", file): "application.json",
    }
    for arguments, part in messages.items():
        message = dillo.fail(*arguments)
        assert message.startswith("error: ")
        assert part in message
    (problem,) = dillo.ask("app", "check", file, status=1)["Problems"]
    assert (problem["Severity"], problem["Node"], problem["Field"]) == ("error", "0", "NextNode")
    assert dillo.ask("call", NUMBER, "--to-sip", "127.0.0.1:9", status=1)["Status"] == 503
    for arguments in (("no-such-command",), ("number", "buy", NUMBER), ("app", "check", "none")):
        printed, message = dillo.run(*arguments, status=2)
        assert printed == ""
        assert "Usage" in message


def test_up_tells_where_it_listens_and_runs_once_per_home(dillo: Dillo) -> None:
    free = ("--http", "127.0.0.1:0", "--sip", "127.0.0.1:0")
    process = dillo.start("up", *free, "--media-workers", "2")
    printed = read_until(process, "stop with")
    http = re.search(r"HTTP +(http://127\.0\.0\.1:\d+)", printed)
    assert http is not None
    assert re.search(r"SIP over UDP +127\.0\.0\.1:\d+\n", printed)
    assert httpx.get(f"{http[1]}/openapi.json", trust_env=False).status_code == 200
    _, message = dillo.run("up", *free, status=1)
    assert "in use by another Dillo" in message.replace("\n", " ")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0


def test_demo_prints_what_the_api_returned(dillo: Dillo) -> None:
    staying = dillo.start("demo", "--json", "--stay")
    (call,) = dillo.ask("demo")
    assert call["CollectedDigits"][0]["Digits"] == "1"
    (recording,) = call["Recordings"]
    assert recording["Duration"] > 3
    assert call["Price"] == Decimal("0.012")
    (call,) = json.loads(read_until(staying, "\n]\n"))
    answer = httpx.get(call["Recordings"][0]["Url"], trust_env=False)
    assert answer.status_code == 401  # it still runs, and wants a key
    staying.send_signal(signal.SIGINT)
    rest, messages = staying.communicate(timeout=PATIENCE_S)
    assert (staying.returncode, rest) == (0, ""), messages


def test_the_demo_can_be_interrupted(dillo: Dillo) -> None:
    demo = dillo.start("demo")
    read_until(demo, "presses 1")
    demo.send_signal(signal.SIGINT)
    _, messages = demo.communicate(timeout=PATIENCE_S)
    assert (demo.returncode, messages) == (130, "")


def test_trunks_are_added_listed_renamed_and_removed(dillo: Dillo) -> None:
    hosts = ("--host", "sip.acme.example", "--host", "192.0.2.7:5080")
    secret = ("--user", "4420", "--password", "s3cret")
    added = dillo.ask("trunk", "add", "acme", *hosts, *secret, "--prefix", "+44")
    assert added == {
        "Name": "acme",
        "Hosts": "sip.acme.example 192.0.2.7:5080",
        "Prefixes": "+44",
        "User": "4420",
    }
    assert "prefixes is taken" in dillo.fail("trunk", "add", "acme", "--host", "a.example")
    assert dillo.ask("trunk", "list") == [added]
    assert b"s3cret" not in (dillo.home / "dillo.db").read_bytes()
    assert (dillo.home / "secret.key").stat().st_mode & 0o077 == 0
    assert "acme" in dillo.run("trunk", "list")[0]
    assert dillo.ask("trunk", "change", "acme", "--new-name", "uk") == added | {"Name": "uk"}
    dillo.run("trunk", "remove", "uk")
    assert dillo.ask("trunk", "list") == []
    assert "there is no trunk acme" in dillo.run("trunk", "remove", "acme", status=1)[1]
