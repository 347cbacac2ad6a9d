"""Dialled legs in a record and its document."""

import json

from dillo.model.events import (
    CallEnded,
    CallEvent,
    CallReceived,
    EndReason,
    LegAnswered,
    LegConnected,
    LegDialed,
    LegEnded,
    LegStatus,
)
from dillo.rating import DialedLeg, default_tariff, rate_leg
from dillo.records import document, fold

S = 1_000_000
FIRST, SECOND = "+442079460123", "+447700900123"


def dialled(received: CallReceived) -> list[CallEvent]:
    at = received.at_us
    return [
        received,
        LegDialed(at, "leg-1", "0", FIRST, "+393703188051"),
        LegDialed(at, "leg-2", "0", SECOND, "+393703188051"),
        LegEnded(at + 3 * S, "leg-1", LegStatus.BUSY, 486),
        LegAnswered(at + 5 * S, "leg-2"),
        LegConnected(at + 5 * S, "0", "leg-2"),
        LegEnded(at + 65 * S + 250_000, "leg-2", LegStatus.ANSWERED, 200),
        CallEnded(at + 66 * S, EndReason.DIAL_ENDED),
    ]


def test_each_leg_is_one_dial_action(received: CallReceived) -> None:
    busy, answered = fold(dialled(received)).dials
    assert (busy.telephone_number, busy.status, busy.sip_code, busy.duration_ms) == (
        FIRST,
        "Busy",
        486,
        0,
    )
    assert (answered.status, answered.sip_code, answered.duration_ms) == ("Answered", 200, 60_250)


def test_leg_that_a_crash_cut_off_ends_with_the_call(received: CallReceived) -> None:
    events = dialled(received)[:6]
    cut, answered = fold([*events[:3], *events[4:]]).dials
    assert cut.status == "Canceled"
    assert answered.status == "Answered"
    assert answered.duration_ms == 0
    assert cut.hung_up_us == answered.hung_up_us == received.at_us + 5 * S


def test_events_of_unknown_legs_are_passed_over(received: CallReceived) -> None:
    events: list[CallEvent] = [
        received,
        LegAnswered(received.at_us, "leg-9"),
        LegEnded(received.at_us, "leg-9", LegStatus.ANSWERED),
    ]
    assert fold(events).dials == ()


def test_document_shows_legs_with_their_prices(received: CallReceived) -> None:
    record = fold(dialled(received))
    _, answered = record.dials
    line = rate_leg(
        DialedLeg(answered.leg_id, answered.telephone_number, answered.duration_ms),
        default_tariff(),
    )
    call = json.loads(document(record, [line], {}), parse_float=str)
    assert call["Price"] == "0.0385"
    assert call["DialActions"][1] == {
        "Node": "0",
        "TelephoneNumber": SECOND,
        "Status": "Answered",
        "SipCode": 200,
        "CreatedOnUtc": "2026-11-23T10:42:07.125Z",
        "AnswerDate": "2026-11-23T10:42:12.125Z",
        "HangupDate": "2026-11-23T10:43:12.375Z",
        "Duration": "60.25",
        "Price": "0.0385",
    }
    assert call["DialActions"][0]["Price"] == 0
