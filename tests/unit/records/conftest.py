"""A call as its journal has it: a menu, a digit, a recording, hang-up."""

import pytest

from dillo.model.events import (
    ApplicationStarted,
    CallAnswered,
    CallEnded,
    CallEvent,
    CallReceived,
    DigitReceived,
    DigitsCollected,
    EndReason,
    MediaMeasured,
    NodeEntered,
    NodeLeft,
    PromptEnded,
    PromptStarted,
    RecordingFinished,
    RecordingStarted,
    Role,
)

S = 1_000_000
START_US = 1_795_430_527_125_000
"""2026-11-23T10:42:07.125Z."""


@pytest.fixture
def received() -> CallReceived:
    return CallReceived(
        at_us=START_US,
        call_id="call-1",
        node_name="a",
        customer_id="customer-1",
        number_id="number-1",
        number="+442079460000",
        number_type="local",
        caller="+393703188051",
        currency="EUR",
        primary_version_id="v1",
    )


@pytest.fixture
def events(received: CallReceived) -> list[CallEvent]:
    at = START_US
    return [
        received,
        ApplicationStarted(at + 1, Role.PRIMARY, "v1"),
        CallAnswered(at + 1 * S),
        NodeEntered(at + 1 * S, "0", "Menu"),
        PromptStarted(at + 1 * S, "0", "For sales press 1."),
        DigitReceived(at + 3 * S, "1", "rfc4733"),
        PromptEnded(at + 3 * S, "0", interrupted=True),
        DigitsCollected(at + 3 * S, "0", "Menu", "Department", "1", True),
        NodeLeft(at + 3 * S, "0", "digit 1", "1"),
        NodeEntered(at + 3 * S, "1", "Record"),
        RecordingStarted(at + 4 * S, "rec-1", "1", "Message", "2026/rec-1.wav", "3-M"),
        RecordingFinished(at + 7 * S, "rec-1", 3_000, 24_058, "hang-up"),
        MediaMeasured(at + 7 * S, 300, 3, 310, 0, 1.5, 40.0, remote_lost=0),
        CallEnded(at + 7 * S + 500_000, EndReason.CALLER_HUNG_UP),
    ]
