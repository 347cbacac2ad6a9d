"""Server-sent events: read from lines, and gone on with where a connection broke."""

import pytest

from dillo.client import Unreachable
from dillo.client.calls import Request
from dillo.client.events import Watch


def watch() -> Watch:
    return Watch(Request("GET", "/events"), retries=1)


def told(following: Watch, text: str) -> list[tuple[str, bytes]]:
    answers = map(following.take, text.split("\n"))
    return [(each.headers["event"], each.body) for each in answers if each is not None]


def test_events_have_a_name_and_lines_of_data() -> None:
    text = "retry: 500\n\n: still here\n\nid: 7\nevent: call\ndata: {\ndata:  1}\n\ndata:x\n\n"
    following = watch()
    assert told(following, text) == [("call", b"{\n 1}"), ("message", b"x")]
    assert following.pause_s == 0.5


def test_the_next_connection_asks_for_what_follows() -> None:
    following = watch()
    assert "Last-Event-ID" not in following.request().headers
    assert told(following, "id: 7\nevent: call\ndata: 1\n\nid: 8\ndata: cut of") == [("call", b"1")]
    assert following.request().headers["Last-Event-ID"] == "8"
    assert told(following, "data: 2\n\n") == [("message", b"2")]


def test_a_server_that_is_gone_is_not_waited_for_for_ever() -> None:
    following = watch()
    following.broken(OSError("gone"))
    following.take(": still here")
    following.broken(OSError("gone"))
    with pytest.raises(Unreachable):
        following.broken(OSError("gone"))
