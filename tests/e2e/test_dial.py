"""Dial with real processes: the test caller calls, sipp is called."""

import json
import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from tests.e2e.callees import (
    BYE,
    TAKEN_LEAVE_OF,
    callee,
    cancelled,
    description,
    handset,
    pause,
    recv,
    reinvite,
    reply,
    stereo,
)
from tests.e2e.node import Held, Node, behavior
from tests.e2e.sipp import SCENARIOS, Sipp
from tests.e2e.telephones import act, endings, find, noise, place, plan

from dillo.accounts import trunks
from dillo.accounts.ports import Change, Registry
from dillo.caller import write_wav
from dillo.rtp.g711 import Law
from dillo.store.vault import Vault

pytestmark = pytest.mark.skipif(shutil.which("sipp") is None, reason="needs sipp (sip-tester)")

RINGS = reply("180 Ringing")


def answers(port: int, formats: str = "0 101") -> str:
    return RINGS + pause(200) + reply("200 OK", description(port, formats)) + recv("ACK")


def refuses(status: str) -> str:
    return reply(status) + recv("ACK")


def dials(node: Node, *to: str, **fields: Any) -> Held:
    """Return a number that dials, and refuses with the status that tells the outcome."""
    branches = {"NoAnswerNextNode": 1, "BusyNextNode": 2, "FailedNextNode": 3}
    causes = ("NoAnswer", "Busy", "NotFound")
    refusals = [act("Reject", Cause=cause) for cause in causes]
    return node.hold(behavior(act("Dial", To=list(to), **branches | fields), *refusals))


def legs(record: dict[str, Any]) -> list[tuple[str, int]]:
    return [(leg["Status"], leg["SipCode"]) for leg in record["DialActions"]]


def test_caller_and_callee_hear_each_other_and_are_recorded(node: Node, tmp_path: Path) -> None:
    said, replied = noise(2.0, seed=1), noise(2.0, seed=2)
    write_wav(tmp_path / "said.wav", said)
    recorded = {"Record": True, "StorageKey": "Talk"}
    with (
        handset(replied) as phone,
        callee(tmp_path, answers(phone.port), TAKEN_LEAVE_OF) as bob,
    ):
        held = dials(node, bob.uri, **recorded)
        (call,) = place(plan(node, held, "w500,a,w700", audio=tmp_path / "said.wav",
                             hang_up_after_s=3.5))  # fmt: skip
    assert (call.status, call.ended_by, call.packets_lost) == (200, "caller", 0)
    there, here = find(said, phone.sound), find(replied[4000:], call.heard)
    assert there.likeness > 0.999
    assert here.likeness > 0.99
    (record,) = node.records(held)
    (leg,) = record["DialActions"]
    assert (leg["Status"], leg["SipCode"], leg["TelephoneNumber"]) == ("Answered", 200, bob.uri)
    assert leg["CreatedOnUtc"] < leg["AnswerDate"] < leg["HangupDate"]
    assert 3 < leg["Duration"] <= record["CallDuration"] + Decimal("0.2")
    assert leg["Price"] == Decimal("0.0020")
    (kept,) = record["Recordings"]
    assert record["Price"] == Decimal("0.0080") + leg["Price"] + kept["Price"]
    assert (kept["StorageKey"], kept["Node"]) == ("Talk", "0")
    response = httpx.get(kept["Url"], headers=held.headers, trust_env=False)
    (tmp_path / "talk.wav").write_bytes(response.content)
    left, right = stereo(tmp_path / "talk.wav")
    assert find(said, left).likeness > 0.999
    assert find(replied[4000:], right).likeness > 0.999
    assert [ending.reason for ending in endings(node, held)] == ["CallerHungUp"]


