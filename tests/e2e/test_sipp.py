"""sipp calls the real processes: offers of every kind, refusals, holds, losses."""

import shutil
from itertools import pairwise
from pathlib import Path

import pytest
from tests.e2e.node import Node, behavior, say
from tests.e2e.sipp import SCENARIOS, Sipp, ear, sdp
from tests.e2e.telephones import Ending, act, endings, prepared

pytestmark = pytest.mark.skipif(shutil.which("sipp") is None, reason="needs sipp (sip-tester)")

TEXT = "Sipp hears this."
LOST_CALLS = 300


@pytest.fixture
def sipp(node: Node, tmp_path: Path) -> Sipp:
    return Sipp(node, tmp_path)


@pytest.mark.parametrize(
    ("formats", "attributes", "expected", "law", "frame"),
    [
        ("0 101", (), "m=audio [0-9]+ RTP/AVP 0 101", 0, 160),
        ("8", (), "m=audio [0-9]+ RTP/AVP 8", 8, 160),
        ("8 0 101", ("ptime:30",), "m=audio [0-9]+ RTP/AVP 8 101", 8, 240),
        ("18 9 0", ("ptime:60",), "m=audio [0-9]+ RTP/AVP 0", 0, 480),
        ("0", ("ptime:10",), "m=audio [0-9]+ RTP/AVP 0", 0, 80),
    ],
    ids=["pcmu", "pcma only", "pcma, 30 ms", "g729 first, 60 ms", "10 ms"],
)
def test_the_prompt_is_sent_as_offered(
    node: Node,
    sipp: Sipp,
    formats: str,
    attributes: tuple[str, ...],
    expected: str,
    law: int,
    frame: int,
) -> None:
    held = node.hold(behavior(say(TEXT)))
    with ear() as heard:
        content = sdp(heard.port, formats, *attributes)
        sipp.run("caller_waits", held.number, CONTENT=content, EXPECTED=expected)
    ready = prepared(node, held, TEXT)
    octets = Path(ready.alaw_path if law == 8 else ready.ulaw_path).read_bytes()
    assert octets in heard.audio
    assert {(packet.payload_type, len(packet.payload)) for packet in heard.packets} == {
        (law, frame)
    }
    for before, after in pairwise(heard.packets):
        assert (after.sequence - before.sequence) & 0xFFFF == 1
        assert (after.timestamp - before.timestamp) & 0xFFFF_FFFF == frame
    (record,) = node.records(held)
    assert record["CallDuration"] >= ready.duration_ms / 1000
    assert endings(node, held) == [Ending("FlowEnded", None, "the flow ended")]


def test_an_offer_in_the_200_is_answered_in_the_ack(node: Node, sipp: Sipp) -> None:
    held = node.hold(behavior(say(TEXT)))
    with ear() as heard:
        sipp.run("caller_answers_the_offer", held.number, PORT=str(heard.port))
    assert {packet.payload_type for packet in heard.packets} == {8}
    assert Path(prepared(node, held, TEXT).alaw_path).read_bytes() in heard.audio
    node.records(held)


def test_a_held_call_falls_silent_and_goes_on(node: Node, sipp: Sipp) -> None:
    held = node.hold(behavior(act("Pause", Seconds=30)))
    with ear() as heard:
        sipp.run("caller_holds", held.number, PORT=str(heard.port))
    numbered = pairwise(heard.packets)
    gaps = [(after.timestamp - before.timestamp) & 0xFFFF_FFFF for before, after in numbered]
    assert sorted(set(gaps))[0] == 160
    (pause,) = [gap for gap in gaps if gap != 160]
    assert pause > 0.4 * 8000
    (record,) = node.records(held)
    assert record["CallDuration"] > 1.7
    assert endings(node, held) == [Ending("CallerHungUp", None, "")]


@pytest.mark.parametrize(
    ("headers", "content", "status", "ending"),
    [
        ("Content-Type: application/sdp", "this is no SDP", 400, "Rejected"),
        ("Content-Type: application/sdp", sdp(40000, "18"), 488, "Rejected"),
        ("Content-Type: application/sdp", sdp(40000, "0").replace("RTP/AVP", "RTP/SAVP"), 488,
         "Rejected"),
        ("Content-Type: text/plain", "Hello", 415, None),
        ("Require: teleportation", "", 420, None),
    ],
    ids=["no SDP", "G.729 alone", "SRTP alone", "no session at all", "unknown extension"],
)  # fmt: skip
def test_what_cannot_be_taken_is_refused(
    node: Node, sipp: Sipp, headers: str, content: str, status: int, ending: str | None
) -> None:
    held = node.hold(behavior(act("Pause")))
    sipp.run("caller_is_refused", held.number, HEADERS=headers, CONTENT=content, STATUS=str(status))
    records = node.records(held, 0 if ending is None else 1)
    assert all((record["CallDuration"], record["Price"]) == (0, 0) for record in records)
    found = [(each.reason, each.sip_code) for each in endings(node, held)]
    assert found == ([] if ending is None else [(ending, status)])


def test_refusals_reach_sipp_with_their_status(node: Node, sipp: Sipp) -> None:
    busy = node.hold(behavior(act("Reject", Cause="Busy")))
    for number, status in (("+442079469998", "404"), (busy.number, "486")):
        sipp.run("caller_is_refused", number, CONTENT=sdp(40000), STATUS=status)
    node.records(busy)
    assert endings(node, busy) == [Ending("Rejected", 486, "Busy")]


@pytest.mark.parametrize(
    ("method", "tag", "status"),
    [
        ("OPTIONS", "", 200),
        ("SUBSCRIBE", "", 405),
        ("BYE", ";tag=gone", 481),
        ("INFO", ";tag=gone", 481),
        ("UPDATE", ";tag=gone", 481),
    ],
)
def test_requests_outside_a_call(sipp: Sipp, method: str, tag: str, status: int) -> None:
    sipp.run("caller_asks", "+442079460000", METHOD=method, TAG=tag, STATUS=str(status))


def test_a_caller_who_sends_no_audio_is_hung_up_on(own_node: Node, tmp_path: Path) -> None:
    own_node.settings["DILLO_MEDIA_TIMEOUT_S"] = "1"
    own_node.start()
    held = own_node.hold(behavior(act("Pause", Seconds=30)))
    Sipp(own_node, tmp_path).run("caller_waits", held.number, CONTENT=sdp(40000))
    (record,) = own_node.records(held)
    assert 0.9 < record["CallDuration"] < 10
    assert [ending.reason for ending in endings(own_node, held)] == ["MediaTimeout"]


def test_lost_packets_lose_no_call_and_no_record(node: Node, sipp: Sipp) -> None:
    held = node.hold(behavior(act("Pause", Seconds=60)))
    options = ["-sf", str(SCENARIOS / "caller_repeats.xml"), "-r", "100", "-lost", "5"]
    sipp.call(held.number, *options, "-m", str(LOST_CALLS), timeout_s=90)
    records = node.records(held, LOST_CALLS)
    assert len(records) == 20
    reasons = [ending.reason for ending in endings(node, held)]
    assert set(reasons) == {"CallerHungUp"}
    assert len(reasons) == LOST_CALLS
