"""Calls of the test caller to real processes, and the records they leave behind."""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.e2e.node import Held, Node, behavior, say
from tests.e2e.telephones import (
    CALLER,
    Ending,
    act,
    download,
    endings,
    find,
    noise,
    place,
    plan,
    prepared,
    web_files,
)

from dillo.accounts.ports import Limits
from dillo.caller import rms_dbfs, write_wav
from dillo.rtp.g711 import Law
from dillo.rtp.pcm import decode

GREETING = "Good morning. This is the number that the tests call."


def test_the_far_end_hears_the_prompt_sample_by_sample(node: Node) -> None:
    held = node.hold(behavior(say(GREETING)))
    options: list[dict[str, Any]] = [{"law": "pcmu"}, {"law": "pcma"}, {"is_offer_late": True}]
    calls = place(*(plan(node, held, **each) for each in options))
    ready = prepared(node, held, GREETING)
    ulaw = decode(Path(ready.ulaw_path).read_bytes(), Law.ULAW)
    alaw = decode(Path(ready.alaw_path).read_bytes(), Law.ALAW)
    for call, played in zip(calls, (ulaw, alaw, ulaw), strict=True):
        assert (call.status, call.ended_by, call.packets_lost) == (200, "callee", 0)
        start = find(played, call.heard).offset
        assert np.array_equal(call.heard[start : start + len(played)], played)
        rest = np.concatenate([call.heard[:start], call.heard[start + len(played) :]])
        assert np.abs(rest).max(initial=0) <= 8  # silence, which A-law has no exact zero for
    assert abs(rms_dbfs(ulaw) - rms_dbfs(alaw)) < 0.5
    assert -30 < rms_dbfs(ulaw) < -15
    assert len(ulaw) // 8 == ready.duration_ms
    for record in node.records(held, 3):
        assert record["CallDuration"] >= ready.duration_ms / 1000
        assert record["TelephoneNumber"] == CALLER


@pytest.mark.parametrize("dtmf", ["rfc4733", "info"])
def test_every_key_counts_once(node: Node, dtmf: str) -> None:
    keys = "0123456789*#ABCD"
    fields: dict[str, Any] = {"NumberOfDigits": 16, "FinishOnKey": "", "StorageKey": "Keys"}
    held = node.hold(behavior(act("Collect", Intro={"Text": GREETING, "Loop": 10}, **fields)))
    (call,) = place(plan(node, held, f"w300,{keys}", dtmf=dtmf))
    assert call.digits_sent == keys
    (record,) = node.records(held)
    (collected,) = record["CollectedDigits"]
    assert (collected["Digits"], collected["IsSuccess"]) == (keys, True)
    assert (collected["Node"], collected["ActionType"]) == ("0", "Collect")
    assert collected["StorageKey"] == "Keys"
    assert not call.heard[-16000:].any()  # the first key has cut the intro short
    node_0 = json.loads(record["ChannelBehavior"])["ChannelBehaviorNodes"]["0"]
    assert [visit["Digits"] for visit in node_0["Executions"]] == [keys]


def test_a_key_during_the_menu_leads_to_its_branch(node: Node) -> None:
    menu = act("Menu", 2, Intro={"Text": GREETING}, Digits={"1": {"NextNode": 1}}, MaxAttempts=2)
    held = node.hold(behavior(menu, act("Pause", Seconds=0.1), act("Pause", Seconds=0.2)))
    place(plan(node, held, "w200,1"), plan(node, held, "w200,5,w300,7"))
    by_key = {record["CollectedDigits"][0]["Digits"]: record for record in node.records(held, 2)}
    for key, branch in (("1", "1"), ("7", "2")):
        nodes = json.loads(by_key[key]["ChannelBehavior"])["ChannelBehaviorNodes"]
        assert [number for number in nodes if "Executions" in nodes[number]] == ["0", branch]
        assert by_key[key]["CollectedDigits"][0]["IsSuccess"] is (key == "1")


def test_a_recording_holds_what_the_caller_sent(node: Node, tmp_path: Path) -> None:
    options = {"StorageKey": "Message", "RecordingStoragePeriodCode": "3-M"}
    held = node.hold(behavior(act("Record", None, PlayBeep=False, SilenceTimeout=0, **options)))
    sent = noise(1.5)
    write_wav(tmp_path / "sent.wav", sent)
    plans = [
        plan(node, held, "w300,a,w300,#", audio=tmp_path / "sent.wav", law=law)
        for law in ("pcmu", "pcma")
    ]
    calls = place(*plans)
    assert [call.ended_by for call in calls] == ["callee", "callee"]
    for record in node.records(held, 2):
        (kept,) = record["Recordings"]
        heard = download(held, kept, tmp_path)
        assert find(sent, heard).likeness > 0.99
        assert int(kept["Duration"] * 1000) == len(heard) // 8
        assert 1.8 < kept["Duration"] <= record["CallDuration"]
        assert (kept["StorageKey"], kept["Format"], kept["Node"]) == ("Message", "wav", "0")
        # A minute of a local number, one of recording, and three months of keeping it.
        assert kept["Price"] == Decimal("0.0025") + 3 * Decimal("0.0005")
        assert record["Price"] == Decimal("0.0080") + kept["Price"]


