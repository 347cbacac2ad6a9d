"""baresip, a softphone with a media stack of its own, calls the real processes and is called."""

import shutil
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from tests.e2e.node import Node, behavior, say
from tests.e2e.softphone import baresip
from tests.e2e.telephones import CALLER, act, download, endings, find, noise, place, plan, prepared

from dillo.caller import rms_dbfs, write_wav
from dillo.rtp.g711 import Law
from dillo.rtp.pcm import decode

pytestmark = pytest.mark.skipif(shutil.which("baresip") is None, reason="needs baresip")

TEXT = "Baresip hears this sentence from the beginning to the end."


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
    # Its first packet is on its way with the 200: it may be here before the recording begins.
    assert find(spoken[800:], recorded).likeness > 0.99
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


@pytest.mark.parametrize("codec", ["PCMU", "PCMA"])
def test_the_softphone_is_dialled(node: Node, tmp_path: Path, codec: str) -> None:
    said, replied = noise(2.0, seed=11), noise(4.0, seed=12)
    write_wav(tmp_path / "said.wav", said)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = {"sip_port": port, "more": ";answermode=auto"}
    with baresip(tmp_path, replied, codec, "rtpevent", **options) as phone:
        held = node.hold(behavior(act("Dial", To=f"sip:{CALLER}@127.0.0.1:{port}")))
        (call,) = place(plan(node, held, "w300,5,w300,a", audio=tmp_path / "said.wav",
                             hang_up_after_s=4))  # fmt: skip
        assert phone.await_event("CALL_DTMF_START")["param"] == "5"
        phone.await_event("CALL_CLOSED")
    assert (call.status, call.ended_by) == (200, "caller")
    assert find(replied[8000:16000], call.heard).likeness > 0.99
    assert find(said[4000:12000], phone.heard()).likeness > 0.8
    (record,) = node.records(held)
    assert [leg["Status"] for leg in record["DialActions"]] == ["Answered"]


def test_the_softphone_holds_and_hangs_up_the_call_it_took(node: Node, tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with baresip(
        tmp_path, noise(5), "PCMU", "info", sip_port=port, more=";answermode=auto"
    ) as phone:
        held = node.hold(behavior(act("Dial", To=f"sip:{CALLER}@127.0.0.1:{port}")))

        def steer() -> None:
            phone.await_event("CALL_ESTABLISHED")
            for command in ("hold", "resume", "hangup"):
                time.sleep(0.7)
                phone.command(command)

        with ThreadPoolExecutor(1) as steering:
            done = steering.submit(steer)
            (call,) = place(plan(node, held))
            done.result()
    assert (call.status, call.ended_by) == (200, "callee")
    assert call.packets_sent * 0.02 < call.duration_s - 0.4  # it was held for a while
    node.records(held)
    assert [ending.reason for ending in endings(node, held)] == ["DialEnded"]
