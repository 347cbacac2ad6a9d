"""Messages of a stream: whatever a server says, it is understood or refused."""

import base64
import contextlib
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dillo.model.streams import OpenStream
from dillo.streams.messages import Clear, Mark, NoMessage, Speak, Writer, read

ORDER = OpenStream("s", "c", "a", "ws://x", {"à": '"'}, True, "127.0.0.1", 1)


def message(event: str, **fields: Any) -> str:
    return json.dumps({"event": event, **fields})


@settings(deadline=None, max_examples=50)
@given(st.binary(max_size=2000))
def test_audio_is_read_as_it_was_sent(octets: bytes) -> None:
    payload = base64.b64encode(octets).decode()
    said = read(message("media", streamSid="s", media={"payload": payload, "track": "x"}), "s")
    assert isinstance(said, Speak)
    assert said.media.payload == octets


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=256))
def test_mark_goes_there_and_back(name: str) -> None:
    said = read(message("mark", streamSid="s", mark={"name": name}), "s")
    assert isinstance(said, Mark)
    assert json.loads(Writer(ORDER).mark(said.mark.name))["mark"] == {"name": name}


def test_clear_needs_no_stream_sid() -> None:
    assert isinstance(read(message("clear"), "s"), Clear)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["event", "media", "payload", "mark", "name", "streamSid"]), inner
        )
    ),
    max_leaves=10,
)


@settings(deadline=None, max_examples=200)
@given(
    st.binary(max_size=200)
    | st.text(max_size=200)
    | JSON.map(json.dumps)
    | st.builds(message, st.sampled_from(["media", "mark", "clear"]), media=JSON, mark=JSON)
)
def test_whatever_is_said_is_understood_or_refused(text: str | bytes) -> None:
    with contextlib.suppress(NoMessage):
        read(text, "s")


@pytest.mark.parametrize("said", [message("clear", streamSid="other"), b"\xff", "", "{"])
def test_what_is_not_for_us_is_refused(said: str | bytes) -> None:
    with pytest.raises(NoMessage):
        read(said, "s")


@settings(deadline=None, max_examples=50)
@given(st.lists(st.binary(min_size=1, max_size=480), max_size=5))
def test_caller_is_heard_in_numbered_chunks(frames: list[bytes]) -> None:
    writer = Writer(ORDER)
    start = json.loads(writer.start())
    assert start["start"]["customParameters"] == {"à": '"'}
    told = [json.loads(writer.media(20 * index, each)) for index, each in enumerate(frames)]
    assert [base64.b64decode(each["media"]["payload"]) for each in told] == frames
    assert [each["media"]["chunk"] for each in told] == [str(n + 1) for n in range(len(frames))]
    assert [each["sequenceNumber"] for each in told] == [str(n + 2) for n in range(len(frames))]
    assert [each["media"]["timestamp"] for each in told] == [str(20 * n) for n in range(len(told))]