def test_a_recording_ends_at_its_longest_and_with_the_call(node: Node, tmp_path: Path) -> None:
    held = node.hold(behavior(act("Record", MaxLength=1, PlayBeep=False)))
    place(plan(node, held), plan(node, held, hang_up_after_s=0.5))
    kept = [record["Recordings"][0] for record in node.records(held, 2)]
    short, longest = sorted(kept, key=lambda recording: recording["Duration"])
    assert longest["Duration"] == Decimal(1)
    assert Decimal("0.3") < short["Duration"] < 1
    for each in kept:
        assert int(each["Duration"] * 1000) == len(download(held, each, tmp_path)) // 8


def test_either_side_hangs_up(node: Node) -> None:
    held = node.hold(behavior(act("Pause", Seconds=1.5)))
    ours, theirs = place(plan(node, held, hang_up_after_s=0.5), plan(node, held))
    assert (ours.ended_by, theirs.ended_by) == ("caller", "callee")
    records = {record["CallDuration"] for record in node.records(held, 2)}
    assert abs(float(min(records)) - ours.duration_s) < 0.3
    assert abs(float(max(records)) - theirs.duration_s) < 0.3
    assert {ending.reason for ending in endings(node, held)} == {"CallerHungUp", "FlowEnded"}


def test_a_number_that_nobody_holds_is_not_found_and_not_recorded(node: Node) -> None:
    held = node.hold(behavior(act("Pause")))
    for to in ("+442079469999", "bob", "", "00442079469999", "sip:no%20number@127.0.0.1"):
        (call,) = place(plan(node, held, to=to or "sip:127.0.0.1"))
        assert call.status == 404
    assert node.records(held, 0) == []


def test_numbers_may_be_dialled_with_00(node: Node) -> None:
    held = node.hold(behavior(act("Pause", Seconds=0.1)))
    (call,) = place(plan(node, held, to=held.number.replace("+", "00"), from_="anonymous"))
    assert call.status == 200
    (record,) = node.records(held)
    assert record["TelephoneNumber"] == "anonymous"


def test_an_application_refuses(node: Node) -> None:
    for cause, status in (("Busy", 486), ("Rejected", 603), ("NotFound", 404)):
        held = node.hold(behavior(act("Reject", Cause=cause)))
        (call,) = place(plan(node, held))
        assert call.status == status
        (record,) = node.records(held)
        assert (record["CallDuration"], record["Price"]) == (0, 0)
        assert endings(node, held) == [Ending("Rejected", status, cause)]


def test_a_switch_sorts_callers_out(node: Node) -> None:
    cases = [{"CallerPrefix": ["+39", "+40"], "NextNode": 1}]
    switch = act("Switch", Cases=cases, DefaultNextNode=2)
    refusals = [act("Reject", Cause=cause) for cause in ("Busy", "Forbidden")]
    held = node.hold(behavior(switch, *refusals))
    callers = ("+393703188051", "0040721234567", "+442079461111", "anonymous")
    calls = place(*(plan(node, held, from_=caller) for caller in callers))
    assert [call.status for call in calls] == [486, 486, 403, 403]
    node.records(held, 4)


def test_sensitive_digits_are_nowhere_in_the_record(node: Node) -> None:
    pin = "73918462"
    collect = act("Collect", 1, NumberOfDigits=8, Sensitive=True, StorageKey="Pin")
    cases = [{"Digits": "Pin", "Equals": pin, "NextNode": 2}]
    note = act("Set", 3, Name="known", Value="{{digits.Pin}}")
    held = node.hold(behavior(collect, act("Switch", Cases=cases), note, say("{{vars.known}}")))
    place(plan(node, held, f"w200,{pin}", hang_up_after_s=3))
    (record,) = node.records(held)
    (collected,) = record["CollectedDigits"]
    assert (collected["Digits"], collected["IsSuccess"]) == ("*" * 8, True)
    executed = json.loads(record["ChannelBehavior"])["ChannelBehaviorNodes"]
    assert executed["2"]["Executions"][0]["Variables"] == {"known": "*" * 8}
    del executed["1"]["ChannelBehaviorAction"]  # the application itself knows it, of course
    assert pin not in json.dumps([record["CollectedDigits"], executed])


def test_a_change_takes_effect_at_the_next_call(node: Node) -> None:
    held = node.hold(behavior(act("Reject", Cause="Busy")))
    statuses = []
    for cause in ("Busy", "Forbidden", "NotFound"):
        node.publish(held, behavior(act("Reject", Cause=cause)))
        (call,) = place(plan(node, held))
        statuses.append(call.status)
    assert statuses == [486, 403, 404]
    listed = [json.loads(record["ChannelBehavior"]) for record in node.records(held, 3)]
    causes = [
        each["ChannelBehaviorNodes"]["0"]["ChannelBehaviorAction"]["Cause"] for each in listed
    ]
    assert causes == ["NotFound", "Forbidden", "Busy"]  # each call keeps the version that it ran


