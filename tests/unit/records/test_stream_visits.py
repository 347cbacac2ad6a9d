"""What a call's record tells of its streams."""

import json

from dillo.model.events import (
    ApplicationStarted,
    CallEnded,
    CallEvent,
    CallReceived,
    EndReason,
    NodeEntered,
    NodeLeft,
    Role,
    StreamCounts,
    StreamEnded,
    StreamStarted,
    StreamStatus,
)
from dillo.records import fold
from dillo.records.behavior import executed_behavior

COUNTS = StreamCounts(sent_ms=61_500, unsent_ms=20, played_ms=900, refused=3)


def visit(received: CallReceived, *events: CallEvent) -> dict[str, object]:
    """Return the stream of the one visit to node 0."""
    at = received.at_us
    before = (ApplicationStarted(at, Role.PRIMARY, "v1"), NodeEntered(at, "0", "Stream"))
    record = fold([received, *before, *events, CallEnded(at + 9, EndReason.CALLER_HUNG_UP)])
    graph = json.loads(executed_behavior(record, {}))
    (only,) = graph["ChannelBehaviorNodes"]["0"]["Executions"]
    stream: dict[str, object] = only["Stream"]
    return stream


def test_a_stream_tells_how_it_ended_and_what_it_carried(received: CallReceived) -> None:
    at = received.at_us
    ended = StreamEnded(at + 2_000_000, "0", "s", StreamStatus.DROPPED, "no pings", COUNTS)
    left = NodeLeft(at + 2_000_000, "0", "ended", None)
    assert visit(received, StreamStarted(at, "0", "s", "wss://a/"), ended, left) == {
        "StreamId": "s",
        "Status": "Dropped",
        "StartedOnUtc": "2026-11-23T10:42:07.125Z",
        "EndedOnUtc": "2026-11-23T10:42:09.125Z",
        "Detail": "no pings",
        "Sent": 61.5,
        "Unsent": 0.02,
        "Played": 0.9,
        "RefusedMessages": 3,
    }


def test_a_stream_that_never_began_has_no_beginning(received: CallReceived) -> None:
    ended = StreamEnded(received.at_us, "0", "s", StreamStatus.FAILED, "HTTP 403")
    assert visit(received, ended) == {
        "StreamId": "s",
        "Status": "Failed",
        "EndedOnUtc": "2026-11-23T10:42:07.125Z",
        "Detail": "HTTP 403",
    }


def test_a_crash_leaves_a_stream_dropped(received: CallReceived) -> None:
    started = StreamStarted(received.at_us, "0", "s", "wss://a/")
    assert visit(received, started)["Status"] == "Dropped"


def test_a_stream_of_a_node_never_entered_is_passed_over(received: CallReceived) -> None:
    at = received.at_us
    ended = StreamEnded(at, "7", "s", StreamStatus.ENDED)
    assert fold([received, ended, CallEnded(at, EndReason.ERROR)]).executions == ()
