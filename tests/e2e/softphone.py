"""baresip, a softphone with a media stack of its own."""

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tests.e2e.telephones import CALLER

from dillo.caller import read_audio, write_wav
from dillo.rtp.pcm import Samples

PATIENCE_S = 20
SAMPLE_RATE = 8000
CONFIG = """\
sip_listen 127.0.0.1:{sip}
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
ACCOUNT = "<sip:{caller}@127.0.0.1>;regint=0;audio_codecs={codec}/8000/1;dtmfmode={dtmf}{more}\n"


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
def baresip(
    folder: Path, spoken: Samples, codec: str, dtmf: str, *, sip_port: int = 0, more: str = ""
) -> Iterator[Baresip]:
    """Run a softphone that says `spoken` once a call is answered; `more` goes into its account."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # baresip hangs up at the end of its file.
    silence = np.zeros(60 * SAMPLE_RATE, np.int16)
    write_wav(folder / "spoken.wav", np.concatenate([spoken, silence]))
    (folder / "config").write_text(CONFIG.format(control=port, folder=folder, sip=sip_port))
    (folder / "accounts").write_text(
        ACCOUNT.format(caller=CALLER, codec=codec, dtmf=dtmf, more=more)
    )
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