def test_the_callee_hangs_up_and_the_call_ends(node: Node, tmp_path: Path) -> None:
    with (
        handset() as phone,
        callee(tmp_path, answers(phone.port), pause(500), BYE) as bob,
    ):
        held = node.hold(behavior(act("Dial", To=[bob.uri])))
        (call,) = place(plan(node, held))
    assert (call.status, call.ended_by) == (200, "callee")
    (record,) = node.records(held)
    assert legs(record) == [("Answered", 200)]
    assert [ending.reason for ending in endings(node, held)] == ["DialEnded"]
    assert 0.4 < record["DialActions"][0]["Duration"] <= record["CallDuration"]


@pytest.mark.parametrize(
    ("steps", "status", "leg"),
    [
        ((refuses("486 Busy Here"),), 486, ("Busy", 486)),
        ((RINGS, refuses("603 Decline")), 486, ("Busy", 603)),
        ((RINGS, refuses("480 Temporarily Unavailable")), 480, ("NoAnswer", 480)),
        ((refuses("500 Server Error"),), 404, ("Failed", 500)),
        ((cancelled(),), 480, ("NoAnswer", 487)),
        ((RINGS, reply("200 OK", description(4000, "18")), recv("ACK"), TAKEN_LEAVE_OF), 404,
         ("Failed", 488)),
    ],
    ids=["busy", "declined", "unavailable", "broken", "never answers", "speaks G.729 alone"],
)  # fmt: skip
def test_flow_branches_on_why_nobody_answered(
    node: Node, tmp_path: Path, steps: tuple[str, ...], status: int, leg: tuple[str, int]
) -> None:
    with callee(tmp_path, *steps) as bob:
        held = dials(node, bob.uri, Timeout=1.5)
        (call,) = place(plan(node, held))
    assert call.status == status
    assert call.ringing_ms is not None
    (record,) = node.records(held)
    assert legs(record) == [leg]
    assert (record["CallDuration"], record["Price"]) == (0, 0)


def test_a_redirection_is_followed(node: Node, tmp_path: Path) -> None:
    with (
        handset() as phone,
        callee(tmp_path, answers(phone.port), TAKEN_LEAVE_OF) as second,
    ):
        moved = reply("302 Moved").replace(
            "<sip:callee@[local_ip]:[local_port]>", f"<{second.uri}>"
        )
        with callee(tmp_path, moved, recv("ACK")) as first:
            held = dials(node, first.uri)
            (call,) = place(plan(node, held, hang_up_after_s=0.5))
    assert call.status == 200
    (record,) = node.records(held)
    assert legs(record) == [("Answered", 200)]


def test_one_after_the_other(node: Node, tmp_path: Path) -> None:
    with (
        handset() as phone,
        callee(tmp_path, refuses("486 Busy Here")) as first,
        callee(tmp_path, cancelled()) as second,
        callee(tmp_path, answers(phone.port), TAKEN_LEAVE_OF) as third,
    ):
        held = dials(node, first.uri, second.uri, third.uri, Strategy="Sequential", Timeout=1)
        (call,) = place(plan(node, held, hang_up_after_s=0.5))
    assert call.status == 200
    (record,) = node.records(held)
    assert legs(record) == [("Busy", 486), ("NoAnswer", 487), ("Answered", 200)]


def test_all_at_once_and_the_first_to_answer_gets_the_call(node: Node, tmp_path: Path) -> None:
    with (
        handset() as phone,
        callee(tmp_path, cancelled()) as first,
        callee(tmp_path, answers(phone.port), TAKEN_LEAVE_OF) as second,
    ):
        held = dials(node, first.uri, second.uri)
        (call,) = place(plan(node, held, hang_up_after_s=0.5))
    assert call.status == 200
    (record,) = node.records(held)
    assert legs(record) == [("Canceled", 487), ("Answered", 200)]


def test_a_talk_lasts_no_longer_than_it_may(node: Node, tmp_path: Path) -> None:
    with (
        handset() as phone,
        callee(tmp_path, answers(phone.port), TAKEN_LEAVE_OF) as bob,
    ):
        held = node.hold(behavior(act("Dial", To=bob.uri, MaxDuration=1)))
        (call,) = place(plan(node, held))
    assert (call.status, call.ended_by) == (200, "callee")
    (record,) = node.records(held)
    assert Decimal("0.9") < record["DialActions"][0]["Duration"] < 2


