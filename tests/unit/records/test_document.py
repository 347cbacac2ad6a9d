"""The InboundVoiceCall: exact names, order, types and digits."""

import json
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dillo.model.errors import MisuseError
from dillo.model.events import (
    ApplicationStarted,
    CallEvent,
    CallReceived,
    NodeEntered,
    NodeLeft,
    Role,
    WebhookReplied,
)
from dillo.records import document, fold
from dillo.records.record import CallRecord, DialAction, Execution, Failure

BEHAVIOR = """{"ChannelBehaviorNodes": {
  "0": {"ActionType": "Menu", "NextNode": 3,
        "ChannelBehaviorAction": {"Intro": {"Text": "Press 1."}, "Timeout": 5.0}},
  "1": {"ActionType": "Record", "ChannelBehaviorAction": {"MaxLength": 120}},
  "3": {"ActionType": "Hangup"}}}"""


@dataclass(frozen=True)
class Line:
    subject_id: str
    amount_micros: int


LINES = (Line("", 41_200), Line("rec-1", 2_500), Line("rec-1", 1_500))


@pytest.fixture
def record(events: list[CallEvent]) -> CallRecord:
    return fold(events)


def _load(text: str) -> Any:
    return json.loads(text, parse_float=Decimal)


def test_properties_stand_in_the_published_order(record: CallRecord) -> None:
    call = _load(document(record, LINES, {"v1": BEHAVIOR}))
    assert {name: value for name, value in call.items() if name != "ChannelBehavior"} == {
        "CustomerCode": "customer-1",
        "CreatedOnUtc": "2026-11-23T10:42:07.125Z",
        "TelephoneNumber": "+393703188051",
        "InboundActiveNumber": "+442079460000",
        "InboundActiveNumberId": "number-1",
        "CallDuration": Decimal("6.5"),
        "IsFallbackExecuted": False,
        "Price": Decimal("0.0452"),
        "Recordings": [
            {
                "Id": "rec-1",
                "Node": "1",
                "StorageKey": "Message",
                "CreatedOnUtc": "2026-11-23T10:42:11.125Z",
                "Duration": Decimal("3.0"),
                "Url": "/api/inbound/recordings/rec-1",
                "Format": "wav",
                "Size": 24_058,
                "StoragePeriodCode": "3-M",
                "ExpiresOnUtc": "2027-02-23T10:42:11.125Z",
                "Price": Decimal("0.004"),
                "Transcription": None,
            }
        ],
        "CollectedDigits": [
            {
                "Node": "0",
                "ActionType": "Menu",
                "StorageKey": "Department",
                "Digits": "1",
                "IsSuccess": True,
                "CreatedOnUtc": "2026-11-23T10:42:10.125Z",
            }
        ],
        "DialActions": [],
    }
    assert list(call) == [
        "CustomerCode",
        "CreatedOnUtc",
        "TelephoneNumber",
        "InboundActiveNumber",
        "InboundActiveNumberId",
        "CallDuration",
        "IsFallbackExecuted",
        "Price",
        "ChannelBehavior",
        "Recordings",
        "CollectedDigits",
        "DialActions",
    ]
    assert list(call["Recordings"][0]) == [
        "Id",
        "Node",
        "StorageKey",
        "CreatedOnUtc",
        "Duration",
        "Url",
        "Format",
        "Size",
        "StoragePeriodCode",
        "ExpiresOnUtc",
        "Price",
        "Transcription",
    ]


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 10**18))
def test_the_price_has_its_exact_digits(micros: int) -> None:
    received = CallReceived(1_000, "c", "a", "k", "n", "+442079460000", "local", "+39370", "EUR")
    text = document(fold([received]), [Line("", micros)], {})
    assert _load(text)["Price"] * 1_000_000 == micros
    assert "E" not in text.split('"Price":')[1].split(",")[0]


def test_executed_nodes_carry_what_happened_there(record: CallRecord) -> None:
    behavior = _load(_load(document(record, LINES, {"v1": BEHAVIOR}))["ChannelBehavior"])
    nodes = behavior["ChannelBehaviorNodes"]
    assert list(nodes) == ["0", "1", "3"]
    assert nodes["0"]["ChannelBehaviorAction"]["Intro"] == {"Text": "Press 1."}
    assert nodes["0"]["Executions"] == [
        {
            "EnteredOnUtc": "2026-11-23T10:42:08.125Z",
            "LeftOnUtc": "2026-11-23T10:42:10.125Z",
            "Outcome": "digit 1",
            "NextNode": "1",
            "Digits": "1",
        }
    ]
    assert nodes["1"]["Executions"][0]["RecordingId"] == "rec-1"
    assert "Executions" not in nodes["3"]
    assert "Failures" not in behavior


def test_failures_name_application_and_node(record: CallRecord) -> None:
    failed = replace(record, failures=(Failure(Role.PRIMARY, "1", "disk full"),))
    behavior = _load(_load(document(failed, LINES, {"v1": BEHAVIOR}))["ChannelBehavior"])
    assert behavior["Failures"] == [{"Application": "primary", "Node": "1", "Detail": "disk full"}]


