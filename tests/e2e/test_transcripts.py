"""From Kokoro's voice through a call to text and price in the statistics, whatever is killed."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.e2e.hook_servers import answers, hook_server
from tests.e2e.node import Held, Node, behavior
from tests.e2e.telephones import act, place, plan, web_files, webhook_secret
from tests.e2e.voices import spoken

from dillo.caller import write_wav
from dillo.hooks.signature import signature
from dillo.rtp.pcm import Samples

TEXT = "Hello, this is Anna. Please call me back tomorrow morning."
PATIENCE_S = 120
A_MINUTE = Decimal("0.02")


@pytest.fixture(scope="module")
def anna() -> Samples:
    """Anna's message as a telephone sends it; needs the speech models."""
    return spoken(TEXT)


def words(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower())


def leave_message(node: Node, anna: Samples, folder: Path) -> Held:
    """Call a number with a Record node and speak; returns the number."""
    record = act("Record", SilenceTimeout=2, Transcribe=True, LanguageCode="en-US")
    held = node.hold(behavior(record))
    write_wav(folder / "anna.wav", anna)
    (call,) = place(plan(node, held, "w1000,a,w8000", audio=folder / "anna.wav"))
    assert call.ended_by == "callee"  # she fell silent
    return held


def transcription(node: Node, held: Held) -> tuple[dict[str, Any], Decimal]:
    """Return what the statistics tell of a number's only recording, and the call's price."""
    (record,) = node.records(held)
    shown = record["Recordings"][0]["Transcription"]
    return dict(shown), Decimal(record["Price"])


def wait_for(condition: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + PATIENCE_S
    while not (found := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return found


def over(node: Node, held: Held) -> tuple[dict[str, Any], Decimal]:
    """Return the same once it is no longer pending."""
    wait_for(lambda: transcription(node, held)[0]["Status"] != "Pending")
    return transcription(node, held)


def descendants(pid: int) -> Iterator[tuple[int, str]]:
    listed = subprocess.run(
        ["ps", "-ww", "-o", "pid=,args=", "--ppid", str(pid)],
        capture_output=True, text=True, check=False,
    ).stdout  # fmt: skip
    for line in listed.splitlines():
        child, _, arguments = line.strip().partition(" ")
        yield int(child), arguments
        yield from descendants(int(child))


def listeners(node: Node) -> list[int]:
    """Return the processes that transcribe now."""
    jobs = node.children()["jobs"]
    return [pid for pid, args in descendants(jobs) if "transcription_worker" in args]


def dillo(node: Node, *arguments: str) -> Any:
    command = [sys.executable, "-m", "dillo", *arguments, "--home", str(node.home), "--json"]
    return json.loads(subprocess.check_output(command, text=True), parse_float=Decimal)


def test_a_message_becomes_text_and_its_price(node: Node, anna: Samples, tmp_path: Path) -> None:
    held = leave_message(node, anna, tmp_path)
    pending, before = transcription(node, held)
    assert pending in (
        {"Status": "Pending", "LanguageCode": "en-US", "Text": None, "Price": None},
        over(node, held)[0],
    )
    shown, price = over(node, held)
    assert (shown["Status"], shown["Price"], price) == ("Completed", A_MINUTE, Decimal("0.031"))
    assert price - before in (A_MINUTE, 0)
    assert words(shown["Text"]) == words(TEXT)

    (record,) = node.records(held)
    recording_id = record["Recordings"][0]["Id"]
    (again,) = dillo(node, "transcribe", recording_id)
    wait_for(lambda: dillo(node, "transcripts", again)[0]["status"] == "Completed")
    first, second = dillo(node, "transcripts", recording_id)
    assert words(first["text"]) == words(second["text"])
    assert (first["price"], second["price"], second["progress"]) == (A_MINUTE, 0, 1)
    assert transcription(node, held)[1] == price


@pytest.mark.parametrize("victim", ["listener", "jobs"])
def test_what_is_killed_in_the_middle_is_finished(
    own_node: Node, anna: Samples, tmp_path: Path, victim: str
) -> None:
    own_node.start()
    folder = tmp_path / "audio"
    folder.mkdir()
    held = leave_message(own_node, np.concatenate([anna] * 3), folder)
    (listener,) = wait_for(lambda: listeners(own_node))
    assert transcription(own_node, held)[0]["Status"] == "Pending"
    os.kill(listener if victim == "listener" else own_node.children()["jobs"], signal.SIGKILL)
    shown, price = over(own_node, held)
    assert (shown["Status"], shown["Price"], price) == ("Completed", A_MINUTE, Decimal("0.031"))
    assert words(shown["Text"]) == words(TEXT) * 3


def test_the_text_of_a_talk_says_who_spoke_and_a_system_is_told(
    node: Node, anna: Samples, tmp_path: Path
) -> None:
    answer = "Good morning, this is the workshop. How can I help you?"
    write_wav(tmp_path / "anna.wav", anna)
    write_wav(tmp_path / "bob.wav", spoken(answer))
    with (
        web_files(bob=(tmp_path / "bob.wav").read_bytes()) as files,
        hook_server({"told": answers({})}) as server,
    ):
        bob = node.hold(
            behavior(act("Pause", 1), act("Play", 2, Url=f"{files}/bob"), act("Pause", Seconds=30))
        )
        dial = act("Dial", To=[bob.number], Record=True, Transcribe=True, LanguageCode="en-US")
        url = f"{server.address}/told"
        held = node.hold({"StatusCallbackUrl": url, **behavior(dial)})
        anna_speaks = plan(
            node, held, "w6000,a,w6000", audio=tmp_path / "anna.wav", hang_up_after_s=13
        )
        (call,) = place(anna_speaks)
        assert call.is_answered
        shown, _ = over(node, held)
        (told,) = wait_for(
            lambda: [each for each in server.requests if "transcription.ready" in str(each.body)]
        )
    sides = [line.partition(": ") for line in shown["Text"].splitlines()]
    assert sides[0][0] == "Callee"
    assert words(" ".join(text for side, _, text in sides if side == "Caller")) == words(TEXT)
    assert words(" ".join(text for side, _, text in sides if side == "Callee")) == words(answer)
    ready = told.state["Transcription"]
    assert (ready["Status"], ready["Text"]) == ("Completed", shown["Text"])
    assert Decimal(str(ready["Price"])) == shown["Price"]
    at_s = int(told.headers["dillo-signature"].split(",")[0].removeprefix("t="))
    signed = signature(webhook_secret(node, held), told.body, at_s)
    assert told.headers["dillo-signature"] == signed