def test_a_caller_who_gives_up_stops_the_ringing(node: Node, tmp_path: Path) -> None:
    with callee(tmp_path, cancelled()) as bob:
        held = dials(node, bob.uri)
        (call,) = place(plan(node, held, cancel_after_s=0.7))
    assert call.status == 487
    (record,) = node.records(held)
    assert legs(record) == [("Canceled", 487)]
    assert [ending.reason for ending in endings(node, held)] == ["Abandoned"]


@pytest.mark.parametrize("dtmf", ["rfc4733", "info"])
def test_keys_reach_the_callee(node: Node, tmp_path: Path, dtmf: str) -> None:
    info = [recv("INFO", "Signal=4"), reply("200 OK", to="[last_To:]")] if dtmf == "info" else []
    with (
        handset() as phone,
        callee(tmp_path, answers(phone.port), *info, TAKEN_LEAVE_OF) as bob,
    ):
        held = dials(node, bob.uri)
        place(plan(node, held, "w300,4,w300", dtmf=dtmf, hang_up_after_s=1.5))
    if dtmf == "rfc4733":
        assert phone.keys == "4"
    node.records(held)


def test_a_law_that_differs_is_translated(node: Node, tmp_path: Path) -> None:
    said, replied = noise(1.0, seed=3), noise(1.5, seed=4)
    write_wav(tmp_path / "said.wav", said)
    with (
        handset(replied, Law.ALAW) as phone,
        callee(tmp_path, answers(phone.port, "8"), TAKEN_LEAVE_OF) as bob,
    ):
        held = dials(node, bob.uri)
        (call,) = place(plan(node, held, "w300,a", audio=tmp_path / "said.wav",
                             hang_up_after_s=2.5))  # fmt: skip
    assert find(said, phone.sound).likeness > 0.99
    assert find(replied[4000:], call.heard).likeness > 0.99
    node.records(held)


def test_far_end_is_heard_before_it_answers(node: Node, tmp_path: Path) -> None:
    tune = noise(2.0, seed=5)
    with (
        handset() as caller,
        handset(tune) as phone,
        callee(
            tmp_path,
            reply("183 Session Progress", description(phone.port)),
            pause(1500),
            refuses("486 Busy Here"),
        ) as bob,
    ):
        held = dials(node, bob.uri)
        Sipp(node, tmp_path).run(
            "caller_hears_early", held.number, CONTENT=description(caller.port), STATUS="486"
        )
    assert find(tune[4000:8000], caller.sound).likeness > 0.99
    (record,) = node.records(held)
    assert (record["CallDuration"], record["Price"]) == (0, 0)


def test_of_several_the_first_to_play_is_heard_then_the_next(node: Node, tmp_path: Path) -> None:
    tunes = noise(2.0, seed=7), noise(4.0, seed=8)
    with (
        handset() as caller,
        handset(tunes[0]) as one,
        handset(tunes[1]) as two,
        callee(
            tmp_path,
            reply("183 Session Progress", description(one.port)),
            pause(1500),
            refuses("486 Busy Here"),
        ) as first,
        callee(
            tmp_path,
            RINGS,
            pause(400),
            reply("183 Session Progress", description(two.port)),
            pause(2600),
            refuses("486 Busy Here"),
        ) as second,
    ):
        held = dials(node, first.uri, second.uri)
        Sipp(node, tmp_path).run(
            "caller_hears_early", held.number, CONTENT=description(caller.port), STATUS="486"
        )
    early = find(tunes[0][4000:8000], caller.sound)
    late = find(tunes[1][12000:16000], caller.sound)
    assert early.likeness > 0.99
    assert late.likeness > 0.99
    assert early.offset < late.offset
    assert find(tunes[1][:4000], caller.sound).likeness < 0.5  # nobody is mixed in
    node.records(held)