def test_a_fallback_keeps_what_the_primary_did(record: CallRecord) -> None:
    again = Execution(
        Role.FALLBACK, "0", "Say", record.created_us, record.ended_us, "completed", None
    )
    both = replace(
        record,
        applications=((Role.PRIMARY, "v1"), (Role.FALLBACK, "v2")),
        executions=(*record.executions, again),
    )
    fallback = '{"ChannelBehaviorNodes":{"0":{"ActionType":"Say"}}}'
    call = _load(document(both, LINES, {"v1": BEHAVIOR, "v2": fallback}))
    behavior = _load(call["ChannelBehavior"])
    assert call["IsFallbackExecuted"] is True
    assert behavior["ChannelBehaviorNodes"]["0"]["Executions"][0]["Outcome"] == "completed"
    primary = behavior["Primary"]["ChannelBehaviorNodes"]
    assert primary["0"]["Executions"][0]["Outcome"] == "digit 1"


def test_a_call_that_ran_nothing_has_an_empty_graph(record: CallRecord) -> None:
    refused = replace(record, applications=(), executions=(), recordings=())
    assert _load(document(refused, (), {}))["ChannelBehavior"] == '{"ChannelBehaviorNodes":{}}'


def test_a_version_whose_text_is_gone_still_shows_its_nodes(record: CallRecord) -> None:
    behavior = _load(_load(document(record, LINES, {}))["ChannelBehavior"])
    assert behavior["ChannelBehaviorNodes"]["0"]["ActionType"] == "Menu"


def test_a_version_that_is_no_behavior_is_a_bug(record: CallRecord) -> None:
    with pytest.raises(MisuseError, match="cannot be read"):
        document(record, LINES, {"v1": '{"ChannelBehaviorNodes": []}'})


def test_an_answered_leg_has_its_moments_and_price(record: CallRecord) -> None:
    dial = DialAction(
        "leg-1", "2", "+442079460123", "Answered", 200, record.created_us, record.created_us,
        record.created_us + 2_500_000,
    )  # fmt: skip
    call = _load(document(replace(record, dials=(dial,)), (*LINES, Line("leg-1", 7)), {}))
    assert call["DialActions"] == [
        {
            "Node": "2",
            "TelephoneNumber": "+442079460123",
            "Status": "Answered",
            "SipCode": 200,
            "CreatedOnUtc": "2026-11-23T10:42:07.125Z",
            "AnswerDate": "2026-11-23T10:42:07.125Z",
            "HangupDate": "2026-11-23T10:42:09.625Z",
            "Duration": Decimal("2.5"),
            "Price": Decimal("0.000007"),
        }
    ]


_tricky = st.sampled_from(
    [
        '"InboundActiveNumber":"+4',
        '","InboundActiveNumber":"+4',
        '"Url":"/api/inbound/recordings/',
        "\\",
    ]
) | st.text(max_size=10)


@settings(deadline=None, max_examples=100)
@given(_tricky, _tricky, _tricky)
def test_only_real_properties_look_like_properties(caller: str, detail: str, key: str) -> None:
    received = CallReceived(1_000, "c", "a", "k", "n", "+442079460000", "local", caller, "EUR")
    record = replace(
        fold([received]),
        applications=((Role.PRIMARY, "v"),),
        failures=(Failure(Role.PRIMARY, None, detail),),
    )
    behavior = json.dumps({"ChannelBehaviorNodes": {"0": {"ActionType": key, key: {"Url": key}}}})
    text = document(record, (), {"v": behavior})
    assert text.count('"InboundActiveNumber":"+') == 1
    assert '"Url":"/api/inbound/recordings/' not in text
    assert _load(text)["TelephoneNumber"] == caller


def test_graphs_that_webhooks_replaced_stand_under_replaced(received: CallReceived) -> None:
    at = received.at_us
    ask = '{"ChannelBehaviorNodes": {"0": {"ActionType": "External"}, "1": {"ActionType": "Say"}}}'
    answer = '{"ChannelBehaviorNodes": {"0": {"ActionType": "Say"}}}'
    events: list[CallEvent] = [
        received,
        ApplicationStarted(at, Role.PRIMARY, "v1"),
        NodeEntered(at, "0", "External"),
        WebhookReplied(at + 1, "0", behavior=answer),
        NodeLeft(at + 1, "0", "replaced", "0"),
        NodeEntered(at + 1, "0", "Say"),
        NodeLeft(at + 2, "0", "completed"),
    ]
    shown = _load(_load(document(fold(events), (), {"v1": ask}))["ChannelBehavior"])
    assert shown["ChannelBehaviorNodes"]["0"]["ActionType"] == "Say"
    assert shown["ChannelBehaviorNodes"]["0"]["Executions"][0]["Outcome"] == "completed"
    (replaced,) = shown["Replaced"]
    assert list(replaced["ChannelBehaviorNodes"]) == ["0"]
    assert replaced["ChannelBehaviorNodes"]["0"]["Executions"][0]["Outcome"] == "replaced"
