"""What waits to be heard, and what waits to be told."""

from hypothesis import given, settings
from hypothesis import strategies as st

from dillo.streams.outbox import Outbox
from dillo.streams.playout import FRAME, SILENCE, Playout


def frames(playout: Playout, count: int) -> list[bytes]:
    return [playout.frame() for _ in range(count)]


def reached(playout: Playout) -> list[str]:
    names = []
    while (name := playout.reached()) is not None:
        names.append(name)
    return names


@settings(deadline=None, max_examples=100)
@given(st.lists(st.binary(min_size=1, max_size=700).filter(lambda b: b.count(255) == 0)))
def test_all_that_is_added_is_heard_in_order(added: list[bytes]) -> None:
    playout = Playout(10**6, 10)
    for octets in added:
        assert playout.add(octets)
    spoken = b"".join(added)
    heard = b"".join(frames(playout, len(spoken) // FRAME + 5))
    assert heard.replace(b"\xff", b"") == spoken
    assert playout.played == len(spoken)


def test_silence_while_there_is_nothing() -> None:
    assert frames(Playout(1000, 1), 3) == [SILENCE] * 3


def test_utterance_waits_for_60_ms_but_not_longer_than_that() -> None:
    playout = Playout(10_000, 1)
    playout.add(b"a" * FRAME)
    assert frames(playout, 2) == [SILENCE] * 2
    playout.add(b"a" * 2 * FRAME)
    assert frames(playout, 3) == [b"a" * FRAME] * 3
    assert playout.frame() == SILENCE
    playout.add(b"b" * 10)
    assert frames(playout, 5) == [SILENCE] * 3 + [b"b" * 10 + SILENCE[10:], SILENCE]


def test_what_finds_no_room_is_left_out_at_the_end() -> None:
    playout = Playout(4 * FRAME, 1)
    assert playout.add(b"a" * 3 * FRAME)
    assert not playout.add(b"b" * 2 * FRAME)
    assert not playout.add(b"c")
    assert frames(playout, 5) == [b"a" * FRAME] * 3 + [b"b" * FRAME, SILENCE]
    assert playout.left_out == FRAME + 1


def test_marks_are_reached_when_the_audio_before_them_was_heard() -> None:
    playout = Playout(10_000, 10)
    playout.mark("at once")
    assert reached(playout) == ["at once"]
    playout.add(b"a" * 3 * FRAME)
    playout.mark("first")
    playout.add(b"b" * 10)
    playout.mark("second")
    frames(playout, 2)
    assert reached(playout) == []
    frames(playout, 1)
    assert reached(playout) == ["first"]
    frames(playout, 1)
    assert reached(playout) == ["second"]


def test_clear_reaches_all_marks_and_begins_anew() -> None:
    playout = Playout(10_000, 2)
    playout.add(b"a" * 5 * FRAME)
    assert playout.mark("first")
    assert playout.mark("second")
    assert not playout.mark("third")
    frames(playout, 1)
    playout.clear()
    assert reached(playout) == ["first", "second"]
    assert playout.frame() == SILENCE
    playout.add(b"b" * 3 * FRAME)
    playout.mark("later")
    assert reached(playout) == []
    assert frames(playout, 3) == [b"b" * FRAME] * 3
    assert reached(playout) == ["later"]


async def test_newest_audio_is_kept_for_a_slow_server() -> None:
    outbox = Outbox(max_audio=2, max_other=1)
    for number in range(4):
        outbox.put_audio(number, bytes(number))
    assert outbox.put(lambda: b"key")
    assert not outbox.put(lambda: b"one too many")
    message = await outbox.take()
    assert callable(message)
    assert message() == b"key"
    assert [await outbox.take(), await outbox.take()] == [(2, bytes(2)), (3, bytes(3))]
    assert outbox.dropped == 1