def test_a_caller_who_was_answered_hears_ringing(node: Node, tmp_path: Path) -> None:
    with callee(tmp_path, cancelled()) as bob:
        pause_first = act("Pause", 1, Seconds=0.1)
        held = node.hold(behavior(pause_first, act("Dial", To=bob.uri, Timeout=2)))
        (call,) = place(plan(node, held))
    assert call.status == 200
    spectrum = np.abs(np.fft.rfft(call.heard[4000:8000].astype(np.float64)))
    assert np.argmax(spectrum) * 2 == pytest.approx(425, abs=4)
    node.records(held)


def test_own_numbers_are_reached_without_a_trunk(node: Node, tmp_path: Path) -> None:
    said = noise(1.0, seed=6)
    write_wav(tmp_path / "said.wav", said)
    target = node.hold(behavior(act("Record", PlayBeep=False, SilenceTimeout=0)))
    held = dials(node, target.number, CallerId="{{called}}")
    place(plan(node, held, "w500,a", audio=tmp_path / "said.wav", hang_up_after_s=2))
    (record,) = node.records(held)
    (leg,) = record["DialActions"]
    assert (leg["TelephoneNumber"], leg["Status"]) == (target.number, "Answered")
    (called,) = node.records(target)
    assert called["TelephoneNumber"] == held.number
    assert called["Recordings"][0]["Duration"] > 1


def test_a_number_that_dials_itself_comes_to_an_end(node: Node) -> None:
    held = node.hold(behavior(act("Pause")))
    node.publish(held, behavior(act("Dial", To=held.number)))
    (call,) = place(plan(node, held))
    assert call.status == 503
    records = node.records(held, 6)
    assert legs(records[0]) == [("Failed", 482)]
    assert all(record["Price"] == 0 for record in records)


def test_a_trunk_is_told_who_we_are(node: Node, tmp_path: Path) -> None:
    number = "+442079467001"
    challenge = 'WWW-Authenticate: Digest realm="carrier", nonce="n1", algorithm=MD5, qop="auth"'
    with (
        handset() as phone,
        callee(
            tmp_path,
            reply("401 Unauthorized", "", challenge),
            recv("ACK"),
            recv("INVITE", 'username=.dillo.*uri="sip:.442079467001@127.0.0.1'),
            answers(phone.port),
            TAKEN_LEAVE_OF,
        ) as carrier,
    ):

        async def add(registry: Registry, change: Change) -> None:
            password = Vault.open("", node.home / "secret.key").seal("secret")
            await trunks.add(
                registry, change, "carrier", [f"127.0.0.1:{carrier.port}"],
                username="dillo", sealed_password=password, prefixes=[number],
            )  # fmt: skip

        node.accounts(add)
        held = dials(node, number)
        (call,) = place(plan(node, held, hang_up_after_s=0.5))
    assert call.status == 200
    (record,) = node.records(held)
    (leg,) = record["DialActions"]
    assert (leg["TelephoneNumber"], leg["Status"]) == (number, "Answered")
    assert leg["Price"] == Decimal("0.0050")  # half a minute to the United Kingdom
    executed = json.loads(record["ChannelBehavior"])["ChannelBehaviorNodes"]["0"]["Executions"]
    assert executed[0]["Outcome"] == "call ended" or executed[0]["Outcome"] == "hung up"


def test_a_number_without_a_trunk_and_a_stolen_caller_id_fail(node: Node) -> None:
    other = node.hold(behavior(act("Pause")))
    unreachable = dials(node, "+33123456789")
    thief = dials(node, other.number, CallerId="{{vars.stolen}}")
    node.publish(
        thief,
        behavior(
            act("Set", 1, Name="stolen", Value=other.number),
            act("Dial", 2, To=other.number, CallerId="{{vars.stolen}}"),
            act("Reject", Cause="Forbidden"),
        ),
    )
    statuses = [call.status for call in place(plan(node, unreachable), plan(node, thief))]
    assert statuses == [404, 403]
    (record,) = node.records(unreachable)
    assert legs(record) == [("Failed", 404)]
    (record,) = node.records(thief)
    assert record["DialActions"] == []


