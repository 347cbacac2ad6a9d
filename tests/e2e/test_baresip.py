"""baresip, a softphone with a media stack of its own, calls the real processes."""

import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.e2e.node import Node, behavior, say
from tests.e2e.telephones import CALLER, act, download, endings, find, noise, prepared

from dillo.caller import read_audio, rms_dbfs, write_wav
from dillo.rtp.g711 import Law
from dillo.rtp.pcm import Samples, decode

pytestmark = pytest.mark.skipif(shutil.which("baresip") is None, reason="needs baresip")

TEXT = "Baresip hears this sentence from the beginning to the end."
PATIENCE_S = 20
SAMPLE_RATE = 8000
CONFIG = """\
sip_listen 127.0.0.1:0
ctrl_tcp_listen 127.0.0.1:{control}
module_path /usr/lib/baresip/modules
module g711.so
module aufile.so
module aubridge.so
module sndfile.so
module_app account.so
module_app menu.so
module_app ctrl_tcp.so
snd_path {folder}
audio_source aufile,{folder}/spoken.wav
audio_player aubridge,none
audio_alert aubridge,none
"""
ACCOUNT = "<sip:{caller}@127.0.0.1>;regint=0;audio_codecs={codec}/8000/1;dtmfmode={dtmf}\n"


@dataclass
class Baresip:
    """A running softphone, steered over TCP by JSON in netstrings."""

    folder: Path
    control: socket.socket
    received: bytes = b""

    def command(self, name: str, parameters: str = "") -> None:
        """Do what a person would do at the keyboard."""
        document = json.dumps({"command": name, "params": parameters})
        self.control.sendall(f"{len(document)}:{document},".encode())

    def await_event(self, kind: str) -> dict[str, Any]:
        """Return the next event of a kind."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            length, colon, rest = self.received.partition(b":")
            if colon and len(rest) > int(length):
                self.received = rest[int(length) + 1 :]
                document: dict[str, Any] = json.loads(rest[: int(length)])
                if document.get("type") == kind:
                    return document
                continue
            self.received += self.control.recv(4096)
        raise AssertionError(f"no {kind}: {(self.folder / 'log').read_text()}")

    def heard(self) -> Samples:
        """Return the sound that came in, as its decoder put it out."""
        (path,) = self.folder.glob("dump-*-dec.wav")
        return read_audio(path)


@contextmanager
def baresip(folder: Path, spoken: Samples, codec: str, dtmf: str) -> Iterator[Baresip]:
    """Run a softphone that says `spoken` once it is answered."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # baresip hangs up at the end of its file.
    silence = np.zeros(60 * SAMPLE_RATE, np.int16)
    write_wav(folder / "spoken.wav", np.concatenate([spoken, silence]))
    (folder / "config").write_text(CONFIG.format(control=port, folder=folder))
    (folder / "accounts").write_text(ACCOUNT.format(caller=CALLER, codec=codec, dtmf=dtmf))
    with (folder / "log").open("w") as log:
        command = ["baresip", "-4", "-n", "127.0.0.1", "-f", str(folder)]
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        with _connected(port) as control:
            control.settimeout(PATIENCE_S)
            yield Baresip(folder, control)
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


def _connected(port: int) -> socket.socket:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port))
        except ConnectionRefusedError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


@pytest.mark.parametrize(("codec", "dtmf"), [("PCMU", "rtpevent"), ("PCMA", "info")])
def test_a_whole_call(node: Node, tmp_path: Path, codec: str, dtmf: str) -> None:
    collect = act("Collect", 2, NumberOfDigits=3, StorageKey="Code", Timeout=20)
    record = act("Record", 1, PlayBeep=False, SilenceTimeout=0, StorageKey="Message")
    # baresip throws away what its jitter buffer holds when the call ends.
    held = node.hold(behavior(record, collect, say(TEXT, 3), act("Pause", Seconds=0.5)))
    spoken = noise(1.5)
    with baresip(tmp_path, spoken, codec, dtmf) as phone:
        phone.command("dial", f"sip:{held.number}@127.0.0.1:{node.sip[1]}")
        phone.await_event("CALL_ESTABLISHED")
        time.sleep(2.5)
        phone.command("sndcode", "#")
        time.sleep(0.5)
        phone.command("sndcode", "25*")
        phone.await_event("CALL_CLOSED")
    ready = prepared(node, held, TEXT)
    octets = Path(ready.alaw_path if codec == "PCMA" else ready.ulaw_path).read_bytes()
    played = decode(octets, Law.ALAW if codec == "PCMA" else Law.ULAW)
    heard = phone.heard()
    place = find(played, heard)
    assert place.likeness > 0.8  # it drops or repeats a packet where the machine is busy
    assert abs(rms_dbfs(heard[place.offset :][: len(played)]) - rms_dbfs(played)) < 1
    (listed,) = node.records(held)
    (collected,) = listed["CollectedDigits"]
    assert (collected["Digits"], collected["StorageKey"]) == ("25*", "Code")
    (kept,) = listed["Recordings"]
    recorded = download(held, kept, tmp_path)
    assert find(spoken, recorded).likeness > 0.99
    assert int(kept["Duration"] * 1000) == len(recorded) // 8
    assert listed["TelephoneNumber"] == CALLER
    assert [ending.reason for ending in endings(node, held)] == ["FlowEnded"]


def test_the_softphone_hangs_up(node: Node, tmp_path: Path) -> None:
    held = node.hold(behavior(act("Record", PlayBeep=False, SilenceTimeout=0)))
    with baresip(tmp_path, noise(5), "PCMU", "rtpevent") as phone:
        phone.command("dial", f"sip:{held.number}@127.0.0.1:{node.sip[1]}")
        phone.await_event("CALL_ESTABLISHED")
        time.sleep(1)
        phone.command("hangup")
        (listed,) = node.records(held)
    (kept,) = listed["Recordings"]
    assert 0.8 < kept["Duration"] <= listed["CallDuration"]
    recorded = download(held, kept, tmp_path)
    assert np.abs(recorded).max() > 1000
    assert [ending.reason for ending in endings(node, held)] == ["CallerHungUp"]
