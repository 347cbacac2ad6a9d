"""Measures the interpreter and the reading of a behavior; prints JSON.

Run as `python bench/interpreter.py`. The call: a menu answered during its intro, a collect of four
digits, a switch, a recording, a goodbye.
"""

import json
import time

from dillo.behavior import Behavior, begin, check, load, step
from dillo.behavior.events import (
    DigitPressed,
    Event,
    PromptFinished,
    RecordingEnded,
    Started,
)

NODES = {
    "0": {
        "ActionType": "Menu",
        "ChannelBehaviorAction": {
            "Intro": {"Text": "For sales press 1. For support press 2."},
            "Digits": {"1": {"NextNode": 1}, "2": {"NextNode": 3}},
            "StorageKey": "Department",
        },
    },
    "1": {
        "ActionType": "Collect",
        "ChannelBehaviorAction": {
            "Intro": {"Text": "Thank you, {{caller}}. Please key in your customer number."},
            "NumberOfDigits": 4,
            "StorageKey": "Customer",
        },
        "NextNode": 2,
    },
    "2": {
        "ActionType": "Switch",
        "ChannelBehaviorAction": {
            "Cases": [
                {"CallerPrefix": "+39", "NextNode": 4},
                {
                    "LocalTime": {"From": "09:00", "To": "17:30"},
                    "TimeZone": "Europe/London",
                    "NextNode": 3,
                },
            ],
            "DefaultNextNode": 3,
        },
    },
    "3": {"ActionType": "Record", "ChannelBehaviorAction": {}, "NextNode": 4},
    "4": {"ActionType": "Say", "ChannelBehaviorAction": {"Text": "Goodbye."}},
}
TEXT = json.dumps({"ChannelBehaviorNodes": NODES})

EVENTS: tuple[Event, ...] = (
    Started(0),
    DigitPressed(1, "1"),
    DigitPressed(2, "4"),
    DigitPressed(3, "7"),
    DigitPressed(4, "1"),
    DigitPressed(5, "1"),
    PromptFinished(6),
    DigitPressed(7, "#"),
    RecordingEnded(8, 3000, "key"),
    PromptFinished(9),
)


def run_calls(behavior: Behavior, calls: int) -> float:
    """Return the seconds of CPU that some calls take."""
    began = time.process_time()
    for _ in range(calls):
        state = begin("+447700900123", "+442079460000", behavior)
        for event in EVENTS:
            state, _effects = step(state, event)
    return time.process_time() - began


def main() -> None:
    """Print steps a second, CPU of a call, and the time to read a behavior."""
    calls, readings = 20_000, 500
    behavior = load(TEXT)
    run_calls(behavior, calls // 10)
    seconds = run_calls(behavior, calls)
    began = time.process_time()
    for _ in range(readings):
        check(TEXT)
    reading_s = (time.process_time() - began) / readings
    result = {
        "steps_per_s": round(calls * len(EVENTS) / seconds),
        "us_per_call": round(seconds / calls * 1e6, 1),
        "check_ms": round(reading_s * 1e3, 3),
        "nodes": len(NODES),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