def test_own_networks_are_not_dialled_unless_allowed(own_node: Node, tmp_path: Path) -> None:
    own_node.settings["DILLO_OUTBOUND_ALLOW"] = ""
    own_node.start()
    held = own_node.hold(behavior(act("Dial", To=["sip:a@127.0.0.1:5070", "sip:a@localhost"])))
    (call,) = place(plan(own_node, held))
    assert call.status == 503
    (record,) = own_node.records(held)
    assert legs(record) == [("Failed", 403)] * 2
    target = own_node.hold(behavior(act("Reject", Cause="Busy")))
    own_node.publish(held, behavior(act("Dial", To=target.number)))
    (call,) = place(plan(own_node, held))
    assert call.status == 486


def test_a_callee_who_vanishes_is_given_up(own_node: Node, tmp_path: Path) -> None:
    own_node.settings["DILLO_MEDIA_TIMEOUT_S"] = "1"
    own_node.start()
    with callee(tmp_path, answers(4000), TAKEN_LEAVE_OF) as bob:
        held = own_node.hold(behavior(act("Dial", To=bob.uri)))
        (call,) = place(plan(own_node, held))
    assert (call.status, call.ended_by) == (200, "callee")
    (record,) = own_node.records(held)
    assert legs(record) == [("Answered", 200)]
    assert [ending.reason for ending in endings(own_node, held)] == ["DialEnded"]


def test_ringing_for_longer_than_silence_is_put_up_with(own_node: Node, tmp_path: Path) -> None:
    own_node.settings["DILLO_MEDIA_TIMEOUT_S"] = "2"
    own_node.start()
    ringing = RINGS + pause(3500)
    with (
        handset() as phone,
        callee(tmp_path, ringing, answers(phone.port), TAKEN_LEAVE_OF) as bob,
    ):
        held = own_node.hold(behavior(act("Dial", To=bob.uri)))
        (call,) = place(plan(own_node, held, hang_up_after_s=1))
    assert (call.status, call.ended_by) == (200, "caller")
    own_node.records(held)


def test_a_caller_who_holds_is_held_at_the_callee_too(node: Node, tmp_path: Path) -> None:
    with handset() as phone, handset() as caller:
        held_and_back = (
            recv("INVITE", "a=sendonly"),
            reply("200 OK", description(phone.port) + "a=recvonly\n", to="[last_To:]"),
            recv("ACK"),
            recv("INVITE", "a=sendrecv"),
            reply("200 OK", description(phone.port), to="[last_To:]"),
            recv("ACK"),
        )
        with callee(tmp_path, answers(phone.port), *held_and_back, TAKEN_LEAVE_OF) as bob:
            held = dials(node, bob.uri)
            text = (SCENARIOS / "caller_holds.xml").read_text().replace("@PORT@", str(caller.port))
            hearing_180 = '<recv response="180" optional="true"/>\n  <recv response="200" rrs'
            path = tmp_path / "caller_holds.xml"
            path.write_text(text.replace('<recv response="200" rrs', hearing_180))
            Sipp(node, tmp_path).call(held.number, "-sf", str(path), "-m", "1")
    (record,) = node.records(held)
    assert legs(record) == [("Answered", 200)]


def test_a_callee_who_holds_holds_the_caller(node: Node, tmp_path: Path) -> None:
    with (
        handset() as phone,
        callee(
            tmp_path,
            answers(phone.port),
            pause(300),
            reinvite(phone.port, "sendonly"),
            pause(600),
            BYE.replace("CSeq: 1", "CSeq: 2"),
        ) as bob,
    ):
        held = dials(node, bob.uri)
        (call,) = place(plan(node, held))
    assert (call.status, call.ended_by) == (200, "callee")
    assert call.packets_sent * 0.02 < call.duration_s - 0.3  # the caller was told not to send
    node.records(held)
