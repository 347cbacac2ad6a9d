"""Folding events into a record, complete journals and broken ones."""

from collections.abc import Sequence
from typing import get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dillo.model.events import (
    ApplicationFailed,
    ApplicationStarted,
    CallAnswered,
    CallEnded,
    CallEvent,
    CallReceived,
    EndReason,
    NodeEntered,
    NodeLeft,
    RecordingFinished,
    RecordingStarted,
    Role,
    VariableSet,
    Warned,
)
from dillo.records import BrokenJournal, fold
from dillo.records.fold import _APPLY, CALL_ENDED

S = 1_000_000


def test_every_kind_of_event_is_known() -> None:
    assert set(_APPLY) == set(get_args(CallEvent))


def test_a_complete_call(events: list[CallEvent]) -> None:
    record = fold(events)
    start_us = events[0].at_us
    assert (record.call_id, record.customer_id, record.caller) == (
        "call-1",
        "customer-1",
        "+393703188051",
    )
    assert (record.created_us, record.answered_us) == (start_us, start_us + S)
    assert (record.duration_ms, record.end_reason) == (6_500, EndReason.CALLER_HUNG_UP)
    assert record.applications == ((Role.PRIMARY, "v1"),)
    assert not record.is_fallback_executed
    assert [(each.node, each.digits) for each in record.collected] == [("0", "1")]
    assert record.quality is not None
    assert record.quality.packets_lost == 3


def test_nodes_tell_what_happened_there(events: list[CallEvent]) -> None:
    menu, recording = fold(events).executions
    assert (menu.node, menu.outcome, menu.next_node, menu.digits) == ("0", "digit 1", "1", "1")
    assert menu.left_us - menu.entered_us == 2 * S
    assert (recording.node, recording.recording_id) == ("1", "rec-1")
    # The caller hung up in this one: no NodeLeft came.
    assert (recording.outcome, recording.left_us) == (CALL_ENDED, events[-1].at_us)


def test_a_recording_is_kept_for_calendar_months(events: list[CallEvent]) -> None:
    (recording,) = fold(events).recordings
    assert (recording.duration_ms, recording.size) == (3_000, 24_058)
    assert recording.expires_us - recording.created_us == 92 * 86_400 * S  # 23 Nov to 23 Feb


def test_a_call_without_end_is_interrupted_at_its_last_event(events: list[CallEvent]) -> None:
    record = fold(events[:11])  # up to RecordingStarted
    assert (record.end_reason, record.ended_us) == (EndReason.INTERRUPTED, events[10].at_us)
    assert record.duration_ms == 3_000


def test_a_recording_never_finished_ends_with_the_call(received: CallReceived) -> None:
    at = received.at_us
    record = fold(
        [
            received,
            RecordingStarted(at + S, "r", "1", None, "r.wav", "7-D"),
            CallEnded(at + 4 * S, EndReason.INTERRUPTED),
        ]
    )
    (recording,) = record.recordings
    assert (recording.duration_ms, recording.size, recording.ended_by) == (3_000, 0, "interrupted")


def test_a_call_refused_after_its_answer_was_journalled_was_never_answered(
    received: CallReceived,
) -> None:
    at = received.at_us
    record = fold([received, CallAnswered(at + 1), CallEnded(at + 2, EndReason.ERROR, 503)])
    assert (record.is_answered, record.duration_ms) == (False, 0)


def test_an_unanswered_call_lasts_no_time(received: CallReceived) -> None:
    record = fold([received, CallEnded(received.at_us + 9 * S, EndReason.ABANDONED, 487)])
    assert (record.is_answered, record.duration_ms, record.sip_code) == (False, 0, 487)


def test_a_fallback_that_ran_is_told_with_the_reason(received: CallReceived) -> None:
    at = received.at_us
    record = fold(
        [
            received,
            ApplicationStarted(at, Role.PRIMARY, "v1"),
            NodeEntered(at, "0", "Play"),
            ApplicationFailed(at + 1, Role.PRIMARY, "0", "404 for https://example.com/a.wav"),
            ApplicationStarted(at + 2, Role.FALLBACK, "v2"),
            NodeEntered(at + 2, "0", "Say"),
            NodeLeft(at + 3, "0", "completed"),
            CallEnded(at + 4, EndReason.FLOW_ENDED),
        ]
    )
    assert record.is_fallback_executed
    assert record.applications == ((Role.PRIMARY, "v1"), (Role.FALLBACK, "v2"))
    assert record.failures[0].node == "0"
    assert [(each.role, each.outcome) for each in record.executions] == [
        (Role.PRIMARY, CALL_ENDED),
        (Role.FALLBACK, "completed"),
    ]