def test_audio_is_fetched_and_its_loss_brings_the_fallback(node: Node, tmp_path: Path) -> None:
    tune = noise(1.0, seed=7)
    write_wav(tmp_path / "tune.wav", tune)
    with web_files(tune=(tmp_path / "tune.wav").read_bytes()) as address:
        primary = behavior(act("Play", 1, Url=f"{address}/tune"), act("Play", Url=f"{address}/no"))
        fallback = behavior(say("This is the fallback."))
        held, alone = node.hold(primary, fallback), node.hold(primary)
        call, apology = place(plan(node, held), plan(node, alone))
    assert find(tune, call.heard).likeness > 0.99
    (record,) = node.records(held)
    assert record["IsFallbackExecuted"] is True
    assert endings(node, held) == [Ending("FlowEnded", None, "the flow ended")]
    executed = json.loads(record["ChannelBehavior"])
    (failure,) = executed["Failures"]
    assert (failure["Application"], failure["Node"]) == ("primary", "1")
    assert "404" in failure["Detail"]
    assert [
        executed["Primary"]["ChannelBehaviorNodes"][number]["Executions"][0]["Outcome"]
        for number in "01"
    ] == ["completed", "failed"]
    spoken = decode(
        Path(prepared(node, held, "This is the fallback.").ulaw_path).read_bytes(), Law.ULAW
    )
    assert find(spoken, call.heard).likeness > 0.999
    (record,) = node.records(alone)
    assert record["IsFallbackExecuted"] is False
    assert [ending.reason for ending in endings(node, alone)] == ["Error"]
    assert len(apology.heard) > len(tune) + 8000
    assert rms_dbfs(apology.heard[-12000:]) > -40  # it ends with a spoken apology


def test_without_any_application_the_caller_hears_an_apology(node: Node) -> None:
    held = node.hold(None)
    (call,) = place(plan(node, held))
    assert (call.status, call.ended_by) == (200, "callee")
    assert call.heard_rms_dbfs > -40
    (record,) = node.records(held)
    assert record["IsFallbackExecuted"] is False
    assert [ending.reason for ending in endings(node, held)] == ["Error"]


def refusals(node: Node, held: Held, seconds: float = 0.6) -> tuple[list[int], set[str]]:
    """Place two calls at once; return the statuses, and why the refused ones were refused."""
    calls = place(*[plan(node, held, hang_up_after_s=seconds)] * 2)
    records = node.records(held, 2)
    ended = [ending for ending in endings(node, held) if ending.reason == "LimitReached"]
    unanswered = [record for record in records if record["CallDuration"] == 0]
    assert len(unanswered) == len(ended)
    assert all(record["Price"] == 0 for record in unanswered)
    return sorted(call.status for call in calls), {ending.detail for ending in ended}


def test_calls_over_a_limit_are_refused_and_recorded(node: Node) -> None:
    waiting = behavior(act("Pause", Seconds=30))
    one_at_once = node.hold(waiting, limits=Limits(max_concurrent_calls=1))
    assert refusals(node, one_at_once) == ([200, 486], {"the account's 1 calls at once are in use"})
    one_a_second = node.hold(waiting, limits=Limits(max_calls_per_second=0.01))
    assert refusals(node, one_a_second) == ([200, 503], {"more than 0.01 calls a second"})
    broke = node.hold(waiting, opening_micros=1_500_000)  # which its number costs for a month
    assert refusals(node, broke) == ([503, 503], {"the balance is used up"})


def test_a_call_ends_at_its_longest(node: Node) -> None:
    held = node.hold(behavior(act("Pause", Seconds=30)), limits=Limits(max_call_s=1.0))
    (call,) = place(plan(node, held))
    assert call.ended_by == "callee"
    (record,) = node.records(held)
    assert 1 <= record["CallDuration"] < 3
    assert endings(node, held) == [Ending("LimitReached", None, "longer than 1 s")]


def test_the_price_is_exact_to_the_cent(node: Node) -> None:
    flow = behavior(act("Pause", Seconds=0.2))
    prices = {
        "local": "0.0080",
        "national": "0.0090",
        "toll-free": "0.0550",  # with a connection fee
        "some-new-type": "0.0120",
    }
    holders = {kind: node.hold(flow, number_type=kind) for kind in prices}
    place(*(plan(node, held) for held in holders.values()))
    for kind, price in prices.items():
        (record,) = node.records(holders[kind])
        assert record["Price"] == Decimal(price)


def test_pages_count_and_sort_the_calls(node: Node) -> None:
    held = node.hold(behavior(act("Reject")))
    place(*(plan(node, held, from_=f"+39370318{number:04}") for number in range(23)))
    first = node.records(held, 23)
    moments = [record["CreatedOnUtc"] for record in first]
    assert len(first) == 20
    assert moments == sorted(moments, reverse=True)
    second = node.fetch(held, page=2)
    assert (len(second.json()), second.headers["X-Total-Count"]) == (3, "23")
    assert (node.fetch(held, page=3).text, node.fetch(held, page=99).status_code) == ("[]", 200)
    callers = {record["TelephoneNumber"] for record in [*first, *second.json()]}
    assert len(callers) == 23
