"""Frames of commands and events."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dillo.model.framing import BrokenFrame, FrameReader, pack_frame
from dillo.model.media import (
    ClosePort,
    Command,
    DigitHeard,
    Event,
    OpenPort,
    PlayFiles,
    PortLost,
    StartRecording,
)

COMMANDS: list[Command] = [
    OpenPort("a", "127.0.0.1", None, 0, ("10.0.0.1",), 8, 101, 20, 30.0),
    PlayFiles("a", 1, ("x", "y"), 0),
    StartRecording("b", "r", "/tmp/r.wav", 1000, None),
    ClosePort("a"),
]


@settings(deadline=None, max_examples=40)
@given(st.lists(st.sampled_from(COMMANDS), max_size=8), st.data())
def test_frames_survive_being_cut_anywhere(commands: list[Command], data: st.DataObject) -> None:
    stream = pack_frame(commands) + pack_frame([DigitHeard("a", "1", 2)]) + pack_frame(commands)
    reader: FrameReader[Command] = FrameReader(Command)
    read = []
    while stream:
        size = data.draw(st.integers(1, len(stream)))
        read += list(reader.feed(stream[:size]))
        stream = stream[size:]
    assert read == commands * 2
    assert reader.rejected == 1


def test_events() -> None:
    events: list[Event] = [DigitHeard("a", "5", 123), PortLost("b")]
    reader: FrameReader[Event] = FrameReader(Event)
    assert list(reader.feed(pack_frame(events))) == events


def test_a_message_that_makes_no_sense_costs_only_itself() -> None:
    body = msgspec.msgpack.encode([["ClosePort"], ["Nothing", "a"], 7, ["ClosePort", "b"]])
    reader: FrameReader[Command] = FrameReader(Command)
    assert list(reader.feed(len(body).to_bytes(4, "big") + body)) == [ClosePort("b")]
    assert reader.rejected == 3


@pytest.mark.parametrize("octets", [b"\xff\xff\xff\xff", b"\0\0\0\1\x07", b"\0\0\0\2\x92\x01"])
def test_a_broken_frame_ends_the_stream(octets: bytes) -> None:
    with pytest.raises(BrokenFrame):
        list(FrameReader[Command](Command).feed(octets))


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=60))
def test_any_body_is_messages_or_broken(body: bytes) -> None:
    reader: FrameReader[Command] = FrameReader(Command)
    try:
        for _ in reader.feed(len(body).to_bytes(4, "big") + body):
            pass
    except BrokenFrame:
        pass