def test_a_node_visited_twice_has_two_executions(received: CallReceived) -> None:
    at = received.at_us
    visits: list[CallEvent] = [
        event
        for i in (0, 2)
        for event in (NodeEntered(at + i, "0", "Set"), NodeLeft(at + i + 1, "0", f"visit {i}"))
    ]
    visits.insert(1, VariableSet(at, "0", "lang", "it"))
    first, second = fold([received, *visits]).executions
    assert (first.outcome, first.variables) == ("visit 0", (("lang", "it"),))
    assert (second.outcome, second.variables) == ("visit 2", ())


def test_the_first_answer_and_the_first_end_count(received: CallReceived) -> None:
    at = received.at_us
    record = fold(
        [
            received,
            CallAnswered(at + 1),
            CallEnded(at + 2 * S, EndReason.FLOW_ENDED),
            CallAnswered(at + 3 * S),
            CallEnded(at + 4 * S, EndReason.ERROR),
        ]
    )
    assert (record.answered_us, record.end_reason) == (at + 1, EndReason.FLOW_ENDED)


def test_a_clock_set_back_makes_no_negative_duration(received: CallReceived) -> None:
    at = received.at_us
    record = fold(
        [received, CallAnswered(at + S), CallEnded(at - 60 * S, EndReason.CALLER_HUNG_UP)]
    )
    assert (record.duration_ms, record.ended_us) == (0, at + S)


def test_events_that_belong_to_nothing_are_told_as_warnings(received: CallReceived) -> None:
    at = received.at_us
    record = fold(
        [
            received,
            RecordingFinished(at, "ghost", 1, 1, "key"),
            Warned(at, "slow"),
            NodeLeft(at, "7", ""),
        ]
    )
    assert record.warnings == ("recording ghost finished without having begun", "slow")
    assert (record.executions, record.recordings) == ((), ())


def test_events_must_begin_with_the_call(events: list[CallEvent]) -> None:
    for broken in ([], events[1:]):
        with pytest.raises(BrokenJournal, match="CallReceived"):
            fold(broken)


def test_events_of_two_calls_are_refused(received: CallReceived) -> None:
    other = msgspec.structs.replace(received, call_id="call-2")
    with pytest.raises(BrokenJournal, match="call-2"):
        fold([received, other])


_at = st.integers(0, 4_000_000_000_000_000)
_node = st.sampled_from(["0", "1", "2"])
_odd: st.SearchStrategy[CallEvent] = st.one_of(
    st.builds(CallAnswered, _at),
    st.builds(ApplicationStarted, _at, st.sampled_from(Role), st.just("v")),
    st.builds(ApplicationFailed, _at, st.sampled_from(Role), _node, st.text(max_size=5)),
    st.builds(NodeEntered, _at, _node, st.just("Say")),
    st.builds(NodeLeft, _at, _node, st.just("completed"), _node),
    st.builds(
        RecordingStarted,
        _at,
        _node,
        _node,
        st.none(),
        st.just("p"),
        st.sampled_from(["7-D", "1-Y"]),
    ),
    st.builds(
        RecordingFinished, _at, _node, st.integers(0, 99), st.integers(0, 99), st.just("key")
    ),
    st.builds(CallEnded, _at, st.sampled_from(EndReason)),
)


@settings(deadline=None, max_examples=150)
@given(st.lists(_odd, max_size=20))
def test_any_order_of_events_makes_a_sane_record(following: Sequence[CallEvent]) -> None:
    received = CallReceived(1_000, "c", "a", "k", "n", "+442079460000", "local", "+39370", "EUR")
    record = fold([received, *following])
    assert record.created_us <= record.ended_us
    assert record.duration_ms >= 0
    assert all(each.duration_ms >= 0 for each in record.recordings)
    assert len({each.recording_id for each in record.recordings}) == len(record.recordings)
